ALTER TABLE key_fingerprints DROP COLUMN retired_at;
DROP INDEX request_keys_by_master;
CREATE INDEX request_keys_by_master ON request_keys (master_key_id);
DROP INDEX audit_by_checkpoint;
ALTER TABLE audit DROP COLUMN checkpoint;
DROP TABLE checkpoint_entries;
DROP TABLE checkpoints;
