DROP TABLE alerts;
DROP TABLE alert_counts;
DROP TABLE worker_turns;
