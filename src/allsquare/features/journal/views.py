"""Show journal entries as the API does: amounts in major units, members by number."""

from uuid import UUID

from allsquare.core.entry import (
    AnyChange,
    Entry,
    EventCreated,
    EventSettled,
    ExpenseChange,
    Head,
    ImportRecorded,
    ImportUndone,
    MemberChanged,
    MemberLeft,
    MemberRenamed,
    MembersAdded,
    SettlementRecorded,
    SettlementReversed,
)
from allsquare.core.money import format_amount
from allsquare.features.events.settling import show_payments, show_plan, show_setting
from allsquare.features.expenses.views import expense_of, show_content, show_difference
from allsquare.features.wire.json import JsonObject


def show_entry(entry: Entry, actor: str) -> JsonObject:
    """Show one entry; `actor` is the name of whoever made it."""
    return {
        "seq": entry.seq,
        "kind": entry.change.kind,
        "command_id": entry.command_id,
        "reverses_seq": entry.reverses_seq,
        "actor": {"user_id": entry.actor, "name": actor},
        "at": entry.recorded_at,
        "data": _show_change(entry, entry.change),
        "transfers": [
            {"debit": debit, "credit": credit, "amount": format_amount(amount, currency), "currency": currency}
            for _, debit, credit, currency, amount in entry.transfers
        ],
        "hash": entry.entry_hash.hex(),
    }


def _show_change(entry: Entry, change: AnyChange) -> JsonObject:
    data: JsonObject = {}
    match change:
        case EventCreated() | MembersAdded():
            data = {"members": [{"member": seat.member, "role": seat.role} for seat in change.members]}
        case MemberRenamed() | MemberChanged() | MemberLeft():
            data = {"member": change.member}
        case EventSettled():
            data = show_plan(change.plan)
        case ExpenseChange():
            data = _show_expense_change(entry, change)
        case SettlementRecorded() | SettlementReversed():
            data = _show_settlement_change(change)
        case ImportRecorded() | ImportUndone():
            data = {"import_id": change.import_id}
        case _:
            pass
    if change.head is not None:
        data["event"] = _show_head(change.head)
    return data


def _show_head(head: Head) -> JsonObject:
    return {
        "name": head.name,
        "kind": head.kind,
        "currency": head.currency,
        "simplify": head.simplify,
        "settle_by": show_setting(head.settle_by),
        "edit_by": head.edit_by,
        "status": head.status,
        "version": head.version,
    }


def _show_expense_change(entry: Entry, change: ExpenseChange) -> JsonObject:
    expense = expense_of(entry)
    data: JsonObject = {
        "expense_id": expense.expense_id,
        "version": expense.version,
        **show_content(expense.content),
        "deleted": expense.deleted,
    }
    if change.was is not None and change.now is not None:
        data["diff"] = show_difference(change.was, change.now)
    return data


def _show_settlement_change(change: SettlementRecorded | SettlementReversed) -> JsonObject:
    content = change.content
    settlement_id: UUID = change.settlement_id
    data: JsonObject = {
        "settlement_id": settlement_id,
        "from": content.payer,
        "to": content.payee,
        "amount": format_amount(content.amount_minor, content.currency),
        "currency": content.currency,
        "method": content.method,
        "date": content.on,
        "note": content.note,
        "rounding": show_payments(content.rounding),
    }
    if isinstance(change, SettlementReversed):
        data["reason"] = change.reason
    return data
