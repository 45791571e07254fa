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
