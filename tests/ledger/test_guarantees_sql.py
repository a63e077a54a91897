"""PostgreSQL itself holds what the ledger promises, whatever the program above it does."""

import asyncpg
import pytest

from tests.ledger.builders import full_life, stored

# As the application. UPDATE needs no row to be refused, and a partition is no way round.
FORBIDDEN = [
    "UPDATE journal SET actor = actor",
    "UPDATE journal_0 SET actor = actor",
    "UPDATE transfer SET amount_minor = amount_minor",
    "UPDATE transfer_3 SET amount_minor = amount_minor",
    "UPDATE command SET outcome = outcome",
    "DELETE FROM journal",
    "DELETE FROM journal_1",
    "DELETE FROM transfer",
    "DELETE FROM transfer_2",
    "DELETE FROM command",
    "TRUNCATE journal",
    "TRUNCATE journal_2",
    "TRUNCATE transfer",
    "TRUNCATE transfer_1",
    "TRUNCATE command",
    "TRUNCATE event, member, expense, settlement, import, position, pair_balance",
    "DROP TABLE journal",
    "ALTER TABLE journal DISABLE TRIGGER ALL",
    "ALTER TABLE transfer DROP CONSTRAINT transfer_amount_minor_check",
    "CREATE TABLE mine (n integer)",
    "INSERT INTO journal_0 SELECT event_id FROM journal",
    "CREATE OR REPLACE VIEW violation AS SELECT 1",
]

# As the owner, whom nothing but the constraint stops; each makes a sound row a bad one.
BAD_ROWS = [
    "UPDATE event SET name = ''",
    "UPDATE event SET name = repeat('x', 101)",
    "UPDATE event SET kind = 'party'",
    "UPDATE event SET currency = 'euro'",
    "UPDATE event SET status = 'closed'",
    "UPDATE event SET version = 0",
    "UPDATE event SET seq = 0",
    "UPDATE event SET head_hash = '\\x00'",
    "UPDATE event SET roster_seq = seq + 1",
    "UPDATE event SET plan_seq = seq + 1",
    "UPDATE event SET volume_minor = -1",
    "UPDATE event SET volume_minor = 4000000000000000001",
    "UPDATE event SET recorded_at = created_at - interval '1 second'",
    "UPDATE member SET member_no = 0",
    "UPDATE member SET member_no = 1001",
    "UPDATE member SET name = repeat('x', 101)",
    "UPDATE member SET role = 'king'",
    "UPDATE member SET joined_seq = 0",
    "UPDATE member SET left_seq = joined_seq",
    "UPDATE journal SET seq = 0 WHERE seq = 1",
    "UPDATE journal SET reverses_seq = seq",
    "UPDATE journal SET hash = '\\x00'",
    "UPDATE transfer SET amount_minor = 0",
    "UPDATE transfer SET amount_minor = -5",
    "UPDATE transfer SET credit_member = debit_member",
    "UPDATE transfer SET line = 0",
    "UPDATE command SET request_hash = '\\x00'",
    "UPDATE command SET outcome = '{}'",
    "UPDATE command SET seq = NULL",
    "UPDATE pair_balance SET lo_member = hi_member",
    "UPDATE pair_balance SET lo_member = hi_member, hi_member = lo_member",
    "UPDATE pair_balance SET lo_owes = -1",
    "UPDATE pair_balance SET hi_owes = -1",
    "UPDATE position SET debits = debits + 1",
    "UPDATE position SET credits = credits + 1",
    "UPDATE position SET paid = paid + 1",
    "UPDATE position SET share = share + 1",
    "UPDATE position SET sent = sent + 1",
    "UPDATE position SET received = received + 1",
    "UPDATE position SET debits = -1, credits = -1 - share + paid + sent - received",
    "UPDATE expense SET version = 0",
    "UPDATE expense SET created_seq = seq + 1",
    "UPDATE expense SET description = ''",
    "UPDATE expense SET description = repeat('x', 201)",
    "UPDATE settlement SET reversed_seq = seq",
    "UPDATE settlement SET reversed_reason = 'none'",
    "UPDATE import SET undone_seq = seq",
]

