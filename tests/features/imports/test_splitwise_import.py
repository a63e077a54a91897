"""A Splitwise file goes through the ledger's door whole or not at all, once, and its balances come out exactly."""

from datetime import date

import pytest

from allsquare.core.commands.base import EventClosed
from allsquare.core.commands.lifecycle import SettleEvent
from allsquare.core.commands.members import RemoveMember
from allsquare.core.commands.settlements import RecordSettlement
from allsquare.core.money import AmountOutOfBounds
from allsquare.features.imports.checks import DriftRefused, TotalsRefused
from allsquare.features.imports.prepare import ROUNDING_MEMBER
from allsquare.features.imports.reads import get_import, list_imported_settlements
from allsquare.features.imports.splitwise import parse_splitwise
from allsquare.features.wire.ids import new_id
from tests.features.imports.import_ledger import DATA, FOOD, HEADER, PAID, RENT, Ledger, a_name, sheet


async def test_the_real_export_comes_to_the_balances_splitwise_printed(ledger: Ledger) -> None:
    data = (DATA / "splitwise-flat-2026.csv").read_bytes()
    report = await ledger.take(data, a_name())
    assert (report.expenses, report.settlements, report.known) == (20, 0, 0)
    assert report.totals.equal == ("MKD",)
    assert report.totals.differing == report.totals.unconfirmed == ()
    assert parse_splitwise(data).total_balances == {"MKD": (1498_50, -1498_50)}
    assert await ledger.positions(report.event_id) == {("John Doe", "MKD"): 1498_50, ("Jane Doe", "MKD"): -1498_50}


async def test_payments_refunds_currencies_and_skipped_rows_all_come_out_right(ledger: Ledger) -> None:
    report = await ledger.take((DATA / "splitwise-trip.csv").read_bytes(), a_name())
    assert (report.expenses, report.settlements, report.inferred, len(report.skipped)) == (4, 1, 1, 2)
    assert set(report.totals.equal) == {"EUR", "JPY"}
    assert await ledger.positions(report.event_id) == {
        ("Ana", "EUR"): 40_00,
        ("Ben", "EUR"): 63_33,
        ("Cleo", "EUR"): -103_33,
        ("Ana", "JPY"): -500,
        ("Ben", "JPY"): 1000,
        ("Cleo", "JPY"): -500,
    }
    async with ledger.books.reading() as connection:
        stored = await get_import(connection, report.import_id)
        settlements = await list_imported_settlements(connection, report.event_id, report.import_id)
    assert (stored.rows, len(settlements)) == (5, 1)


async def test_a_second_import_of_a_file_adds_nothing(ledger: Ledger) -> None:
    name = a_name()
    first = await ledger.take(sheet(RENT, RENT, PAID), name)
    seq = await ledger.seq(first.event_id)
    second = await ledger.take(sheet(RENT, RENT, PAID), name)
    assert (second.expenses, second.settlements, second.known, second.import_id) == (0, 0, 3, None)
    assert second.event_id == first.event_id
    assert second.totals.equal == ("EUR",)
    assert await ledger.seq(first.event_id) == seq


async def test_a_longer_file_adds_only_its_new_rows(ledger: Ledger) -> None:
    name = a_name()
    first = await ledger.take(sheet(RENT, FOOD), name)
    # Rows of the same content count: two rents are two rents.
    longer = await ledger.take(sheet(RENT, RENT, FOOD, PAID), name)
    assert (longer.expenses, longer.settlements, longer.known) == (1, 1, 2)
    assert longer.import_id != first.import_id
    assert longer.totals.equal == ("EUR",)
    assert await ledger.positions(first.event_id) == {("Ana", "EUR"): 770_00, ("Ben", "EUR"): -770_00}


async def test_a_later_file_with_one_more_member_adds_that_member(ledger: Ledger) -> None:
    name = a_name()
    first = await ledger.take(sheet(RENT), name)
    taxi = "2026-01-05,Taxi,General,30.00,EUR,-10.00,-10.00,20.00"
    longer = await ledger.take(sheet(RENT + ",0.00", taxi, header=f"{HEADER},Cleo"), name)
    assert (longer.expenses, longer.known, longer.members_added) == (1, 1, ("Cleo",))
    assert await ledger.names(first.event_id) == ["Ana", "Ben", "Cleo"]
    assert await ledger.positions(first.event_id) == {
        ("Ana", "EUR"): 440_00,
        ("Ben", "EUR"): -460_00,
        ("Cleo", "EUR"): 20_00,
    }


