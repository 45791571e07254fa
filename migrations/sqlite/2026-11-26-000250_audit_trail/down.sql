DROP INDEX audit_by_request;
DROP INDEX audit_by_actor;
DROP INDEX audit_by_about;
ALTER TABLE audit DROP COLUMN about_id;
