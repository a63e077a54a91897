"""Think of commands at random: most make sense for the event as it is, some are wrong in one way."""

from collections import Counter
from itertools import pairwise
from random import Random
from uuid import UUID

from allsquare.core import commands as c
from allsquare.core.commands.expenses import ExpenseDraft
from allsquare.core.settle.plan import PlanRequest
from allsquare.core.split import (
    Adjustment,
    Equal,
    Exact,
    Item,
    Itemized,
    Part,
    Percentage,
    PercentPart,
    Shares,
    SplitRule,
    WeightPart,
)
from tests.model.reference import Reference

NAMES = ("Ann", "Bob", "Cid", "Dan", "Eve", "Fay", "Gus", "Hal", "ann", "BOB", " ")
MOST_MEMBERS = 12
END_AFTER = 100
"""How many entries an event has at the least before it may be deleted or archived."""

WRONG = 0.12
"""How often something about an expense is made wrong on purpose."""


class Chance:
    """Chooses by one seed, so that whatever happened can happen again."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def new_id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def begin(self) -> c.CreateEvent:
        return c.CreateEvent("Trip", "trip", "EUR", NAMES[: self.random.randint(2, 5)])

    def command(self, event: Reference) -> c.Command:
        """Think of a command for the event as it is."""
        is_open = event.status in {"new", "active"}
        weights = {
            self.record: 30 if is_open else 3,
            self.revise: 14 if is_open else 2,
            self.delete: 7 if is_open else 1,
            self.restore: 5 if is_open else 1,
            self.pay_back: 14 if is_open else 40,
            self.reverse: 5 if is_open else 2,
            self.settle: 3,
            self.reopen: 1 if is_open else 4,
            self.members: 8,
            self.event: 4,
        }
        (choice,) = self.random.choices(list(weights), list(weights.values()))
        return choice(event)

    # Members and the event itself

    def member(self, event: Reference) -> int:
        """Name somebody: mostly one who takes part, sometimes one who left, at times nobody."""
        active = event.active()
        if not active or self.random.random() < 0.05:
            return self.random.randint(1, len(event.members) + 1)
        return self.random.choice(active)

    def members(self, event: Reference) -> c.Command:
        names = tuple(self.random.choices(NAMES, k=self.random.choice((1, 1, 2))))
        number = len(event.members)
        fresh = tuple(f"M{number + place}" for place in range(len(names)))
        nets = event.nets()
        owing = {member for (member, _), net in nets.items() if net}
        square = [member for member in event.active() if member not in owing] or [self.member(event)]
        return self.random.choice(
            (
                c.AddMembers(fresh if number < MOST_MEMBERS else ()),
                c.AddMembers(names if number < MOST_MEMBERS else ()),
                c.ChangeMember(self.member(event), names[0]),
                c.RemoveMember(self.member(event)),
                c.RemoveMember(self.random.choice(square)),
                c.RemoveMember(self.random.choice(square)),
            )
        )

    def event(self, event: Reference) -> c.Command:
        seen = self.seen(event.version)
        change = c.ChangeEvent(f"Trip {self.random.randint(1, 99)}", seen_version=self.random.choice((None, seen)))
        the_end = [c.DeleteEvent(seen), c.ArchiveEvent()]
        if event.status in {"new", "cleared"}:  # where it would be the end
            the_end = the_end * 4 if event.seq > END_AFTER else []
        return self.random.choice((self.begin(), *the_end, change, change, change, change))

    def settle(self, _: Reference) -> c.Command:
        strategy = self.random.choice(("fewest", "direct", "cheapest", "cycle_free", "magic"))
        return c.SettleEvent(PlanRequest(strategy=strategy, round_to=self.random.choice((None, None, "-1"))))

    def reopen(self, _: Reference) -> c.Command:
        return c.ReopenEvent()

    # Expenses

    def seen(self, version: int) -> int:
        """Say which version an edit is based on: mostly the current one."""
        return version if self.random.random() < 0.85 else version + self.random.choice((-1, 1))

    def expense(self, event: Reference, *, deleted: bool) -> tuple[UUID, int]:
        wanted = [each for each, bought in event.expenses.items() if bought.deleted == deleted]
        if self.random.random() < 0.1 or not wanted:
            wanted = list(event.expenses)
        if self.random.random() < 0.03 or not wanted:
            return self.new_id(), 1
        chosen = self.random.choice(wanted)
        return chosen, self.seen(event.expenses[chosen].version)

    def record(self, event: Reference) -> c.Command:
        if event.expenses and self.random.random() < 0.03:
            return c.RecordExpense(self.random.choice(list(event.expenses)), self.draft(event), chosen_id=True)
        return c.RecordExpense(self.new_id(), self.draft(event), chosen_id=self.random.random() < 0.5)

    def revise(self, event: Reference) -> c.Command:
        return c.ReviseExpense(*self.expense(event, deleted=False), self.draft(event))

    def delete(self, event: Reference) -> c.Command:
        return c.DeleteExpense(*self.expense(event, deleted=False))

    def restore(self, event: Reference) -> c.Command:
        expense_id, seen = self.expense(event, deleted=True)
        return c.RestoreExpense(expense_id, self.random.choice((None, seen)))

    def draft(self, event: Reference) -> ExpenseDraft:
        amount = self.random.choice((self.random.randint(1, 9), self.random.randint(1, 99_999), 10**15 - 10))
        amount *= self.random.choice((1, 1, 1, 1, -1))
        members = self.random.sample(event.everybody(), len(event.members))
        active = [member for member in members if member in event.active()] or [1]
        payers = active[: self.random.choice((1, 1, 1, 2, 3))]
        paid = [Part(*each) for each in zip(payers, self.parts(amount, len(payers)), strict=True)]
        among = self.random.sample(active, self.random.randint(1, len(active)))
        description = "Dinner"
        if self.random.random() < WRONG:
            wrong = self.random.choice(
                ("zero", "blank", "nobody", "twice", "sum", "sign", "stranger", "left", "double")
            )
            stranger = self.random.choice(members or [1]) if wrong == "left" else len(event.members) + 1
            amount = 0 if wrong == "zero" else amount
            description = " " if wrong == "blank" else description
            among = {"double": [*among, among[0]], "left": [*among, stranger]}.get(wrong, among)
            paid = {
                "nobody": [],
                "twice": [paid[0], paid[0]],
                "sum": [Part(paid[0][0], paid[0][1] + 1), *paid[1:]],
                "sign": [Part(1, amount * 2), Part(2, -amount)],
                "stranger": [Part(stranger, amount)],
            }.get(wrong, paid)
        currency = self.random.choices(("EUR", "JPY", "KWD"), (8, 1, 1))[0]
        return ExpenseDraft(description, amount, currency, tuple(paid), self.split(amount, among))

    def parts(self, total: int, count: int) -> list[int]:
        """Cut a total into whole parts of its own sign, zeros included."""
        sign = -1 if total < 0 else 1
        cuts = sorted([0, abs(total), *[self.random.randint(0, abs(total)) for _ in range(count - 1)]])
        return [sign * (high - low) for low, high in pairwise(cuts)]

    def split(self, amount: int, among: list[int]) -> SplitRule:
        count, off = len(among), int(self.random.random() < WRONG / 3)
        rule = self.random.choice(("everybody", "equal", "exact", "percentage", "shares", "adjustment", "itemized"))
        match rule:
            case "everybody":
                return self.random.choice((Equal(), Adjustment()))
            case "exact":
                parts = self.parts(amount, count)
                parts[-1] += off if amount > 0 else -off
                return Exact(tuple(map(Part, among, parts)))
            case "percentage":
                parts = self.parts(10_000, count)
                parts[-1] += off
                return Percentage(tuple(map(PercentPart, among, parts)))
            case "shares":
                weights = [0 if off else self.random.choice((0, 5_000, 10_000, 25_000)) for _ in among]
                return Shares(tuple(map(WeightPart, among, weights)))
            case "adjustment":
                bound = abs(amount) // count + 2
                more = [Part(member, self.random.randint(-bound, bound)) for member in among[: count - 1]]
                stranger = [Part(max(among) + 1, 1)] if off else []
                return Adjustment(tuple(among), (*more, *stranger))
            case "itemized" if len(set(among)) == count and amount:
                return self.bill(amount, among, off)
            case _:
                return Equal(tuple(among))

    def bill(self, amount: int, among: list[int], off: int) -> Itemized:
        *costs, tax, tip = self.parts(amount, self.random.randint(1, 4) + 2)
        discount = self.random.randint(0, 3) * (-1 if amount < 0 else 1)
        costs[0] += discount
        if not any(costs):
            costs, tax, tip, discount = [amount], 0, 0, 0
        costs[0] += off if amount > 0 else -off
        who = [tuple(self.random.sample(among, self.random.randint(1, len(among)))) for _ in costs]
        items = [Item(f"Item {place}", cost, had) for place, (cost, had) in enumerate(zip(costs, who, strict=True))]
        return Itemized(tuple(items), tax, tip, discount)

    # Settlements

    def pay_back(self, event: Reference) -> c.Command:
        nets = Counter({key: net for key, net in event.nets().items() if net})
        payer, payee, amount, currency = self.member(event), self.member(event), self.random.randint(-1, 999), "EUR"
        debtors, creditors = [each for each in nets if nets[each] < 0], [each for each in nets if nets[each] > 0]
        settling = event.status == "settlement"
        if debtors and self.random.random() < (0.95 if settling else 0.8):
            payer, currency = self.random.choice(debtors)
            payee = self.random.choice([member for member, other in creditors if other == currency])
            most = min(-nets[payer, currency], nets[payee, currency])
            amount = self.random.choice((most,) * 9 + (most // 2, most + 1))
        known = list(event.settlements)
        taken = self.random.choice(known) if known and self.random.random() < 0.03 else None
        return c.RecordSettlement(
            taken or self.new_id(),
            payer,
            payee,
            amount,
            currency,
            allow_overpayment=not settling and self.random.random() < 0.2,
            chosen_id=taken is not None,
        )

    def reverse(self, event: Reference) -> c.Command:
        known = [*event.settlements, self.new_id()]
        return c.ReverseSettlement(self.random.choice(known[-6:]), self.random.choice(("a mistake", "a mistake", " ")))