async def test_a_file_joins_an_event_with_other_expenses_by_the_names_of_its_members(ledger: Ledger) -> None:
    event_id = await ledger.flat("Dora", "BEN")
    before = await ledger.positions(event_id)
    report = await ledger.take(sheet(RENT, FOOD), str(event_id))
    assert (report.event_is_new, report.members_added) == (False, ("Ana",))
    assert await ledger.names(event_id) == ["Dora", "BEN", "Ana"]
    assert report.totals.equal == ("EUR",)
    assert await ledger.positions(event_id) == {
        ("Dora", "EUR"): before["Dora", "EUR"],
        ("BEN", "EUR"): before["BEN", "EUR"] - 420_00,
        ("Ana", "EUR"): 420_00,
    }


async def test_drift_is_refused_with_the_rows_that_have_it(ledger: Ledger) -> None:
    name, data, entries = a_name(), (DATA / "splitwise-drift.csv").read_bytes(), await ledger.entries()
    with pytest.raises(DriftRefused) as refused:
        await ledger.take(data, name)
    assert "- line 4, 2026-06-03, Edited by hand: off by 1.00 EUR" in refused.value.detail
    assert "Taxi" not in refused.value.detail
    assert refused.value.actual == "1"
    assert await ledger.entries() == entries


async def test_accepted_drift_is_booked_on_a_member_of_its_own(ledger: Ledger) -> None:
    report = await ledger.take((DATA / "splitwise-drift.csv").read_bytes(), a_name(), accept_drift=True)
    assert report.members_added == ("Ana", "Ben", "Cleo", ROUNDING_MEMBER)
    assert [(row.line, row.drift_minor) for row in report.drifting] == [(2, -1), (3, 1), (4, 100)]
    assert report.totals.equal == ("EUR",)
    assert await ledger.positions(report.event_id) == {
        ("Ana", "EUR"): 20_33,
        ("Ben", "EUR"): -9_66,
        ("Cleo", "EUR"): -9_67,
        (ROUNDING_MEMBER, "EUR"): -1_00,
    }


async def test_totals_the_rows_do_not_come_to_are_refused_with_both_numbers(ledger: Ledger) -> None:
    data, entries = sheet(RENT, total="2026-01-31,Total balance, , ,EUR,460.00,-460.00"), await ledger.entries()
    with pytest.raises(TotalsRefused) as refused:
        await ledger.take(data, a_name())
    assert "- Ana comes to 450.00 EUR, the file says 460.00" in refused.value.detail
    assert "- Ben comes to -450.00 EUR, the file says -460.00" in refused.value.detail
    assert await ledger.entries() == entries
    report = await ledger.take(data, a_name(), accept_drift=True)
    assert report.totals.equal == ()
    assert [(each.member, each.expected_minor, each.actual_minor) for each in report.totals.differing] == [
        ("Ana", 460_00, 450_00),
        ("Ben", -460_00, -450_00),
    ]
    assert await ledger.positions(report.event_id) == {("Ana", "EUR"): 450_00, ("Ben", "EUR"): -450_00}


async def test_currencies_without_a_total_line_are_named(ledger: Ledger) -> None:
    report = await ledger.take(sheet(RENT, total=""), a_name())
    assert (report.totals.equal, report.totals.unconfirmed) == ((), ("EUR",))


async def test_a_dry_run_changes_nothing_and_says_what_would_happen(ledger: Ledger) -> None:
    name, entries = a_name(), await ledger.entries()
    report = await ledger.take(sheet(RENT, PAID), name, dry_run=True)
    assert (report.dry_run, report.expenses, report.settlements, report.import_id) == (True, 1, 1, None)
    assert (report.event_is_new, report.members_added, report.totals.equal) == (True, ("Ana", "Ben"), ("EUR",))
    event_id = await ledger.flat("Ana", "Ben")
    entries += 2
    report = await ledger.take(sheet(RENT), str(event_id), dry_run=True)
    assert (report.expenses, report.event_is_new, report.members_added) == (1, False, ())
    assert await ledger.entries() == entries


