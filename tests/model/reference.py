"""Hold what counts in an event now, in the plainest way: a second ledger, to hold the real one against.

Positions, pair balances and squareness are worked out anew whenever asked for. There are no transfers taken back, no
counters, batches, transactions or hashes here, and none of the ledger's own code.
"""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import UUID

from tests.model.sharing import debts_of, must, shares_of

Amounts = Counter[tuple[int, str]]
Owed = Counter[tuple[int, int, str]]


@dataclass
class Bought:
    version: int
    deleted: bool
    amount: int
    currency: str
    paid: dict[int, int]
    shares: dict[int, int]
    debts: Counter[tuple[int, int]]


@dataclass
class PaidBack:
    payer: int
    payee: int
    amount: int
    currency: str
    reversed: bool = False


@dataclass
class Reference:
    """One event: what counts in it now, and the rules several commands share."""

    name: str = ""
    status: str = ""
    version: int = 0
    seq: int = 0
    members: list[tuple[str, bool]] = field(default_factory=list)
    expenses: dict[UUID, Bought] = field(default_factory=dict)
    settlements: dict[UUID, PaidBack] = field(default_factory=dict)

    def consumption(self) -> tuple[Amounts, Amounts, Amounts, Amounts]:
        """Give what each member paid, consumed, sent and received, by currency."""
        paid, share, sent, received = Amounts(), Amounts(), Amounts(), Amounts()
        for bought in [each for each in self.expenses.values() if not each.deleted]:
            paid.update({(member, bought.currency): amount for member, amount in bought.paid.items()})
            share.update({(member, bought.currency): amount for member, amount in bought.shares.items()})
        for back in [each for each in self.settlements.values() if not each.reversed]:
            sent[back.payer, back.currency] += back.amount
            received[back.payee, back.currency] += back.amount
        return paid, share, sent, received

    def nets(self) -> Amounts:
        """Give what each member is owed (+) or owes (−)."""
        paid, share, sent, received = self.consumption()
        members = set(chain(paid, share, sent, received))
        return Amounts({each: paid[each] - share[each] + sent[each] - received[each] for each in members})

    def owed(self) -> Owed:
        """Give what the first owes the second, netted: below zero where it is the other way."""
        owed = Owed()
        for bought in [each for each in self.expenses.values() if not each.deleted]:
            for (debtor, creditor), amount in bought.debts.items():
                owed[debtor, creditor, bought.currency] += amount
                owed[creditor, debtor, bought.currency] -= amount
        for back in [each for each in self.settlements.values() if not each.reversed]:
            owed[back.payee, back.payer, back.currency] += back.amount
            owed[back.payer, back.payee, back.currency] -= back.amount
        return owed

    def move(self, status: str) -> None:
        self.status, self.version = status, self.version + 1

    def follow_positions(self) -> None:
        """Go from settlement to cleared or back, as everybody is square or not."""
        status = "settlement" if any(self.nets().values()) else "cleared"
        if self.status in {"settlement", "cleared"} and status != self.status:
            self.move(status)

    def everybody(self) -> range:
        return range(1, len(self.members) + 1)

    def active(self, besides: Container[int] = ()) -> list[int]:
        return [member for member in self.everybody() if self.members[member - 1][1] or member in besides]

    def present(self, members: Iterable[int], allowed: Container[int]) -> None:
        for member in members:
            must(member in self.everybody(), "member.unknown")
            must(member in allowed, "member.inactive")

    def free(self, names: tuple[str, ...], *, but: int = 0) -> None:
        taken = {self.members[member - 1][0].lower() for member in self.active() if member != but}
        for place, name in enumerate(names):
            must(name.strip(), "text.empty")
            must(name.lower() not in taken, "member.name_taken")
            must(name.lower() not in [other.lower() for other in names[:place]], "member.duplicate_name")

    def standing(self, expense_id: UUID, seen_version: int) -> Bought:
        must(self.status in {"new", "active"}, "event.closed")
        must(expense_id in self.expenses, "expense.not_found")
        must(seen_version == self.expenses[expense_id].version, "expense.version_conflict")
        must(not self.expenses[expense_id].deleted, "expense.deleted")
        return self.expenses[expense_id]

    def bought(self, draft: Any, version: int, former: Bought | None = None) -> Bought:
        paid = dict(draft.paid)
        must(draft.amount_minor, "expense.amount_zero")
        must(draft.description.strip(), "text.empty")
        must(paid, "payers.nobody")
        must(len(paid) == len(draft.paid), "payers.duplicate_member")
        must(len(paid) == 1 or min(draft.amount_minor * part for part in paid.values()) >= 0, "payers.wrong_sign")
        must(sum(paid.values()) == draft.amount_minor, "payers.sum_mismatch")
        shares = shares_of(draft.amount_minor, draft.split, self.active())
        allowed = self.active({*former.paid, *former.shares} if former else ())
        for members in (paid, shares):
            if former:  # then strangers are minded before those who have left
                self.present(members, self.everybody())
            self.present(members, allowed)
        return Bought(version, False, draft.amount_minor, draft.currency, paid, shares, debts_of(paid, shares))
