"""Send what debtors owe to creditors at the least proportional fees: a flow through what they have in common.

People with the same marks (bank, country, currency) are one class. Instead of an arc for every two classes, classes
meet in hubs, one for each set of marks that some debtors and some creditors share; so there are few arcs however many
banks there are. `docs/algorithms/settling.md` proves that the cheapest way through them costs what the two really pay.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush

import msgspec

Marks = tuple[str | None, ...]
"""What is known of a class, place by place; None is not known, and costs nothing."""
Hub = tuple[Marks, int]
"""Those who share the marks that are not None here, and know, besides, the marks whose bits are set."""


class Flow(msgspec.Struct, frozen=True):
    """What debtors' classes pay creditors' classes, and the prices that prove it the cheapest.

    Units: amounts in minor units; cost and prices as the weights say.
    Ensures: for any two classes `creditor price − debtor price` is at most what crossing between them weighs, and the
        prices times what is owed sum to `cost`.
    """

    amounts: dict[tuple[Marks, Marks], int]
    cost: int
    debtor_prices: dict[Marks, int]
    creditor_prices: dict[Marks, int]


def find_cheapest_flow(debts: Mapping[Marks, int], credits_: Mapping[Marks, int], weights: Sequence[int]) -> Flow:
    """Pay all debts to the creditors at the least sum of `amount × weights of the marks both know and that differ`.

    Units: minor units > 0 that sum to the same on both sides; a weight >= 0 for each place of the marks.
    Ensures: the least possible; the same answer for mappings in the same order.
    Source: the primal-dual method (Ford and Fulkerson), each of its rounds a blocking flow (Dinic).
    """
    network = _Network()
    debtors = {marks: network.add_node() for marks in debts}
    creditors = {marks: network.add_node() for marks in credits_}
    _join_hubs(network, debtors, creditors, weights)
    for marks, node in debtors.items():
        network.join(SOURCE, node, capacity=debts[marks], cost=0)
    for marks, node in creditors.items():
        network.join(node, SINK, capacity=credits_[marks], cost=0)
    network.send()
    paid = network.total_cost()
    debtor_prices = {marks: network.prices[node] for marks, node in debtors.items()}
    creditor_prices = {marks: network.prices[node] for marks, node in creditors.items()}
    amounts = _follow(network, debtors, creditors)
    if sum(amounts.values()) != sum(debts.values()):
        message = f"a flow of {sum(amounts.values())} was found for {sum(debts.values())}"
        raise AssertionError(message)
    return Flow(amounts, paid, debtor_prices, creditor_prices)


def list_hubs(marks: Marks, weights: Sequence[int]) -> Iterator[Hub]:
    """List the hubs where a class may meet others: one for each set of its known marks that cost anything to cross."""
    known = [place for place, weight in enumerate(weights) if weight and marks[place] is not None]
    whole = sum([1 << place for place in known])
    for shared in range(whole + 1):
        if shared & whole == shared:
            yield tuple([mark if shared >> place & 1 else None for place, mark in enumerate(marks)]), whole ^ shared


def weigh(known_to_both: int, weights: Sequence[int]) -> int:
    """Sum the weights of the places whose bits are set."""
    return sum([weight for place, weight in enumerate(weights) if known_to_both >> place & 1])


def _join_hubs(
    network: "_Network", debtors: Mapping[Marks, int], creditors: Mapping[Marks, int], weights: Sequence[int]
) -> None:
    """Lead every debtors' class into its hubs, from there to the hubs of the same marks, and out to the creditors."""
    entered = {shared for marks in debtors for shared, _ in list_hubs(marks, weights)}
    left = {shared for marks in creditors for shared, _ in list_hubs(marks, weights)}
    met = entered & left  # where one side stays alone, nothing flows
    entries: dict[Hub, int] = {}
    exits: dict[Marks, dict[int, int]] = {}
    for marks, node in debtors.items():
        for hub in list_hubs(marks, weights):
            if hub[0] in met:
                if hub not in entries:
                    entries[hub] = network.add_node()
                network.join(node, entries[hub])
    for marks, node in creditors.items():
        for shared, known in list_hubs(marks, weights):
            if shared in met:
                exit_nodes = exits.setdefault(shared, {})
                if known not in exit_nodes:
                    exit_nodes[known] = network.add_node()
                network.join(exit_nodes[known], node)
    for (shared, known), node in entries.items():
        for also_known, exit_node in exits[shared].items():
            network.join(node, exit_node, cost=weigh(known & also_known, weights))


