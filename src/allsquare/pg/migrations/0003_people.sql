-- migrate:up

-- Accounts -----------------------------------------------------------------------------------------------------------
-- E-mail addresses and telephone numbers are sealed (AES-GCM) and found again by a keyed hash, the blind index.

ALTER TABLE "user"
    ADD COLUMN email bytea, ADD COLUMN email_index bytea, ADD COLUMN email_verified_at timestamptz,
    ADD COLUMN phone bytea, ADD COLUMN phone_index bytea,
    ADD COLUMN password_hash text, ADD COLUMN password_changed_at timestamptz,
    ADD COLUMN deleted_at timestamptz;
COMMENT ON COLUMN "user".email IS 'Sealed; several may claim an address, one at most has shown that it is theirs.';
CREATE INDEX user_by_email ON "user" (email_index) WHERE email_index IS NOT NULL;
CREATE UNIQUE INDEX user_one_verified_email ON "user" (email_index) WHERE email_verified_at IS NOT NULL;

ALTER TABLE access_token
    ADD COLUMN token_id uuid,
    ADD COLUMN scope text NOT NULL DEFAULT 'admin',
    ADD COLUMN event_id uuid,
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN last_used_at timestamptz;
UPDATE access_token SET token_id = gen_random_uuid();
CREATE UNIQUE INDEX access_token_by_id ON access_token (token_id);

CREATE TABLE session (
    session_id   uuid PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('browser', 'program', 'guest')),
    user_id      uuid REFERENCES "user",
    event_id     uuid,
    member_no    integer,
    link_id      uuid,
    token_hash   bytea UNIQUE CHECK (octet_length(token_hash) = 32),
    device       text NOT NULL,
    scope        text NOT NULL DEFAULT 'admin' CHECK (scope IN ('read', 'write', 'admin')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    CHECK ((kind = 'guest') = (user_id IS NULL)),
    CHECK ((kind = 'guest') = (event_id IS NOT NULL AND member_no IS NOT NULL)),
    CHECK ((kind = 'program') = (token_hash IS NULL))
);
COMMENT ON TABLE session IS 'Who is signed in where; only the sha256 of a session''s token is kept.';
CREATE INDEX session_by_user ON session (user_id, last_seen_at DESC) WHERE user_id IS NOT NULL;
CREATE INDEX session_by_member ON session (event_id, member_no) WHERE event_id IS NOT NULL;

CREATE TABLE refresh_token (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    session_id uuid NOT NULL REFERENCES session,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz
);
COMMENT ON TABLE refresh_token IS 'Each is good once; one that comes again ends its session.';
CREATE INDEX refresh_token_by_session ON refresh_token (session_id);

CREATE TABLE ticket (
    ticket_id   uuid PRIMARY KEY,
    ticket_hash bytea NOT NULL UNIQUE CHECK (octet_length(ticket_hash) = 32),
    purpose     text NOT NULL CHECK (purpose IN ('invite', 'reset', 'verify')),
    user_id     uuid REFERENCES "user",
    email       bytea,
    email_index bytea,
    role        text CHECK (role IN ('admin', 'user')),
    created_by  uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    revoked_at  timestamptz,
    CHECK ((purpose = 'invite') = (user_id IS NULL))
);
COMMENT ON TABLE ticket IS 'What a link that is good once allows: to sign up, to choose a new password, to verify an address.';

CREATE TABLE passkey (
    credential_id bytea PRIMARY KEY,
    passkey_id    uuid NOT NULL UNIQUE,
    user_id       uuid NOT NULL REFERENCES "user",
    public_key    bytea NOT NULL,
    sign_count    bigint NOT NULL CHECK (sign_count >= 0),
    name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_used_at  timestamptz
);
CREATE INDEX passkey_by_user ON passkey (user_id);

CREATE TABLE passkey_challenge (
    challenge  bytea PRIMARY KEY,
    purpose    text NOT NULL CHECK (purpose IN ('register', 'sign_in')),
    user_id    uuid REFERENCES "user",
    expires_at timestamptz NOT NULL
);

