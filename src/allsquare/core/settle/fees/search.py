"""Find the cheapest payments of a few people where every payment has a fixed fee: branch and bound.

A payment can be no larger than what its two ends owe and are owed. So it costs at least, a unit, its rate and the fixed
fee spread over that most; with these prices the plan is a transportation problem, and its least cost a lower bound.
Where the bound falls short, one payment is decided: it is made (its fixed fee is paid once) or it is not.
"""

from collections.abc import Mapping, Sequence
from operator import sub

import msgspec

Rows = list[list[int]]
"""A number for each debtor (a row) and creditor (a place in it)."""


class Case(msgspec.Struct, frozen=True):
    """People with what a payment between any two of them costs.

    Units: minor units > 0, the same sum on both sides; `fixed` a payment, `rates` a minor unit.
    Shape: the cost of a plan is a multiple of `grain` and less than `window` more.
    """

    debts: Sequence[int]
    credits: Sequence[int]
    fixed: Rows
    rates: Rows
    grain: int
    window: int

    def cost(self, amounts: "Amounts") -> int:
        """Say what payments cost."""
        return sum([self.fixed[row][place] + self.rates[row][place] * each for (row, place), each in amounts.items()])

    def round_up(self, bound: int) -> int:
        """Raise a lower bound to what a plan can really cost."""
        above = bound % self.grain
        return bound if above < self.window else bound - above + self.grain


Amounts = dict[tuple[int, int], int]
"""What a debtor (a row) pays a creditor (a place in it)."""


class Found(msgspec.Struct, frozen=True):
    """What a search has found: payments cheaper than what was known, if any, and what no plan can be cheaper than."""

    amounts: Amounts | None
    cost: int
    least_cost: int
    steps: int


def find_cheapest(case: Case, known_cost: int, *, steps: int) -> Found:
    """Look for payments that cost less than `known_cost`, which is what the best plan so far costs.

    Ensures: no plan costs less than `least_cost`; where that is `cost`, the search is complete. The first bound is
        found whatever the steps.
    Source: branch and bound on the linear relaxation of the fixed-charge transportation problem (Balinski).
    """
    relaxed = _Relaxed(case, known_cost)
    for row in range(len(case.debts)):
        relaxed.settle(row)
    best, best_cost = None, known_cost
    waiting = [(case.round_up(relaxed.bound()), relaxed, (-1, -1), False)]
    spent = 0
    while waiting and spent < steps:
        bound, parent, pair, paid = waiting.pop()
        if bound >= best_cost:
            continue
        node = parent
        if pair[0] >= 0:
            node = parent.decide(pair, paid=paid)
            bound = max(bound, case.round_up(node.bound()))
        spent += node.work
        node.work = 0
        if bound >= best_cost:
            continue
        amounts = node.amounts()
        cost = case.cost(amounts)
        if cost < best_cost:
            best, best_cost = amounts, cost
        shortfalls = {each: node.shortfall(*each, amount) for each, amount in amounts.items()}
        doubtful = max(shortfalls, key=lambda each: (shortfalls[each], each))
        if bound < best_cost and shortfalls[doubtful]:
            likely = 2 * amounts[doubtful] >= min(case.debts[doubtful[0]], case.credits[doubtful[1]])
            waiting += ((bound, node, doubtful, not likely), (bound, node, doubtful, likely))
    least_cost = min([best_cost, *[each[0] for each in waiting]])
    return Found(best, best_cost, least_cost, spent)