async def test_a_row_that_the_door_refuses_keeps_all_others_out(ledger: Ledger) -> None:
    # Each cell is in bounds, what was paid in all is not; only the door sees that.
    huge = "2026-01-09,Castle,General,10000000000000.00,EUR,10000000000000.00,10000000000000.00,-10000000000000.00"
    rows = [f"2026-01-01,Rent {number},General,2.00,EUR,1.00,-1.00,0.00" for number in range(1_500)]
    header, entries, event_id = f"{HEADER},Cleo", await ledger.entries(), await ledger.flat("Ana")
    for event in (a_name(), str(event_id)):
        with pytest.raises(AmountOutOfBounds):
            await ledger.take(sheet(*rows, huge, header=header, total=""), event, accept_drift=True)
    assert await ledger.entries() == entries + 2
    assert await ledger.names(event_id) == ["Ana"]


async def test_an_event_that_settles_takes_no_rows_and_gives_none_back(ledger: Ledger) -> None:
    event_id = await ledger.flat("Ana", "Ben")
    imported = await ledger.take(sheet(RENT), str(event_id))
    await ledger.post(event_id, SettleEvent())
    seq, positions = await ledger.seq(event_id), await ledger.positions(event_id)
    with pytest.raises(EventClosed):
        await ledger.take(sheet(RENT, FOOD), str(event_id))
    with pytest.raises(EventClosed):
        await ledger.undo(imported)
    assert (await ledger.seq(event_id), await ledger.positions(event_id)) == (seq, positions)


async def test_ten_members_keep_every_cent_through_rows_several_of_them_paid(ledger: Ledger) -> None:
    names = ",".join(f"M{number}" for number in range(10))
    rows = ["2026-03-01,Feast,General,100.00,EUR," + ",".join(["12.34"] * 4 + ["-8.22"] * 4 + ["-8.24", "-8.24"])]
    report = await ledger.take(sheet(*rows, header=f"Date,Description,Category,Cost,Currency,{names}"), a_name())
    assert (report.inferred, report.totals.equal) == (1, ("EUR",))
    expected = {(f"M{number}", "EUR"): 12_34 for number in range(4)}
    expected |= {(f"M{number}", "EUR"): -8_22 for number in range(4, 8)}
    assert await ledger.positions(report.event_id) == {**expected, ("M8", "EUR"): -8_24, ("M9", "EUR"): -8_24}
    async with ledger.books.reading() as connection:
        content = await connection.fetchval("SELECT content::text FROM expense WHERE event_id = $1", report.event_id)
    assert '"inferred":true' in content


async def test_an_imported_payment_is_a_settlement_of_its_day_and_note(ledger: Ledger) -> None:
    report = await ledger.take(sheet(RENT, PAID), a_name())
    async with ledger.books.reading() as connection:
        (settlement,) = await list_imported_settlements(connection, report.event_id, report.import_id)
        content = await connection.fetchval(
            "SELECT content::text FROM settlement WHERE settlement_id = $1", settlement.settlement_id
        )
    assert '"payer":2,"payee":1,"amount_minor":10000,"currency":"EUR","on":"2026-01-03"' in content
    assert '"note":"Ben paid Ana"' in content


async def test_members_who_left_do_not_take_rows_of_a_namesake(ledger: Ledger) -> None:
    event_id = await ledger.flat("Dora", "Ben")
    (owes,) = [net for (name, _), net in (await ledger.positions(event_id)).items() if name == "Ben"]
    await ledger.post(
        event_id,
        RecordSettlement(new_id(), 2, 1, -owes, "EUR", on=date(2026, 1, 1)),
        RemoveMember(2),
    )
    report = await ledger.take(sheet(RENT), str(event_id))
    assert report.members_added == ("Ana", "Ben")
    assert await ledger.names(event_id) == ["Dora", "Ana", "Ben"]
    assert report.totals.equal == ("EUR",)
