-- When each job of the worker last did its turn, whichever process that was.
CREATE TABLE worker_turns (
    job TEXT NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL
);

-- How often something happened that an alert may come of, in slots of ten minutes. The subject is an id or a keyed hash.
CREATE TABLE alert_counts (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    slot TIMESTAMP NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (kind, subject, slot)
);
CREATE INDEX alert_counts_by_slot ON alert_counts (slot);

-- Alerts, one for each subject and day. An empty operator stands for the whole deployment.
CREATE TABLE alerts (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    day DATE NOT NULL,
    at TIMESTAMP NOT NULL,
    told_at TIMESTAMP
);
CREATE UNIQUE INDEX alerts_once ON alerts (kind, operator_id, subject, day);
CREATE INDEX alerts_untold ON alerts (at) WHERE told_at IS NULL;
CREATE INDEX alerts_by_day ON alerts (day);
