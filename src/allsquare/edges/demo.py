"""Load a sample trip: every way to split, several payers, a refund, another currency, a revision, a settlement.

All ids are derived, so loading it again adds nothing.
"""

from datetime import date
from pathlib import Path
from uuid import UUID

from allsquare.core.access import overseer
from allsquare.core.commands import Command
from allsquare.core.commands.events import CreateEvent
from allsquare.core.commands.expenses import DeleteExpense, ExpenseDraft, RecordExpense, ReviseExpense
from allsquare.core.commands.settlements import RecordSettlement
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
from allsquare.edges.owner import ensure_owner
from allsquare.features.imports.reads import Books
from allsquare.features.wire.ids import derived_id
from allsquare.ledger.poster import Job
from allsquare.ledger.refusals import IdempotencyMismatch

EVENT_ID = derived_id("demo", b"Goa trip")
NAMES = ("Asha", "Ben", "Chen", "Dia", "Emre")
ASHA, BEN, CHEN, DIA, EMRE = range(1, 6)
EVERYBODY = Equal((ASHA, BEN, CHEN, DIA, EMRE))


def _spent(
    day: int,
    description: str,
    paid: dict[int, int],
    split: SplitRule,
    *,
    category: str,
    notes: str | None = None,
    currency: str = "INR",
) -> ExpenseDraft:
    parts = tuple([Part(member, amount) for member, amount in paid.items()])
    total = sum(paid.values())
    return ExpenseDraft(description, total, currency, parts, split, date(2026, 11, day), category, notes)


# The rooms cost what they cost: who had a double to themselves pays one and a half times as much.
ROOMS = Shares(
    (
        WeightPart(ASHA, 10_000),
        WeightPart(BEN, 10_000),
        WeightPart(CHEN, 10_000),
        WeightPart(DIA, 15_000),
        WeightPart(EMRE, 15_000),
    )
)
SHACK = Itemized(
    (
        Item("Grilled kingfish", 1_850_00, (ASHA, BEN, EMRE)),
        Item("Vegetable thali", 960_00, (CHEN, DIA)),
        Item("Port wine", 1_400_00, (ASHA, BEN)),
    ),
    tax_minor=210_50,
    tip_minor=300_00,
    discount_minor=100_00,
)
TAXI_AT_NIGHT = _spent(
    16, "Taxi to the airport", {CHEN: 2_450_00}, EVERYBODY, category="transport", notes="With the surcharge at night"
)

EXPENSES: dict[str, ExpenseDraft] = {
    "train": _spent(12, "Train tickets", {ASHA: 7_250_00}, EVERYBODY, category="transport"),
    "house": _spent(
        12,
        "Beach house, 4 nights",
        {BEN: 20_000_00, DIA: 22_000_00},
        ROOMS,
        category="lodging",
        notes="Dia and Emre have the rooms with a balcony",
    ),
    "groceries": _spent(12, "Groceries", {CHEN: 3_186_50}, EVERYBODY, category="groceries"),
    "scooters": _spent(13, "Scooters, 4 days", {EMRE: 6_400_00}, Equal((ASHA, BEN, DIA, EMRE)), category="transport"),
    "shack": _spent(13, "Dinner at the shack", {ASHA: 4_620_50}, SHACK, category="food"),
    "diving": _spent(
        14,
        "Diving lesson",
        {BEN: 9_000_00},
        Percentage((PercentPart(BEN, 60_00), PercentPart(EMRE, 40_00))),
        category="fun",
        notes="Emre left the water early",
    ),
    "spices": _spent(
        14,
        "Spice farm",
        {DIA: 4_500_00},
        Adjustment((ASHA, BEN, CHEN, DIA, EMRE), (Part(DIA, 300_00), Part(CHEN, -150_00))),
        category="fun",
        notes="Dia bought saffron, Chen skipped lunch",
    ),
    "old-goa": _spent(14, "Taxi to Old Goa", {CHEN: 1_100_00}, Equal((ASHA, CHEN, DIA)), category="transport"),
    "cruise": _spent(15, "Sunset cruise", {ASHA: 2_000_00, CHEN: 2_000_00, EMRE: 1_000_00}, EVERYBODY, category="fun"),
    "cruise-again": _spent(15, "Sunset cruise", {ASHA: 5_000_00}, EVERYBODY, category="fun"),
    "pharmacy": _spent(
        15, "Pharmacy", {ASHA: 640_00}, Exact((Part(BEN, 415_50), Part(CHEN, 224_50))), category="health"
    ),
    "surfing": _spent(
        15,
        "Surf camp, booked online",
        {EMRE: 120_00},
        Equal((BEN, DIA, EMRE)),
        category="fun",
        notes="They charge in euros",
        currency="EUR",
    ),
    "taxi": _spent(16, "Taxi to the airport", {CHEN: 2_300_00}, EVERYBODY, category="transport"),
    "deposit": _spent(16, "Deposit for the house returned", {BEN: -5_000_00}, ROOMS, category="lodging"),
}


def _id(step: str) -> UUID:
    return derived_id("demo", b"Goa trip", step.encode())


def _steps() -> dict[str, Command]:
    steps: dict[str, Command] = {"event": CreateEvent("Goa trip", "trip", "INR", NAMES)}
    for name, draft in EXPENSES.items():
        steps[name] = RecordExpense(_id(f"expense {name}"), draft)
    steps["taxi revised"] = ReviseExpense(_id("expense taxi"), 1, TAXI_AT_NIGHT)
    steps["cruise deleted"] = DeleteExpense(_id("expense cruise-again"), 1)
    steps["settlement"] = RecordSettlement(
        _id("settlement"), EMRE, DIA, 5_000_00, "INR", "upi", date(2026, 11, 18), "First half", allow_overpayment=True
    )
    return steps


async def load_demo(books: Books, data_dir: Path) -> bool:
    """Load the sample trip through the ledger's door, and tell whether it was new."""
    owner = await ensure_owner(books, data_dir)
    jobs = [
        Job(
            event_id=EVENT_ID,
            command_id=_id(f"command {step}"),
            actor=overseer(owner.user_id),
            command=command,
            keyed=True,
        )
        for step, command in _steps().items()
    ]
    try:
        posted = await books.poster.submit_together(jobs)
    except IdempotencyMismatch:
        # Another version of Allsquare loaded another trip.
        return False
    return not posted[0].replayed
