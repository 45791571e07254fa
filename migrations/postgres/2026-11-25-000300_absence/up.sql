-- Days on which a member is away, and who stands in. Requests stay with their assignee: who acts for whom is derived from here.
CREATE TABLE absences (
    id TEXT PRIMARY KEY NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    deputy_id TEXT NOT NULL REFERENCES staff (id),
    from_on DATE NOT NULL,
    until_on DATE NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by TEXT NOT NULL REFERENCES staff (id),
    ended_at TIMESTAMP
);
CREATE INDEX absences_by_staff ON absences (staff_id, id);
CREATE INDEX absences_by_day ON absences (until_on) WHERE ended_at IS NULL;
