"""Decide that two members are one person: what names the one is written anew for the other, and every net is kept.

A merge is several entries in one transaction: a revision of each expense and settlement that names the member, which
anybody can read in its history, and the one that closes the seat. So nothing about reversals, statements or plans has
to know of merged members.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from allsquare.core.access import may
from allsquare.core.commands.base import (
    Accepted,
    Command,
    next_head,
    require_head,
    require_members,
    require_open,
    require_volume,
)
from allsquare.core.commands.expenses import ExpenseNotFound, lines_of, lines_taken_back
from allsquare.core.commands.seats import SeatTwice
from allsquare.core.commands.settlements import RecordSettlement, ReverseSettlement
from allsquare.core.entry import ExpenseContent, ExpenseRevised, Head, MemberMerged
from allsquare.core.errors import Conflict, InvalidInput
from allsquare.core.event import EventState, Settlement, today
from allsquare.core.split import Equal, Exact, Part, Percentage, Shares, SplitRule, participants


class MergeWithOneself(InvalidInput):
    """A member cannot be merged with themselves."""

    code = "member.merge_oneself"
    title = "That is the same member"


class MergeRaced(Conflict):
    """Something that names the member came in between; sent again, the merge takes it along."""

    code = "member.merge_raced"
    title = "Something came in between"


class ReassignExpense(Command, frozen=True):
    """Write an expense anew with one member in another's place; everybody else's net stays what it is."""

    expense_id: UUID
    member: int
    into: int


class MergeMembers(Command, frozen=True):
    """End the seat of a member whose every expense and settlement has been written anew for another."""

    member: int
    into: int


def decide_reassign_expense(state: EventState, command: ReassignExpense, now: datetime) -> Accepted:  # noqa: ARG001
    """Accept a new version of an expense, in which one member stands in another's place.

    Raises: EventClosed, ExpenseNotFound, LedgerFull.
    """
    _require_mergeable(state, command.member, command.into)
    expense = state.expenses.get(command.expense_id)
    if expense is None or expense.deleted:
        detail = f"There is no expense {command.expense_id} in this event."
        raise ExpenseNotFound(detail)
    was = expense.content
    now_content = reassigned(was, command.member, command.into)
    require_volume(state, 2 * abs(was.amount_minor), was.currency)
    change = ExpenseRevised(
        expense_id=expense.expense_id,
        version=expense.version + 1,
        was=was,
        now=now_content,
        created_seq=expense.created_seq,
        created_at=expense.created_at,
        created_by=expense.created_by,
    )
    return Accepted(change, was.on, lines_taken_back(was) + lines_of(now_content), reverses_seq=expense.seq)


def reassigned(content: ExpenseContent, member: int, into: int) -> ExpenseContent:
    """Give an expense with `into` in the place of `member`; where both took part, with the sums of their amounts.

    Ensures: what everybody else paid and consumed is what it was, to the minor unit.
    """
    paid, shares = _joined(content.paid, member, into), _joined(content.shares, member, into)
    both = {member, into} <= set(participants(content.split))
    split = Exact(shares) if both else _renamed(content.split, member, into) or Exact(shares)
    return msgspec.structs.replace(content, paid=paid, shares=shares, split=split)


def _joined(parts: tuple[Part, ...], member: int, into: int) -> tuple[Part, ...]:
    amounts: dict[int, int] = {}
    for number, amount in parts:
        own = into if number == member else number
        amounts[own] = amounts.get(own, 0) + amount
    return tuple([Part(number, amount) for number, amount in amounts.items()])


def _renamed(rule: SplitRule, member: int, into: int) -> SplitRule | None:
    """Name the one instead of the other in a rule; None for the rules that are better written out as amounts."""
    match rule:
        case Equal():
            return Equal(tuple([into if number == member else number for number in rule.among]))
        case Percentage():
            return Percentage(tuple([p._replace(member=into) if p.member == member else p for p in rule.shares]))
        case Shares():
            return Shares(tuple([p._replace(member=into) if p.member == member else p for p in rule.shares]))
        case _:
            return None


def settlements_moved(found: Settlement, member: int, into: int, new_ids: Iterable[UUID]) -> tuple[Command, ...]:
    """Give the commands that write a settlement anew with `into` in the place of `member`.

    Shape: the one that takes it back, and one for each payment in it that is not between the two themselves.
    """
    content = found.content

    def own(number: int) -> int:
        return into if number == member else number

    again = [
        RecordSettlement(
            new_id,
            own(payer),
            own(payee),
            amount,
            currency,
            content.method,
            content.on,
            content.note,
            allow_overpayment=True,
            import_id=content.import_id,
        )
        for new_id, (payer, payee, currency, amount) in zip(new_ids, content.movements(), strict=False)
        if own(payer) != own(payee)
    ]
    reason = f"Member {member} is member {into}"
    return ReverseSettlement(found.settlement_id, reason), *again


def decide_merge_members(state: EventState, command: MergeMembers, now: datetime) -> Accepted:
    """Accept that one member is another: the seat ends; its account, if it has one, and its role are the other's.

    Shape: the role is the greater of the two, so that an event never loses its last admin this way.

    Raises: MergeWithOneself, MemberUnknown, MemberInactive, SeatTwice, MergeRaced, EventClosed.
    """
    head = _require_mergeable(state, command.member, command.into)
    require_members(state, (command.member,), field="member")
    gone, kept = state.members[command.member], state.members[command.into]
    if gone.user_id is not None and kept.user_id is not None:
        detail = f"Members {command.member} and {command.into} are two accounts; only one of them may have one."
        raise SeatTwice(detail, field="into", actual=str(command.into))
    if state.positions is None:
        message = "positions were not loaded"
        raise AssertionError(message)
    for (number, currency), standing in state.positions.items():
        moved = (standing.paid, standing.share, standing.sent, standing.received)
        if number == command.member and any(moved):
            detail = f"Something in {currency} that names member {command.member} came in between. Send it again."
            raise MergeRaced(detail, field="member", actual=str(command.member))
    role = gone.role if may(gone.role, kept.role) else kept.role
    change = MemberMerged(head=next_head(head), member=command.member, into=command.into, role=role)
    return Accepted(change, today(now))


def _require_mergeable(state: EventState, member: int, into: int) -> Head:
    head = require_head(state)
    require_open(head)
    if member == into:
        detail = f"Member {member} cannot be merged with themselves."
        raise MergeWithOneself(detail, field="into", actual=str(into))
    require_members(state, (member,), field="member", left_allowed=True)
    require_members(state, (into,), field="into")
    return head
