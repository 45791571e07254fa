-- Files that came with a request. What is in them lies in the object store, sealed in chunks under the request's key; names and
-- fingerprints are sealed here. An object is written before its row: one without a row is swept away after a day.
CREATE TABLE attachments (
    id TEXT PRIMARY KEY NOT NULL,
    request_id TEXT NOT NULL REFERENCES requests (id),
    seq BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    object TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    scan TEXT NOT NULL,
    next_scan_at TIMESTAMP,
    uploader_kind TEXT NOT NULL,
    uploader_id TEXT,
    sealed_name BYTEA,
    sealed_sha256 BYTEA
);
CREATE UNIQUE INDEX attachments_by_request ON attachments (request_id, seq);
CREATE UNIQUE INDEX attachments_by_object ON attachments (object);
CREATE INDEX attachments_to_scan ON attachments (next_scan_at) WHERE next_scan_at IS NOT NULL;
