"""Count the work of a search against its budget, and draw its chances from numbers that never change."""

from collections.abc import MutableSequence


class OutOfSteps(Exception):
    """The budget is spent: what was found so far is the answer."""


class Steps:
    """A budget of work, spent in bulk before the work is done.

    Units: a step is about a microsecond.
    Ensures: a search that only ever spends, and never looks at what is left, does the same work in the same order
        whatever the budget, which merely says where it stops. So more steps never give a worse answer.
    """

    def __init__(self, steps: int) -> None:
        """Open a budget."""
        self._left = steps

    def spend(self, cost: int) -> None:
        """Take the cost of the work to come.

        Raises: OutOfSteps when it is not there any more; nothing is left then.
        """
        self._left -= cost
        if self._left < 0:
            raise OutOfSteps


class Chance:
    """A fixed sequence of draws that looks like chance.

    Source: the multiplier and increment are Knuth's MMIX generator; the upper bits are the good ones.
    """

    def __init__(self) -> None:
        """Begin the sequence."""
        self._state = 1

    def below(self, end: int) -> int:
        """Draw a number from 0 to `end` - 1."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (self._state >> 32) * end >> 32

    def shuffle(self, items: MutableSequence[int]) -> None:
        """Put the items in a drawn order."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
