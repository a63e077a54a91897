"""Look for cheaper payments than a plan has: among all people at once where they are few, else handful by handful."""

from collections.abc import Sequence

from allsquare.core.settle.fees.group import Group
from allsquare.core.settle.fees.search import find_cheapest
from allsquare.core.settle.fees.spread import Pair, Payments
from allsquare.core.settle.fewest.steps import Chance

SMALL = 3_000_000
"""The most debtors × creditors × people that are looked at all at once."""
HANDFUL = 7
"""How many payments are planned anew together."""
LOOK_STEPS = 1_500
"""How long a handful is looked at."""


def search_whole(group: Group, payments: Payments, *, steps: int) -> tuple[Payments, int, int]:
    """Look for a cheaper plan among all there are; give it, a lower bound of the measure, and the steps spent.

    Ensures: the bound holds for every plan; where the group is too large to be looked at, it is 0.
    """
    owing = sum([net < 0 for net in group.nets.values()])
    if owing * (len(group.nets) - owing) * len(group.nets) > SMALL:
        return payments, 0, 0
    case, debtors, creditors = group.case(group.nets)
    found = find_cheapest(case, group.measure(payments), steps=steps)
    if found.amounts:
        payments = {(debtors[row], creditors[place]): each for (row, place), each in found.amounts.items()}
    return payments, found.least_cost, found.steps


def improve(group: Group, payments: Payments, *, steps: int) -> Payments:
    """Plan handfuls of payments anew, dear ones and what hangs together with them, as long as there are steps.

    Some payments of a plan settle nets of their own, so whatever settles those for less may take their place.
    """
    payments = dict(payments)
    chance = Chance()
    while steps > 0 and len(payments) > 1:
        steps -= len(payments)
        pairs = sorted(payments)
        dear = [pair for pair in pairs if group.fee(*pair)[0] > 1] or pairs
        beside: dict[int, list[Pair]] = {}
        for pair in pairs:
            for person in pair:
                beside.setdefault(person, []).append(pair)
        improved = False
        while steps > 0 and not improved:
            # What crosses one way may meet what crosses the other: two dear ones, then what hangs together with them.
            handful = list(dict.fromkeys([dear[chance.below(len(dear))], dear[chance.below(len(dear))]]))
            for _ in range(2 * HANDFUL):
                near = beside[handful[chance.below(len(handful))][chance.below(2)]]
                pair = near[chance.below(len(near))]
                if pair not in handful and len(handful) < HANDFUL:
                    handful.append(pair)
            improved, spent = _plan_anew(group, payments, handful)
            steps -= spent
    return payments


def _plan_anew(group: Group, payments: dict[Pair, int], handful: Sequence[Pair]) -> tuple[bool, int]:
    """Put cheaper payments in the place of a handful, if there are any; give the steps spent too."""
    nets: dict[int, int] = {}
    for payer, payee in handful:
        nets[payer] = nets.get(payer, 0) - payments[payer, payee]
        nets[payee] = nets.get(payee, 0) + payments[payer, payee]
    case, debtors, creditors = group.case(nets)
    found = find_cheapest(case, group.measure({pair: payments[pair] for pair in handful}), steps=LOOK_STEPS)
    if found.amounts:
        for pair in handful:
            del payments[pair]
        for (row, place), each in found.amounts.items():
            pair = (debtors[row], creditors[place])
            payments[pair] = payments.get(pair, 0) + each
    return found.amounts is not None, found.steps + 100