CREATE TABLE signing_key (
    key_id      text PRIMARY KEY,
    private_key bytea NOT NULL,
    public_key  bytea NOT NULL CHECK (octet_length(public_key) = 32),
    created_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN signing_key.private_key IS 'Sealed, as e-mail addresses are.';

CREATE TABLE audit (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT now(),
    action   text NOT NULL,
    user_id  uuid,
    actor    uuid,
    network  text,
    detail   json NOT NULL
);
COMMENT ON TABLE audit IS 'What was done to accounts: only ever added to. Whose account, by whom, from which network.';
CREATE INDEX audit_by_user ON audit (user_id, audit_id DESC);
CREATE INDEX audit_by_actor ON audit (actor, audit_id DESC);

-- Groups: rosters that events copy --------------------------------------------------------------------------------------

CREATE TABLE user_group (
    group_id   uuid PRIMARY KEY,
    name       text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    currency   text CHECK (currency ~ '^[A-Z]{3}$'),
    version    integer NOT NULL CHECK (version >= 1),
    created_by uuid NOT NULL REFERENCES "user",
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);

CREATE TABLE group_member (
    group_id  uuid NOT NULL REFERENCES user_group,
    member_no integer NOT NULL CHECK (member_no BETWEEN 1 AND 1000),
    user_id   uuid REFERENCES "user",
    name      text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    role      text NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
    weight    bigint NOT NULL DEFAULT 10000 CHECK (weight >= 0),
    joined_at timestamptz NOT NULL DEFAULT now(),
    left_at   timestamptz,
    PRIMARY KEY (group_id, member_no)
);
COMMENT ON COLUMN group_member.weight IS 'In ten thousandths, as in splits by shares.';
CREATE UNIQUE INDEX group_member_once ON group_member (group_id, user_id) WHERE user_id IS NOT NULL AND left_at IS NULL;
CREATE INDEX group_member_by_user ON group_member (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE group_request (
    command_id   uuid PRIMARY KEY,
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    member_no    integer NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE group_request IS 'What was asked under an idempotency key, and the member it made, so that a retry adds nobody.';

-- Events: who may come in, and who may do what ----------------------------------------------------------------------------

CREATE TABLE link (
    link_id    uuid PRIMARY KEY,
    event_id   uuid NOT NULL,
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    token      bytea NOT NULL,
    role       text NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
    email      bytea,
    max_uses   integer CHECK (max_uses >= 1),
    uses       integer NOT NULL DEFAULT 0 CHECK (uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)),
    created_by uuid NOT NULL,
    maker_no   integer,
    mailed     boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
COMMENT ON COLUMN link.maker_no IS 'Which member made it, where that was a guest; else created_by is the user.';
COMMENT ON COLUMN link.token IS 'Sealed, so that whoever made the link can show it again.';
CREATE INDEX link_by_event ON link (event_id, created_at DESC);

-- A link is good only while whoever made it could make it still, as core/access.py has it: who was removed, left or was
-- demoted brings nobody in, themselves the least.
CREATE FUNCTION link_status(l link) RETURNS text LANGUAGE sql STABLE RETURN CASE
    WHEN l.revoked_at IS NOT NULL THEN 'revoked'
    WHEN NOT (
        EXISTS (SELECT FROM "user" AS u WHERE u.user_id = l.created_by AND u.role = 'owner')
        OR EXISTS (
            SELECT FROM member AS m
            WHERE m.event_id = l.event_id AND (m.user_id = l.created_by OR m.member_no = l.maker_no)
              AND m.role = 'admin' AND m.left_seq IS NULL)
        OR EXISTS (
            SELECT FROM event AS e
            WHERE e.event_id = l.event_id AND e.created_by = l.created_by AND NOT EXISTS (
                SELECT FROM member AS m WHERE m.event_id = e.event_id AND m.user_id = e.created_by))
    ) THEN 'lapsed'
    WHEN l.expires_at <= now() THEN 'expired'
    WHEN l.uses >= l.max_uses THEN 'used_up'
    ELSE 'open'
END;

ALTER TABLE event ADD COLUMN edit_by text NOT NULL DEFAULT 'anyone';
-- squawk-ignore ban-drop-constraint
ALTER TABLE event DROP CONSTRAINT event_kind_check;
ALTER TABLE event ADD CONSTRAINT event_kind_check
    CHECK (kind IN ('trip', 'dinner', 'home', 'couple', 'project', 'direct', 'other')) NOT VALID;
COMMENT ON COLUMN event.edit_by IS 'Who may edit an expense: anyone, payer_and_author, or admins.';
CREATE INDEX event_by_creator ON event (created_by, created_at DESC);

ALTER TABLE member
    ADD COLUMN weight bigint NOT NULL DEFAULT 10000, ADD COLUMN merged_into integer,
    ADD COLUMN forgotten boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN member.weight IS 'In ten thousandths: what a member takes of an expense that names no split.';
CREATE INDEX member_by_user ON member (user_id) WHERE user_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON session, ticket, passkey, user_group, group_member, group_request, link TO allsquare_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_token, passkey_challenge, signing_key TO allsquare_app;
GRANT DELETE ON access_token, session, ticket, passkey, link TO allsquare_app;
GRANT SELECT, INSERT ON audit TO allsquare_app;

-- migrate:down

DROP FUNCTION link_status;
DROP TABLE link, group_request, group_member, user_group, audit, signing_key, passkey_challenge, passkey, ticket, refresh_token, session;
DROP INDEX event_by_creator, member_by_user, user_by_email, user_one_verified_email, access_token_by_id;
ALTER TABLE event DROP COLUMN edit_by;
ALTER TABLE event DROP CONSTRAINT event_kind_check;
ALTER TABLE event ADD CONSTRAINT event_kind_check
    CHECK (kind IN ('trip', 'dinner', 'home', 'couple', 'project', 'other')) NOT VALID;
ALTER TABLE member DROP COLUMN weight, DROP COLUMN merged_into, DROP COLUMN forgotten;
ALTER TABLE access_token
    DROP COLUMN token_id, DROP COLUMN scope, DROP COLUMN event_id, DROP COLUMN expires_at, DROP COLUMN last_used_at;
ALTER TABLE "user"
    DROP COLUMN email, DROP COLUMN email_index, DROP COLUMN email_verified_at, DROP COLUMN phone, DROP COLUMN phone_index,
    DROP COLUMN password_hash, DROP COLUMN password_changed_at, DROP COLUMN deleted_at;
