"""Predict how the ledger must answer each command: one plain rule a command, over `reference.Reference`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from allsquare.core import commands as c
from tests.model.reference import PaidBack, Reference
from tests.model.sharing import Refused, must

HAS_ITS_OWN_STATUSES = (c.CreateEvent, c.DeleteEvent, c.SettleEvent, c.ReopenEvent, c.ArchiveEvent)


def answer(event: Reference, command: Any) -> str | None:
    """Give the code of the refusal; or None where the command is accepted, which then counts."""
    try:
        if not isinstance(command, c.CreateEvent):
            must(event.status not in {"", "deleted"}, "event.not_found")
        if not isinstance(command, HAS_ITS_OWN_STATUSES):
            must(event.status != "archived", "event.closed")
        RULES[type(command)](event, command)
    except Refused as refused:
        return str(refused)
    event.seq += 1
    return None


# One rule a command; each checks everything before it changes anything.


def create(event: Reference, command: c.CreateEvent) -> None:
    must(not event.status, "event.exists")
    event.free(command.member_names)
    event.members = [(name, True) for name in command.member_names]
    event.name, event.status, event.version = command.name, "new", 1


def change(event: Reference, command: c.ChangeEvent) -> None:
    must(command.seen_version in {None, event.version}, "event.version_conflict")
    event.name = command.name or event.name
    event.move(event.status)


def withdraw(event: Reference, command: c.DeleteEvent) -> None:
    must(command.seen_version == event.version, "event.version_conflict")
    must(event.status in {"new", "cleared"}, "event.in_use")
    event.move("deleted")


def add_members(event: Reference, command: c.AddMembers) -> None:
    event.free(command.member_names)
    event.members += [(name, True) for name in command.member_names]
    event.move(event.status)


def rename_member(event: Reference, command: c.ChangeMember) -> None:
    event.present([command.member], event.everybody())
    event.free((command.name,), but=command.member)
    event.members[command.member - 1] = (command.name, event.members[command.member - 1][1])
    event.move(event.status)


def remove_member(event: Reference, command: c.RemoveMember) -> None:
    event.present([command.member], event.everybody())
    must(command.member in event.active(), "member.gone")
    must(not any(net for (member, _), net in event.nets().items() if member == command.member), "member.not_square")
    event.members[command.member - 1] = (event.members[command.member - 1][0], False)
    event.move(event.status)


def record_expense(event: Reference, command: c.RecordExpense) -> None:
    must(event.status in {"new", "active"}, "event.closed")
    must(not command.chosen_id or command.expense_id not in event.expenses, "expense.exists")
    event.expenses[command.expense_id] = event.bought(command.draft, 1)
    if event.status == "new":
        event.move("active")


def revise_expense(event: Reference, command: c.ReviseExpense) -> None:
    former = event.standing(command.expense_id, command.seen_version)
    event.expenses[command.expense_id] = event.bought(command.draft, former.version + 1, former)


def delete_expense(event: Reference, command: c.DeleteExpense) -> None:
    former = event.standing(command.expense_id, command.seen_version)
    event.expenses[command.expense_id] = replace(former, version=former.version + 1, deleted=True)


def restore_expense(event: Reference, command: c.RestoreExpense) -> None:
    must(event.status in {"new", "active"}, "event.closed")
    must(command.expense_id in event.expenses, "expense.not_found")
    former = event.expenses[command.expense_id]
    must(command.seen_version in {None, former.version}, "expense.version_conflict")
    must(former.deleted, "expense.not_deleted")
    event.expenses[command.expense_id] = replace(former, version=former.version + 1, deleted=False)


def record_settlement(event: Reference, command: c.RecordSettlement) -> None:
    payer, payee, currency = command.payer, command.payee, command.currency
    must(not command.chosen_id or command.settlement_id not in event.settlements, "settlement.exists")
    must(command.amount_minor > 0, "settlement.not_positive")
    must(command.amount_minor <= 10**15, "money.out_of_bounds")
    must(payer != payee, "settlement.same_member")
    event.present([payer, payee], event.everybody())
    nets = event.nets()
    most = max(event.owed()[payer, payee, currency], min(-nets[payer, currency], nets[payee, currency]))
    must(command.allow_overpayment or command.amount_minor <= most, "settlement.overpayment")
    event.settlements[command.settlement_id] = PaidBack(payer, payee, command.amount_minor, currency)
    event.follow_positions()


def reverse_settlement(event: Reference, command: c.ReverseSettlement) -> None:
    must(command.settlement_id in event.settlements, "settlement.not_found")
    settlement = event.settlements[command.settlement_id]
    must(not settlement.reversed, "settlement.reversed")
    must(command.reason.strip(), "text.empty")
    event.settlements[command.settlement_id] = replace(settlement, reversed=True)
    event.follow_positions()


def settle(event: Reference, command: c.SettleEvent) -> None:
    must(event.status in {"new", "active", "settlement"}, "event.not_settleable")
    must(command.request.strategy != "magic", "plan.strategy_unknown")
    must(command.request.round_to is None, "plan.unit_negative")
    event.move("settlement" if any(event.nets().values()) else "cleared")


def reopen(event: Reference, _: c.ReopenEvent) -> None:
    must(event.status in {"settlement", "cleared"}, "event.not_reopenable")
    event.move("active")


def archive(event: Reference, _: c.ArchiveEvent) -> None:
    must(event.status == "cleared", "event.not_cleared")
    event.move("archived")


RULES: dict[type[c.Command], Callable[[Reference, Any], None]] = {
    c.CreateEvent: create,
    c.ChangeEvent: change,
    c.DeleteEvent: withdraw,
    c.AddMembers: add_members,
    c.ChangeMember: rename_member,
    c.RemoveMember: remove_member,
    c.RecordExpense: record_expense,
    c.ReviseExpense: revise_expense,
    c.DeleteExpense: delete_expense,
    c.RestoreExpense: restore_expense,
    c.RecordSettlement: record_settlement,
    c.ReverseSettlement: reverse_settlement,
    c.SettleEvent: settle,
    c.ReopenEvent: reopen,
    c.ArchiveEvent: archive,
}
