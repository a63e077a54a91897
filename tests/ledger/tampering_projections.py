"""Ways to tamper with the projections of `builders.full_life`, as the owner can, and what verify must say."""

from tests.ledger.tampering import LAST, Tampering


def derived(name: str, *statements: str, rules: tuple[str, ...] | str, says: str, seq: int | None = None) -> Tampering:
    return Tampering(name, statements, (rules,) if isinstance(rules, str) else rules, seq, says)


DERIVED = [
    derived(
        "kind of an entry",
        "UPDATE journal SET kind = 'expense.deleted' WHERE event_id = $1 AND seq = 3",
        rules="kind",
        says="entry 3 is called expense.deleted, its payload says expense.recorded",
    ),
    derived(
        "counters of a position",
        """
        UPDATE position SET debits = debits + 5, paid = paid - 5
        WHERE event_id = $1 AND member_no = 2 AND currency = 'EUR'
        """,
        rules=("conservation", "position", "replay.position", "replay.position"),
        says="position 2 EUR: paid is 45, the journal says 50",
        seq=18,
    ),
    derived(
        "what a member paid and consumed",
        """
        UPDATE position SET paid = paid + 5, share = share + 5
        WHERE event_id = $1 AND member_no = 2 AND currency = 'USD'
        """,
        rules=("replay.position", "replay.position"),
        says="position 2 USD: share is 180, the journal says 175",
        seq=16,
    ),
    derived(
        "what a member sent and received",
        "UPDATE position SET sent = 7, received = 7 WHERE event_id = $1 AND member_no = 2 AND currency = 'USD'",
        rules=("replay.position", "replay.position"),
        says="received is 7, the journal says 0",
        seq=16,
    ),
    derived(
        "position gone",
        "DELETE FROM position WHERE event_id = $1 AND member_no = 2 AND currency = 'USD'",
        rules=("conservation", "position", "replay.position"),
        says="position 2 USD is in the journal, but not stored",
        seq=16,
    ),
    derived(
        "position added",
        "INSERT INTO position VALUES ($1, 4, 'JPY', 0, 0, 0, 0, 0, 0, 1)",
        rules="replay.position",
        says="position 4 JPY is stored, but not in the journal",
    ),
    derived(
        "pair balance",
        "UPDATE pair_balance SET lo_owes = lo_owes + 1, hi_owes = hi_owes + 1 WHERE event_id = $1 AND lo_member = 2",
        rules=("pair_balance", "replay.pair_balance", "replay.pair_balance"),
        says="pair_balance 2 3 EUR: hi_owes is",
        seq=7,
    ),
    derived(
        "last entry of a pair balance",
        "UPDATE pair_balance SET last_seq = 1 WHERE event_id = $1 AND lo_member = 2",
        rules="replay.pair_balance",
        says="last_seq is 1, the journal says 7",
        seq=7,
    ),
    derived(
        "pair balance gone",
        "DELETE FROM pair_balance WHERE event_id = $1 AND lo_member = 2",
        rules=("pair_balance", "replay.pair_balance"),
        says="pair_balance 2 3 EUR is in the journal, but not stored",
        seq=7,
    ),
    derived(
        "pair balance added",
        "INSERT INTO pair_balance VALUES ($1, 1, 2, 'JPY', 1, 0, 1)",
        rules=("pair_balance", "replay.pair_balance"),
        says="pair_balance 1 2 JPY is stored, but not in the journal",
    ),
    derived(
        "description of an expense",
        "UPDATE expense SET description = 'Supper' WHERE event_id = $1 AND seq = 3",
        rules="replay.expense",
        says="description is Supper, the journal says Dinner",
        seq=3,
    ),
    derived(
        "content of an expense",
        "UPDATE expense SET content = replace(content::text, '1000', '1001')::json WHERE event_id = $1 AND seq = 3",
        rules="replay.expense",
        says="content is",
        seq=3,
    ),
    derived(
        "members of an expense",
        "UPDATE expense SET members = ARRAY[1, 2] WHERE event_id = $1 AND seq = 3",
        rules="replay.expense",
        says="members is {1,2}, the journal says {1,2,3}",
        seq=3,
    ),
    derived(
        "category, day, import, time, author of an expense",
        """
        UPDATE expense SET category = 'food', effective_on = effective_on - 1, import_id = gen_random_uuid(),
               updated_at = updated_at - interval '1 second', created_at = created_at - interval '1 second',
               created_by = gen_random_uuid(), created_seq = 1
        WHERE event_id = $1 AND seq = 3
        """,
        rules=("replay.expense",) * 7,
        says="import_id is",
        seq=3,
    ),
    derived(
        "expense declared deleted",
        "UPDATE expense SET deleted = true WHERE event_id = $1 AND seq = 3",
        rules="replay.expense",
        says="deleted is True, the journal says False",
        seq=3,
    ),
    derived(
        "expense set back to a former entry",
        "UPDATE expense SET seq = 2 WHERE event_id = $1 AND seq = 5",
        rules=("expense", "replay.expense"),
        says="seq is 2, the journal says 5",
        seq=5,
    ),
    derived(
        "expense set on",
        "UPDATE expense SET seq = 1000 WHERE event_id = $1 AND seq = 5",
        rules=("expense", "replay.expense"),
        says="stands at entry 1000, which is not the last of it",
        seq=1000,
    ),
    derived(
        "version of an expense",
        "UPDATE expense SET version = 2 WHERE event_id = $1 AND seq = 3",
        rules=("expense", "replay.expense"),
        says="version is 2, the journal says 1",
        seq=3,
    ),
    derived(
        "expense gone",
        "DELETE FROM expense WHERE event_id = $1 AND seq = 3",
        rules="replay.expense",
        says="is in the journal, but not stored",
        seq=3,
    ),
    derived(
        "expense added",
        """
        INSERT INTO expense SELECT event_id, gen_random_uuid(), version, seq, created_seq, created_at, created_by,
                                   updated_at, deleted, effective_on, description, category, members, import_id, content
        FROM expense WHERE event_id = $1 AND seq = 3
        """,
        rules="expense",
        says="which the journal does not hold",
    ),
    derived(
        "seat of a member",
        "UPDATE member SET role = 'admin', joined_seq = 2, left_seq = 9 WHERE event_id = $1 AND member_no = 4",
        rules=("replay.member",) * 3,
        says="member 4: left_seq is 9, the journal says None",
        seq=8,
    ),
    derived(
        "member gone",
        "DELETE FROM member WHERE event_id = $1 AND member_no = 2",
        rules=("roster", "roster", "replay.member"),
        says="member 2 is in the journal, but not stored",
        seq=1,
    ),
    derived(
        "member added",
        "INSERT INTO member VALUES ($1, 9, NULL, 'Zoe', 'admin', 3)",
        rules="replay.member",
        says="member 9 is stored, but not in the journal",
    ),
    derived(
        "settlement",
        "UPDATE settlement SET content = replace(content::text, '250', '350')::json WHERE event_id = $1 AND seq = 14",
        rules="replay.settlement",
        says='"amount_minor":350',
        seq=14,
    ),
    derived(
        "reversal of a settlement forgotten",
        "UPDATE settlement SET reversed_seq = NULL, reversed_reason = NULL WHERE event_id = $1 AND seq = 12",
        rules=("replay.settlement", "replay.settlement"),
        says="reversed_reason is None, the journal says it was a mistake",
        seq=12,
    ),
    derived(
        "settlement gone",
        "DELETE FROM settlement WHERE event_id = $1 AND seq = 14",
        rules="replay.settlement",
        says="is in the journal, but not stored",
        seq=14,
    ),
    derived(
        "import",
        "UPDATE import SET row_count = 7, undone_seq = NULL WHERE event_id = $1",
        rules=("replay.import", "replay.import"),
        says="undone_seq is None, the journal says 19",
        seq=10,
    ),
    derived(
        "import added",
        "INSERT INTO import VALUES ($1, gen_random_uuid(), 3, 'other', '', 0, now(), gen_random_uuid())",
        rules="replay.import",
        says="is stored, but not in the journal",
    ),
    derived(
        "every part of the head",
        """
        UPDATE event SET name = 'Other', kind = 'dinner', currency = 'USD', simplify = true, status = 'settlement',
               version = version + 1, roster_seq = 1, plan_seq = 1, volume_minor = 0, created_by = gen_random_uuid(),
               created_at = created_at - interval '1 second', recorded_at = recorded_at + interval '1 second'
        WHERE event_id = $1
        """,
        rules=("replay.event",) * 12,
        says="event: recorded_at is",
        seq=LAST,
    ),
    derived(
        "event declared cleared",
        "UPDATE event SET status = 'cleared' WHERE event_id = $1",
        rules=("cleared",) * 7 + ("replay.event",),
        says="event: status is cleared, the journal says active",
        seq=LAST,
    ),
    derived(
        "head gone",
        "DELETE FROM event WHERE event_id = $1",
        rules=("sequence", "replay.event"),
        says="the event has a journal, but no head",
        seq=LAST,
    ),
    derived(
        "command gone",
        "DELETE FROM command WHERE event_id = $1 AND seq = 3",
        rules="exactly_once",
        says="entry 3 has no command of its id",
    ),
    derived(
        "command of another entry",
        "UPDATE command SET seq = 4 WHERE event_id = $1 AND seq = 3",
        rules="exactly_once",
        says="entry 3",
    ),
    derived(
        "command added",
        "INSERT INTO command VALUES ($1, gen_random_uuid(), decode(repeat('00', 32), 'hex'), NULL, 3)",
        rules="exactly_once",
        says="command 3 no entry",
    ),
    derived(
        "transfer of no entry",
        "INSERT INTO transfer VALUES ($1, 99, 1, 1, 2, 'EUR', 100)",
        rules=("position", "position", "pair_balance", "orphan"),
        says="transfer 99.1 has no journal entry",
    ),
]

# What is done to the journal of several pages in test_verify.py: its expense of 10.00 was recorded by entry 2 and
# revised last by the very last one, 1005.
LONG = [
    derived(
        "stands at an entry that comes, but not of this expense",
        "UPDATE expense SET seq = 600 WHERE event_id = $1 AND seq = 1005",
        rules=("expense", "replay.expense"),
        says="seq is 600",
        seq=1005,
    ),
]
