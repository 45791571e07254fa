-- Signed statements of what all histories and the audit trail were at a moment, and the lists that they sign.
CREATE TABLE checkpoints (
    number BIGINT NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    previous BLOB NOT NULL,
    size BIGINT NOT NULL,
    root BLOB NOT NULL,
    key_id TEXT NOT NULL,
    signature BLOB NOT NULL
);

CREATE TABLE checkpoint_entries (
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    label TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (number, place)
);
CREATE INDEX checkpoint_entries_by_id ON checkpoint_entries (id, seq);

-- The checkpoint that lists the line.
ALTER TABLE audit ADD COLUMN checkpoint BIGINT;
CREATE INDEX audit_by_checkpoint ON audit (checkpoint, id);

-- Which requests still have to be wrapped anew after a rotation.
DROP INDEX request_keys_by_master;
CREATE INDEX request_keys_by_master ON request_keys (master_key_id, request_id) WHERE wrapped IS NOT NULL;

-- A key that was taken out of the ring.
ALTER TABLE key_fingerprints ADD COLUMN retired_at TIMESTAMP;
