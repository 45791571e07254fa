-- When somebody is reminded of an item that still lies there; how it left the house; and as what a dead letter was sent again.
ALTER TABLE outbox ADD COLUMN remind_at TIMESTAMP;
ALTER TABLE outbox ADD COLUMN posted_how TEXT;
ALTER TABLE outbox ADD COLUMN resent_at TIMESTAMP;
ALTER TABLE outbox ADD COLUMN resent_as TEXT;
CREATE INDEX outbox_to_remind ON outbox (remind_at) WHERE remind_at IS NOT NULL;

-- Items that lie there already: the worker looks at them at once and counts from the day on which each was made.
UPDATE outbox SET remind_at = created_at WHERE state = 'to_post' AND request_id IS NOT NULL;

-- The mark of a dead letter that was sent again stood in the place of its tracking number.
UPDATE outbox SET
    resent_as = (SELECT MIN(later.id) FROM outbox AS later
        WHERE later.resent_from = COALESCE(outbox.resent_from, outbox.id) AND later.id > outbox.id),
    resent_at = COALESCE((SELECT MIN(later.created_at) FROM outbox AS later
        WHERE later.resent_from = COALESCE(outbox.resent_from, outbox.id) AND later.id > outbox.id), created_at)
WHERE state = 'dead' AND tracking = 'resent';
UPDATE outbox SET tracking = NULL WHERE resent_at IS NOT NULL;
