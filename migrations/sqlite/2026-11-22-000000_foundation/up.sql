-- Keys that this database was sealed with: fingerprints only.
CREATE TABLE key_fingerprints (
    id TEXT PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE staff (
    id TEXT PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_admin BOOLEAN NOT NULL,
    disabled_at TIMESTAMP,
    failed_sign_ins INTEGER NOT NULL,
    locked_until TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE staff_roles (
    staff_id TEXT NOT NULL REFERENCES staff (id),
    operator_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (staff_id, operator_id, role)
);
CREATE INDEX staff_roles_by_operator ON staff_roles (operator_id, role);

-- One sign-in; its refresh tokens follow one another.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX sessions_by_staff ON sessions (staff_id);

CREATE TABLE refresh_tokens (
    token_hash BLOB PRIMARY KEY NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id),
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE requests (
    id TEXT PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    operator_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    return_status TEXT,
    blocking TEXT NOT NULL,
    violation TEXT NOT NULL,
    channel TEXT NOT NULL,
    capacity TEXT NOT NULL,
    language TEXT NOT NULL,
    service TEXT NOT NULL,
    edition TEXT,
    rule_set TEXT NOT NULL,
    grounds TEXT NOT NULL,
    published BOOLEAN NOT NULL,
    withdrawal_scope TEXT,
    received_at TIMESTAMP NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    assignee_id TEXT REFERENCES staff (id),
    recorder_id TEXT REFERENCES staff (id),
    identity_confirmed_at TIMESTAMP,
    identity_method TEXT,
    verifier_id TEXT REFERENCES staff (id),
    has_email BOOLEAN NOT NULL,
    email_confirmed_at TIMESTAMP,
    code_tries INTEGER NOT NULL,
    code_resends INTEGER NOT NULL,
    next_nudge_at TIMESTAMP,
    proposer_id TEXT REFERENCES staff (id),
    approver_id TEXT REFERENCES staff (id),
    outcome TEXT,
    answered_at TIMESTAMP,
    final_at TIMESTAMP,
    documents_at TIMESTAMP,
    documents_waived BOOLEAN NOT NULL,
    consumer BOOLEAN NOT NULL,
    legal_hold BOOLEAN NOT NULL,
    duplicate_of TEXT,
    headline_clock TEXT,
    headline_due_on DATE,
    sort_due_at TIMESTAMP NOT NULL,
    token_hash BLOB NOT NULL,
    event_seq BIGINT NOT NULL,
    event_head BLOB NOT NULL,
    sealed_contents BLOB,
    sealed_token BLOB,
    sealed_receipt BLOB
);
CREATE INDEX requests_by_due ON requests (operator_id, sort_due_at, id);
CREATE INDEX requests_by_received ON requests (operator_id, received_at, id);
CREATE INDEX requests_by_status ON requests (operator_id, status, sort_due_at, id);
CREATE INDEX requests_by_assignee ON requests (assignee_id, sort_due_at, id);
CREATE UNIQUE INDEX requests_by_token ON requests (token_hash);
CREATE INDEX requests_by_nudge ON requests (next_nudge_at) WHERE next_nudge_at IS NOT NULL;

-- The key that seals one request, itself sealed by a master key. Destroying it destroys the personal data.
CREATE TABLE request_keys (
    request_id TEXT PRIMARY KEY NOT NULL REFERENCES requests (id),
    master_key_id TEXT NOT NULL,
    wrapped BLOB,
    created_at TIMESTAMP NOT NULL,
    destroyed_at TIMESTAMP
);
CREATE INDEX request_keys_by_master ON request_keys (master_key_id);

CREATE TABLE blind_indexes (
    request_id TEXT NOT NULL REFERENCES requests (id),
    operator_id TEXT NOT NULL,
    person TEXT NOT NULL,
    field TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (request_id, person, field)
);
CREATE INDEX blind_indexes_by_value ON blind_indexes (operator_id, field, value);

CREATE TABLE clocks (
    id TEXT PRIMARY KEY NOT NULL,
    request_id TEXT NOT NULL REFERENCES requests (id),
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    term_days INTEGER NOT NULL,
    term_unit TEXT NOT NULL,
    basis TEXT NOT NULL,
    certainty TEXT NOT NULL,
    citation TEXT NOT NULL,
    rule_set TEXT NOT NULL,
    target_on DATE,
    started_at TIMESTAMP,
    due_on DATE,
    due_at TIMESTAMP,
    met_at TIMESTAMP,
    met_by TEXT,
    counting TEXT,
    calendar_revision TEXT,
    created_at TIMESTAMP NOT NULL,
    running_since TIMESTAMP,
    remind_at TIMESTAMP
);
CREATE INDEX clocks_by_request ON clocks (request_id);
CREATE INDEX clocks_by_reminder ON clocks (remind_at) WHERE remind_at IS NOT NULL;

CREATE TABLE events (
    request_id TEXT NOT NULL REFERENCES requests (id),
    seq BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    kind TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    data TEXT NOT NULL,
    sealed BLOB,
    sealed_digest BLOB,
    hash BLOB NOT NULL,
    PRIMARY KEY (request_id, seq)
);

CREATE TABLE messages (
    id TEXT PRIMARY KEY NOT NULL,
    request_id TEXT NOT NULL REFERENCES requests (id),
    at TIMESTAMP NOT NULL,
    kind TEXT NOT NULL,
    author_kind TEXT NOT NULL,
    author_id TEXT,
    sealed BLOB
);
CREATE INDEX messages_by_request ON messages (request_id, id);

-- The answer as it was proposed last: decisions, grounds and letter are sealed.
CREATE TABLE answers (
    request_id TEXT PRIMARY KEY NOT NULL REFERENCES requests (id),
    outcome TEXT NOT NULL,
    proposed_at TIMESTAMP NOT NULL,
    proposer_id TEXT NOT NULL,
    sealed BLOB
);

CREATE TABLE email_codes (
    id TEXT PRIMARY KEY NOT NULL,
    request_id TEXT NOT NULL REFERENCES requests (id),
    hmac BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    tries INTEGER NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX email_codes_by_request ON email_codes (request_id, id);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL,
    request_id TEXT REFERENCES requests (id),
    operator_id TEXT NOT NULL,
    mail TEXT NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id TEXT,
    language TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    delivers_answer BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    next_attempt_at TIMESTAMP,
    give_up_at TIMESTAMP NOT NULL,
    lease_token TEXT,
    lease_until TIMESTAMP,
    sent_at TIMESTAMP,
    failure_kind TEXT,
    smtp_code INTEGER,
    smtp_enhanced TEXT,
    posted_on DATE,
    tracking TEXT,
    resent_from TEXT,
    sealed BLOB
);
CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_by_state ON outbox (operator_id, state, id);
CREATE INDEX outbox_by_request ON outbox (request_id);

-- Each reminder that went out: the row comes before the mail, in the same transaction as its outbox row.
CREATE TABLE reminders (
    subject_id TEXT NOT NULL,
    due_on DATE NOT NULL,
    stage TEXT NOT NULL,
    recipient TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (subject_id, due_on, stage, recipient)
);

CREATE TABLE audit (
    id TEXT PRIMARY KEY NOT NULL,
    at TIMESTAMP NOT NULL,
    action TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    operator_id TEXT,
    request_id TEXT,
    reason TEXT,
    data TEXT NOT NULL
);
CREATE INDEX audit_by_operator ON audit (operator_id, id);

CREATE TABLE idempotency (
    key_hash BLOB PRIMARY KEY NOT NULL,
    fingerprint BLOB NOT NULL,
    resource TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
