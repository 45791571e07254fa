//! The database: one pool to read, one to write, and query functions named by intent.

pub mod absences;
pub mod alerts;
pub mod attachments;
pub mod audit;
pub mod calendar;
pub mod checkpoint_files;
pub mod checkpoints;
pub mod clocks;
pub mod codes;
mod connection;
pub mod digest;
pub mod dump;
pub mod events;
pub mod external;
pub mod files;
pub mod keys;
mod migrations;
pub mod outbox;
pub mod post;
pub mod queue;
pub mod recount;
pub mod reports;
pub mod requests;
pub mod retention;
pub mod schema;
mod scrub;
pub mod sign_in;
pub mod staff;
pub mod turns;
mod types;

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::Pool;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use connection::Manager;
pub use connection::{AnyBackend, AnyConnection, DatabaseUrl};
pub use migrations::{MigrationError, latest, migrate, newest_applied};
pub use scrub::Scrub;

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It cannot be reached, is full or went away: the caller may try again later.
    #[error("the database cannot be used right now: {0}")]
    Unavailable(String),
    /// It refused the query.
    #[error("the database refused a query: {0}")]
    Query(#[source] DieselError),
}

impl StorageError {
    fn connect(error: &diesel::ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<DieselError> for StorageError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::SerializationFailure
                | DatabaseErrorKind::Unknown,
                information,
            ) => Self::Unavailable(information.message().chars().take(200).collect()),
            DieselError::BrokenTransactionManager => Self::Unavailable("the connection broke".to_owned()),
            _ => Self::Query(error),
        }
    }
}

/// The database of a running server. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: Pool<Manager>,
    writers: Pool<Manager>,
    sqlite: bool,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Db").field("sqlite", &self.sqlite).finish_non_exhaustive()
    }
}

impl Db {
    /// Opens the pools. SQLite has a single writer, so that writers queue here and not at the file's lock.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, StorageError> {
        // The first connection is opened plainly: the pool would hide the cause of a failure behind its timeout.
        drop(AnyConnection::open(url)?);
        let pool = |size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(Duration::from_secs(5))
                .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
                .build(Manager::new(url.clone()))
                .map_err(|error| StorageError::Unavailable(error.to_string()))
        };
        let sqlite = matches!(url, DatabaseUrl::Sqlite(_));
        let readers = pool(connections)?;
        let writers = if sqlite { pool(1)? } else { readers.clone() };
        Ok(Self { readers, writers, sqlite })
    }

    /// Runs `work` on a connection, outside a transaction, off the async threads.
    ///
    /// # Errors
    /// What `work` returns, or that no connection could be had.
    pub async fn read<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    {
        let pool = self.readers.clone();
        blocking(name, move || {
            let mut connection = pool.get().map_err(|error| StorageError::Unavailable(error.to_string()))?;
            work(&mut connection)
        })
        .await
    }

    /// Runs `work` in one write transaction: `Ok` commits, `Err` rolls everything back.
    ///
    /// # Errors
    /// What `work` returns, or that no connection could be had or the commit failed.
    pub async fn write<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    {
        let pool = self.writers.clone();
        blocking(name, move || {
            let mut connection = pool.get().map_err(|error| StorageError::Unavailable(error.to_string()))?;
            write_transaction(&mut connection, work)
        })
        .await
    }
}

/// Runs `work` in one write transaction on `connection`.
///
/// # Errors
/// What `work` returns, or that the transaction could not begin or commit.
pub fn write_transaction<T, E: From<StorageError>>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    match connection {
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE"),
        AnyConnection::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN"),
    }
    .map_err(StorageError::from)?;
    match work(connection) {
        Ok(value) => {
            commit(connection).map_err(StorageError::from)?;
            Ok(value)
        }
        Err(error) => {
            if let Err(cause) = roll_back(connection) {
                tracing::warn!(cause = %StorageError::from(cause), "a transaction could not be rolled back");
            }
            Err(error)
        }
    }
}

/// Runs queries that all see one state of the database, whatever others write meanwhile.
///
/// # Errors
/// What `queries` returns, or that the transaction could not begin or end.
pub fn read_one_state<T>(
    connection: &mut AnyConnection,
    queries: impl FnOnce(&mut AnyConnection) -> diesel::QueryResult<T>,
) -> diesel::QueryResult<T> {
    match connection {
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN"),
        AnyConnection::Postgres(inner) => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
    }?;
    let answer = queries(connection);
    roll_back(connection)?;
    answer
}

/// Lets writers with the same `key` follow one another until their transactions end. SQLite has a single writer anyway.
///
/// # Errors
/// Those of the database.
pub fn follow_one_another(connection: &mut AnyConnection, key: &[u8]) -> diesel::QueryResult<()> {
    use diesel::RunQueryDsl;
    if let AnyConnection::Postgres(inner) = connection {
        let number = key.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<diesel::sql_types::BigInt, _>(number)
            .execute(inner)?;
    }
    Ok(())
}

fn commit(connection: &mut AnyConnection) -> diesel::QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::commit_transaction(inner),
        AnyConnection::Postgres(inner) => AnsiTransactionManager::commit_transaction(inner),
    }
}

fn roll_back(connection: &mut AnyConnection) -> diesel::QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::rollback_transaction(inner),
        AnyConnection::Postgres(inner) => AnsiTransactionManager::rollback_transaction(inner),
    }
}

async fn blocking<T, E, F>(name: &'static str, work: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
    F: FnOnce() -> Result<T, E> + Send + 'static,
{
    let span = tracing::debug_span!("database", name);
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(name, cancelled = error.is_cancelled(), "a unit of work did not end");
            Err(E::from(StorageError::Unavailable("a unit of work did not end".to_owned())))
        }
    }
}
