-- Every state that the calendar has had, the last one in force. All processes count by it, whatever file each was started with.
CREATE TABLE calendar_revisions (
    number BIGINT PRIMARY KEY NOT NULL,
    revision TEXT NOT NULL UNIQUE,
    at TIMESTAMP NOT NULL,
    -- Who changed it; none where a file brought it.
    staff_id TEXT REFERENCES staff (id),
    source TEXT NOT NULL,
    -- JSON: what was changed against the revision before.
    change TEXT NOT NULL,
    -- SHA-256 of the file that brought it; none where an administrator changed a day.
    file_digest TEXT,
    -- JSON: the whole calendar.
    calendar TEXT NOT NULL,
    -- When the last open clock was counted again by it; nothing while some still wait for that.
    recounted_at TIMESTAMP
);

-- A changed day looks only at the clocks whose terms reach over it.
CREATE INDEX clocks_running_by_due ON clocks (due_on) WHERE state = 'running';
