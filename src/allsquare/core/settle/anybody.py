"""Plan for people of whom only names and nets are known: the solver as a tool of its own, without any event."""

from collections.abc import Iterable, Mapping

from allsquare.core.errors import InvalidInput
from allsquare.core.money import MAX_AMOUNT_MINOR, AmountOutOfBounds, format_amount
from allsquare.core.text import MAX_NAME, check_text

MAX_PEOPLE = 1_000


class NetsUnbalanced(InvalidInput):
    """What some are owed is not what others owe."""

    code = "plan.nets_unbalanced"
    title = "The nets do not sum to zero"


class TooManyPeople(InvalidInput):
    """A plan is made for a largest number of people."""

    code = "plan.too_many_people"
    title = "Too many people"


class NameRepeated(InvalidInput):
    """Two people have the same name, but for blanks around it."""

    code = "plan.name_repeated"
    title = "A name is given twice"


class NameUnknown(InvalidInput):
    """Somebody is named who has no net."""

    code = "plan.name_unknown"
    title = "There is nobody of this name"


class DebtInvalid(InvalidInput):
    """A debt is an amount above zero between two people."""

    code = "plan.debt_invalid"
    title = "That is no debt"


class People:
    """Gives people numbers in the order of their names, so that the order in which they are listed changes nothing."""

    def __init__(self, names: Iterable[str], *, field: str = "nets") -> None:
        """Give these names their numbers.

        Raises: TooManyPeople, NameRepeated, the errors of text.
        """
        listed = list(names)
        if len(listed) > MAX_PEOPLE:
            detail = f"There are {len(listed)} people, at most {MAX_PEOPLE} can be planned for."
            raise TooManyPeople(detail, field=field, expected=f"at most {MAX_PEOPLE}", actual=str(len(listed)))
        seen: set[str] = set()
        for name in listed:
            cleaned = check_text(name, field=field, limit=MAX_NAME)
            if cleaned in seen:
                detail = f"The name {cleaned} is given twice. Add something that tells the two apart."
                raise NameRepeated(detail, field=field, actual=cleaned)
            seen.add(cleaned)
        self.names = sorted(seen)
        self._numbers = {name: number for number, name in enumerate(self.names, 1)}

    def number(self, name: str, *, field: str) -> int:
        """Give somebody's number; raises NameUnknown."""
        found = self._numbers.get(name.strip())
        if found is None:
            detail = f"There is nobody called {name[:MAX_NAME]!r} among those with a net."
            raise NameUnknown(detail, field=field, actual=name[:MAX_NAME])
        return found

    def name(self, number: int) -> str:
        """Give the name that has this number."""
        return self.names[number - 1]


def check_nets(nets: Mapping[str, int], currency: str | None) -> None:
    """Refuse nets that nobody could settle.

    Units: minor units; without a currency they are shown as such. Raises: NetsUnbalanced, AmountOutOfBounds.
    """

    def show(amount: int) -> str:
        return str(amount) if currency is None else f"{format_amount(amount, currency)} {currency}"

    for name, net in nets.items():
        if abs(net) > MAX_AMOUNT_MINOR:
            detail = f"The net of {name} is {show(net)}, at most {show(MAX_AMOUNT_MINOR)} is allowed."
            raise AmountOutOfBounds(detail, field=f"nets.{name}", expected=show(MAX_AMOUNT_MINOR), actual=show(net))
    owed = sum([net for net in nets.values() if net > 0])
    owing = -sum([net for net in nets.values() if net < 0])
    if owed != owing:
        detail = f"Some are owed {show(owed)}, others owe {show(owing)}: the nets sum to {show(owed - owing)}."
        raise NetsUnbalanced(detail, field="nets", expected=show(0), actual=show(owed - owing))


def net_pairs(debts: Iterable[tuple[int, int, int]], currency: str) -> dict[tuple[int, int, str], int]:
    """Net debts by pair, as `core.event.Pairs` has them; raises DebtInvalid."""
    pairs: dict[tuple[int, int, str], int] = {}
    for debtor, creditor, amount in debts:
        low, high, owed = (debtor, creditor, amount) if debtor < creditor else (creditor, debtor, -amount)
        if amount <= 0 or low == high:
            detail = "A debt is an amount above zero between two people."
            raise DebtInvalid(detail, field="debts", expected="an amount above zero between two")
        pairs[low, high, currency] = pairs.get((low, high, currency), 0) + owed
    return pairs
