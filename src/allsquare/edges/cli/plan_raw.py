"""Plan for programs: names and whole minor units in, nothing but payments out."""

from __future__ import annotations

import json

from allsquare.core.errors import InvalidInput
from allsquare.core.settle.anybody import People, check_nets
from allsquare.core.settle.asking import check_asked, complete
from allsquare.core.settle.plan import PlanRequest
from allsquare.core.settle.plans import STEPS_PER_MS, Basis, plan_payments

RAW_SHAPE = 'an object of names and whole minor units is expected, such as {"Ann": 1250, "Bob": -1250}'


class RawInvalid(InvalidInput):
    """What was given to `plan --raw` is no object of names and whole numbers."""

    code = "cli.raw_invalid"
    title = "The input cannot be read"


def plan_raw(data: bytes, strategy: str | None, budget_ms: int) -> list[list[object]]:
    """Plan for names and whole minor units; give [debtor, creditor, minor units]."""
    nets = _read_raw(data)
    people = People(nets)
    check_nets(nets, None)
    request = complete(PlanRequest(strategy=strategy), None, simplify=True)
    # Minor units need no currency; any with a name will do for the way.
    check_asked(request, "EUR")
    numbered = {people.number(name, field="nets"): net for name, net in nets.items()}
    made = plan_payments(request, Basis(nets={"EUR": numbered}), steps=budget_ms * STEPS_PER_MS)
    given = {people.number(name, field="nets"): name for name in nets}
    return [[given[each.payer], given[each.payee], each.amount_minor] for each in made.payments]


def _read_raw(data: bytes) -> dict[str, int]:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            message = "a name stands twice"
            raise ValueError(message)
        return found

    try:
        nets = json.loads(data, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        detail = f"The input is not JSON that can be read ({error}): {RAW_SHAPE}."
        raise RawInvalid(detail) from error
    if not isinstance(nets, dict):
        detail = f"The input is {type(nets).__name__}: {RAW_SHAPE}."
        raise RawInvalid(detail)
    for name, net in nets.items():
        if isinstance(net, bool) or not isinstance(net, int):
            detail = f"The net of {name[:100]!r} is no whole number: {RAW_SHAPE}."
            raise RawInvalid(detail, field=f"nets.{name[:100]}")
    return nets
