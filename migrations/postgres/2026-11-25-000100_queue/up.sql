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
CREATE INDEX requests_by_day_due ON requests (operator_id, (received_at::date), sort_due_at, id);
CREATE INDEX requests_by_due_day_received ON requests (operator_id, headline_due_on, received_at, id) WHERE headline_due_on IS NOT NULL;

-- How many requests there are: by status, open ones by kind, open ones that nobody has, and by the headline's last day. Triggers keep
-- it, so that no way of writing can forget it. Each change is a line of its own, since writers would queue for one they shared; the
-- worker sums the lines up now and then.
CREATE TABLE queue_counts (
    operator_id TEXT NOT NULL,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    n BIGINT NOT NULL
);
CREATE INDEX queue_counts_by_operator ON queue_counts (operator_id);

INSERT INTO queue_counts (operator_id, facet, value, n)
SELECT operator_id, 'status', status, count(*) FROM requests GROUP BY operator_id, status;
INSERT INTO queue_counts (operator_id, facet, value, n)
SELECT operator_id, 'kind', kind, count(*) FROM requests WHERE final_at IS NULL GROUP BY operator_id, kind;
INSERT INTO queue_counts (operator_id, facet, value, n)
SELECT operator_id, 'unassigned', '', count(*) FROM requests WHERE final_at IS NULL AND assignee_id IS NULL GROUP BY operator_id;
INSERT INTO queue_counts (operator_id, facet, value, n)
SELECT operator_id, 'due', to_char(headline_due_on, 'YYYY-MM-DD'), count(*) FROM requests WHERE headline_due_on IS NOT NULL
GROUP BY operator_id, headline_due_on;

CREATE FUNCTION queue_counts_of(request requests, sign BIGINT)
RETURNS TABLE (operator_id TEXT, facet TEXT, value TEXT, n BIGINT) LANGUAGE sql IMMUTABLE AS $$
    SELECT request.operator_id, 'status', request.status, sign
    UNION ALL SELECT request.operator_id, 'kind', request.kind, sign WHERE request.final_at IS NULL
    UNION ALL SELECT request.operator_id, 'unassigned', '', sign WHERE request.final_at IS NULL AND request.assignee_id IS NULL
    UNION ALL SELECT request.operator_id, 'due', to_char(request.headline_due_on, 'YYYY-MM-DD'), sign
        WHERE request.headline_due_on IS NOT NULL
$$;

CREATE FUNCTION queue_counts_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO queue_counts SELECT * FROM queue_counts_of(NEW, 1);
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO queue_counts SELECT * FROM queue_counts_of(OLD, -1);
    ELSE
        INSERT INTO queue_counts
        SELECT changes.operator_id, changes.facet, changes.value, sum(changes.n) FROM (
            SELECT * FROM queue_counts_of(OLD, -1) UNION ALL SELECT * FROM queue_counts_of(NEW, 1)
        ) AS changes GROUP BY changes.operator_id, changes.facet, changes.value HAVING sum(changes.n) <> 0;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER queue_counts_insert AFTER INSERT ON requests FOR EACH ROW EXECUTE FUNCTION queue_counts_change();
CREATE TRIGGER queue_counts_delete AFTER DELETE ON requests FOR EACH ROW EXECUTE FUNCTION queue_counts_change();
CREATE TRIGGER queue_counts_update AFTER UPDATE ON requests FOR EACH ROW
WHEN (OLD.operator_id IS DISTINCT FROM NEW.operator_id OR OLD.status IS DISTINCT FROM NEW.status
    OR OLD.kind IS DISTINCT FROM NEW.kind OR (OLD.final_at IS NULL) <> (NEW.final_at IS NULL)
    OR (OLD.assignee_id IS NULL) <> (NEW.assignee_id IS NULL) OR OLD.headline_due_on IS DISTINCT FROM NEW.headline_due_on)
EXECUTE FUNCTION queue_counts_change();
