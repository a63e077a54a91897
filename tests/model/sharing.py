"""Share totals and tell who owes whom by exact fractions: the rules of DESIGN section 5, written a second time."""

from collections import Counter
from fractions import Fraction
from itertools import chain
from math import floor
from typing import Any

from allsquare.core.split import Adjustment, Equal, Exact, Itemized, Percentage, Shares


class Refused(Exception):
    """The ledger must refuse with this code."""


def must(holds: object, code: str) -> None:
    if not holds:
        raise Refused(code)


def hand_out(total: int, exact: list[Fraction], start: int) -> list[int]:
    """Floor each exact part; what is left of the total goes to the largest remainders, from `start` round the table."""
    parts = [floor(part) for part in exact]
    round_the_table = [(start + step) % len(exact) for step in range(len(exact))]
    most_lost_first = sorted(round_the_table, key=lambda place: parts[place] - exact[place])
    for place in most_lost_first[: total - sum(parts)]:
        parts[place] += 1
    return parts


def shares_of(total: int, rule: Any, active: list[int]) -> dict[int, int]:
    """Give what each participant consumed, in listed order."""
    sign, amount = (-1, -total) if total < 0 else (1, total)
    match rule:
        case Equal(among=among):
            parts = [(member, Fraction(1)) for member in among or active]
            must(parts, "split.nobody")
            parts = [(member, Fraction(amount, len(parts))) for member, _ in parts]
        case Exact():
            parts = [(member, Fraction(sign * share)) for member, share in rule.shares]
        case Percentage():
            parts = [(member, Fraction(amount * hundredths, 10_000)) for member, hundredths in rule.shares]
        case Shares():
            whole = sum(weight for _, weight in rule.shares)
            parts = [(member, Fraction(amount * weight, whole or 1)) for member, weight in rule.shares]
        case Adjustment(among=among):
            parts = adjusted(amount, list(among) or active, {member: sign * more for member, more in rule.adjustments})
        case Itemized():
            parts = by_items(amount, rule)
    members, exact = [member for member, _ in parts], [part for _, part in parts]
    must(len(set(members)) == len(members), "split.duplicate_member")
    must(all(floor(part) >= 0 for part in exact), "split.negative_share")
    must(sum(exact) == amount, WRONG_SUM[type(rule)])
    shares = hand_out(amount, exact, amount // len(members) % len(members))
    return {member: sign * share for member, share in zip(members, shares, strict=True)}


WRONG_SUM = {
    Exact: "split.sum_mismatch",
    Percentage: "split.percent_mismatch",
    Shares: "split.weights_all_zero",
    Itemized: "split.items_mismatch",
    Equal: "",
    Adjustment: "",
}


def adjusted(amount: int, members: list[int], more: dict[int, int]) -> list[tuple[int, Fraction]]:
    must(members, "split.nobody")
    must(len(set(members)) == len(members), "split.duplicate_member")
    must(set(more) <= set(members), "split.adjustment_stranger")
    base = Fraction(amount - sum(more.values()), len(members))
    return [(member, base + more.get(member, 0)) for member in members]


def by_items(amount: int, rule: Itemized) -> list[tuple[int, Fraction]]:
    costs: Counter[int] = Counter()
    for item in rule.items:
        for member in item.among:
            costs[member] += Fraction(abs(item.amount_minor), len(item.among))
    summed = abs(sum(item.amount_minor for item in rule.items) + rule.tax_minor + rule.tip_minor - rule.discount_minor)
    return [(member, cost * summed / sum(costs.values())) for member, cost in costs.items()]


def debts_of(paid: dict[int, int], shares: dict[int, int]) -> Counter[tuple[int, int]]:
    """Say who owes whom through one expense: each debtor owes the creditors in proportion to what they still lack."""
    sign = -1 if sum(paid.values()) < 0 else 1
    net = {member: sign * (paid.get(member, 0) - shares.get(member, 0)) for member in chain(shares, paid)}
    lacking = {member: amount for member, amount in net.items() if amount > 0}
    debts: Counter[tuple[int, int]] = Counter()
    for debtor in [member for member, amount in net.items() if amount < 0]:
        owes, lacked = -net[debtor], sum(lacking.values())
        quotas = hand_out(owes, [Fraction(owes * lack, lacked) for lack in lacking.values()], 0)
        for creditor, quota in zip(list(lacking), quotas, strict=True):
            lacking[creditor] -= quota
            debts[(debtor, creditor) if sign > 0 else (creditor, debtor)] += quota
    return debts
