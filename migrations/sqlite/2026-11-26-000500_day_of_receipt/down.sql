DROP INDEX requests_by_day_due;
CREATE INDEX requests_by_day_due ON requests (operator_id, substr(received_at, 1, 10), sort_due_at, id);
