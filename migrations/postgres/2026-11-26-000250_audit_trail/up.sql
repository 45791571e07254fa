-- The account that a line is about: whoever oversees a member's work sees it.
ALTER TABLE audit ADD COLUMN about_id TEXT;
UPDATE audit SET about_id = data::json ->> 'user_id' WHERE data LIKE '%"user_id"%';
CREATE INDEX audit_by_about ON audit (about_id, id) WHERE about_id IS NOT NULL;
CREATE INDEX audit_by_actor ON audit (actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_by_request ON audit (request_id, id) WHERE request_id IS NOT NULL;
