"""Decide settlements: a paying-back outside the system is recorded, or taken back."""

from datetime import date, datetime
from uuid import UUID

from allsquare.core.commands.base import (
    Accepted,
    Command,
    forward,
    is_square_after,
    mirrored,
    next_head,
    refuse_merged,
    require_head,
    require_members,
    require_not_archived,
    require_volume,
)
from allsquare.core.entry import (
    EventStatus,
    Head,
    SettlementContent,
    SettlementMethod,
    SettlementRecorded,
    SettlementReversed,
    Transfer,
)
from allsquare.core.errors import Conflict, InvalidInput, NotFound
from allsquare.core.event import EventState, Standing, net_positions, today
from allsquare.core.money import MAX_AMOUNT_MINOR, AmountOutOfBounds, format_amount
from allsquare.core.settle.amounts import Amount, nets_of
from allsquare.core.settle.calm import FormerPlan, amounts_in, what_is_left
from allsquare.core.settle.plan import PlannedPayment
from allsquare.core.text import MAX_NOTES, check_optional_text, check_text
from allsquare.core.transfers import Line


class SettlementNotPositive(InvalidInput):
    """A settlement moves an amount above zero."""

    code = "settlement.not_positive"
    title = "The amount is not above zero"


class SettlementToOneself(InvalidInput):
    """Nobody pays themselves."""

    code = "settlement.same_member"
    title = "Payer and receiver are the same"


class SettlementTooLarge(Conflict):
    """More would be paid back than is owed."""

    code = "settlement.overpayment"
    title = "More than is owed"


class SettlementExists(Conflict):
    """The id made by the client is taken by another settlement of the event."""

    code = "settlement.exists"
    title = "There is such a settlement already"


class SettlementNotFound(NotFound):
    """There is no such settlement in this event."""

    code = "settlement.not_found"
    title = "There is no such settlement"


class SettlementAlreadyReversed(Conflict):
    """Nothing is taken back twice."""

    code = "settlement.reversed"
    title = "The settlement was reversed already"


class RecordSettlement(Command, frozen=True):
    """Record that one member paid another back.

    Units: `amount_minor` in minor units of `currency`. Shape: `on` None means today.
    """

    settlement_id: UUID
    payer: int
    payee: int
    amount_minor: int
    currency: str
    method: SettlementMethod = "other"
    on: date | None = None
    note: str | None = None
    allow_overpayment: bool = False
    chosen_id: bool = False
    import_id: UUID | None = None


class ReverseSettlement(Command, frozen=True):
    """Take a recorded settlement back, saying why."""

    settlement_id: UUID
    reason: str


def decide_record_settlement(state: EventState, command: RecordSettlement, now: datetime) -> Accepted:
    """Accept a settlement; in settlement status, the one that makes everybody square clears the event.

    Raises: EventClosed (archived), MemberUnknown, SettlementToOneself, SettlementNotPositive, AmountOutOfBounds,
        SettlementTooLarge, SettlementExists, LedgerFull.
    """
    head = require_head(state)
    require_not_archived(head)
    if command.chosen_id and command.settlement_id in state.settlements:
        detail = f"There is a settlement {command.settlement_id} in this event already."
        raise SettlementExists(detail, field="id", actual=str(command.settlement_id))
    _check_amount(command)
    require_members(state, (command.payer,), field="from", left_allowed=True)
    require_members(state, (command.payee,), field="to", left_allowed=True)
    refuse_merged(state, (command.payer, command.payee), field="from")
    if not command.allow_overpayment:
        _refuse_overpayment(state, command)
    rounding = _odd_units_left(state, head, command)
    moved = sum([payment.amount_minor for payment in rounding])
    require_volume(state, command.amount_minor + moved, command.currency)
    content = SettlementContent(
        payer=command.payer,
        payee=command.payee,
        amount_minor=command.amount_minor,
        currency=command.currency,
        on=command.on or today(now),
        method=command.method,
        note=check_optional_text(command.note, field="note", limit=MAX_NOTES, multiline=True),
        import_id=command.import_id,
        rounding=rounding,
    )
    transfers = forward(_lines_of(content), content.currency)
    change = SettlementRecorded(
        settlement_id=command.settlement_id, content=content, head=_head_after(state, head, transfers)
    )
    return Accepted(change, content.on, transfers)


def decide_reverse_settlement(state: EventState, command: ReverseSettlement, now: datetime) -> Accepted:
    """Accept that a settlement is taken back; a cleared event is then settling again.

    Raises: EventClosed (archived), SettlementNotFound, SettlementAlreadyReversed, LedgerFull, the errors of text.
    """
    head = require_head(state)
    require_not_archived(head)
    settlement = state.settlements.get(command.settlement_id)
    if settlement is None:
        detail = f"There is no settlement {command.settlement_id} in this event."
        raise SettlementNotFound(detail)
    if settlement.reversed_seq is not None:
        detail = f"The settlement was reversed already, by entry {settlement.reversed_seq}."
        raise SettlementAlreadyReversed(detail, actual=str(settlement.reversed_seq))
    content = settlement.content
    require_volume(state, sum([payment.amount_minor for payment in content.movements()]), content.currency)
    transfers = mirrored(_lines_of(content), content.currency)
    change = SettlementReversed(
        settlement_id=settlement.settlement_id,
        content=content,
        reason=check_text(command.reason, field="reason", limit=MAX_NOTES, multiline=True),
        head=_head_after(state, head, transfers),
    )
    return Accepted(change, today(now), transfers, reverses_seq=settlement.seq)


