-- migrate:up

ALTER TABLE event ADD COLUMN settle_by json;
COMMENT ON COLUMN event.settle_by IS 'How plans are made where nothing else is asked; null: by simplify alone.';

ALTER TABLE member ADD COLUMN bank text, ADD COLUMN country text, ADD COLUMN currency text;
COMMENT ON COLUMN member.bank IS 'Where the member''s money lies, for the fees of plans. Personal data, as the name is.';

-- What was last proposed, by how it was asked for, so that the next plan can keep to it. No projection and no debt: it
-- can be lost, and is only believed where it still settles every position.
CREATE TABLE kept_plan (
    event_id     uuid NOT NULL,
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    seq          bigint NOT NULL CHECK (seq >= 1),
    kept_at      timestamptz NOT NULL DEFAULT now(),
    plan         json NOT NULL,
    PRIMARY KEY (event_id, request_hash)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON kept_plan TO allsquare_app;

-- migrate:down

DROP TABLE kept_plan;
ALTER TABLE member DROP COLUMN bank, DROP COLUMN country, DROP COLUMN currency;
ALTER TABLE event DROP COLUMN settle_by;
