-- When the personal data of a request was destroyed; its skeleton stays.
ALTER TABLE requests ADD COLUMN destroyed_at TIMESTAMP;
CREATE INDEX requests_to_destroy ON requests (operator_id, final_at, id) WHERE final_at IS NOT NULL AND destroyed_at IS NULL;

-- What was destroyed, kept for ever: a restored backup is cleaned by it. No personal data, and no reference to the request's row,
-- which a backup from before it lacks.
CREATE TABLE tombstones (
    request_id TEXT PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    destroyed_at TIMESTAMP NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX tombstones_by_time ON tombstones (destroyed_at, request_id);

-- Files that are to be deleted. The row is written with the destruction; the file goes after it, also when a crash came between.
CREATE TABLE doomed_files (
    store TEXT NOT NULL,
    name TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (store, name)
);

-- Mails to staff that belong to no request are forgotten some time after they left.
CREATE INDEX outbox_of_no_request ON outbox (created_at) WHERE request_id IS NULL;

-- The statistics of the planner copy values of columns, and outlive the rows that they come from: none are taken of what is secret
-- or leads to a person. Naming the type again drops those that were taken.
ALTER TABLE request_keys ALTER COLUMN wrapped TYPE BYTEA;
ALTER TABLE request_keys ALTER COLUMN wrapped SET STATISTICS 0;
ALTER TABLE blind_indexes ALTER COLUMN value TYPE BYTEA;
ALTER TABLE blind_indexes ALTER COLUMN value SET STATISTICS 0;
ALTER TABLE requests ALTER COLUMN token_hash TYPE BYTEA, ALTER COLUMN sealed_contents TYPE BYTEA, ALTER COLUMN sealed_token TYPE BYTEA, ALTER COLUMN sealed_receipt TYPE BYTEA;
ALTER TABLE requests ALTER COLUMN token_hash SET STATISTICS 0, ALTER COLUMN sealed_contents SET STATISTICS 0, ALTER COLUMN sealed_token SET STATISTICS 0, ALTER COLUMN sealed_receipt SET STATISTICS 0;
ALTER TABLE events ALTER COLUMN sealed TYPE BYTEA;
ALTER TABLE events ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE messages ALTER COLUMN sealed TYPE BYTEA;
ALTER TABLE messages ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE answers ALTER COLUMN sealed TYPE BYTEA;
ALTER TABLE answers ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE email_codes ALTER COLUMN hmac TYPE BYTEA;
ALTER TABLE email_codes ALTER COLUMN hmac SET STATISTICS 0;
ALTER TABLE outbox ALTER COLUMN sealed TYPE BYTEA, ALTER COLUMN tracking TYPE TEXT;
ALTER TABLE outbox ALTER COLUMN sealed SET STATISTICS 0, ALTER COLUMN tracking SET STATISTICS 0;
ALTER TABLE idempotency ALTER COLUMN key_hash TYPE BYTEA, ALTER COLUMN fingerprint TYPE BYTEA;
ALTER TABLE idempotency ALTER COLUMN key_hash SET STATISTICS 0, ALTER COLUMN fingerprint SET STATISTICS 0;
