ALTER TABLE staff DROP COLUMN password_expires_at;
ALTER TABLE sessions DROP COLUMN client;
ALTER TABLE sessions DROP COLUMN last_used_at;
DROP TABLE totp_roles;
DROP TABLE recovery_codes;
DROP TABLE totp;
