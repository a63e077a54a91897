"""Decide commands: `decide(state, command) -> Accepted | Rejected`, a pure function, and the one door to every change.

One file a family; each command is a value, each decision a function beside it that returns what the command becomes or
raises the refusal.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from allsquare.core.commands.base import Accepted, Command, Needs
from allsquare.core.commands.events import (
    ChangeEvent,
    CreateEvent,
    DeleteEvent,
    decide_change_event,
    decide_create_event,
    decide_delete_event,
)
from allsquare.core.commands.expenses import (
    DeleteExpense,
    RecordExpense,
    RestoreExpense,
    ReviseExpense,
    decide_delete_expense,
    decide_record_expense,
    decide_restore_expense,
    decide_revise_expense,
)
from allsquare.core.commands.imports import RecordImport, UndoImport, decide_record_import, decide_undo_import
from allsquare.core.commands.lifecycle import (
    ArchiveEvent,
    ReopenEvent,
    SettleEvent,
    decide_archive_event,
    decide_reopen_event,
    decide_settle_event,
)
from allsquare.core.commands.members import (
    AddMembers,
    ChangeMember,
    RemoveMember,
    SeatTerms,
    decide_add_members,
    decide_change_member,
    decide_remove_member,
)
from allsquare.core.commands.merging import (
    MergeMembers,
    ReassignExpense,
    decide_merge_members,
    decide_reassign_expense,
)
from allsquare.core.commands.permissions import Actor, permit
from allsquare.core.commands.seats import ClaimMember, ForgetMember, decide_claim_member, decide_forget_member
from allsquare.core.commands.settlements import (
    RecordSettlement,
    ReverseSettlement,
    decide_record_settlement,
    decide_reverse_settlement,
    pair_of,
)
from allsquare.core.errors import AllsquareError
from allsquare.core.event import EventState

__all__ = [
    "Accepted",
    "AddMembers",
    "ArchiveEvent",
    "ChangeEvent",
    "ChangeMember",
    "ClaimMember",
    "Command",
    "CreateEvent",
    "DeleteEvent",
    "DeleteExpense",
    "ForgetMember",
    "MergeMembers",
    "Needs",
    "ReassignExpense",
    "RecordExpense",
    "RecordImport",
    "RecordSettlement",
    "Rejected",
    "RemoveMember",
    "ReopenEvent",
    "RestoreExpense",
    "ReverseSettlement",
    "ReviseExpense",
    "SeatTerms",
    "SettleEvent",
    "UndoImport",
    "decide",
    "needs",
]


class Rejected(msgspec.Struct, frozen=True):
    """A command that was refused, finally: the same command is refused for ever."""

    error: AllsquareError


_DECISIONS: dict[type[Command], Callable[[EventState, Any, datetime], Accepted]] = {
    CreateEvent: decide_create_event,
    ChangeEvent: decide_change_event,
    DeleteEvent: decide_delete_event,
    AddMembers: decide_add_members,
    ChangeMember: decide_change_member,
    RemoveMember: decide_remove_member,
    ClaimMember: decide_claim_member,
    ForgetMember: decide_forget_member,
    MergeMembers: decide_merge_members,
    ReassignExpense: decide_reassign_expense,
    RecordExpense: decide_record_expense,
    ReviseExpense: decide_revise_expense,
    DeleteExpense: decide_delete_expense,
    RestoreExpense: decide_restore_expense,
    RecordSettlement: decide_record_settlement,
    ReverseSettlement: decide_reverse_settlement,
    SettleEvent: decide_settle_event,
    ReopenEvent: decide_reopen_event,
    ArchiveEvent: decide_archive_event,
    RecordImport: decide_record_import,
    UndoImport: decide_undo_import,
}


def decide(state: EventState, command: Command, now: datetime, actor: Actor) -> Accepted | Rejected:
    """Decide one command of somebody against the event as it is, at a given moment.

    Ensures: pure; whether they may is asked before anything else; what `needs(command)` names must have been
        loaded into `state`.
    """
    try:
        permit(state, command, actor)
        return _DECISIONS[type(command)](state, command, now)
    except AllsquareError as error:
        return Rejected(error)


_NOTHING = Needs()


def needs(command: Command) -> Needs:
    """Say what a decision must see beside the event's head and roster."""
    match command:
        case RecordExpense():
            return Needs(expenses=(command.expense_id,)) if command.chosen_id else _NOTHING
        case ReviseExpense() | DeleteExpense() | RestoreExpense() | ReassignExpense():
            return Needs(expenses=(command.expense_id,))
        case RecordSettlement():
            return Needs(positions=True, plan=True, pairs=(pair_of(command),), settlements=(command.settlement_id,))
        case ReverseSettlement():
            return Needs(positions=True, settlements=(command.settlement_id,))
        case RemoveMember() | MergeMembers():
            return Needs(positions=True)
        case SettleEvent():
            return Needs(positions=True, all_pairs=True)
        case UndoImport():
            return Needs(imports=(command.import_id,))
        case _:
            return _NOTHING
