"""Send money through a graph of people, moving as little of it as possible.

People are bits of integers, so that "everybody this one may pay, who was not seen yet" is one operation on whole
machine words: searches cost the same however many pairs there are.
"""

import itertools
from collections.abc import Iterator, Sequence

ENOUGH = 10**12
"""Steps for a search that ends by itself long before."""


def list_bits(mask: int) -> Iterator[int]:
    """List the positions of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def reach(start: int, ways: Sequence[int], within: int) -> int:
    """Find everybody in `within` who is reached from `start` over `ways`, `start` included."""
    reached = frontier = start
    while frontier:
        touched = 0
        for person in list_bits(frontier):
            touched |= ways[person]
        frontier = touched & within & ~reached
        reached |= frontier
    return reached


class Budget:
    """Steps of work that are left, each about a microsecond."""

    def __init__(self, steps: int) -> None:
        self.left = steps


class Network:
    """Money on its way from those who owe to those who are owed.

    Every payment costs its amount, so the cheapest settlement moves the least money. Each person stands on a rung that
    counts how many payments away from the debtors they are. Money flows only one rung up, and is taken back only one
    rung down; nobody may pay beyond the next rung, and what is paid over several rungs is as large as it may be. As
    long as that holds, no other way of settling as much moves less (the rungs are the prices of linear programming).
    When nobody who is owed can be reached, those who were not reached go one rung up.

    Shape: `ways[a]` has the bit of everybody `a` may pay; `limits[a][b]` how much, where there is a limit; `nets` as
        positions, above zero is owed.
    Source: the primal-dual method (Ford and Fulkerson 1957) with blocking flows (Dinic 1970), for costs of one.
    """

    def __init__(
        self, ways: Sequence[int], nets: Sequence[int], limits: Sequence[dict[int, int]] | None = None
    ) -> None:
        self.ways, self.limits = list(ways), limits
        self.people = (1 << len(nets)) - 1
        self.paid: list[dict[int, int]] = [{} for _ in nets]
        self.payers = [0] * len(nets)
        self.left = list(nets)
        self.owing = sum([1 << person for person, net in enumerate(nets) if net < 0])
        self.owed = sum([1 << person for person, net in enumerate(nets) if net > 0])
        self.rung = [1] * len(nets)
        self.on_rung = [0, self.people, 0]

    def forget_prices(self) -> None:
        """Care no longer how much is moved: everybody stands on all rungs at once."""
        self.rung = [1] * len(self.rung)
        self.on_rung = [self.people] * 3

    def copy(self) -> "Network":
        """Return a network that can be changed without changing this one; limits are shared."""
        other = Network((), (), self.limits)
        other.ways, other.people, other.owing, other.owed = list(self.ways), self.people, self.owing, self.owed
        other.paid, other.payers = [dict(each) for each in self.paid], list(self.payers)
        other.left, other.rung, other.on_rung = list(self.left), list(self.rung), list(self.on_rung)
        return other

    def settle(self, budget: Budget) -> bool:
        """Settle all who are left, and say whether nobody is.

        Ensures: unless prices were forgotten, no other way to settle as much moves less money. Falls short when the
            budget ends, or when nobody who owes can reach anybody who is owed.
        """
        while self.owing:
            if budget.left <= 0:
                return False
            levels, seen, touched = self._search()
            budget.left -= 1 + seen.bit_count() // 4
            if levels[-1] & self.owed:
                budget.left -= self._push(levels)
            elif touched & self.people & ~seen:
                self._climb(seen)
            else:
                return False
        return not self.owed

    def _search(self) -> tuple[list[int], int, int]:
        """Walk from all who owe, level by level, to the first level with somebody who is owed.

        Shape: the levels, who was seen, and who could be paid by them at any price.
        """
        ways, payers, rung, on_rung = self.ways, self.payers, self.rung, self.on_rung
        seen = level = self.owing
        levels, touched = [level], 0
        while level and not level & self.owed:
            reached = 0
            while level:
                low = level & -level
                level ^= low
                person = low.bit_length() - 1
                height = rung[person]
                up, down = ways[person], payers[person]
                reached |= (up & on_rung[height + 1]) | (down & on_rung[height - 1])
                touched |= up | down
            level = reached & ~seen
            seen |= level
            levels.append(level)
        return levels, seen, touched

    def _push(self, levels: list[int]) -> int:
        """Send money along paths through the levels until none is left, and return the steps it took."""
        ways, payers, rung, on_rung = self.ways, self.payers, self.rung, self.on_rung
        last, steps = len(levels) - 1, 0
        levels[last] &= self.owed
        path: list[int] = []
        while True:
            steps += 1
            if not path:
                if not levels[0]:
                    return steps
                path.append((levels[0] & -levels[0]).bit_length() - 1)
            person, depth = path[-1], len(path) - 1
            if depth == last:
                self._send(path)
                levels[0] &= self.owing
                levels[last] &= self.owed
                steps += last
                path.clear()
                continue
            height = rung[person]
            onward = ((ways[person] & on_rung[height + 1]) | (payers[person] & on_rung[height - 1])) & levels[depth + 1]
            if onward:
                path.append((onward & -onward).bit_length() - 1)
            else:
                levels[depth] &= ~(1 << person)
                path.pop()

    def _send(self, path: list[int]) -> None:
        """Send as much as fits along a path: what the next one pays this one is taken back before this one pays."""
        paid, limits = self.paid, self.limits
        amount = min(-self.left[path[0]], self.left[path[-1]])
        hops = list(itertools.pairwise(path))
        for here, there in hops:
            if here in paid[there]:
                amount = min(amount, paid[there][here])
            elif limits:
                amount = min(amount, limits[here][there] - paid[here].get(there, 0))
        for here, there in hops:
            if here in paid[there]:
                self._pay(there, here, -amount)
            else:
                self._pay(here, there, amount)
        self._leave(path[0], self.left[path[0]] + amount)
        self._leave(path[-1], self.left[path[-1]] - amount)

    def _pay(self, payer: int, payee: int, change: int) -> None:
        amount = self.paid[payer].get(payee, 0) + change
        if amount:
            self.paid[payer][payee] = amount
            self.payers[payee] |= 1 << payer
        else:
            del self.paid[payer][payee]
            self.payers[payee] ^= 1 << payer
        if self.limits and amount == self.limits[payer][payee]:
            self.ways[payer] &= ~(1 << payee)
        elif self.limits:
            self.ways[payer] |= 1 << payee

    def _leave(self, person: int, net: int) -> None:
        self.left[person] = net
        bit = 1 << person
        self.owing = self.owing | bit if net < 0 else self.owing & ~bit
        self.owed = self.owed | bit if net > 0 else self.owed & ~bit

    def _climb(self, seen: int) -> None:
        for person in list_bits(self.people & ~seen):
            self.rung[person] += 1
        below = [0, *self.on_rung]
        self.on_rung = [(here & seen) | (lower & ~seen) for here, lower in zip([*self.on_rung, 0], below, strict=True)]
        if not self.on_rung[-2]:
            self.on_rung.pop()

    def release(self, part: int) -> None:
        """Take people out with all they pay and are paid; the others are left to settle what that leaves open."""
        for person in list_bits(part):
            for payee, amount in list(self.paid[person].items()):
                self._pay(person, payee, -amount)
                self._leave(payee, self.left[payee] + amount)
            for payer in list_bits(self.payers[person]):
                amount = self.paid[payer][person]
                self._pay(payer, person, -amount)
                self._leave(payer, self.left[payer] - amount)
        for person in list_bits(part):
            self._leave(person, 0)
        self.people &= ~part
        self.on_rung = [mask & ~part for mask in self.on_rung]


def cut_to_forest(paid: list[dict[int, int]], people: int) -> list[int]:
    """Turn payments round every circle they form, whatever their directions, until one of them is not needed.

    Shape: changes `paid`, where anybody may pay any amount; returns who is linked to whom, both ways.
    Ensures: the payments form a forest, no net changes, and no more money is moved.
    """
    above = [-1] * len(paid)
    for payer in list_bits(people):
        for payee in sorted(paid[payer]):
            _make_root(payer, above)
            path = [payee]
            while above[path[-1]] >= 0:
                path.append(above[path[-1]])
            if path[-1] == payer:
                for here, there in _turn_round(path, paid):
                    lower, upper = (here, there) if above[here] == there else (there, here)
                    if above[lower] == upper:
                        above[lower] = -1
            if path[-1] != payer or payee in paid[payer]:
                above[payer] = payee
    links = [0] * len(paid)
    for person in list_bits(people):
        if above[person] >= 0:
            links[person] |= 1 << above[person]
            links[above[person]] |= 1 << person
    return links


def _make_root(person: int, above: list[int]) -> None:
    """Turn the links of a tree so that they lead to one person."""
    below = -1
    while person >= 0:
        above[person], below, person = below, person, above[person]


def _turn_round(circle: Sequence[int], paid: list[dict[int, int]]) -> list[tuple[int, int]]:
    """Pay less one way round a circle and more the other way round, and return the payments that are nothing now."""
    hops = list(zip(circle, [*circle[1:], circle[0]], strict=True))
    along = [(here, there) for here, there in hops if there in paid[here]]
    against = [(there, here) for here, there in hops if here in paid[there]]
    # The longer side shrinks, so that less is moved; of equally long ones that which drops more payments at once.
    less, more = max((along, against), (against, along), key=lambda each: (len(each[0]), _count_least(each[0], paid)))
    change = min([paid[payer][payee] for payer, payee in less])
    for payer, payee in more:
        paid[payer][payee] += change
    for payer, payee in less:
        paid[payer][payee] -= change
    dropped = [(payer, payee) for payer, payee in less if not paid[payer][payee]]
    for payer, payee in dropped:
        del paid[payer][payee]
    return dropped


def _count_least(payments: Sequence[tuple[int, int]], paid: Sequence[dict[int, int]]) -> int:
    amounts = [paid[payer][payee] for payer, payee in payments]
    return amounts.count(min(amounts)) if amounts else 0
