-- One index for each filter of the queue and each order, so that a page is read where it lies, however many requests there are.
CREATE INDEX requests_by_status_received ON requests (operator_id, status, received_at, id);
CREATE INDEX requests_by_kind_due ON requests (operator_id, kind, sort_due_at, id);
CREATE INDEX requests_by_kind_received ON requests (operator_id, kind, received_at, id);
CREATE INDEX requests_by_channel_due ON requests (operator_id, channel, sort_due_at, id);
CREATE INDEX requests_by_channel_received ON requests (operator_id, channel, received_at, id);
-- The operator first: somebody who works for several has a queue at each.
DROP INDEX requests_by_assignee;
CREATE INDEX requests_by_assignee ON requests (operator_id, assignee_id, sort_due_at, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX requests_by_assignee_received ON requests (operator_id, assignee_id, received_at, id) WHERE assignee_id IS NOT NULL;
-- These two hold few rows of many.
CREATE INDEX requests_unassigned_due ON requests (operator_id, sort_due_at, id) WHERE assignee_id IS NULL;
CREATE INDEX requests_unassigned_received ON requests (operator_id, received_at, id) WHERE assignee_id IS NULL;
CREATE INDEX requests_blocked_due ON requests (operator_id, blocking, sort_due_at, id) WHERE blocking <> 'none';
CREATE INDEX requests_blocked_received ON requests (operator_id, blocking, received_at, id) WHERE blocking <> 'none';
-- Requests of one day of receipt by their due time, and of one last day by their receipt.
CREATE INDEX requests_by_day_due ON requests (operator_id, substr(received_at, 1, 10), sort_due_at, id);
CREATE INDEX requests_by_due_day_received ON requests (operator_id, headline_due_on, received_at, id) WHERE headline_due_on IS NOT NULL;

-- How many requests there are: by status, open ones by kind, open ones that nobody has, and by the headline's last day. Triggers keep
-- it, so that no way of writing can forget it.
CREATE TABLE queue_counts (
    operator_id TEXT NOT NULL,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (operator_id, facet, value)
) WITHOUT ROWID;

INSERT INTO queue_counts (operator_id, facet, value, n)
SELECT operator_id, 'status', status, count(*) FROM requests GROUP BY operator_id, status;
INSERT INTO queue_counts (operator_id, facet, value, n)
SELECT operator_id, 'kind', kind, count(*) FROM requests WHERE final_at IS NULL GROUP BY operator_id, kind;
INSERT INTO queue_counts (operator_id, facet, value, n)
SELECT operator_id, 'unassigned', '', count(*) FROM requests WHERE final_at IS NULL AND assignee_id IS NULL GROUP BY operator_id;
INSERT INTO queue_counts (operator_id, facet, value, n)
SELECT operator_id, 'due', headline_due_on, count(*) FROM requests WHERE headline_due_on IS NOT NULL
GROUP BY operator_id, headline_due_on;

CREATE TRIGGER queue_counts_insert AFTER INSERT ON requests BEGIN
    INSERT INTO queue_counts (operator_id, facet, value, n)
    SELECT NEW.operator_id, 'status', NEW.status, 1
    UNION ALL SELECT NEW.operator_id, 'kind', NEW.kind, 1 WHERE NEW.final_at IS NULL
    UNION ALL SELECT NEW.operator_id, 'unassigned', '', 1 WHERE NEW.final_at IS NULL AND NEW.assignee_id IS NULL
    UNION ALL SELECT NEW.operator_id, 'due', NEW.headline_due_on, 1 WHERE NEW.headline_due_on IS NOT NULL
    ON CONFLICT (operator_id, facet, value) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER queue_counts_delete AFTER DELETE ON requests BEGIN
    INSERT INTO queue_counts (operator_id, facet, value, n)
    SELECT OLD.operator_id, 'status', OLD.status, -1
    UNION ALL SELECT OLD.operator_id, 'kind', OLD.kind, -1 WHERE OLD.final_at IS NULL
    UNION ALL SELECT OLD.operator_id, 'unassigned', '', -1 WHERE OLD.final_at IS NULL AND OLD.assignee_id IS NULL
    UNION ALL SELECT OLD.operator_id, 'due', OLD.headline_due_on, -1 WHERE OLD.headline_due_on IS NOT NULL
    ON CONFLICT (operator_id, facet, value) DO UPDATE SET n = n - 1;
END;

CREATE TRIGGER queue_counts_update AFTER UPDATE ON requests
WHEN OLD.operator_id IS NOT NEW.operator_id OR OLD.status IS NOT NEW.status OR OLD.kind IS NOT NEW.kind
    OR (OLD.final_at IS NULL) IS NOT (NEW.final_at IS NULL) OR (OLD.assignee_id IS NULL) IS NOT (NEW.assignee_id IS NULL)
    OR OLD.headline_due_on IS NOT NEW.headline_due_on
BEGIN
    INSERT INTO queue_counts (operator_id, facet, value, n)
    SELECT operator_id, facet, value, sum(n) FROM (
        SELECT OLD.operator_id AS operator_id, 'status' AS facet, OLD.status AS value, -1 AS n
        UNION ALL SELECT OLD.operator_id, 'kind', OLD.kind, -1 WHERE OLD.final_at IS NULL
        UNION ALL SELECT OLD.operator_id, 'unassigned', '', -1 WHERE OLD.final_at IS NULL AND OLD.assignee_id IS NULL
        UNION ALL SELECT OLD.operator_id, 'due', OLD.headline_due_on, -1 WHERE OLD.headline_due_on IS NOT NULL
        UNION ALL SELECT NEW.operator_id, 'status', NEW.status, 1
        UNION ALL SELECT NEW.operator_id, 'kind', NEW.kind, 1 WHERE NEW.final_at IS NULL
        UNION ALL SELECT NEW.operator_id, 'unassigned', '', 1 WHERE NEW.final_at IS NULL AND NEW.assignee_id IS NULL
        UNION ALL SELECT NEW.operator_id, 'due', NEW.headline_due_on, 1 WHERE NEW.headline_due_on IS NOT NULL
    ) AS changes WHERE true GROUP BY operator_id, facet, value HAVING sum(n) <> 0
    ON CONFLICT (operator_id, facet, value) DO UPDATE SET n = n + excluded.n;
END;
