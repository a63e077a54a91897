"""Explain a plan: lead every payment back to the original debts it stands for.

Debts (what each expense makes its participants owe its payers) and payments have equal nets, so debts forwards and
payments backwards are a circulation, and a circulation is a sum of circles (the flow decomposition theorem). A circle
with one payment in it is a chain: Ann pays Cid because Ann owes Bob, and Bob owes Cid. One with several is a swap:
several payments stand for several debts together. One without any is debts that cancel each other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from allsquare.core.settle.amounts import Amount

Flow = dict[int, dict[int, int]]
"""What is left, by the two people it runs between."""


class Link(NamedTuple):
    """A part of what the debtor owes the creditor over all expenses, from the `start`-th minor unit of it on."""

    debtor: int
    creditor: int
    amount_minor: int
    start: int


class Piece(msgspec.Struct, frozen=True):
    """One circle: debts that follow each other, and the payments that stand for them.

    Shape: a chain has one payment, from the debtor of its first link to the creditor of its last; in a swap, links and
        payments alternate; a circle has no payment. Every link and every payment carries `amount_minor`.
    """

    kind: Literal["chain", "swap", "circle"]
    amount_minor: int
    links: tuple[Link, ...]
    payments: tuple[tuple[int, int], ...]


class Explanation(msgspec.Struct, frozen=True):
    """All pieces of a plan.

    Ensures: the pieces that name a payment sum to it exactly; no minor unit of a debt is in two links.
    """

    pieces: tuple[Piece, ...]

    def of(self, payer: int, payee: int) -> list[Piece]:
        """List the pieces of one payment, shortest first."""
        return [piece for piece in self.pieces if (payer, payee) in piece.payments]

    def circles(self) -> list[Piece]:
        """List the debts that cancel each other."""
        return [piece for piece in self.pieces if piece.kind == "circle"]


def explain_payments(payments: Sequence[Amount], debts: Mapping[tuple[int, int], int]) -> Explanation:
    """Decompose payments into the debts they stand for, shortest chains first over the whole plan.

    Units: minor units. Shape: `debts` are gross, by debtor and creditor, both directions of a pair where there are
        both; `payments` have the same nets, at most one by payer and payee.
    Ensures: deterministic; every payment is explained to the last minor unit, and every debt is used up.
    """
    return _Decomposition(payments, debts).explain()


class _Decomposition:
    """Debts and payments that no piece has taken yet."""

    def __init__(self, payments: Sequence[Amount], debts: Mapping[tuple[int, int], int]) -> None:
        self.debts = _flow([(*pair, amount) for pair, amount in sorted(debts.items()) if amount])
        self.payments = _flow(sorted(payments))
        self.back = _flow([(payee, payer, amount) for payer, payee, amount in sorted(payments)])
        self.used: dict[tuple[int, int], int] = {}
        self.pieces: list[Piece] = []

    def explain(self) -> Explanation:
        self._take_chains()
        self._take_swaps()
        self._take_circles()
        left = [pair for flow in (self.payments, self.debts) for pair in _pairs(flow)]
        assert not left, f"{left} are left over: debts and payments have other nets"
        return Explanation(tuple(self.pieces))

    def _take_chains(self) -> None:
        """Let all payments take chains of one link, then of two, and so on, while there are any."""
        open_pairs = list(_pairs(self.payments))
        length = 1
        while open_pairs and length <= len(self.debts):
            unexplained = []
            for payer, payee in open_pairs:
                path, exhausted = self._chain(payer, payee, length)
                while path:
                    self._take("chain", path, [(payer, payee)])
                    path, exhausted = self._chain(payer, payee, length)
                if self.payments.get(payer, {}).get(payee) and not exhausted:
                    unexplained.append((payer, payee))
            open_pairs = unexplained
            length += 1

    def _chain(self, payer: int, payee: int, length: int) -> tuple[list[tuple[int, int]], bool]:
        if not self.payments.get(payer, {}).get(payee):
            return [], True
        return _shortest(lambda person: self.debts.get(person, {}), payer, payee, most=length)

    def _take_swaps(self) -> None:
        """Explain what is left of each payment by debts and other payments, taken backwards."""
        for payer, payee in list(_pairs(self.payments)):
            while self.payments.get(payer, {}).get(payee):
                self._take_swap(payer, payee)

    def _take_swap(self, payer: int, payee: int) -> None:
        path, _ = _shortest(lambda person: self._around(person, payer, payee), payer, payee)
        assert path, f"the payment from {payer} to {payee} cannot be explained"
        links = [step for step in path if self._is_debt(step)]
        others = [(after, before) for before, after in path if not self._is_debt((before, after))]
        self._take("swap" if others else "chain", links, [(payer, payee), *others])

    def _around(self, person: int, payer: int, payee: int) -> Mapping[int, int]:
        """Say where one gets from a person by a debt, or by another payment backwards."""
        back = {to: left for to, left in self.back.get(person, {}).items() if (to, person) != (payer, payee)}
        return {**back, **self.debts.get(person, {})}

    def _is_debt(self, step: tuple[int, int]) -> bool:
        return step[1] in self.debts.get(step[0], {})

    def _take_circles(self) -> None:
        for start in sorted(self.debts):
            while self.debts.get(start):
                after = min(self.debts[start])
                path, _ = _shortest(lambda person: self.debts.get(person, {}), after, start)
                assert path, f"the debt of {start} to {after} is on no circle"
                self._take("circle", [(start, after), *path], [])

    def _take(
        self,
        kind: Literal["chain", "swap", "circle"],
        steps: Sequence[tuple[int, int]],
        payments: list[tuple[int, int]],
    ) -> None:
        """Make a piece of these debts and payments, as much as the least of them carries."""
        amount = min([*[self.debts[a][b] for a, b in steps], *[self.payments[a][b] for a, b in payments]])
        links = tuple([Link(a, b, amount, self.used.get((a, b), 0)) for a, b in steps])
        for a, b in steps:
            self.used[a, b] = self.used.get((a, b), 0) + amount
            _lessen(self.debts, a, b, amount)
        for payer, payee in payments:
            _lessen(self.payments, payer, payee, amount)
            _lessen(self.back, payee, payer, amount)
        self.pieces.append(Piece(kind, amount, links, tuple(payments)))


def _flow(amounts: Sequence[tuple[int, int, int]]) -> Flow:
    flow: Flow = {}
    for a, b, amount in amounts:
        flow.setdefault(a, {})[b] = amount
    return flow


def _pairs(flow: Flow) -> Iterator[tuple[int, int]]:
    yield from ((a, b) for a, to in flow.items() for b in to)


def _lessen(flow: Flow, a: int, b: int, amount: int) -> None:
    flow[a][b] -= amount
    if not flow[a][b]:
        del flow[a][b]
        if not flow[a]:
            del flow[a]


def _shortest(
    leads: Callable[[int], Mapping[int, int]], start: int, end: int, *, most: int | None = None
) -> tuple[list[tuple[int, int]], bool]:
    """Find a shortest way from start to end; ties fall to the person met first.

    Shape: the steps of the way, empty if there is none of at most `most`; and whether everybody who can be reached was.
    """
    came_from: dict[int, int] = {start: start}
    edge = [start]
    length = 1
    while edge:
        for person in edge:
            if end in leads(person):
                return [*_way(came_from, start, person), (person, end)], False
        if length == most:
            return [], False
        reached = []
        for person in edge:
            for other in leads(person):
                if other not in came_from:
                    came_from[other] = person
                    reached.append(other)
        edge = reached
        length += 1
    return [], True


def _way(came_from: Mapping[int, int], start: int, end: int) -> list[tuple[int, int]]:
    steps = []
    while end != start:
        steps.append((came_from[end], end))
        end = came_from[end]
    return steps[::-1]
