"""Round shares to whole minor units so that they sum to the total, by one written rule.

Each exact share is floored. The minor units left over go one each to the largest remainders; among equal remainders
they go round the table, from participant `floor(total / n) mod n` in listed order and on. The start moves with the
total, so that the odd cent of many expenses does not always fall on the same person, and anyone can compute it.
"""

from collections.abc import Sequence


def divide_equally(total: int, count: int) -> list[int]:
    """Return `total` divided into `count` equal shares.

    Units: minor units, `total` >= 0, `count` > 0.
    Ensures: the shares sum to the total and differ by at most one.
    """
    floor, odd_units = divmod(total, count)
    amounts = [floor] * count
    if odd_units:
        start = floor % count
        for index in range(start, start + odd_units):
            amounts[index % count] += 1
    return amounts


def divide_by_weight(total: int, weights: Sequence[int]) -> list[int]:
    """Return `total` divided in proportion to `weights`.

    Units: minor units, `total` >= 0; weights >= 0 in any unit, not all zero.
    Ensures: the shares sum to the total; each is less than one minor unit from its exact value.
    Source: the largest remainder method (Hamilton). All remainders have the sum of the weights as their denominator,
        so comparing their numerators compares them exactly.
    """
    whole = sum(weights)
    divided = [divmod(total * weight, whole) for weight in weights]
    amounts = [floor for floor, _ in divided]
    odd_units = total - sum(amounts)
    if odd_units:
        count = len(weights)
        start = total // count % count
        order = [*range(start, count), *range(start)]
        # A reversed sort is stable too: equal remainders stay in table order.
        order.sort(key=lambda index: divided[index][1], reverse=True)
        for index in order[:odd_units]:
            amounts[index] += 1
    return amounts
