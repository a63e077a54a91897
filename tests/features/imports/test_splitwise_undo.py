"""An import can be taken back whatever became of it since, and made again."""

from uuid import uuid4

import pytest

from allsquare.core.commands.expenses import DeleteExpense, ExpenseDraft, RecordExpense, ReviseExpense
from allsquare.core.commands.imports import ImportAlreadyUndone, ImportNotFound
from allsquare.core.commands.members import AddMembers
from allsquare.core.commands.settlements import ReverseSettlement
from allsquare.core.split import Equal, Part
from allsquare.features.imports.reads import list_imported_expenses, list_imported_settlements
from allsquare.features.imports.splitwise import TotalMismatch
from allsquare.features.imports.undo import undo_import
from allsquare.features.wire.ids import new_id
from tests.features.imports.import_ledger import ACTOR, DATA, FOOD, GIFT, PAID, RENT, Ledger, a_name, sheet


async def test_undo_brings_the_balances_back_and_keeps_the_history(ledger: Ledger) -> None:
    event_id = await ledger.flat("Dora", "Ben")
    before = await ledger.positions(event_id)
    report = await ledger.take(sheet(RENT, FOOD, PAID), str(event_id))
    seq = await ledger.seq(event_id)
    assert await ledger.positions(event_id) != before
    undone = await ledger.undo(report)
    assert (undone.expenses, undone.settlements, undone.revised, undone.gone) == (2, 1, 0, 0)
    assert (undone.left, undone.stayed, undone.others, undone.event_was_new) == (("Ana",), (), 1, False)
    assert await ledger.positions(event_id) == before
    assert await ledger.names(event_id) == ["Dora", "Ben"]
    # The undoing itself, two deletions, one reversal, one member who leaves: added to the journal, nothing taken away.
    assert await ledger.seq(event_id) == seq + 5


async def test_undo_takes_back_what_was_changed_since_and_leaves_what_was_taken_back_already(ledger: Ledger) -> None:
    event_id = await ledger.flat("Ana", "Ben", "Cleo")
    before = await ledger.positions(event_id)
    report = await ledger.take(sheet(RENT, FOOD, GIFT, PAID), str(event_id))
    async with ledger.books.reading() as connection:
        rent, food, _ = await list_imported_expenses(connection, event_id, report.import_id)
        (paid,) = await list_imported_settlements(connection, event_id, report.import_id)
    revised = ExpenseDraft("Rent", 1200_00, "EUR", (Part(3, 1200_00),), Equal((1, 2, 3)))
    await ledger.post(
        event_id,
        ReviseExpense(rent.expense_id, 1, revised),
        DeleteExpense(food.expense_id, 1),
        ReverseSettlement(paid.settlement_id, "It bounced"),
    )
    undone = await ledger.undo(report)
    assert (undone.expenses, undone.revised, undone.settlements, undone.gone) == (2, 1, 0, 2)
    assert await ledger.positions(event_id) == before


async def test_members_who_came_with_an_import_stay_where_they_have_a_part_in_more(ledger: Ledger) -> None:
    event_id = await ledger.flat("Dora", "Emil")
    report = await ledger.take(sheet(RENT), str(event_id))
    lunch = ExpenseDraft("Lunch", 20_00, "EUR", (Part(3, 20_00),), Equal((1, 3)))
    await ledger.post(event_id, RecordExpense(new_id(), lunch))
    undone = await ledger.undo(report)
    assert (undone.left, undone.stayed) == (("Ben",), ("Ana",))
    assert await ledger.names(event_id) == ["Dora", "Emil", "Ana"]


async def test_members_who_were_there_before_an_import_never_leave_with_it(ledger: Ledger) -> None:
    event_id = await ledger.flat("Dora", "Emil")
    await ledger.post(event_id, AddMembers(("Ana", "Ben")))
    undone = await ledger.undo(await ledger.take(sheet(RENT), str(event_id)))
    assert (undone.left, undone.stayed) == ((), ())
    assert await ledger.names(event_id) == ["Dora", "Emil", "Ana", "Ben"]


async def test_an_undone_file_can_be_imported_again_and_then_adds_nothing_again(ledger: Ledger) -> None:
    name = a_name()
    data = (DATA / "splitwise-flat-2026.csv").read_bytes()
    first = await ledger.take(data, name)
    undone = await ledger.undo(first)
    assert (undone.event_was_new, undone.others, undone.stayed) == (True, 0, ("John Doe", "Jane Doe"))
    assert await ledger.positions(first.event_id) == {}
    again = await ledger.take(data, name)
    assert (again.event_id, again.event_is_new, again.members_added) == (first.event_id, False, ())
    assert (again.expenses, again.known, again.totals.equal) == (20, 0, ("MKD",))
    assert again.import_id != first.import_id
    third = await ledger.take(data, name)
    assert (third.expenses, third.known) == (0, 20)
    assert await ledger.positions(first.event_id) == {("John Doe", "MKD"): 1498_50, ("Jane Doe", "MKD"): -1498_50}


async def test_after_an_undo_only_the_rows_of_that_import_are_new_again(ledger: Ledger) -> None:
    name = a_name()
    await ledger.take(sheet(RENT, FOOD), name)
    second = await ledger.take(sheet(RENT, FOOD, GIFT), name)
    await ledger.undo(second)
    again = await ledger.take(sheet(RENT, FOOD, GIFT), name)
    assert (again.expenses, again.known) == (1, 2)
    assert await ledger.positions(again.event_id) == {("Ana", "EUR"): 440_00, ("Ben", "EUR"): -440_00}


async def test_an_import_is_undone_once(ledger: Ledger) -> None:
    report = await ledger.take(sheet(RENT), a_name())
    await ledger.undo(report)
    seq = await ledger.seq(report.event_id)
    with pytest.raises(ImportAlreadyUndone):
        await ledger.undo(report)
    with pytest.raises(ImportNotFound):
        await undo_import(ledger.books, uuid4(), actor=ACTOR)
    assert await ledger.seq(report.event_id) == seq


async def test_what_was_changed_here_stays_so_and_a_second_import_says_that_it_differs(ledger: Ledger) -> None:
    name, data = a_name(), sheet(RENT, FOOD, GIFT, PAID)
    report = await ledger.take(data, name)
    async with ledger.books.reading() as connection:
        rent, food, _ = await list_imported_expenses(connection, report.event_id, report.import_id)
        (paid,) = await list_imported_settlements(connection, report.event_id, report.import_id)
    await ledger.post(
        report.event_id,
        DeleteExpense(rent.expense_id, 1),
        ReviseExpense(food.expense_id, 1, ExpenseDraft("Food", 80_00, "EUR", (Part(2, 80_00),), Equal((1, 2)))),
        ReverseSettlement(paid.settlement_id, "It bounced"),
    )
    seq = await ledger.seq(report.event_id)
    again = await ledger.take(data, name)
    assert (again.expenses, again.settlements, again.known) == (0, 0, 4)
    # Of the four rows stand the gift, and the food at 40.00 for each instead of 30.00.
    assert again.totals.differing == (
        TotalMismatch("EUR", "Ana", expected_minor=340_00, actual_minor=-20_00),
        TotalMismatch("EUR", "Ben", expected_minor=-340_00, actual_minor=20_00),
    )
    assert await ledger.positions(report.event_id) == {("Ana", "EUR"): -20_00, ("Ben", "EUR"): 20_00}
    assert await ledger.seq(report.event_id) == seq
