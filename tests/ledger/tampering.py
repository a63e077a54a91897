"""Ways to tamper with the history that `builders.full_life` makes, as the owner can, and what verify must say."""

from typing import NamedTuple

from tests.ledger.builders import FULL_LIFE

LAST = FULL_LIFE


class Tampering(NamedTuple):
    """What is done, the rules by which it is found, the entry that is named, and words of the detail.

    Of a tampered chain the first finding is looked at, and some of the rules besides; else the last one, and all rules.
    """

    name: str
    statements: tuple[str, ...]
    rules: tuple[str, ...]
    seq: int | None
    says: str


def chain(name: str, *statements: str, seq: int, says: str = "was altered", also: tuple[str, ...] = ()) -> Tampering:
    return Tampering(name, statements, ("chain", *also), seq, says)


CHAIN = [
    chain(
        "payload",
        "UPDATE journal SET payload = replace(payload::text, 'Dinner', 'Supper')::json WHERE event_id = $1 AND seq = 3",
        seq=3,
    ),
    chain(
        "payload that means the same",
        "UPDATE journal SET payload = (payload::text || ' ')::json WHERE event_id = $1 AND seq = 3",
        seq=3,
    ),
    chain(
        "payload that is no change",
        """UPDATE journal SET payload = '{"kind": "expense.recorded"}' WHERE event_id = $1 AND seq = 3""",
        seq=3,
    ),
    chain(
        "payload that PostgreSQL cannot look into",
        r"""UPDATE journal SET payload = '{"kind": "\u0000"}' WHERE event_id = $1 AND seq = 3""",
        seq=3,
    ),
    chain(
        "recorded_at",
        "UPDATE journal SET recorded_at = recorded_at + interval '1 microsecond' WHERE event_id = $1 AND seq = 4",
        seq=4,
        also=("time",),
    ),
    chain("actor", "UPDATE journal SET actor = gen_random_uuid() WHERE event_id = $1 AND seq = 4", seq=4),
    chain(
        "command id",
        "UPDATE journal SET command_id = gen_random_uuid() WHERE event_id = $1 AND seq = 4",
        seq=4,
        also=("exactly_once",),
    ),
    chain("day", "UPDATE journal SET effective_on = effective_on - 1 WHERE event_id = $1 AND seq = 4", seq=4),
    chain(
        "what it reverses",
        "UPDATE journal SET reverses_seq = 1 WHERE event_id = $1 AND seq = 6",
        seq=6,
        also=("reversal",),
    ),
    chain("reverses nothing", "UPDATE journal SET reverses_seq = NULL WHERE event_id = $1 AND seq = 13", seq=13),
    chain("hash", "UPDATE journal SET hash = decode(repeat('00', 32), 'hex') WHERE event_id = $1 AND seq = 5", seq=5),
    chain(
        "swapped hashes",
        """
        UPDATE journal AS mine SET hash = other.hash FROM journal AS other
        WHERE mine.event_id = $1 AND other.event_id = $1 AND mine.seq IN (4, 5) AND other.seq = 9 - mine.seq
        """,
        seq=4,
    ),
    chain(
        "swapped entries",
        "UPDATE journal SET seq = 1000 WHERE event_id = $1 AND seq = 8",
        "UPDATE journal SET seq = 8 WHERE event_id = $1 AND seq = 9",
        "UPDATE journal SET seq = 9 WHERE event_id = $1 AND seq = 1000",
        seq=8,
    ),
    chain(
        "first entry gone",
        "DELETE FROM journal WHERE event_id = $1 AND seq = 1",
        seq=1,
        says="is missing",
        also=("sequence", "exactly_once"),
    ),
    chain("entry gone", "DELETE FROM journal WHERE event_id = $1 AND seq = 5", seq=5, says="is missing: entry 6"),
    chain(
        "last entry gone",
        "DELETE FROM journal WHERE event_id = $1 AND seq = 23",
        seq=LAST,
        says="is missing: the head stands at 23",
    ),
    chain(
        "last entry and its command gone",
        "DELETE FROM journal WHERE event_id = $1 AND seq = 23",
        "DELETE FROM command WHERE event_id = $1 AND seq = 23",
        seq=LAST,
        says="is missing",
    ),
    chain(
        "whole history gone",
        "DELETE FROM journal WHERE event_id = $1",
        "DELETE FROM transfer WHERE event_id = $1",
        seq=1,
        says="is missing",
    ),
    chain(
        "entry added",
        """
        INSERT INTO journal (event_id, seq, command_id, kind, actor, effective_on, recorded_at, payload, hash)
        SELECT event_id, 24, gen_random_uuid(), kind, actor, effective_on, recorded_at + interval '1 day', payload, hash
        FROM journal WHERE event_id = $1 AND seq = 23
        """,
        seq=LAST + 1,
    ),
    chain(
        "gap and an entry beyond it",
        "UPDATE journal SET seq = 25 WHERE event_id = $1 AND seq = 23",
        seq=LAST,
        says="is missing: entry 25 follows",
    ),
    chain(
        "amount of a transfer",
        "UPDATE transfer SET amount_minor = amount_minor + 1 WHERE event_id = $1 AND seq = 3 AND line = 1",
        seq=3,
        also=("position", "pair_balance"),
    ),
    chain(
        "transfer turned round",
        """
        UPDATE transfer SET debit_member = credit_member, credit_member = debit_member
        WHERE event_id = $1 AND seq = 3 AND line = 1
        """,
        seq=3,
    ),
    chain(
        "currency of a transfer",
        "UPDATE transfer SET currency = 'USD' WHERE event_id = $1 AND seq = 3 AND line = 1",
        seq=3,
    ),
    chain(
        "transfer gone",
        "DELETE FROM transfer WHERE event_id = $1 AND seq = 5 AND line = -1",
        seq=5,
        also=("position", "pair_balance", "reversal"),
    ),
    chain(
        "transfer added",
        "INSERT INTO transfer VALUES ($1, 1, 1, 1, 2, 'EUR', 100)",
        seq=1,
    ),
    chain("line renumbered", "UPDATE transfer SET line = 2 WHERE event_id = $1 AND seq = 14 AND line = 1", seq=14),
    chain(
        "hash of the head",
        "UPDATE event SET head_hash = decode(repeat('00', 32), 'hex') WHERE event_id = $1",
        seq=LAST,
        says="the head's hash",
    ),
    chain("head ahead", "UPDATE event SET seq = 30 WHERE event_id = $1", seq=LAST + 1, says="the head stands at 30"),
    chain("head behind", "UPDATE event SET seq = 22 WHERE event_id = $1", seq=LAST, says="goes beyond the head"),
]
