"""Bound and divide where one side has few people, such as a trip that four have paid for.

Every part has people of the few, and they can be a part's few only if their amounts sum to something that some of the
many sum to. All the sums of the many are the bits of one number.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from allsquare.core.settle.fewest.chain import Amounts
from allsquare.core.settle.fewest.steps import Chance, Steps

MOST_FEW = 10
MOST_BITS = 1 << 29
"""The most bits that the sums of the many may take, over all of the many."""
TRIES = 12


class FewSide:
    """The few and the many of some people, with all sums of the many."""

    def __init__(self, few: Iterable[int], many: Iterable[int], steps: Steps) -> None:
        """Reckon the sums.

        Units: amounts of both sides are given with a plus. Raises: OutOfSteps.
        """
        self.few, self.many, self._steps = sorted(few), sorted(many), steps
        # Only the last has all of the many.
        self._sums = deque(self._subset_sums(self.many, sum(self.many)), maxlen=1)[0]
        self._is_met = self._list_met()
        self._most = self._most_within()

    def most_parts(self) -> int:
        """Give a number of parts that no division exceeds: the most groups of the few that can all be met."""
        return self._most[-1]

    def _list_met(self) -> list[bool]:
        self._steps.spend((1 << len(self.few)) * (sum(self.few) // 500_000 + 1))
        totals = [0]
        for amount in self.few:
            totals += [total + amount for total in totals]
        return [bool(self._sums >> total & 1) for total in totals]

    def _most_within(self) -> list[int]:
        """Give into how many met groups each group can be divided, by its code; -1 where it is not met itself."""
        self._steps.spend(3 ** len(self.few) >> 3)
        most = [0]
        for code in range(1, 1 << len(self.few)):
            fewer = [most[code ^ group] for group in self._groups_within(code)] if self._is_met[code] else []
            most.append(max(fewer, default=-2) + 1)
        return most

    def _groups_within(self, code: int) -> Iterator[int]:
        """Give the met groups that have the first person of a group, and whose rest is met too."""
        first = code & -code
        others = some = code ^ first
        while True:
            if self._is_met[first | some] and self._is_met[others ^ some]:
                yield first | some
            if not some:
                return
            some = (some - 1) & others

    def find_parts(self, chance: Chance) -> list[Amounts]:
        """Give disjoint parts, as many as the best of some tries finds; the few are amounts above zero.

        Shape: the people that are left over sum to zero too, and are one more part.
        """
        best: list[Amounts] = []
        wanted = self.most_parts() - 1
        for _ in range(TRIES):
            found = self._try(chance)
            best = max(best, found, key=len)
            if len(best) == wanted:
                break
        return best

    def _try(self, chance: Chance) -> list[Amounts]:
        groups = self._draw_groups(chance)
        groups.sort(key=sum)
        left, parts = list(self.many), []
        for group in groups[:-1]:
            chance.shuffle(left)
            subset = self._subset_of(left, sum(group))
            if subset is not None:
                parts.append((*group, *[-amount for amount in subset]))
                for amount in subset:
                    left.remove(amount)
        return parts

    def _draw_groups(self, chance: Chance) -> list[list[int]]:
        """Divide the few into the most groups that can be met, drawing where there is a choice."""
        code, groups = len(self._most) - 1, []
        while code:
            choices = [group for group in self._groups_within(code) if self._most[code ^ group] == self._most[code] - 1]
            group = choices[chance.below(len(choices))]
            groups.append([amount for bit, amount in enumerate(self.few) if group >> bit & 1])
            code ^= group
        return groups

    def _subset_of(self, amounts: Sequence[int], total: int) -> list[int] | None:
        """Give some of the amounts that sum to the total, the earlier ones if there is a choice."""
        reached = list(self._subset_sums(amounts, total))
        if not reached[-1] >> total & 1:
            return None
        subset = []
        for amount, before in zip(reversed(amounts), reversed(reached[:-1]), strict=True):
            if not before >> total & 1:
                subset.append(amount)
                total -= amount
        return subset

    def _subset_sums(self, amounts: Sequence[int], most: int) -> Iterator[int]:
        """Give the sums, up to the most, of the first none, one, two … of the amounts; a bit a sum."""
        self._steps.spend(cost_of_sums(len(amounts), most))
        within = (1 << most + 1) - 1
        reached = 1
        yield reached
        for amount in amounts:
            reached = (reached | reached << amount) & within
            yield reached


def cost_of_sums(people: int, most: int) -> int:
    """Give the steps that all sums up to the most take."""
    return people * (most // 30_000 + 1)
