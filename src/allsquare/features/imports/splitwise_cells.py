"""Turn the cells of one Splitwise row, each paid − owed, back into who paid and who owed how much.

One member with a positive cell paid the whole cost. With several, what each of them paid cannot be known: their cells
are kept exactly and the rest of the cost is spread over them in proportion, which is one of many ways it may have been.

For example, a cost of 200.00 with cells 33.33, 33.33 and −66.66 leaves 133.34 to spread: 66.67 each, so both paid
100.00 and owe 66.67, and the third paid nothing and owes 66.66.
"""

from typing import NamedTuple

from allsquare.core.split import Part


class Decoded(NamedTuple):
    """Who paid and who owed, both summing to the same; `inferred` tells that it is only one way it may have been."""

    paid: tuple[Part, ...]
    shares: tuple[Part, ...]
    inferred: bool


def decode_cells(cells: tuple[int, ...], *, cost_minor: int) -> Decoded:
    """Find amounts paid and owed whose difference is each member's cell.

    Units: minor units; a negative cost is a refund and gives negative parts.
    Shape: `cells` in column order for members 1, 2, 3 …; if they do not sum to zero, one member more carries the rest.
    Ensures: paid − shares is the cell of every member; both sum to the cost, or, if the positive cells alone exceed it,
    to those; no part is zero.
    """
    drift = sum(cells)
    complete = (*cells, -drift) if drift else cells
    sign = -1 if cost_minor < 0 else 1
    nets = [sign * cell for cell in complete]
    positive = [index for index, net in enumerate(nets) if net > 0]
    owed_to = sum(nets[index] for index in positive)
    spare = abs(cost_minor) - owed_to
    extra = _spread(max(spare, 0), nets, _takers(positive, members=len(cells)))
    paid = tuple(Part(index + 1, sign * (nets[index] + extra[index])) for index in positive)
    owed = [extra[index] if net > 0 else -net for index, net in enumerate(nets)]
    shares = tuple(Part(index + 1, sign * amount) for index, amount in enumerate(owed) if amount)
    # If the two sides ever differed, the import would make money out of nothing or lose some.
    assert sum(part.amount_minor for part in paid) == sum(part.amount_minor for part in shares), "paid and owed differ"
    return Decoded(paid, shares, inferred=len(positive) > 1 or spare < 0)


def _takers(positive: list[int], *, members: int) -> list[int]:
    # Nobody eats for the rounding line: it gets a share of the cost only when there is no member to give it to.
    people = [index for index in positive if index < members]
    return people or positive


def _spread(total: int, weights: list[int], takers: list[int]) -> list[int]:
    """Spread a total over the takers by largest remainder, ties to the earlier column."""
    spread = [0] * len(weights)
    whole = sum(weights[index] for index in takers)
    if not total or not whole:
        return spread
    remainders = []
    for index in takers:
        spread[index], remainder = divmod(total * weights[index], whole)
        remainders.append((-remainder, index))
    for _, index in sorted(remainders)[: total - sum(spread)]:
        spread[index] += 1
    return spread
