//! A database for each test: a copy of one that was migrated once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use otinish::storage::{self, AnyConnection, DatabaseUrl};
use tempfile::TempDir;

static TEMPLATE: OnceLock<Template> = OnceLock::new();
static NEXT: AtomicU64 = AtomicU64::new(0);

enum Template {
    Sqlite(TempDir),
    Postgres { server: String, name: String },
}

/// A database of one test, and its data folder.
pub struct TestDatabase {
    pub url: String,
    pub folder: TempDir,
    drop_on: Option<(String, String)>,
}

/// The PostgreSQL server to test on, if any.
#[allow(clippy::disallowed_methods)]
pub fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

impl TestDatabase {
    /// Makes one.
    pub fn create() -> Self {
        let folder = tempfile::tempdir().unwrap();
        match TEMPLATE.get_or_init(template) {
            Template::Sqlite(from) => {
                let path = folder.path().join("otinish.db");
                std::fs::copy(from.path().join("template.db"), &path).unwrap();
                Self { url: format!("sqlite:{}", path.display()), folder, drop_on: None }
            }
            Template::Postgres { server, name } => {
                let number = NEXT.fetch_add(1, Ordering::Relaxed);
                let own = format!("otinish_test_{}_{number}", std::process::id());
                execute(server, &format!("CREATE DATABASE {own} TEMPLATE {name}"));
                Self { url: on(server, &own), folder, drop_on: Some((server.clone(), own)) }
            }
        }
    }

    /// An empty one, as on a first start.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        match server() {
            None => {
                let path = folder.path().join("otinish.db");
                Self { url: format!("sqlite:{}", path.display()), folder, drop_on: None }
            }
            Some(server) => {
                let number = NEXT.fetch_add(1, Ordering::Relaxed);
                let own = format!("otinish_test_{}_{number}", std::process::id());
                execute(&server, &format!("CREATE DATABASE {own}"));
                Self { url: on(&server, &own), folder, drop_on: Some((server, own)) }
            }
        }
    }

    /// A stand-in for one that was taken out.
    pub fn none() -> Self {
        Self { url: String::new(), folder: tempfile::tempdir().unwrap(), drop_on: None }
    }

    /// A connection past the server, for a look at what is stored.
    pub fn connect(&self) -> AnyConnection {
        AnyConnection::open(&DatabaseUrl::parse(&self.url).unwrap()).unwrap()
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.drop_on.is_some()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = self.drop_on.take()
            && let Ok(mut connection) = PgConnection::establish(&server)
        {
            let _ = connection.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn template() -> Template {
    match server() {
        None => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("template.db");
            let url = DatabaseUrl::Sqlite(path.display().to_string());
            let mut connection = AnyConnection::open(&url).unwrap();
            storage::migrate(&mut connection).unwrap();
            connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            Template::Sqlite(folder)
        }
        Some(server) => {
            let name = format!("otinish_template_{}", std::process::id());
            execute(&server, &format!("CREATE DATABASE {name}"));
            let url = DatabaseUrl::parse(&on(&server, &name)).unwrap();
            storage::migrate(&mut AnyConnection::open(&url).unwrap()).unwrap();
            Template::Postgres { server, name }
        }
    }
}

fn execute(server: &str, sql: &str) {
    PgConnection::establish(server).unwrap().batch_execute(sql).unwrap();
}

/// The URL of another database on the same server.
fn on(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, ""), |(address, query)| (address, query));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    if query.is_empty() { format!("{base}/{name}") } else { format!("{base}/{name}?{query}") }
}
