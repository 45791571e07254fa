UPDATE outbox SET tracking = 'resent' WHERE state = 'dead' AND resent_at IS NOT NULL;
DROP INDEX outbox_to_remind;
ALTER TABLE outbox DROP COLUMN resent_as;
ALTER TABLE outbox DROP COLUMN resent_at;
ALTER TABLE outbox DROP COLUMN posted_how;
ALTER TABLE outbox DROP COLUMN remind_at;