class _Relaxed:
    """The relaxed problem, its cheapest amounts and the prices that prove them so.

    Prices are in parts of a unit of cost, `scale` of them, so fine that cutting each to a whole number loses the bound
    less than one unit. Ensures, once all rows are settled: no debtor's and creditor's price sum to more than the cost
    of the two, and to just that where something is paid.
    """

    def __init__(self, case: Case, known_cost: int) -> None:
        self.case = case
        self.scale = sum(case.debts) + 1
        self.never = (known_cost + 1) * self.scale
        self.costs = [
            [
                rate * self.scale + fixed * self.scale // min(debt, credit)
                for rate, fixed, credit in zip(rates, fees, case.credits, strict=True)
            ]
            for debt, rates, fees in zip(case.debts, case.rates, case.fixed, strict=True)
        ]
        self.debtor_prices = [0] * len(case.debts)
        self.creditor_prices = [0] * len(case.credits)
        self.free = list(case.credits)
        self.paid_by: list[dict[int, int]] = [{} for _ in case.credits]
        self.made: frozenset[tuple[int, int]] = frozenset()
        self.work = 0

    def bound(self) -> int:
        """Give what no plan can be cheaper than; costs are whole, so the bound is rounded up to the next."""
        case = self.case
        total = sum([price * debt for price, debt in zip(self.debtor_prices, case.debts, strict=True)])
        total += sum([price * credit for price, credit in zip(self.creditor_prices, case.credits, strict=True)])
        return -(-total // self.scale) + sum([case.fixed[row][place] for row, place in self.made])

    def amounts(self) -> Amounts:
        return {(row, place): amount for place, by in enumerate(self.paid_by) for row, amount in by.items()}

    def shortfall(self, row: int, place: int, amount: int) -> int:
        """Say how much of a payment's fixed fee the relaxed cost leaves out; rounded up, so that 0 is nothing."""
        if (row, place) in self.made:
            return 0
        most = min(self.case.debts[row], self.case.credits[place])
        return -(-self.case.fixed[row][place] * (most - amount) // most)

    def decide(self, pair: tuple[int, int], *, paid: bool) -> "_Relaxed":
        """Give the problem in which the payment is made, at its rate alone, or never is."""
        row, place = pair
        child = object.__new__(_Relaxed)
        child.case, child.scale, child.never, child.work = self.case, self.scale, self.never, 10
        child.costs = self.costs.copy()
        child.costs[row] = self.costs[row].copy()
        child.costs[row][place] = self.case.rates[row][place] * self.scale if paid else self.never
        child.made = self.made | {pair} if paid else self.made
        child.debtor_prices, child.creditor_prices = self.debtor_prices.copy(), self.creditor_prices.copy()
        child.free = self.free.copy()
        child.paid_by = [by.copy() for by in self.paid_by]
        for each, by in enumerate(child.paid_by):
            child.free[each] += by.pop(row, 0)
        child.settle(row)
        return child

    def settle(self, row: int) -> None:
        """Let a debtor who pays nothing yet pay everything, at the least additional cost."""
        left = self.case.debts[row]
        self.debtor_prices[row] = min(map(sub, self.costs[row], self.creditor_prices))
        while left:
            left -= self._pay(row, left)

    def _pay(self, row: int, most: int) -> int:
        """Pay over the cheapest way from the debtor to a creditor who is not yet paid; give how much that takes.

        Source: Dijkstra's shortest paths, over what a pair costs beyond its prices (Hungarian method).
        """
        price, others = self.debtor_prices[row], self.creditor_prices
        slack = [cost - price - other for cost, other in zip(self.costs[row], others, strict=True)]
        reached_by = [row] * len(slack)
        reached, owed_through = {row: 0}, dict[int, int]()
        ahead, passed = list(range(len(slack))), list[int]()
        while True:
            place = min(ahead, key=slack.__getitem__)
            distance = slack[place]
            if self.free[place]:
                break
            ahead.remove(place)
            passed.append(place)
            for taker in self.paid_by[place]:
                if taker in reached:
                    continue
                reached[taker], owed_through[taker] = distance, place
                base, costs = distance - self.debtor_prices[taker], self.costs[taker]
                for other in ahead:
                    cost = costs[other] - others[other] + base
                    if cost < slack[other]:
                        slack[other], reached_by[other] = cost, taker
        for each, nearer in reached.items():
            self.debtor_prices[each] += distance - nearer
        for each in passed:
            others[each] -= distance - slack[each]
        self.work += 4 + len(reached) * (2 + len(slack) // 8)
        return self._shift(row, most, place, reached_by, owed_through)

    def _shift(self, row: int, most: int, place: int, reached_by: list[int], owed_through: Mapping[int, int]) -> int:
        """Pay along the way that ends at a creditor not yet paid: each payer met pays there what another now pays."""
        places, payers = [place], list[int]()
        while reached_by[place] != row:
            payers.append(reached_by[place])
            place = owed_through[payers[-1]]
            places.append(place)
        spared = list(zip(payers, places[1:], strict=True))
        amount = min(most, self.free[places[0]], *[self.paid_by[place][payer] for payer, place in spared])
        self.free[places[0]] -= amount
        for payer, place in zip([*payers, row], places, strict=True):
            self.paid_by[place][payer] = self.paid_by[place].get(payer, 0) + amount
        for payer, place in spared:
            self.paid_by[place][payer] -= amount
            if not self.paid_by[place][payer]:
                del self.paid_by[place][payer]
        return amount
