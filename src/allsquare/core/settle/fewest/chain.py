"""Find the most zero-sum parts among a few people, exactly: a longest chain of sets that sum to zero.

A set of people is a code, one bit each. Zero-sum sets one inside the other, each a little larger, differ by zero-sum
parts, and the unions of parts are such a chain; so the longest chain has as many steps as there can be parts.
`docs/algorithms/settling.md` proves it and works the numbers.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from allsquare.core.settle.fewest.steps import Steps

Amounts = tuple[int, ...]
"""The amounts of a zero-sum part, ascending. Amounts stand for people until parts are handed out."""

_Sums = dict[int, list[int]]

MOST_SUMS = 1 << 15
"""The most subset sums that half of the people may have."""
MOST_SETS = 100_000
"""The most zero-sum sets that are looked at. 19 people have at most 92,378."""
MOST_LAYERING = 30_000
"""The most steps that comparing all sets, or one spread of a layer, may take: 23 people or 1,200 sets."""


def pack_exactly(amounts: Iterable[int], steps: Steps) -> list[Amounts] | None:
    """Give as many disjoint zero-sum parts among the people with these amounts as there are at all.

    Ensures: no packing of as many parts has fewer people in them. None where there are too many sums, or too many
        zero-sum sets, to look at; never for up to 19 people.
    Raises: OutOfSteps.
    """
    ordered = sorted(amounts)
    sets = list_zero_sets(ordered, steps)
    if sets is None:
        return None
    if not sets:
        return []
    comparing, spreading = len(sets) ** 2 // 50, _cost_of_spreading(len(ordered))
    if min(comparing, spreading) > MOST_LAYERING:
        return None
    if comparing <= spreading:
        steps.spend(comparing)
        layers = layers_by_comparing(sets)
    else:
        layers = layers_by_spreading(sets, len(ordered), steps)
    return [_amounts_of(part, ordered) for part in _walk_down(layers)]


def list_zero_sets(ordered: Sequence[int], steps: Steps) -> list[int] | None:
    """List the codes of all sets that sum to zero, but for the empty one; fewest people first.

    Shape: of people with equal amounts only the first few are taken, since it does not matter which.
    """
    halves = _halve(Counter(ordered))
    if halves is None:
        return None
    lower, upper = halves
    low_sums = _subset_sums(lower, 0, steps)
    high_sums = _subset_sums(upper, sum(count for _, count in lower), steps)
    matches = sum([len(codes) * len(low_sums[-total]) for total, codes in high_sums.items() if -total in low_sums])
    if matches > MOST_SETS:
        return None
    steps.spend(matches >> 2)
    sets = [
        high | low
        for total, codes in high_sums.items()
        if -total in low_sums
        for high in codes
        for low in low_sums[-total]
    ]
    sets.sort(key=lambda code: (code.bit_count(), code))
    return sets[1:]


def _halve(counts: Counter[int]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]] | None:
    """Divide the distinct amounts, in order, so that both halves have about equally many different subsets."""
    kinds = sorted(counts.items())
    below, above, cut = 1, 1, 0
    for _, count in kinds:
        above *= count + 1
    while cut < len(kinds) and below < above:
        below *= kinds[cut][1] + 1
        above //= kinds[cut][1] + 1
        cut += 1
    return None if max(below, above) > MOST_SUMS else (kinds[:cut], kinds[cut:])


def _subset_sums(kinds: Sequence[tuple[int, int]], first_bit: int, steps: Steps) -> _Sums:
    """Give the codes of all subsets by what they sum to."""
    pairs = [(0, 0)]
    for amount, count in kinds:
        steps.spend(len(pairs) * (count + 1) >> 2)
        pairs = [
            (total + amount * taken, code | ((1 << taken) - 1) << first_bit)
            for taken in range(count + 1)
            for total, code in pairs
        ]
        first_bit += count
    sums: _Sums = {}
    for total, code in pairs:
        if total in sums:
            sums[total].append(code)
        else:
            sums[total] = [code]
    return sums


def layers_by_comparing(sets: Sequence[int]) -> list[list[int]]:
    """Sort the sets by the longest chain that ends in each, comparing each with the smaller ones."""
    layers: list[list[int]] = []
    for code in sets:
        outside, level = ~code, len(layers)
        while level:
            for smaller in layers[level - 1]:
                if not smaller & outside:
                    break
            else:
                level -= 1
                continue
            break
        if level == len(layers):
            layers.append([])
        layers[level].append(code)
    return layers


def _cost_of_spreading(people: int) -> int:
    return people * ((1 << people) // 8_000 + 4)


def layers_by_spreading(sets: Sequence[int], people: int, steps: Steps) -> list[list[int]]:
    """Give, for each length, the sets that a chain of at least that length ends in.

    All 2^people sets are the bits of one number. Shifting it by 2^i adds person i to every set at once, so a handful
    of operations on large numbers marks whatever contains a set of the last layer.
    """
    without = [_repeat((1 << (1 << person)) - 1, 2 << person, 1 << people) for person in range(people)]
    layers = [list(sets)]
    while layers[-1]:
        steps.spend(_cost_of_spreading(people) + (len(layers[-1]) >> 2))
        reached, above = _mark(layers[-1], people), 0
        for person in range(people):
            larger = (reached & without[person]) << (1 << person)
            above |= larger
            reached |= larger
        marks = above.to_bytes((1 << people) + 7 >> 3, "little")
        layers.append([code for code in layers[-1] if marks[code >> 3] >> (code & 7) & 1])
    return layers[:-1]


def _repeat(pattern: int, width: int, length: int) -> int:
    while width < length:
        pattern |= pattern << width
        width *= 2
    return pattern


def _mark(codes: Iterable[int], people: int) -> int:
    marks = bytearray((1 << people) + 7 >> 3)
    for code in codes:
        marks[code >> 3] |= 1 << (code & 7)
    return int.from_bytes(marks, "little")


def _walk_down(layers: Sequence[Sequence[int]]) -> list[int]:
    """Follow one longest chain from its end, and give what each of its sets adds to the one below."""
    parts: list[int] = []
    last = layers[-1][0]
    for layer in reversed(layers[:-1]):
        below = next(code for code in layer if not code & ~last)  # layers have smaller sets first
        parts.append(last ^ below)
        last = below
    return [*parts, last]


def _amounts_of(code: int, ordered: Sequence[int]) -> Amounts:
    return tuple([amount for bit, amount in enumerate(ordered) if code >> bit & 1])
