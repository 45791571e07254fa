-- Days of receipt as Almaty counts them (UTC+5), which is how the queue is filtered: with days of UTC, most of a page's first day was
-- read and thrown away. Days before 2024-03-01 began an hour earlier; the queue checks the instants of those.
DROP INDEX requests_by_day_due;
CREATE INDEX requests_by_day_due ON requests (operator_id, date(received_at, '+5 hours'), sort_due_at, id);
