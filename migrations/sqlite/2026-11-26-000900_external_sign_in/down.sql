ALTER TABLE sessions DROP COLUMN entered_by;
DROP TABLE external_sign_ins;
DROP TABLE external_identities;