NOT_NULL = [
    "UPDATE journal SET payload = NULL",
    "UPDATE journal SET actor = NULL",
    "UPDATE journal SET hash = NULL",
    "UPDATE transfer SET amount_minor = NULL",
    "UPDATE transfer SET currency = NULL",
    "UPDATE command SET request_hash = NULL",
    "UPDATE position SET paid = NULL",
    "UPDATE pair_balance SET lo_owes = NULL",
    "UPDATE event SET head_hash = NULL",
    "UPDATE expense SET content = NULL",
]

# What is inserted stands there already.
TWICE = [
    """
    INSERT INTO journal (event_id, seq, command_id, kind, actor, effective_on, recorded_at, payload, hash)
    SELECT event_id, seq, gen_random_uuid(), kind, actor, effective_on, recorded_at, payload, hash
    FROM journal WHERE event_id = $1 AND seq = 3
    """,
    """
    INSERT INTO journal (event_id, seq, command_id, kind, actor, effective_on, recorded_at, payload, hash)
    SELECT event_id, 1000, command_id, kind, actor, effective_on, recorded_at, payload, hash
    FROM journal WHERE event_id = $1 AND seq = 3
    """,
    """
    INSERT INTO journal (event_id, seq, command_id, kind, reverses_seq, actor, effective_on, recorded_at, payload, hash)
    SELECT event_id, 1000, gen_random_uuid(), kind, reverses_seq, actor, effective_on, recorded_at, payload, hash
    FROM journal WHERE event_id = $1 AND seq = 6
    """,
    """
    INSERT INTO transfer (event_id, seq, line, debit_member, credit_member, currency, amount_minor)
    SELECT event_id, seq, line, debit_member, credit_member, currency, amount_minor
    FROM transfer WHERE event_id = $1 AND seq = 3
    """,
    """
    INSERT INTO command (event_id, command_id, request_hash, outcome, seq)
    SELECT event_id, command_id, request_hash, outcome, seq FROM command WHERE event_id = $1 AND seq = 3
    """,
    """
    INSERT INTO event (event_id, name, kind, currency, simplify, status, version, seq, head_hash, roster_seq, plan_seq,
                       volume_minor, created_at, created_by, recorded_at)
    SELECT event_id, name, kind, currency, simplify, status, version, seq, head_hash, roster_seq, plan_seq,
           volume_minor, created_at, created_by, recorded_at
    FROM event WHERE event_id = $1
    """,
]
TWICE_IDS = ["seq", "command in the journal", "reversal", "line of a transfer", "command", "event"]


@pytest.fixture
async def whole(pool, poster):
    """Return an event in which everything happened, and see that a refusal left all of it as it was."""
    event_id = await full_life(poster)
    before = await stored(pool, event_id)
    yield event_id
    assert await stored(pool, event_id) == before


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_application_has_no_right_to_do_it(statement: str, pool, whole) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute(statement)


@pytest.mark.parametrize("statement", BAD_ROWS)
async def test_a_row_that_breaks_a_rule_is_refused(statement: str, owner, whole) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(statement)


@pytest.mark.parametrize("statement", NOT_NULL)
async def test_a_row_that_lacks_something_is_refused(statement: str, owner, whole) -> None:
    with pytest.raises(asyncpg.NotNullViolationError):
        await owner.execute(statement)


@pytest.mark.parametrize("statement", TWICE, ids=TWICE_IDS)
async def test_nothing_is_there_twice(statement: str, owner, whole) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await owner.execute(statement, whole)


UNMIRRORED = """
SELECT back.seq, back.line
FROM journal AS entry JOIN transfer AS back ON back.event_id = entry.event_id AND back.seq = entry.seq AND back.line < 0
LEFT JOIN transfer AS gone ON gone.event_id = entry.event_id AND gone.seq = entry.reverses_seq
     AND gone.line = -back.line AND gone.debit_member = back.credit_member AND gone.credit_member = back.debit_member
     AND gone.currency = back.currency AND gone.amount_minor = back.amount_minor
WHERE entry.event_id = $1 AND gone.seq IS NULL
"""

REVERSALS = """
SELECT count(*) AS reversals, count(DISTINCT reverses_seq) AS reversed
FROM journal WHERE event_id = $1 AND reverses_seq IS NOT NULL
"""


async def test_every_reversal_mirrors_one_entry_once(pool, whole) -> None:
    assert await pool.fetch(UNMIRRORED, whole) == []
    assert tuple(await pool.fetchrow(REVERSALS, whole)) == (5, 5)
