DROP INDEX outbox_of_no_request;
DROP TABLE doomed_files;
DROP TABLE tombstones;
DROP INDEX requests_to_destroy;
ALTER TABLE requests DROP COLUMN destroyed_at;
