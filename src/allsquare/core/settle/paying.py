"""Let the people of zero-sum parts pay each other, keeping what was proposed before where the count allows it."""

from collections.abc import Iterable, Mapping, Sequence

from allsquare.core.settle.amounts import Amount, pay_in_order

MOST_WEIGHED = 6
"""Up to so many people every way to pay within a part is weighed; in a larger one, former payments just come first."""

Former = Mapping[tuple[int, int], int]
"""What was proposed before: the amount, by payer and payee."""


def pay_parts(parts: Iterable[Sequence[int]], nets: Mapping[int, int], former: Former) -> list[Amount]:
    """Give payments that settle each part within itself.

    Ensures: only debtors pay and only creditors are paid; at most one payment less than the part has people; of all
        ways to do so in a small part, one that keeps the most former payments, and then the most former pairs.
    """
    payments: list[Amount] = []
    for part in parts:
        left = {person: nets[person] for person in part}
        here = (
            {pair: amount for pair, amount in former.items() if pair[0] in left and pair[1] in left} if former else {}
        )
        if not here or len(part) == 2:
            payments += pay_in_order(left)
        elif len(part) <= MOST_WEIGHED:
            payments += _keep_most(left, here)
        else:
            ways = (_keep_first(left, here), pay_in_order(left))
            payments += max(ways, key=lambda way: sum([here.get(each[:2]) == each.amount_minor for each in way]))
    return payments


def _keep_most(nets: dict[int, int], former: Former) -> list[Amount]:
    """Weigh all forests: each has somebody who pays or is paid just once, so paying min(owes, is owed) reaches it."""
    known: dict[tuple[tuple[int, int], ...], tuple[int, int, list[Amount]]] = {}

    def best(left: tuple[tuple[int, int], ...]) -> tuple[int, int, list[Amount]]:
        if left in known:
            return known[left]
        found: tuple[int, int, list[Amount]] | None = None
        for payer, owes in left:
            for payee, owed in left if owes < 0 else ():
                if owed > 0:
                    amount = min(-owes, owed)
                    after = {**dict(left), payer: owes + amount, payee: owed - amount}
                    exact, pairs, payments = best(tuple([item for item in after.items() if item[1]]))
                    before = former.get((payer, payee))
                    scored = (exact + (before == amount), pairs + (before is not None))
                    if found is None or scored > found[:2]:
                        found = (*scored, [Amount(payer, payee, amount), *payments])
        known[left] = found or (0, 0, [])
        return known[left]

    return best(tuple(sorted(nets.items())))[2]


def _keep_first(nets: dict[int, int], former: Former) -> list[Amount]:
    payments: list[Amount] = []
    left = dict(nets)
    for exactly in (True, False):
        for (payer, payee), before in sorted(former.items()):
            amount = min(-left[payer], left[payee])
            if amount > 0 and (amount == before or not exactly):
                payments.append(Amount(payer, payee, amount))
                left[payer] += amount
                left[payee] -= amount
    return payments + pay_in_order({person: net for person, net in left.items() if net})
