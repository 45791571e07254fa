DROP INDEX requests_by_day_due;
CREATE INDEX requests_by_day_due ON requests (operator_id, (received_at::date), sort_due_at, id);
