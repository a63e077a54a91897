"""Say who owes and is owed in a group, what payments between them cost, and plan them by a flow of classes."""

from collections.abc import Iterable, Mapping, Sequence
from math import gcd

from allsquare.core.settle.fees.flow import Flow, Marks, find_cheapest_flow
from allsquare.core.settle.fees.search import Case
from allsquare.core.settle.fees.spread import Pair, Payments, remove_circles, spread_over_members


class Group:
    """Who owes and is owed, and what payments between them cost.

    Units: nets in minor units, none zero; a fee for each place of the marks, fixed and by the minor unit, in parts of a
        minor unit.
    Plans are compared by their *measure*: cost × people + payments. There need never be as many payments as people, so
    what costs less measures less, and of equal cost what has fewer payments.
    """

    def __init__(
        self, nets: Mapping[int, int], marks: Mapping[int, Marks], *, fixed: Sequence[int], rates: Sequence[int]
    ) -> None:
        self.nets = {member: nets[member] for member in sorted(nets)}
        self.marks = marks
        self.fixed, self.rates = fixed, rates
        self.members: dict[Marks, list[int]] = {}
        self.debts: dict[Marks, int] = {}
        self.credits: dict[Marks, int] = {}
        for member, net in self.nets.items():
            of_class = marks[member]
            self.members.setdefault(of_class, []).append(member)
            side = self.debts if net < 0 else self.credits
            side[of_class] = side.get(of_class, 0) + abs(net)
        # Some cheapest plan is a forest, whose payments are sums of nets: its cost is a multiple of this.
        unit = gcd(*self.nets.values())
        self.grain = gcd(*fixed, *[rate * unit for rate in rates]) or 1
        self._fees: dict[tuple[Marks, Marks], tuple[int, int]] = {}

    def part(self, people: Iterable[int]) -> "Group":
        """Give some people whose nets sum to zero as a group of their own."""
        nets = {member: self.nets[member] for member in people}
        return Group(nets, self.marks, fixed=self.fixed, rates=self.rates)

    def fee(self, payer: int, payee: int) -> tuple[int, int]:
        """Give the measure of a payment between two: once, and for every minor unit."""
        classes = (self.marks[payer], self.marks[payee])
        fee = self._fees.get(classes)
        if fee is None:
            crossed = [
                place
                for place, (mark, other) in enumerate(zip(*classes, strict=True))
                if mark is not None and other is not None and mark != other
            ]
            fixed, rate = sum([self.fixed[place] for place in crossed]), sum([self.rates[place] for place in crossed])
            fee = self._fees[classes] = (fixed * len(self.nets) + 1, rate * len(self.nets))
        return fee

    def measure_payment(self, payer: int, payee: int, amount: int) -> int:
        """Give the measure of one payment; none is made of nothing."""
        fixed, rate = self.fee(payer, payee)
        return fixed + rate * amount if amount else 0

    def measure(self, payments: Payments) -> int:
        """Give the measure of a plan."""
        return sum([self.measure_payment(*pair, amount) for pair, amount in payments.items()])

    def flow(self, weights: Sequence[int]) -> Flow:
        """Let classes pay each other as cheaply as can be at some rates."""
        return find_cheapest_flow(self.debts, self.credits, weights)

    def plan(self, *flows: Flow) -> dict[Pair, int]:
        """Plan by flows that are there, and by one whose rates hold the fixed fees, spread over a mean payment."""
        if any(self.fixed):
            size = 2 * sum(self.debts.values()) // len(self.nets)
            weights = [rate * size + fixed for rate, fixed in zip(self.rates, self.fixed, strict=True)]
            flows = (*flows, self.flow(weights))
        return min([self.spread(flow) for flow in flows], key=self.measure)

    def spread(self, flow: Flow) -> dict[Pair, int]:
        """Spread a flow over the members: what is dear first, from and to those with the largest amounts."""
        amounts = [(*classes, amount) for classes, amount in flow.amounts.items()]
        first = {marks: members[0] for marks, members in self.members.items()}
        fixed = {classes: self.fee(first[classes[0]], first[classes[1]])[0] for classes in flow.amounts}
        amounts.sort(key=lambda each: (-fixed[each[:2]], first[each[0]], first[each[1]]))
        members = self.members
        if any(self.fixed):
            members = {
                marks: sorted(listed, key=lambda member: -abs(self.nets[member])) for marks, listed in members.items()
            }
        return remove_circles(spread_over_members(amounts, self.nets, members), self.measure_payment)

    def case(self, nets: Mapping[int, int]) -> tuple[Case, list[int], list[int]]:
        """Give what some members have to settle as a case to search, with its debtors and creditors."""
        debtors = [member for member, net in nets.items() if net < 0]
        creditors = [member for member, net in nets.items() if net > 0]
        fees = [[self.fee(debtor, creditor) for creditor in creditors] for debtor in debtors]
        case = Case(
            debts=[-nets[member] for member in debtors],
            credits=[nets[member] for member in creditors],
            fixed=[[fixed for fixed, _ in row] for row in fees],
            rates=[[rate for _, rate in row] for row in fees],
            grain=self.grain * len(self.nets),
            window=len(self.nets),
        )
        return case, debtors, creditors
