//! The tables and their changes, inside the binary.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{AnyConnection, StorageError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Under this number PostgreSQL keeps a second server from migrating at the same time.
const ADVISORY_LOCK: i64 = 0x006f_7469_6e69_7368;

diesel::table! {
    /// The harness's own list of the changes that were made.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Why the tables could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A later version of the program was here.
    #[error(
        "the database is newer than this program: it has the change {0}, which this version does not know. Start the version that made it, or restore a backup from before"
    )]
    Newer(String),
    /// A change could not be made.
    #[error("the database could not be brought up to date: {0}")]
    Failed(String),
    /// The database did not answer.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Brings the tables up to date and names the changes that were made.
///
/// # Errors
/// A database that is newer than the program is left as it is; a change that fails is rolled back.
pub fn migrate(connection: &mut AnyConnection) -> Result<Vec<String>, MigrationError> {
    match connection {
        AnyConnection::Sqlite(inner) => run(inner, SQLITE),
        AnyConnection::Postgres(inner) => {
            diesel::sql_query("SELECT pg_advisory_lock($1)")
                .bind::<BigInt, _>(ADVISORY_LOCK)
                .execute(inner)
                .map_err(StorageError::from)?;
            let done = run(inner, POSTGRES);
            diesel::sql_query("SELECT pg_advisory_unlock($1)")
                .bind::<BigInt, _>(ADVISORY_LOCK)
                .execute(inner)
                .map_err(StorageError::from)?;
            done
        }
    }
}

fn run<DB, C>(connection: &mut C, embedded: EmbeddedMigrations) -> Result<Vec<String>, MigrationError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    use diesel::migration::MigrationSource;
    let known: Vec<String> = MigrationSource::<DB>::migrations(&embedded)
        .map_err(|error| MigrationError::Failed(error.to_string()))?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = connection.applied_migrations().map_err(|error| MigrationError::Failed(error.to_string()))?;
    if let Some(unknown) = applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        return Err(MigrationError::Newer(unknown));
    }
    let done =
        connection.run_pending_migrations(embedded).map_err(|error| MigrationError::Failed(error.to_string()))?;
    Ok(done.iter().map(ToString::to_string).collect())
}

/// The version of the newest change that this program knows.
///
/// # Errors
/// When the embedded changes cannot be read, which no build lets happen.
pub fn latest() -> Result<Option<String>, MigrationError> {
    use diesel::migration::MigrationSource;
    let all = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE)
        .map_err(|error| MigrationError::Failed(error.to_string()))?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).max())
}

/// The version of the newest change that was made to the tables.
///
/// # Errors
/// When the database does not answer.
pub fn newest_applied(connection: &mut AnyConnection) -> Result<Option<String>, StorageError> {
    use __diesel_schema_migrations::dsl;
    let newest = dsl::__diesel_schema_migrations.select(dsl::version).order(dsl::version.desc()).first(connection);
    Ok(newest.optional()?)
}
