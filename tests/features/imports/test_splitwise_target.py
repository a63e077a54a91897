"""A file goes into the event it belongs to, and counts once whoever else posts at the same moment."""

import asyncio
import secrets
from pathlib import Path
from uuid import UUID

import pytest

from allsquare.core.access import overseer
from allsquare.core.commands.events import ChangeEvent, EventVersionConflict
from allsquare.core.commands.members import AddMembers
from allsquare.features.imports.prepare import commands_of, prepare
from allsquare.features.imports.report import ImportReport
from allsquare.features.imports.splitwise import parse_splitwise
from allsquare.features.imports.target import EventAmbiguous, EventNameTaken, find_target, name_of
from allsquare.ledger.poster import Job
from tests.features.imports.import_ledger import (
    ACTOR,
    FOOD,
    GIFT,
    PAID,
    RENT,
    Ledger,
    a_name,
    opened,
    sheet,
)


@pytest.mark.parametrize("members", [(), ("Dora",), ("Ana", "Ben")], ids=["new event", "new members", "all there"])
async def test_two_imports_of_one_file_at_one_moment_count_once(ledger: Ledger, database_urls, members) -> None:
    event = str(await ledger.flat(*members)) if members else a_name()
    before = await ledger.positions(UUID(event)) if members else {}
    async with opened(database_urls) as other:
        barrier = asyncio.Barrier(2)

        async def take(one: Ledger) -> ImportReport:
            await barrier.wait()
            return await one.take(sheet(RENT, FOOD, PAID), event)

        reports = await asyncio.gather(take(ledger), take(other))
    assert sorted(report.expenses + report.settlements for report in reports) == [0, 3]
    assert sorted(report.known for report in reports) == [0, 3]
    assert [report.totals.equal for report in reports] == [("EUR",), ("EUR",)]
    after = await ledger.positions(reports[0].event_id)
    assert after["Ana", "EUR"] - before.get(("Ana", "EUR"), 0) == 320_00
    assert after["Ben", "EUR"] - before.get(("Ben", "EUR"), 0) == -320_00
    assert sorted(await ledger.names(reports[0].event_id)) == sorted({*members, "Ana", "Ben"})


async def test_two_files_that_share_rows_at_one_moment_add_each_row_once(ledger: Ledger, database_urls) -> None:
    event_id = await ledger.flat("Dora")
    async with opened(database_urls) as other:
        barrier = asyncio.Barrier(2)

        async def take(one: Ledger, data: bytes) -> ImportReport:
            await barrier.wait()
            return await one.take(data, str(event_id))

        await asyncio.gather(take(ledger, sheet(RENT, FOOD)), take(other, sheet(RENT, FOOD, GIFT)))
    assert await ledger.positions(event_id) == {("Ana", "EUR"): 440_00, ("Ben", "EUR"): -440_00}
    assert sorted(await ledger.names(event_id)) == ["Ana", "Ben", "Dora"]


async def test_somebody_who_joins_while_a_file_is_posted_is_not_given_another_members_rows(ledger: Ledger) -> None:
    event_id, file = await ledger.flat("Dora"), parse_splitwise(sheet(RENT))
    async with ledger.books.reading() as connection:
        prepared = await prepare(
            connection, file, await find_target(connection, asked=str(event_id), default="never used")
        )
    await ledger.post(event_id, AddMembers(("Emil",)))
    seq = await ledger.seq(event_id)
    jobs = [
        Job(event_id=event_id, command_id=command_id, actor=overseer(ACTOR), command=command, keyed=True)
        for command_id, command in commands_of(prepared, file)
    ]
    with pytest.raises(EventVersionConflict):
        await ledger.books.poster.submit_together(jobs)
    assert await ledger.seq(event_id) == seq
    # Looked at again, the rows go to those they belong to.
    report = await ledger.take(sheet(RENT), str(event_id))
    assert report.members_added == ("Ana", "Ben")
    assert await ledger.positions(event_id) == {("Ana", "EUR"): 450_00, ("Ben", "EUR"): -450_00}


async def test_the_name_of_the_file_says_which_event_it_belongs_to(ledger: Ledger) -> None:
    group = f"flat-{secrets.token_hex(4)}"
    first = await ledger.take(sheet(RENT), path=Path(f"{group}_2026-01-31_export.csv"))
    assert (first.event, first.event_is_new) == (group, True)
    later = await ledger.take(sheet(RENT, FOOD), path=Path(f"{group}_2026-02-28_export (1).csv"))
    assert (later.event_id, later.event_is_new, later.expenses) == (first.event_id, False, 1)


@pytest.mark.parametrize(
    ("file_name", "event"),
    [
        ("lisbon-crew_2026-06-30_export.csv", "lisbon-crew"),
        ("ana-and-ben_2026-06-30_export (2).csv", "ana-and-ben"),
        ("_2026-06-30_export.csv", "_2026-06-30_export"),
        ("mine.csv", "mine"),
        (f"{'x' * 120}.csv", "x" * 100),
    ],
)
def test_an_event_is_called_like_the_group_of_the_file(file_name: str, event: str) -> None:
    assert name_of(Path("somewhere") / file_name) == event


async def test_a_file_never_slips_into_an_event_that_only_happens_to_have_its_name(ledger: Ledger) -> None:
    event_id, group = await ledger.flat("Ana", "Ben"), f"flat-{secrets.token_hex(4)}"
    await ledger.post(event_id, ChangeEvent(name=group))
    seq, path = await ledger.seq(event_id), Path(f"{group}_2026-01-31_export.csv")
    with pytest.raises(EventNameTaken):
        await ledger.take(sheet(RENT), path=path)
    assert await ledger.seq(event_id) == seq
    # Named, it is meant.
    assert (await ledger.take(sheet(RENT), group, path=path)).event_id == event_id


async def test_a_name_that_two_events_have_is_refused_with_their_ids(ledger: Ledger) -> None:
    name, ids = a_name(), [await ledger.flat("Ana"), await ledger.flat("Ana")]
    for event_id in ids:
        await ledger.post(event_id, ChangeEvent(name=name))
    entries = await ledger.entries()
    with pytest.raises(EventAmbiguous) as refused:
        await ledger.take(sheet(RENT), name)
    assert all(str(event_id) in refused.value.detail for event_id in ids)
    assert await ledger.entries() == entries


async def test_an_event_made_by_an_import_and_renamed_leaves_its_name_free(ledger: Ledger) -> None:
    name = a_name()
    first = await ledger.take(sheet(RENT), name)
    await ledger.post(first.event_id, ChangeEvent(name=a_name()))
    second = await ledger.take(sheet(RENT), name)
    assert (second.event_is_new, second.expenses) == (True, 1)
    assert second.event_id != first.event_id
