//! One connection type for both databases, opened by the scheme of its URL.

use diesel::connection::SimpleConnection;
use diesel::r2d2::R2D2Connection;
use diesel::{Connection, PgConnection, SqliteConnection};

use super::StorageError;

/// A connection to whichever database the deployment uses.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(PgConnection),
}

/// The backend behind [`AnyConnection`].
pub type AnyBackend = <AnyConnection as Connection>::Backend;

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded database.
    Sqlite(String),
    /// A PostgreSQL server; the whole URL, which may hold a password.
    Postgres(String),
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite:{path}"),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

impl DatabaseUrl {
    /// Reads `DATABASE_URL`.
    ///
    /// # Errors
    /// Any scheme but `sqlite:`, `postgres://` and `postgresql://`, or no path.
    pub fn parse(url: &str) -> Result<Self, String> {
        let expected = "expected sqlite:<path of a file> or postgres://<user>:<password>@<host>/<database>";
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(":memory:") {
                return Err(format!("DATABASE_URL names no file: {expected}"));
            }
            return Ok(Self::Sqlite(path.to_owned()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(format!("DATABASE_URL has an unknown scheme: {expected}"))
    }
}

impl AnyConnection {
    /// Whether all writers follow one another, whatever they write.
    #[must_use]
    pub const fn has_single_writer(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Opens a connection and sets what every connection needs.
    ///
    /// # Errors
    /// When the database cannot be reached or opened.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StorageError> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let mut connection =
                    SqliteConnection::establish(path).map_err(|error| StorageError::connect(&error))?;
                connection
                    .batch_execute(
                        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                         PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
                    )
                    .map_err(StorageError::from)?;
                Ok(Self::Sqlite(connection))
            }
            DatabaseUrl::Postgres(url) => {
                let mut connection = PgConnection::establish(url).map_err(|error| StorageError::connect(&error))?;
                connection
                    .batch_execute("SET TIME ZONE 'UTC'; SET client_min_messages = warning; SET lock_timeout = '15s';")
                    .map_err(StorageError::from)?;
                Ok(Self::Postgres(connection))
            }
        }
    }
}

/// Hands connections to the pool.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
}

impl Manager {
    /// Connections to `url`.
    #[must_use]
    pub const fn new(url: DatabaseUrl) -> Self {
        Self { url }
    }
}

impl diesel::r2d2::ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = StorageError;

    fn connect(&self) -> Result<AnyConnection, StorageError> {
        AnyConnection::open(&self.url)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), StorageError> {
        match connection {
            AnyConnection::Sqlite(_) => Ok(()),
            AnyConnection::Postgres(inner) => inner.ping().map_err(StorageError::from),
        }
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        match connection {
            AnyConnection::Sqlite(inner) => inner.is_broken(),
            AnyConnection::Postgres(inner) => inner.is_broken(),
        }
    }
}
