"""Say which role each command needs; `decide` asks here before it looks at anything else."""

from uuid import UUID

from allsquare.core.access import (
    Actor,
    NotAllowed,
    ReadOnly,
    require_admin_scope,
    require_editor,
    require_rank,
    require_role,
    role_in,
    seat_of,
)
from allsquare.core.commands.base import Command, event_not_found
from allsquare.core.commands.events import ChangeEvent, CreateEvent, DeleteEvent
from allsquare.core.commands.expenses import DeleteExpense, RecordExpense, RestoreExpense, ReviseExpense
from allsquare.core.commands.imports import RecordImport, UndoImport
from allsquare.core.commands.lifecycle import ArchiveEvent, ReopenEvent, SettleEvent
from allsquare.core.commands.members import AddMembers, ChangeMember, RemoveMember
from allsquare.core.commands.merging import MergeMembers, ReassignExpense
from allsquare.core.commands.seats import ClaimMember, ForgetMember
from allsquare.core.commands.settlements import RecordSettlement, ReverseSettlement
from allsquare.core.entry import MemberRole
from allsquare.core.event import EventState

__all__ = ["Actor", "permit"]

_LEAST: dict[type[Command], MemberRole] = {
    ChangeEvent: "admin",
    DeleteEvent: "admin",
    ArchiveEvent: "admin",
    SettleEvent: "member",
    ReopenEvent: "member",
    RecordExpense: "member",
    RecordSettlement: "member",
    RecordImport: "member",
    UndoImport: "member",
}


def permit(state: EventState, command: Command, actor: Actor) -> None:
    """Refuse what somebody may not do to an event; one they may not see is not there for them.

    Raises: EventNotFound, NotAllowed, ReadOnly, AdminScopeNeeded.
    """
    if isinstance(command, CreateEvent):
        _permit_creating(state, actor)
        return
    if state.head is None:
        return  # there is nothing to protect; the decision says so
    role = role_in(state, actor)
    if role is None and actor.invited_as is None:
        raise event_not_found(state.event_id)
    least = _LEAST.get(type(command))
    if least is not None:
        require_rank(actor, role, least)
        return
    match command:
        case ReviseExpense() | DeleteExpense() | RestoreExpense():
            _permit_editing(state, command.expense_id, actor)
        case ReverseSettlement():
            found = state.settlements.get(command.settlement_id)
            payers = () if found is None else (found.content.payer, found.content.payee)
            if found is None:
                require_role(state, actor, "member")
            else:
                require_editor(state, actor, found, payers)
        case AddMembers():
            _permit_joining(state, command, actor)
        case ChangeMember() | RemoveMember() | MergeMembers() | ReassignExpense():
            _permit_managing(state, command, actor)
        case ClaimMember() | ForgetMember():
            _permit_own_account(state, command, actor)
        case _:
            raise AssertionError(command)


def _permit_creating(state: EventState, actor: Actor) -> None:
    if state.head is not None and role_in(state, actor) is None:
        # Its id is taken by somebody else's event; saying so would tell that it exists, and it is nobody's guess.
        return
    if actor.event_id is not None and actor.event_id != state.event_id:
        detail = "This sign-in is for one event alone and cannot begin another."
        raise NotAllowed(detail, expected="an account", actual="one event")
    if actor.scope == "read":
        detail = "This sign-in may only look at events, not begin one."
        raise ReadOnly(detail, expected="write", actual="read")


def _permit_editing(state: EventState, expense_id: UUID, actor: Actor) -> None:
    expense = state.expenses.get(expense_id)
    if expense is None:
        require_role(state, actor, "member")
    else:
        require_editor(state, actor, expense, tuple([member for member, _ in expense.content.paid]))


def _permit_joining(state: EventState, command: AddMembers, actor: Actor) -> None:
    """Let members add others like themselves, and one who was invited add themselves in the role they were offered."""
    roles = {terms.role for terms in command.terms} or {None}
    if actor.invited_as is not None and role_in(state, actor) is None:
        if len(command.member_names) != 1 or roles != {actor.invited_as}:
            detail = "A link lets you join yourself, in the role it offers."
            raise NotAllowed(detail, expected=actor.invited_as, actual="something else")
        return
    others = {terms.user_id for terms in command.terms} - {None, actor.actor_id}
    require_role(state, actor, "admin" if others or roles - {"member", None} else "member")
    if "admin" in roles:
        require_admin_scope(actor)


def _permit_managing(
    state: EventState, command: ChangeMember | RemoveMember | MergeMembers | ReassignExpense, actor: Actor
) -> None:
    """Let everybody rename themselves and leave, and admins do the rest; a guest who is one, not to accounts."""
    leaves = isinstance(command, RemoveMember)
    keeps_role = isinstance(command, ChangeMember) and command.role is None
    renames = isinstance(command, ChangeMember) and (command.role, command.weight) == (None, None)
    if (leaves or renames) and seat_of(state, actor.actor_id) == command.member:
        require_role(state, actor, "viewer")
        return
    require_role(state, actor, "admin")
    if keeps_role:
        return
    if not leaves:
        require_admin_scope(actor)
    touched = {command.member, command.into if isinstance(command, MergeMembers | ReassignExpense) else 0}
    accounts = [number for number, member in state.members.items() if member.user_id is not None]
    if actor.member is not None and not touched.isdisjoint(accounts):
        # A link is in the hands of whoever it was passed on to, and must not drive those out who answer by name.
        detail = "As a guest you cannot change the role or end the seat of a member who has an account."
        raise NotAllowed(detail, field="member", expected="an account", actual="guest")


def _permit_own_account(state: EventState, command: ClaimMember | ForgetMember, actor: Actor) -> None:
    """Let the account itself alone take a seat that a link offers it, and give one up for good."""
    require_role(state, actor, "viewer")
    if isinstance(command, ClaimMember):
        own = actor.actor_id == command.user_id and actor.invited_as is not None
    else:
        found = state.members.get(command.member)
        own = found is None or found.user_id == actor.actor_id
    if not own and not actor.oversees:
        detail = "Only the account itself may take a seat or give it up for good."
        raise NotAllowed(detail, expected="yourself", actual="somebody else")
