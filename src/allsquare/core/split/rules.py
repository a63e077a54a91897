"""Define the six ways to share a total.

The rules are frozen msgspec Structs because they are at the same time what the journal stores: {"type": "equal",
"among": [1, 2, 3]}. Their field names are therefore part of the stored format and never change.
"""

from typing import NamedTuple

import msgspec


class Part(NamedTuple):
    """A member with an amount in minor units; stored as [member, amount]."""

    member: int
    amount_minor: int


class PercentPart(NamedTuple):
    """A member with hundredths of a percent: 33.33 % is 3333."""

    member: int
    hundredths: int


class WeightPart(NamedTuple):
    """A member with a weight in ten-thousandths: 1.5 is 15000."""

    member: int
    ten_thousandths: int


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type"):
    """What all rules have in common: how they are stored."""


class Equal(_Rule, frozen=True, tag="equal"):
    """Everybody the same; nobody listed means all active members until `with_members` lists them."""

    among: tuple[int, ...] = ()


class Exact(_Rule, frozen=True, tag="exact"):
    """Each one the amount given; they sum to the total."""

    shares: tuple[Part, ...]


class Percentage(_Rule, frozen=True, tag="percentage"):
    """Each one their percentage; they sum to 100."""

    shares: tuple[PercentPart, ...]


class Shares(_Rule, frozen=True, tag="shares"):
    """Each one in proportion to their weight."""

    shares: tuple[WeightPart, ...]


class Adjustment(_Rule, frozen=True, tag="adjustment"):
    """What is left after the adjustments is shared equally, then each one is adjusted."""

    among: tuple[int, ...] = ()
    adjustments: tuple[Part, ...] = ()


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of a bill, shared equally among those who had it."""

    name: str
    amount_minor: int
    among: tuple[int, ...]


class Itemized(_Rule, frozen=True, tag="itemized"):
    """A bill by its lines; tax, tip and discount follow what each one's items cost."""

    items: tuple[Item, ...]
    tax_minor: int = 0
    tip_minor: int = 0
    discount_minor: int = 0


SplitRule = Equal | Exact | Percentage | Shares | Adjustment | Itemized


def participants(rule: SplitRule) -> tuple[int, ...]:
    """List the members a rule names, in listed order; for items that is the order of first appearance."""
    match rule:
        case Equal() | Adjustment():
            return rule.among
        case Itemized():
            return tuple(dict.fromkeys([member for item in rule.items for member in item.among]))
        case _:
            return tuple([part[0] for part in rule.shares])


def with_members(rule: SplitRule, members: tuple[int, ...]) -> SplitRule:
    """Return the rule with `members` where an equal or adjustment split names nobody."""
    match rule:
        case Equal(among=()):
            return Equal(members)
        case Adjustment(among=()):
            return Adjustment(members, rule.adjustments)
        case _:
            return rule
