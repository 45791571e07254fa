//! What was deleted leaves the files of the database too, as far as the database can do that.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::{AnyConnection, Db, StorageError};

/// How far traces of deleted rows are to be taken out of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scrub {
    /// What may still stand in the log of what was written: SQLite writes it back and cuts it.
    Log,
    /// Traces in the tables too. SQLite writes its file anew, and writers wait meanwhile; PostgreSQL vacuums the tables that held
    /// personal data, beside the running work.
    Tables,
    /// As [`Scrub::Tables`], but PostgreSQL writes these tables anew, and everybody waits meanwhile.
    Rewrite,
}

/// A larger file than this, in bytes, is written anew by way of a temporary file and not of memory.
const IN_MEMORY: i64 = 256 << 20;

/// Tables of which rows or sealed parts are destroyed.
const TABLES: &str = "answers, attachments, blind_indexes, email_codes, events, idempotency, messages, outbox, reminders, request_keys, requests";

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

impl Db {
    /// Takes traces of what was deleted out of the files. Says whether that was done; `false` when somebody was reading an old state
    /// all the while, so that it has to be tried again.
    ///
    /// SQLite's `secure_delete` overwrites freed cells and pages with zeros. It leaves copies of cells that were moved when pages were
    /// split or joined, and older copies of pages in the log; both are gone when the file was written anew and the log cut.
    /// On PostgreSQL `VACUUM` frees the room of dead rows, whose bytes stand there until something else is written over them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn scrub(&self, how: Scrub) -> Result<bool, StorageError> {
        let pool = if self.sqlite { self.writers.clone() } else { self.readers.clone() };
        super::blocking("scrub", move || {
            let mut connection = pool.get().map_err(|error| StorageError::Unavailable(error.to_string()))?;
            scrub(&mut connection, how).map_err(StorageError::from)
        })
        .await
    }
}

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    bytes: i64,
}

fn scrub(connection: &mut AnyConnection, how: Scrub) -> diesel::QueryResult<bool> {
    match (connection, how) {
        (AnyConnection::Sqlite(inner), how) => {
            let rewritten = if how == Scrub::Log { Ok(()) } else { rewrite(inner) };
            // Also after a rewriting that failed, for want of room perhaps: the log takes up what others need.
            let is_cut = cut_log(inner);
            rewritten?;
            is_cut
        }
        (AnyConnection::Postgres(_), Scrub::Log) => Ok(true),
        (AnyConnection::Postgres(inner), how) => {
            let options = if how == Scrub::Rewrite { "FULL, ANALYZE" } else { "ANALYZE" };
            inner.batch_execute(&format!("VACUUM ({options}) {TABLES}"))?;
            Ok(true)
        }
    }
}

fn rewrite(connection: &mut SqliteConnection) -> diesel::QueryResult<()> {
    let size = "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size";
    let large = sql_query(size).get_result::<Size>(connection)?.bytes > IN_MEMORY;
    if large {
        connection.batch_execute("PRAGMA temp_store = FILE")?;
    }
    let done = connection.batch_execute("VACUUM");
    if large {
        connection.batch_execute("PRAGMA temp_store = MEMORY")?;
    }
    done
}

fn cut_log(connection: &mut SqliteConnection) -> diesel::QueryResult<bool> {
    // It waits for readers of an old state while it holds up writers: not longer than a call may take.
    connection.batch_execute("PRAGMA busy_timeout = 2000")?;
    let done = sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result::<Checkpoint>(connection);
    connection.batch_execute("PRAGMA busy_timeout = 10000")?;
    Ok(done?.busy == 0)
}
