"""Make events and what happens in them through the same door as users, and look at what is stored."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest

from allsquare.core.access import overseer
from allsquare.core.commands import (
    AddMembers,
    ChangeEvent,
    ChangeMember,
    Command,
    CreateEvent,
    DeleteExpense,
    RecordExpense,
    RecordImport,
    RecordSettlement,
    RemoveMember,
    ReopenEvent,
    RestoreExpense,
    ReverseSettlement,
    ReviseExpense,
    SettleEvent,
    UndoImport,
)
from allsquare.core.commands.expenses import ExpenseDraft
from allsquare.core.errors import AllsquareError
from allsquare.core.settle.plan import PlanRequest
from allsquare.core.split import Equal, Part
from allsquare.ledger.poster import Job, Posted, Poster
from allsquare.ledger.verify import verify

ACTOR = UUID("0191a000-0000-7000-8000-000000000001")


UNPOSTABLE = RecordImport(uuid4(), "a text with \x00 in it", "0" * 64, 1)
"""What `core` accepts and PostgreSQL does not: no column of text holds U+0000."""


def job(event_id: UUID, command: Command, *, key: UUID | None = None, actor: UUID = ACTOR) -> Job:
    """Wrap a command; with a key it may come again, without one it gets an id of its own."""
    return Job(
        event_id=event_id, command_id=key or uuid4(), actor=overseer(actor), command=command, keyed=key is not None
    )


async def post(poster: Poster, event_id: UUID, command: Command, *, key: UUID | None = None) -> Posted:
    """Post one command and wait for its answer."""
    return await poster.submit(job(event_id, command, key=key))


async def post_all(poster: Poster, event_id: UUID, commands: Sequence[Command]) -> list[Posted]:
    """Queue commands at once, so that they are posted as one batch, and wait for all answers."""
    return await asyncio.gather(*[poster.submit(job(event_id, command)) for command in commands])


async def new_event(poster: Poster, members: tuple[str, ...] = ("Ann", "Bob", "Cid"), currency: str = "EUR") -> UUID:
    """Create an event."""
    event_id = uuid4()
    await post(poster, event_id, CreateEvent("Trip", "trip", currency, members))
    return event_id


def draft(
    amount_minor: int = 3_000, *, paid_by: int = 1, among: tuple[int, ...] = (), **others: object
) -> ExpenseDraft:
    """Describe an expense that one member paid, shared equally."""
    given = {"description": "Dinner", "currency": "EUR", "paid": (Part(paid_by, amount_minor),), "split": Equal(among)}
    return ExpenseDraft(amount_minor=amount_minor, **(given | others))


def recording(amount_minor: int = 3_000, *, expense_id: UUID | None = None, **others: object) -> RecordExpense:
    """Give the command that records such an expense; with an id it is one the client chose."""
    return RecordExpense(expense_id or uuid4(), draft(amount_minor, **others), chosen_id=expense_id is not None)


async def record(poster: Poster, event_id: UUID, amount_minor: int = 3_000, **others: object) -> Posted:
    """Record an expense."""
    return await post(poster, event_id, recording(amount_minor, **others))


def paying_back(payer: int, payee: int, amount_minor: int, *, settlement_id: UUID | None = None) -> RecordSettlement:
    """Give the command that records a paying-back, more than is owed included."""
    return RecordSettlement(settlement_id or uuid4(), payer, payee, amount_minor, "EUR", allow_overpayment=True)


async def refusal(poster: Poster, event_id: UUID, command: Command, key: UUID | None = None) -> AllsquareError:
    """Post a command and give the refusal it gets."""
    with pytest.raises(AllsquareError) as raised:
        await post(poster, event_id, command, key=key)
    return raised.value


FULL_LIFE = 23
"""How many entries `full_life` makes."""


async def full_life(poster: Poster) -> UUID:
    """Make an event in which everything has happened that an event still open can show, in one batch.

    The entries that tests name: 3 records "Dinner" of 30.00, 5 revises what 2 recorded, 13 reverses what 12 paid back.
    """
    event_id, lunch, taxi, imported, batch = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()
    paid_back = uuid4()
    done = await post_all(
        poster,
        event_id,
        [
            CreateEvent("Trip", "trip", "EUR", ("Ann", "Bob", "Cid")),
            recording(1_001, expense_id=lunch, paid_by=2, description="Lunch"),
            recording(3_000),
            recording(4_444, expense_id=taxi, paid_by=3, among=(1, 2), description="Taxi", category="transport"),
            ReviseExpense(lunch, 1, draft(1_003, paid_by=3, description="Late lunch", notes="with\ncake")),
            DeleteExpense(taxi, 1),
            RestoreExpense(taxi, 2),
            AddMembers(("Dan",)),
            ChangeMember(4, "Dana"),
            RecordImport(batch, "splitwise", "0" * 64, 1),
            RecordExpense(imported, draft(999, description="Old", import_id=batch)),
            paying_back(1, 3, 500, settlement_id=paid_back),
            ReverseSettlement(paid_back, "it was a mistake"),
            paying_back(1, 2, 250),
            ChangeEvent(name="Long trip", event_kind="home", simplify=False),
            recording(700, currency="USD", description="Tickets"),
            recording(50, paid_by=2, among=(2,), description="For herself alone"),
            DeleteExpense(imported, 1),
            UndoImport(batch),
            AddMembers(("Eve",)),
            RemoveMember(5),
            SettleEvent(PlanRequest(strategy="direct")),
            ReopenEvent(),
        ],
    )
    assert len(done) == FULL_LIFE
    return event_id


async def assert_clean(pool: asyncpg.Pool, event_id: UUID) -> None:
    """Verify one event and find nothing wrong with it."""
    verification = await verify(pool, event_ids=[event_id])
    assert verification.findings == ()
    assert verification.events == 1
    assert verification.entries > 0


STORED = """
SELECT 'event' AS stored_in, row_to_json(t)::text AS stored FROM event AS t WHERE event_id = $1
UNION ALL SELECT 'member', row_to_json(t)::text FROM member AS t WHERE event_id = $1
UNION ALL SELECT 'journal', row_to_json(t)::text FROM journal AS t WHERE event_id = $1
UNION ALL SELECT 'transfer', row_to_json(t)::text FROM transfer AS t WHERE event_id = $1
UNION ALL SELECT 'command', row_to_json(t)::text FROM command AS t WHERE event_id = $1
UNION ALL SELECT 'pair_balance', row_to_json(t)::text FROM pair_balance AS t WHERE event_id = $1
UNION ALL SELECT 'position', row_to_json(t)::text FROM position AS t WHERE event_id = $1
UNION ALL SELECT 'expense', row_to_json(t)::text FROM expense AS t WHERE event_id = $1
UNION ALL SELECT 'settlement', row_to_json(t)::text FROM settlement AS t WHERE event_id = $1
UNION ALL SELECT 'import', row_to_json(t)::text FROM import AS t WHERE event_id = $1
ORDER BY 1, 2
"""


async def stored(pool: asyncpg.Pool, event_id: UUID) -> list[tuple[str, str]]:
    """Give everything that is stored of an event: the table and the row, with all its columns."""
    return [tuple(row) for row in await pool.fetch(STORED, event_id)]
