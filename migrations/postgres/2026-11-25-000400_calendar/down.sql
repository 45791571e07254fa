DROP INDEX clocks_running_by_due;
DROP TABLE calendar_revisions;
