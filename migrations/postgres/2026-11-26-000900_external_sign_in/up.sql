-- Who a member is at an external sign-in service. One member is one subject of a service, and one subject is one member.
CREATE TABLE external_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    bound_at TIMESTAMP NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX external_identities_by_staff ON external_identities (staff_id, issuer);

-- Sign-ins that were begun and have not come back: the hash of the browser's ticket, and where it leads. Each is used once.
CREATE TABLE external_sign_ins (
    ticket_hash BYTEA PRIMARY KEY NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    next TEXT NOT NULL
);
CREATE INDEX external_sign_ins_by_end ON external_sign_ins (expires_at);

-- How the member signed in: password, external, or external_two_factors.
ALTER TABLE sessions ADD COLUMN entered_by TEXT NOT NULL DEFAULT 'password';
