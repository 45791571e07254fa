//! When each job of the worker last did its turn.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::worker_turns;

/// Notes that a job did its turn.
///
/// # Errors
/// Those of the database.
pub fn note(connection: &mut AnyConnection, job: &str, at: NaiveDateTime) -> QueryResult<()> {
    let upsert = || {
        diesel::insert_into(worker_turns::table)
            .values((worker_turns::job.eq(job), worker_turns::at.eq(at)))
            .on_conflict(worker_turns::job)
            .do_update()
            .set(worker_turns::at.eq(at))
    };
    match connection {
        AnyConnection::Sqlite(inner) => upsert().execute(inner)?,
        AnyConnection::Postgres(inner) => upsert().execute(inner)?,
    };
    Ok(())
}

/// The jobs with their last turns.
///
/// # Errors
/// Those of the database.
pub fn all(connection: &mut AnyConnection) -> QueryResult<Vec<(String, NaiveDateTime)>> {
    worker_turns::table.select((worker_turns::job, worker_turns::at)).order(worker_turns::job).load(connection)
}