def _check_amount(command: RecordSettlement) -> None:
    given = format_amount(command.amount_minor, command.currency)
    if command.amount_minor <= 0:
        detail = f"The amount is {given}, it must be above zero."
        raise SettlementNotPositive(detail, field="amount", expected="above zero", actual=given)
    if command.amount_minor > MAX_AMOUNT_MINOR:
        limit = format_amount(MAX_AMOUNT_MINOR, command.currency)
        detail = f"The amount is {given}, at most {limit} is allowed."
        raise AmountOutOfBounds(detail, field="amount", expected=limit, actual=given)
    if command.payer == command.payee:
        detail = f"Member {command.payer} cannot pay themselves."
        raise SettlementToOneself(detail, field="to", actual=str(command.payee))


def _refuse_overpayment(state: EventState, command: RecordSettlement) -> None:
    # A payment is in order when the two owe each other that much directly, or when it brings both nearer to zero, as
    # the payments of a plan do that never were a direct debt.
    payer, payee, currency = command.payer, command.payee, command.currency
    low, high = min(payer, payee), max(payer, payee)
    owed_directly = state.pairs.get((low, high, currency), 0) * (1 if payer == low else -1)
    positions = state.positions or {}
    nothing = Standing()
    payer_owes = -positions.get((payer, currency), nothing).net
    payee_is_owed = positions.get((payee, currency), nothing).net
    # So is one that the frozen plan still proposes (in whole units, or by way of somebody else), and one to or from the
    # treasurer by whom the event says that it settles.
    proposed = [each.amount_minor for each in _still_proposed(state, currency) if each[:2] == (payer, payee)]
    setting = state.head.settle_by if state.head else None
    hub = setting.hub if setting and setting.strategy == "hub" else None
    by_hub = payer_owes if payee == hub else payee_is_owed if payer == hub else 0
    most = max(owed_directly, min(payer_owes, payee_is_owed), by_hub, *proposed, 0)
    if command.amount_minor > most:
        given, limit = format_amount(command.amount_minor, currency), format_amount(most, currency)
        detail = (
            f"Member {payer} would pay {given} {currency} to member {payee}, but owes at most {limit} there. "
            'Send "allow_overpayment": true to record it all the same.'
        )
        raise SettlementTooLarge(detail, field="amount", expected=f"at most {limit}", actual=given)


def _still_proposed(state: EventState, currency: str) -> tuple[Amount, ...]:
    """List what the frozen plan proposes and was not paid since; nothing, once somebody was paid past it."""
    if state.frozen is None:
        return ()
    since = [each for each in state.settlements.values() if each.seq > (state.plan_seq or 0)]
    settled = tuple([each.content.movements()[0] for each in since if each.reversed_seq is None])
    left = what_is_left(FormerPlan(state.frozen.plan, settled), currency)
    nets = net_positions(state.positions or {}).get(currency, {})
    if left is None or not left.settles({member: net for member, net in nets.items() if net}):
        return ()
    return left.payments


def _odd_units_left(state: EventState, head: Head, command: RecordSettlement) -> tuple[PlannedPayment, ...]:
    """List the odd units that the frozen plan left aside, where this settlement leaves nothing but them."""
    if state.frozen is None or head.status != "settlement":
        return ()
    rounding = next((each.rounding for each in state.frozen.currencies if each.currency == command.currency), ())
    if not rounding:
        return ()
    paid = PlannedPayment(command.payer, command.payee, command.currency, command.amount_minor)
    settled = nets_of(amounts_in(command.currency, (paid, *rounding)))
    nets = net_positions(state.positions or {}).get(command.currency, {})
    return rounding if settled == {member: net for member, net in nets.items() if net} else ()


def _lines_of(content: SettlementContent) -> tuple[Line, ...]:
    # Whoever receives money back owes it to whoever paid: that is what squares the debt.
    return tuple([Line(payee, payer, amount) for payer, payee, _, amount in content.movements()])


def _head_after(state: EventState, head: Head, transfers: tuple[Transfer, ...]) -> Head | None:
    if head.status not in {"settlement", "cleared"}:
        return None
    status: EventStatus = "cleared" if is_square_after(state, transfers) else "settlement"
    return next_head(head, status=status) if status != head.status else None


def pair_of(command: RecordSettlement) -> tuple[int, int, str]:
    """Name the pair balance a settlement must see: lower member, higher member, currency."""
    return min(command.payer, command.payee), max(command.payer, command.payee), command.currency
