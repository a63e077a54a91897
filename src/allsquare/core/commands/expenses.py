"""Decide expenses: recorded, revised, deleted, restored."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from allsquare.core.commands.base import (
    Accepted,
    Command,
    VersionConflict,
    check_version,
    forward,
    mirrored,
    next_head,
    refuse_merged,
    require_head,
    require_members,
    require_open,
    require_volume,
)
from allsquare.core.commands.payers import check_payers
from allsquare.core.entry import (
    ExpenseContent,
    ExpenseDeleted,
    ExpenseRecorded,
    ExpenseRestored,
    ExpenseRevised,
    Transfer,
)
from allsquare.core.errors import Conflict, InvalidInput, NotFound
from allsquare.core.event import EventState, Expense, today
from allsquare.core.money import MAX_AMOUNT_MINOR, AmountOutOfBounds, format_amount
from allsquare.core.split import (
    Equal,
    Itemized,
    Part,
    Shares,
    SplitRule,
    WeightPart,
    participants,
    split_total,
    with_members,
)
from allsquare.core.text import MAX_CATEGORY, MAX_DESCRIPTION, MAX_NOTES, check_optional_text, check_text
from allsquare.core.transfers import transfers_of

MAX_CELLS = 10_000
"""The most payers × participants one expense may have, which bounds its transfers."""


class AmountZero(InvalidInput):
    """An expense or settlement of nothing."""

    code = "expense.amount_zero"
    title = "The amount is zero"


class TooManyCells(InvalidInput):
    """Too many payers for so many participants."""

    code = "expense.too_many_payers"
    title = "Too many payers for so many participants"


class ExpenseNotFound(NotFound):
    """There is no such expense in this event."""

    code = "expense.not_found"
    title = "There is no such expense"


class ExpenseExists(Conflict):
    """The id made by the client is taken by another expense of the event."""

    code = "expense.exists"
    title = "There is such an expense already"


class ExpenseVersionConflict(VersionConflict):
    """Somebody changed the expense since the version the edit was based on."""

    code = "expense.version_conflict"
    title = "Somebody else changed the expense first"


class ExpenseIsDeleted(Conflict):
    """A deleted expense is neither revised nor deleted; it can be restored."""

    code = "expense.deleted"
    title = "The expense is deleted"


class ExpenseNotDeleted(Conflict):
    """Only a deleted expense can be restored."""

    code = "expense.not_deleted"
    title = "The expense is not deleted"


class ExpenseDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """An expense as somebody gives it, before the rules were applied.

    Units: amounts in minor units of `currency`.
    Shape: `on` None means today; an `equal` or `adjustment` split among nobody means among all active members, and no
        split at all among them by their weights, which are the same unless somebody set them.
    """

    description: str
    amount_minor: int
    currency: str
    paid: tuple[Part, ...]
    split: SplitRule | None
    on: date | None = None
    category: str | None = None
    notes: str | None = None
    inferred: bool = False
    import_id: UUID | None = None


class RecordExpense(Command, frozen=True):
    """Record a new expense; `chosen_id` tells that the client made the id, so that it may be taken already."""

    expense_id: UUID
    draft: ExpenseDraft
    chosen_id: bool = False


class ReviseExpense(Command, frozen=True):
    """Replace the content of an expense, given the version it was based on."""

    expense_id: UUID
    seen_version: int
    draft: ExpenseDraft


class DeleteExpense(Command, frozen=True):
    """Delete an expense, given the version that was seen."""

    expense_id: UUID
    seen_version: int


class RestoreExpense(Command, frozen=True):
    """Bring a deleted expense back; `seen_version` None restores whatever is current."""

    expense_id: UUID
    seen_version: int | None = None


def decide_record_expense(state: EventState, command: RecordExpense, now: datetime) -> Accepted:
    """Accept a new expense; the first one makes the event active.

    Raises: what `complete` raises, EventClosed, ExpenseExists, LedgerFull.
    """
    head = require_head(state)
    require_open(head)
    if command.chosen_id and command.expense_id in state.expenses:
        detail = f"There is an expense {command.expense_id} in this event already."
        raise ExpenseExists(detail, field="id", actual=str(command.expense_id))
    content = complete(state, command.draft, now)
    require_volume(state, abs(content.amount_minor), content.currency)
    change = ExpenseRecorded(
        expense_id=command.expense_id,
        version=1,
        now=content,
        head=next_head(head, status="active") if head.status == "new" else None,
    )
    return Accepted(change, content.on, lines_of(content))


def decide_revise_expense(state: EventState, command: ReviseExpense, now: datetime) -> Accepted:
    """Accept a new version: the old transfers are mirrored and the new ones added, in one entry.

    Raises: what `complete` raises, EventClosed, ExpenseNotFound, ExpenseIsDeleted, ExpenseVersionConflict, LedgerFull.
    """
    require_open(require_head(state))
    expense = _require_standing(state, command.expense_id, command.seen_version)
    draft = command.draft
    kept = msgspec.structs.replace(
        draft,
        on=draft.on or expense.content.on,
        inferred=False,
        import_id=expense.content.import_id,
    )
    content = complete(state, kept, now, former=expense.content)
    moved = abs(expense.content.amount_minor) + abs(content.amount_minor)
    require_volume(state, moved, content.currency)
    change = ExpenseRevised(
        expense_id=expense.expense_id,
        version=expense.version + 1,
        was=expense.content,
        now=content,
        created_seq=expense.created_seq,
        created_at=expense.created_at,
        created_by=expense.created_by,
    )
    transfers = lines_taken_back(expense.content) + lines_of(content)
    return Accepted(change, content.on, transfers, reverses_seq=expense.seq)


def decide_delete_expense(state: EventState, command: DeleteExpense, now: datetime) -> Accepted:  # noqa: ARG001
    """Accept that an expense no longer counts: its transfers are mirrored.

    Raises: EventClosed, ExpenseNotFound, ExpenseIsDeleted, ExpenseVersionConflict, LedgerFull.
    """
    require_open(require_head(state))
    expense = _require_standing(state, command.expense_id, command.seen_version)
    content = expense.content
    require_volume(state, abs(content.amount_minor), content.currency)
    change = ExpenseDeleted(
        expense_id=expense.expense_id,
        version=expense.version + 1,
        was=content,
        created_seq=expense.created_seq,
        created_at=expense.created_at,
        created_by=expense.created_by,
    )
    return Accepted(change, content.on, lines_taken_back(content), reverses_seq=expense.seq)


def decide_restore_expense(state: EventState, command: RestoreExpense, now: datetime) -> Accepted:  # noqa: ARG001
    """Accept that a deleted expense counts again, as it was, also for members who have left since.

    Raises: EventClosed, ExpenseNotFound, ExpenseNotDeleted, ExpenseVersionConflict, MemberInactive, LedgerFull.
    """
    require_open(require_head(state))
    expense = _require_expense(state, command.expense_id)
    if command.seen_version is not None:
        check_version(
            seen=command.seen_version,
            current=expense.version,
            current_seq=expense.seq,
            error=ExpenseVersionConflict,
        )
    if not expense.deleted:
        detail = "The expense is not deleted, so it cannot be restored."
        raise ExpenseNotDeleted(detail)
    content = expense.content
    refuse_merged(state, {member for member, _ in content.paid + content.shares}, field="split")
    require_volume(state, abs(content.amount_minor), content.currency)
    change = ExpenseRestored(
        expense_id=expense.expense_id,
        version=expense.version + 1,
        now=content,
        created_seq=expense.created_seq,
        created_at=expense.created_at,
        created_by=expense.created_by,
    )
    return Accepted(change, content.on, lines_of(content), reverses_seq=expense.seq)


def lines_of(content: ExpenseContent) -> tuple[Transfer, ...]:
    """Give the transfers an expense makes."""
    return forward(transfers_of(content.paid, content.shares), content.currency)


def lines_taken_back(content: ExpenseContent) -> tuple[Transfer, ...]:
    """Give the transfers that take an expense back.

    They are computed again from the content rather than read: the rule that made them is part of the format, and the
    `violation` view holds every reversal against the lines it reverses.
    """
    return mirrored(transfers_of(content.paid, content.shares), content.currency)


def complete(
    state: EventState, draft: ExpenseDraft, now: datetime, former: ExpenseContent | None = None
) -> ExpenseContent:
    """Apply every rule to a draft: who takes part, what each consumed, that everything adds up.

    Shape: members who took part in `former` may stay in it though they have left.
    Raises: AmountZero, AmountOutOfBounds, the errors of text, payers, members and `core.split`.
    """
    total, currency = draft.amount_minor, draft.currency
    if total == 0:
        detail = "The amount must not be zero."
        raise AmountZero(detail, field="amount", actual=format_amount(0, currency))
    if not -MAX_AMOUNT_MINOR <= total <= MAX_AMOUNT_MINOR:
        limit, given = format_amount(MAX_AMOUNT_MINOR, currency), format_amount(total, currency)
        detail = f"The amount is {given}, at most {limit} is allowed."
        raise AmountOutOfBounds(detail, field="amount", expected=limit, actual=given)
    description = check_text(draft.description, field="description", limit=MAX_DESCRIPTION)
    check_payers(total, currency, draft.paid)
    split = default_split(state) if draft.split is None else _with_checked_names(draft.split)
    rule = with_members(split, state.active_members())
    shares = split_total(total, rule, currency=currency)
    payers = tuple([part[0] for part in draft.paid])
    _require_roster(state, payers, participants(rule), former)
    if len(payers) * len(shares) > MAX_CELLS:
        detail = f"{len(payers)} payers for {len(shares)} participants are too many: their product may be {MAX_CELLS}."
        raise TooManyCells(
            detail, field="paid_by", expected=f"at most {MAX_CELLS // len(shares)}", actual=str(len(payers))
        )
    return ExpenseContent(
        description,
        total,
        currency,
        draft.on or today(now),
        draft.paid,
        shares,
        rule,
        check_optional_text(draft.category, field="category", limit=MAX_CATEGORY),
        check_optional_text(draft.notes, field="notes", limit=MAX_NOTES, multiline=True),
        draft.inferred,
        draft.import_id,
    )


def default_split(state: EventState) -> SplitRule:
    """Give the rule for an expense that names none: by the weights of the active members."""
    parts = [WeightPart(number, one.weight) for number, one in state.members.items() if one.active and one.weight]
    if len(parts) == len(state.active_members()) and len({part.ten_thousandths for part in parts}) <= 1:
        return Equal()
    return Shares(tuple(parts))


def _with_checked_names(rule: SplitRule) -> SplitRule:
    if not isinstance(rule, Itemized):
        return rule
    items = [
        msgspec.structs.replace(
            item,
            name=check_optional_text(item.name, field=f"split.items.{index}.name", limit=MAX_DESCRIPTION) or "",
        )
        for index, item in enumerate(rule.items)
    ]
    return msgspec.structs.replace(rule, items=tuple(items))


def _require_roster(
    state: EventState, payers: tuple[int, ...], listed: tuple[int, ...], former: ExpenseContent | None
) -> None:
    if former is None:
        require_members(state, payers, field="paid_by")
        require_members(state, listed, field="split")
        return
    stayed = {member for member, _ in former.paid + former.shares}
    for numbers, field in ((payers, "paid_by"), (listed, "split")):
        require_members(state, numbers, field=field, left_allowed=True)
        require_members(state, tuple([n for n in numbers if n not in stayed]), field=field)


def _require_expense(state: EventState, expense_id: UUID) -> Expense:
    expense = state.expenses.get(expense_id)
    if expense is None:
        detail = f"There is no expense {expense_id} in this event."
        raise ExpenseNotFound(detail)
    return expense


def _require_standing(state: EventState, expense_id: UUID, seen_version: int) -> Expense:
    expense = _require_expense(state, expense_id)
    check_version(seen=seen_version, current=expense.version, current_seq=expense.seq, error=ExpenseVersionConflict)
    if expense.deleted:
        detail = "The expense is deleted. Restore it before changing it."
        raise ExpenseIsDeleted(detail)
    return expense
