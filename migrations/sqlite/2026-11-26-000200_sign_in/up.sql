-- The second factor of a member: a sealed secret, which counts once it is confirmed, and the last time step that was used.
CREATE TABLE totp (
    staff_id TEXT PRIMARY KEY NOT NULL REFERENCES staff (id),
    sealed BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    confirmed_at TIMESTAMP,
    last_step BIGINT NOT NULL
);

-- Codes for somebody who lost the phone, as keyed hashes; each works once.
CREATE TABLE recovery_codes (
    id TEXT PRIMARY KEY NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    code_hash BLOB NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX recovery_codes_by_staff ON recovery_codes (staff_id);

-- The roles whose members need a second factor.
CREATE TABLE totp_roles (
    role TEXT PRIMARY KEY NOT NULL
);

ALTER TABLE sessions ADD COLUMN last_used_at TIMESTAMP;
ALTER TABLE sessions ADD COLUMN client TEXT;

-- Set for a password that an administrator gave out: until then it works, and only to be changed.
ALTER TABLE staff ADD COLUMN password_expires_at TIMESTAMP;