def _follow(
    network: "_Network", debtors: Mapping[Marks, int], creditors: Mapping[Marks, int]
) -> dict[tuple[Marks, Marks], int]:
    """Take the flow apart into what each class pays each; the flow is used up."""
    names = {node: marks for marks, node in creditors.items()}
    # An even arc leads on, and what may flow back over it is what flows; it never grows here, so none is asked twice.
    ahead = [[arc for arc in reversed(arcs) if not arc & 1 and network.room[arc ^ 1]] for arcs in network.arcs]
    amounts: dict[tuple[Marks, Marks], int] = {}
    for marks, start in debtors.items():
        while ahead[start]:
            node, path = start, list[int]()
            while node not in names:
                while not network.room[ahead[node][-1] ^ 1]:
                    ahead[node].pop()
                path.append(ahead[node][-1])
                node = network.heads[path[-1]]
            amount = min([network.room[arc ^ 1] for arc in path])
            for arc in path:
                network.room[arc ^ 1] -= amount
            while ahead[start] and not network.room[ahead[start][-1] ^ 1]:
                ahead[start].pop()
            pair = (marks, names[node])
            amounts[pair] = amounts.get(pair, 0) + amount
    return amounts


SOURCE, SINK = 0, 1
ENDLESS = 1 << 80
"""More than everybody together can owe."""


class _Network:
    """Nodes and arcs with room and cost; arc `a ^ 1` is arc `a` backwards, an even one leads forwards."""

    def __init__(self) -> None:
        self.arcs: list[list[int]] = [[], []]
        self.heads: list[int] = []
        self.room: list[int] = []
        self.costs: list[int] = []
        self.prices = [0, 0]

    def add_node(self) -> int:
        self.arcs.append([])
        self.prices.append(0)
        return len(self.arcs) - 1

    def join(self, tail: int, head: int, *, capacity: int = ENDLESS, cost: int = 0) -> None:
        arc = len(self.heads)
        self.heads += (head, tail)
        self.room += (capacity, 0)
        self.costs += (cost, -cost)
        self.arcs[tail].append(arc)
        self.arcs[head].append(arc + 1)

    def total_cost(self) -> int:
        return sum([self.costs[arc] * self.room[arc ^ 1] for arc in range(0, len(self.heads), 2)])

    def send(self) -> None:
        """Send all that the source can, always over the cheapest ways that are left."""
        while True:
            levels = self._level()
            if levels[SINK] >= 0:
                self._fill(levels)
            elif not self._reprice():
                return

    def _level(self) -> list[int]:
        """Count how many free arcs each node is away from the source; −1 where they do not lead."""
        heads, room, costs, prices = self.heads, self.room, self.costs, self.prices
        levels = [-1] * len(self.arcs)
        levels[SOURCE] = 0
        nodes = [SOURCE]
        for node in nodes:
            price = prices[node]
            for arc in self.arcs[node]:
                head = heads[arc]
                if levels[head] < 0 and room[arc] and costs[arc] + price == prices[head]:
                    levels[head] = levels[node] + 1
                    nodes.append(head)
            if levels[SINK] >= 0 and levels[node] >= levels[SINK]:
                break
        return levels

    def _fill(self, levels: list[int]) -> None:
        """Fill the free arcs that lead one level on until the sink is cut off."""
        heads, room, costs, prices = self.heads, self.room, self.costs, self.prices
        tried = [0] * len(self.arcs)
        path: list[int] = []
        node = SOURCE
        while True:
            if node == SINK:
                amount = min([room[arc] for arc in path])
                for arc in path:
                    room[arc] -= amount
                    room[arc ^ 1] += amount
                cut = next(place for place, arc in enumerate(path) if not room[arc])
                node = heads[path[cut] ^ 1]
                del path[cut:]
            arcs = self.arcs[node]
            for place in range(tried[node], len(arcs)):
                arc = arcs[place]
                head = heads[arc]
                if room[arc] and levels[head] == levels[node] + 1 and costs[arc] + prices[node] == prices[head]:
                    tried[node] = place
                    path.append(arc)
                    node = head
                    break
            else:
                tried[node] = len(arcs)
                if not path:
                    return
                node = heads[path.pop() ^ 1]
                tried[node] += 1

    def _reprice(self) -> bool:
        """Raise prices until one more way to the sink is free; tell whether there is one.

        Source: Dijkstra's shortest paths, over what an arc costs beyond the difference of prices.
        """
        heads, room, costs, prices = self.heads, self.room, self.costs, self.prices
        distances = {SOURCE: 0}
        waiting = {0: [SOURCE]}
        due = [0]
        farthest = ENDLESS * ENDLESS
        while due and due[0] < farthest:
            distance = heappop(due)
            for node in waiting[distance]:  # which grows by those who are no farther
                if distances[node] < distance:
                    continue
                base = distance + prices[node]
                for arc in self.arcs[node]:
                    if not room[arc]:
                        continue
                    head = heads[arc]
                    reached = base + costs[arc] - prices[head]
                    if reached < distances.get(head, farthest):
                        distances[head] = reached
                        if reached not in waiting:
                            waiting[reached] = []
                            heappush(due, reached)
                        waiting[reached].append(head)
                farthest = distances.get(SINK, farthest)
        if SINK not in distances:
            return False
        # Lowering who is nearer instead of raising all others leaves every difference the same.
        for node, distance in distances.items():
            if distance < farthest:
                prices[node] += distance - farthest
        return True
