"""Explain a payment of an event's plan: from the debts it stands for down to the expenses, in figures and in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from allsquare.core.errors import NotFound
from allsquare.core.money import format_amount
from allsquare.core.settle.amounts import Amount, pay_in_order
from allsquare.core.settle.calm import amounts_in
from allsquare.core.settle.explain import Explanation, Link, Piece, explain_payments
from allsquare.features.events.reads import get_event
from allsquare.features.plans.making import Made, Run
from allsquare.features.plans.reads import DebtLine, list_debt_lines, list_gross_debts
from allsquare.features.wire.json import JsonObject
from allsquare.pg.borrow import Pool
from allsquare.pg.transact import snapshot

MAX_CIRCLES = 50
"""How many circles are shown beside a payment, the largest first."""

MAX_NAMED = 5
"""How many expenses a sentence names before it only counts them."""

Lines = Mapping[tuple[int, int], Sequence[DebtLine]]


class PaymentNotPlanned(NotFound):
    """The plan proposes no such payment."""

    code = "plan.payment_not_found"
    title = "The plan has no such payment"


class _Told(NamedTuple):
    """What sentences are made with."""

    names: Mapping[int, str]
    currency: str
    lines: Lines


async def explain_payment(
    pool: Pool, made: Made, *, currency: str, payer: int, payee: int, run: Run
) -> JsonObject | None:
    """Explain the payment from payer to payee; None where the event has moved on since the plan was made.

    Raises: PaymentNotPlanned.
    """
    payments = amounts_in(currency, made.plan.payments)
    amount = next((each.amount_minor for each in payments if each[:2] == (payer, payee)), None)
    if amount is None:
        detail = f"The plan has no payment from member {payer} to member {payee} in {currency}."
        raise PaymentNotPlanned(detail)
    event_id = made.state.event_id
    left = _left_open(made, currency)
    async with snapshot(pool) as connection:
        if (await get_event(connection, event_id)).seq != made.seq:
            return None
        gross = await list_gross_debts(connection, event_id, currency)
        for line in left:
            gross[line.debtor, line.creditor] = gross.get((line.debtor, line.creditor), 0) + line.amount_minor
    explanation = await run(lambda: explain_payments(payments, gross))
    pieces = explanation.of(payer, payee)
    circles = _circles_of(explanation, payer, payee)
    pairs = sorted({link[:2] for piece in (*pieces, *circles) for link in piece.links})
    async with snapshot(pool) as connection:
        if (await get_event(connection, event_id)).seq != made.seq:
            return None
        lines = await list_debt_lines(connection, event_id, currency, pairs)
    for line in left:
        if (line.debtor, line.creditor) in lines:
            lines[line.debtor, line.creditor].append(line)
    names = {number: member.name or f"member {number}" for number, member in made.state.members.items()}
    told = _Told(names, currency, lines)
    shown = f"{names[payer]} pays {names[payee]} {format_amount(amount, currency)} {currency}"
    return {
        "payment": {"from": payer, "to": payee, "amount": format_amount(amount, currency), "currency": currency},
        "text": f"{shown}: " + "; ".join([_sentence(piece, told, (payer, payee)) for piece in pieces]) + ".",
        "pieces": [_show(piece, told, (payer, payee)) for piece in pieces],
        "circles": [_show(piece, told, (payer, payee)) for piece in circles],
    }


def _circles_of(explanation: Explanation, payer: int, payee: int) -> list[Piece]:
    touching = [
        piece
        for piece in explanation.circles()
        if any(person in {payer, payee} for link in piece.links for person in link[:2])
    ]
    return sorted(touching, key=lambda piece: (-piece.amount_minor, piece.links))[:MAX_CIRCLES]


def _left_open(made: Made, currency: str) -> list[DebtLine]:
    """List what the plan leaves aside as debts the other way, so that debts and payments come to the same nets."""
    lines = []
    for found in made.plan.currencies:
        if found.currency == currency:
            odd = amounts_in(currency, found.rounding)
            lines += [_left(each, "Rounding", made) for each in odd]
            lines += [_left(each, "Not settled by the allowed pairs", made) for each in pay_in_order(dict(found.stuck))]
    return lines


def _left(payment: Amount, description: str, made: Made) -> DebtLine:
    on = made.state.recorded_at.date()
    return DebtLine(payment.payee, payment.payer, payment.amount_minor, 0, on, None, None, description)


def _show(piece: Piece, told: _Told, payment: tuple[int, int]) -> JsonObject:
    return {
        "kind": piece.kind,
        "amount": format_amount(piece.amount_minor, told.currency),
        "text": _sentence(piece, told, payment) + ".",
        "links": [
            {
                "from": link.debtor,
                "to": link.creditor,
                "amount": format_amount(link.amount_minor, told.currency),
                "because": [_reason(line, amount, told.currency) for line, amount in _window(link, told.lines)],
            }
            for link in piece.links
        ],
        "payments": [{"from": payer, "to": payee} for payer, payee in piece.payments],
    }


def _window(link: Link, lines: Lines) -> Iterator[tuple[DebtLine, int]]:
    """Walk through the lines that make up this part of a debt, each with how much of it is meant."""
    skip, wanted = link.start, link.amount_minor
    for line in lines[link.debtor, link.creditor]:
        taken = min(line.amount_minor - skip, wanted)
        if taken > 0:
            yield line, taken
            wanted -= taken
        skip = max(skip - line.amount_minor, 0)
        if not wanted:
            return


def _reason(line: DebtLine, amount: int, currency: str) -> JsonObject:
    recorded = line.seq > 0
    open_kind = "rounding" if line.description == "Rounding" else "open"
    kind = "expense" if line.expense_id else "settlement" if line.settlement_id else open_kind
    return {
        "kind": kind,
        "description": line.description or "Paid back",
        "amount": format_amount(amount, currency),
        "seq": line.seq if recorded else None,
        "date": line.on if recorded else None,
        "expense_id": line.expense_id,
        "settlement_id": line.settlement_id,
    }


def _sentence(piece: Piece, told: _Told, payment: tuple[int, int]) -> str:
    debts = _and([_debt(link, told) for link in piece.links]) if piece.links else "they cancel each other"
    amount = format_amount(piece.amount_minor, told.currency)
    if piece.kind == "circle":
        return f"{amount} go round and cancel: {debts}"
    others = [f"{told.names[payer]} paying {told.names[payee]}" for payer, payee in piece.payments]
    others = [text for pair, text in zip(piece.payments, others, strict=True) if pair != payment]
    together = f" together with {_and(others)}" if others else ""
    return f"{amount}{together} because {debts}"


def _debt(link: Link, told: _Told) -> str:
    reasons = list(_window(link, told.lines))
    amount = format_amount(link.amount_minor, told.currency)
    named = [line.description or "paid back" for line, _ in reasons[:MAX_NAMED]]
    if len(reasons) > MAX_NAMED:
        named.append(f"{len(reasons) - MAX_NAMED} more")
    return f"{told.names[link.debtor]} owes {told.names[link.creditor]} {amount} for {_and(named)}"


def _and(texts: Iterable[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last
