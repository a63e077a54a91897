-- migrate:up

-- People ------------------------------------------------------------------------------------------------------------

CREATE TABLE "user" (
    user_id    uuid PRIMARY KEY,
    name       text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    role       text NOT NULL CHECK (role IN ('owner', 'admin', 'user')),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX user_one_owner ON "user" (role) WHERE role = 'owner';

CREATE TABLE access_token (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    user_id    uuid NOT NULL REFERENCES "user",
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
COMMENT ON TABLE access_token IS 'Bearer tokens; only their sha256 is kept.';

-- The ledger ----------------------------------------------------------------------------------------------------------
-- Every key starts with event_id: one PostgreSQL or one distributed by Citus, without a change of query.

CREATE TABLE event (
    event_id     uuid PRIMARY KEY,
    name         text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    kind         text NOT NULL CHECK (kind IN ('trip', 'dinner', 'home', 'couple', 'project', 'other')),
    currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    simplify     boolean NOT NULL,
    status       text NOT NULL CHECK (status IN ('new', 'active', 'settlement', 'cleared', 'archived', 'deleted')),
    version      integer NOT NULL CHECK (version >= 1),
    seq          bigint NOT NULL CHECK (seq >= 1),
    head_hash    bytea NOT NULL CHECK (octet_length(head_hash) = 32),
    roster_seq   bigint NOT NULL CHECK (roster_seq BETWEEN 1 AND seq),
    plan_seq     bigint CHECK (plan_seq BETWEEN 1 AND seq),
    volume_minor bigint NOT NULL CHECK (volume_minor BETWEEN 0 AND 4000000000000000000),
    created_at   timestamptz NOT NULL,
    created_by   uuid NOT NULL,
    recorded_at  timestamptz NOT NULL CHECK (recorded_at >= created_at)
) WITH (fillfactor = 50);
COMMENT ON TABLE event IS 'The head of each event: the only row lock, the end of its hash chain.';
CREATE INDEX event_newest ON event (created_at DESC, event_id);

CREATE TABLE member (
    event_id   uuid NOT NULL,
    member_no  integer NOT NULL CHECK (member_no BETWEEN 1 AND 1000),
    user_id    uuid,
    name       text NOT NULL CHECK (char_length(name) <= 100),
    role       text NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
    joined_seq bigint NOT NULL CHECK (joined_seq >= 1),
    left_seq   bigint CHECK (left_seq > joined_seq),
    PRIMARY KEY (event_id, member_no)
);
COMMENT ON COLUMN member.name IS 'Personal data: never in the journal, so that a person can be forgotten.';

CREATE TABLE journal (
    event_id     uuid NOT NULL,
    seq          bigint NOT NULL CHECK (seq >= 1),
    command_id   uuid NOT NULL,
    kind         text NOT NULL,
    reverses_seq bigint CHECK (reverses_seq < seq),
    actor        uuid NOT NULL,
    effective_on date NOT NULL,
    recorded_at  timestamptz NOT NULL,
    payload      json NOT NULL,
    hash         bytea NOT NULL CHECK (octet_length(hash) = 32),
    tx           xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (event_id, seq),
    UNIQUE (event_id, command_id)
) PARTITION BY HASH (event_id);
COMMENT ON TABLE journal IS 'The truth: one row per accepted command, never changed.';
COMMENT ON COLUMN journal.payload IS 'json, not jsonb: the hash covers this very text.';
CREATE UNIQUE INDEX journal_reversed_once ON journal (event_id, reverses_seq) WHERE reverses_seq IS NOT NULL;

CREATE TABLE transfer (
    event_id      uuid NOT NULL,
    seq           bigint NOT NULL,
    line          integer NOT NULL CHECK (line <> 0),
    debit_member  integer NOT NULL,
    credit_member integer NOT NULL,
    currency      text NOT NULL,
    amount_minor  bigint NOT NULL CHECK (amount_minor > 0),
    CHECK (debit_member <> credit_member),
    PRIMARY KEY (event_id, seq, line)
) PARTITION BY HASH (event_id);
COMMENT ON COLUMN transfer.line IS 'above zero: added by the entry; below: takes that line of the reversed entry back.';

CREATE TABLE journal_0 PARTITION OF journal FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE journal_1 PARTITION OF journal FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE journal_2 PARTITION OF journal FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE journal_3 PARTITION OF journal FOR VALUES WITH (MODULUS 4, REMAINDER 3);
CREATE TABLE transfer_0 PARTITION OF transfer FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE transfer_1 PARTITION OF transfer FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE transfer_2 PARTITION OF transfer FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE transfer_3 PARTITION OF transfer FOR VALUES WITH (MODULUS 4, REMAINDER 3);

CREATE TABLE command (
    event_id     uuid NOT NULL,
    command_id   uuid NOT NULL,
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    outcome      json,
    seq          bigint,
    PRIMARY KEY (event_id, command_id),
    CHECK ((seq IS NULL) <> (outcome IS NULL))
);
COMMENT ON TABLE command IS 'Idempotency, kept for ever: the entry a command became, or the refusal it got.';

-- Projections: folds over the journal, written in its transaction ----------------------------------------------------

CREATE TABLE pair_balance (
    event_id  uuid NOT NULL,
    lo_member integer NOT NULL,
    hi_member integer NOT NULL,
    currency  text NOT NULL,
    lo_owes   bigint NOT NULL CHECK (lo_owes >= 0),
    hi_owes   bigint NOT NULL CHECK (hi_owes >= 0),
    last_seq  bigint NOT NULL,
    CHECK (lo_member < hi_member),
    PRIMARY KEY (event_id, lo_member, hi_member, currency)
) WITH (fillfactor = 50);

CREATE TABLE position (
    event_id  uuid NOT NULL,
    member_no integer NOT NULL,
    currency  text NOT NULL,
    debits    bigint NOT NULL CHECK (debits >= 0),
    credits   bigint NOT NULL CHECK (credits >= 0),
    paid      bigint NOT NULL,
    share     bigint NOT NULL,
    sent      bigint NOT NULL,
    received  bigint NOT NULL,
    last_seq  bigint NOT NULL,
    CHECK (credits - debits = paid - share + sent - received),
    PRIMARY KEY (event_id, member_no, currency)
) WITH (fillfactor = 50);

CREATE TABLE expense (
    event_id     uuid NOT NULL,
    expense_id   uuid NOT NULL,
    version      integer NOT NULL CHECK (version >= 1),
    seq          bigint NOT NULL,
    created_seq  bigint NOT NULL CHECK (created_seq <= seq),
    created_at   timestamptz NOT NULL,
    created_by   uuid NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted      boolean NOT NULL,
    effective_on date NOT NULL,
    description  text NOT NULL CHECK (char_length(description) BETWEEN 1 AND 200),
    category     text,
    members      integer[] NOT NULL,
    import_id    uuid,
    content      json NOT NULL,
    PRIMARY KEY (event_id, expense_id)
);
CREATE INDEX expense_newest ON expense (event_id, effective_on DESC, created_seq DESC);

CREATE TABLE settlement (
    event_id        uuid NOT NULL,
    settlement_id   uuid NOT NULL,
    seq             bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    created_by      uuid NOT NULL,
    effective_on    date NOT NULL,
    import_id       uuid,
    content         json NOT NULL,
    reversed_seq    bigint CHECK (reversed_seq > seq),
    reversed_reason text,
    CHECK ((reversed_seq IS NULL) = (reversed_reason IS NULL)),
    PRIMARY KEY (event_id, settlement_id)
);
CREATE INDEX settlement_newest ON settlement (event_id, effective_on DESC, seq DESC);

CREATE TABLE import (
    event_id    uuid NOT NULL,
    import_id   uuid NOT NULL,
    seq         bigint NOT NULL,
    source      text NOT NULL,
    file_sha256 text NOT NULL,
    row_count   integer NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  uuid NOT NULL,
    undone_seq  bigint CHECK (undone_seq > seq),
    PRIMARY KEY (event_id, import_id)
);
CREATE INDEX import_by_id ON import (import_id);

-- What must never be: a row here is a defect or a forgery. `allsquare verify` reads it, and so does every test. --------

-- Every part groups and joins by event_id, so `WHERE event_id = …` reaches each of its scans: one event is checked in a
-- millisecond or two among millions. A CTE that is used twice would stop it on its way, hence NOT MATERIALIZED.

CREATE VIEW violation AS
WITH moved AS (
    SELECT event_id, debit_member AS member_no, currency, amount_minor AS debit, 0::bigint AS credit FROM transfer
    UNION ALL
    SELECT event_id, credit_member, currency, 0::bigint, amount_minor FROM transfer
), derived AS NOT MATERIALIZED (
    SELECT event_id, member_no, currency, sum(debit) AS debits, sum(credit) AS credits
    FROM moved GROUP BY event_id, member_no, currency
), paired AS (
    SELECT event_id, least(debit_member, credit_member) AS lo_member, greatest(debit_member, credit_member) AS hi_member,
           currency,
           sum(CASE WHEN debit_member < credit_member THEN amount_minor ELSE 0 END) AS lo_owes,
           sum(CASE WHEN debit_member > credit_member THEN amount_minor ELSE 0 END) AS hi_owes
    FROM transfer
    GROUP BY event_id, least(debit_member, credit_member), greatest(debit_member, credit_member), currency
), counted AS (
    SELECT event_id, count(*) AS entries, min(seq) AS first_seq, max(seq) AS last_seq FROM journal GROUP BY event_id
)
SELECT event_id, 'conservation'::text AS rule,
       format('positions in %s sum to %s', currency, sum(credits - debits)) AS detail
FROM position GROUP BY event_id, currency HAVING sum(credits - debits) <> 0
UNION ALL
SELECT event_id, 'position', format('member %s %s: stored %s/%s, transfers say %s/%s', member_no, currency,
       p.debits, p.credits, d.debits, d.credits)
FROM position AS p FULL JOIN derived AS d USING (event_id, member_no, currency)
WHERE coalesce(p.debits, 0) <> coalesce(d.debits, 0) OR coalesce(p.credits, 0) <> coalesce(d.credits, 0)
UNION ALL
SELECT event_id, 'pair_balance', format('members %s and %s %s: stored %s/%s, transfers say %s/%s', lo_member, hi_member,
       currency, b.lo_owes, b.hi_owes, d.lo_owes, d.hi_owes)
FROM pair_balance AS b FULL JOIN paired AS d USING (event_id, lo_member, hi_member, currency)
WHERE coalesce(b.lo_owes, 0) <> coalesce(d.lo_owes, 0) OR coalesce(b.hi_owes, 0) <> coalesce(d.hi_owes, 0)
UNION ALL
SELECT event_id, 'sequence', format('the head is at %s, the journal holds %s entries from %s to %s', e.seq, c.entries,
       c.first_seq, c.last_seq)
FROM event AS e FULL JOIN counted AS c USING (event_id)
WHERE e.seq IS DISTINCT FROM c.entries OR c.first_seq IS DISTINCT FROM 1 OR e.seq IS DISTINCT FROM c.last_seq
UNION ALL
SELECT event_id, 'time', format('entry %s was recorded at %s, not after the one before it', seq, recorded_at)
FROM (SELECT event_id, seq, recorded_at, lag(recorded_at) OVER (PARTITION BY event_id ORDER BY seq) AS before
      FROM journal) AS timed
WHERE recorded_at <= before
UNION ALL
SELECT event_id, 'kind', format('entry %s is called %s, its payload says %s', seq, kind, payload ->> 'kind')
FROM journal WHERE kind IS DISTINCT FROM payload ->> 'kind'
UNION ALL
SELECT event_id, 'exactly_once', format('entry %s has no command of its id, or command %s no entry', j.seq, c.seq)
FROM journal AS j FULL JOIN (SELECT event_id, command_id, seq FROM command WHERE seq IS NOT NULL) AS c
     USING (event_id, command_id)
WHERE j.seq IS DISTINCT FROM c.seq
UNION ALL
SELECT event_id, 'orphan', format('transfer %s.%s has no journal entry', t.seq, t.line)
FROM transfer AS t LEFT JOIN journal AS j USING (event_id, seq) WHERE j.seq IS NULL
UNION ALL
SELECT event_id, 'roster', format('transfers speak of member %s, who is not in the event', d.member_no)
FROM derived AS d LEFT JOIN member AS m USING (event_id, member_no) WHERE m.member_no IS NULL
UNION ALL
SELECT coalesce(back.event_id, gone.event_id), 'reversal',
       format('entry %s does not mirror line %s of entry %s', coalesce(back.seq, gone.reversing_seq),
              coalesce(back.line, gone.line), coalesce(back.reverses_seq, gone.seq))
FROM (SELECT t.event_id, t.seq, j.reverses_seq, t.line, t.debit_member, t.credit_member, t.currency, t.amount_minor
      FROM transfer AS t JOIN journal AS j USING (event_id, seq)
      WHERE j.reverses_seq IS NOT NULL AND (t.line < 0 OR j.kind = 'expense.restored')) AS back
FULL JOIN
     (SELECT t.event_id, t.seq, j.seq AS reversing_seq, t.line, t.debit_member, t.credit_member, t.currency,
             t.amount_minor
      FROM journal AS j JOIN transfer AS t ON t.event_id = j.event_id AND t.seq = j.reverses_seq
      WHERE t.line > 0 OR j.kind = 'expense.restored') AS gone
ON back.event_id = gone.event_id AND back.reverses_seq = gone.seq AND back.seq = gone.reversing_seq
   AND back.line = -gone.line AND back.debit_member = gone.credit_member AND back.credit_member = gone.debit_member
   AND back.currency = gone.currency AND back.amount_minor = gone.amount_minor
WHERE back.event_id IS NULL OR gone.event_id IS NULL
UNION ALL
SELECT x.event_id, 'expense', format('expense %s stands at entry %s, version %s, which the journal does not hold',
       x.expense_id, x.seq, x.version)
FROM expense AS x
LEFT JOIN journal AS j ON j.event_id = x.event_id AND j.seq = x.seq
     AND j.payload ->> 'expense_id' = x.expense_id::text AND j.payload ->> 'version' = x.version::text
WHERE j.seq IS NULL
UNION ALL
SELECT e.event_id, 'cleared', format('the event is %s, but member %s is at %s %s', e.status, p.member_no,
       p.credits - p.debits, p.currency)
FROM event AS e JOIN position AS p USING (event_id)
WHERE e.status IN ('cleared', 'archived') AND p.credits <> p.debits;

-- Rights: history is only ever added to ------------------------------------------------------------------------------

GRANT SELECT, INSERT ON journal, transfer, command TO allsquare_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON event, member, pair_balance, position, expense, settlement, import TO allsquare_app;
GRANT SELECT, INSERT, UPDATE ON "user", access_token TO allsquare_app;
GRANT SELECT ON violation TO allsquare_app;

-- migrate:down

DROP VIEW violation;
DROP TABLE import, settlement, expense, position, pair_balance, command, transfer, journal, member, event,
    access_token, "user";
