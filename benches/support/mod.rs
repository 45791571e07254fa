//! What benches share: databases filled with made-up requests, and times.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use otinish::app::App;
use otinish::cli::demo::{self, Plan};
use otinish::domain::vocabulary::{Language, Role};
use otinish::services::sign_in::Member;
use otinish::settings::Settings;
use otinish::storage::{AnyConnection, DatabaseUrl};
use tempfile::TempDir;

/// The moment at which every bench stands: 15:00 in Almaty on a working day.
pub fn now() -> DateTime<Utc> {
    "2026-11-25T10:00:00Z".parse().unwrap()
}

/// A number from the environment.
#[allow(clippy::disallowed_methods)]
pub fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// The PostgreSQL server to measure on, if any.
#[allow(clippy::disallowed_methods)]
pub fn postgres() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// A folder in which filled databases are kept from one run to the next.
#[allow(clippy::disallowed_methods)]
fn kept() -> Option<PathBuf> {
    std::env::var_os("BENCH_KEEP").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// A database with made-up requests. It goes away with this value, unless `BENCH_KEEP` names a folder.
pub struct Seeded {
    pub app: Arc<App>,
    folder: Option<TempDir>,
    url: String,
    on_server: Option<(String, String)>,
}

impl Seeded {
    /// Makes and fills one, on PostgreSQL when a server is named.
    pub async fn new(server: Option<&str>, plan: &Plan) -> Self {
        let size = plan.open + plan.closed;
        let keep = kept();
        let folder = keep.is_none().then(|| tempfile::tempdir().unwrap());
        let of_database = format!("{}_{size}", if server.is_some() { "postgres" } else { "sqlite" });
        let place = keep.or(folder.as_ref().map(|folder| folder.path().to_owned())).unwrap().join(of_database);
        let is_filled = place.join("filled").exists();
        std::fs::create_dir_all(&place).unwrap();
        let on_server = server.map(|server| {
            let by = folder.as_ref().map_or_else(|| "kept".to_owned(), |_| std::process::id().to_string());
            (server.to_owned(), format!("otinish_bench_{by}_{size}"))
        });
        if let Some((server, name)) = on_server.as_ref().filter(|_| !is_filled) {
            // What an unfinished run left is no use.
            let mut connection = PgConnection::establish(server).unwrap();
            connection.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
            connection.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        }
        let url = match &on_server {
            Some((server, name)) => format!("{}/{name}", server.rsplit_once('/').unwrap().0),
            None => format!("sqlite:{}", place.join("otinish.db").display()),
        };
        let settings = Settings::from_lookup(|name| match name {
            "DATABASE_URL" => Some(url.clone()),
            "DATA_DIR" => Some(place.display().to_string()),
            "CONFIG_DIR" => Some(env!("CARGO_MANIFEST_DIR").to_owned()),
            _ => None,
        })
        .unwrap();
        let app = demo::open(settings, now()).unwrap();
        let start = Instant::now();
        if !is_filled {
            demo::fill(&app, plan, |_| {}).await.unwrap();
            std::fs::write(place.join("filled"), "").unwrap();
        }
        let seeded = Self { app, folder, url, on_server };
        println!(
            "{}: {} open and {} closed requests in {:.0?}",
            seeded.database(),
            plan.open,
            plan.closed,
            start.elapsed()
        );
        seeded
    }

    /// Which database it is.
    pub const fn database(&self) -> &'static str {
        if self.on_server.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// A connection past the process.
    pub fn connect(&self) -> AnyConnection {
        AnyConnection::open(&DatabaseUrl::parse(&self.url).unwrap()).unwrap()
    }

    /// The first member by address who has a role, with that role at every operator.
    pub fn member(&self, email: &str, role: Role) -> Member {
        let row = otinish::storage::staff::by_email(&mut self.connect(), email).unwrap().unwrap();
        Member {
            id: row.id,
            name: row.name,
            email: row.email,
            language: Language::Ru,
            is_admin: false,
            stands_in_for: std::collections::BTreeMap::new(),
            roles: self
                .app
                .operators
                .iter()
                .map(|operator| (operator.id.clone(), vec![role]))
                .collect::<BTreeMap<_, _>>(),
            session_id: String::new(),
            hold: None,
        }
    }
}

impl Drop for Seeded {
    fn drop(&mut self) {
        if self.folder.is_some()
            && let Some((server, name)) = self.on_server.take()
            && let Ok(mut connection) = PgConnection::establish(&server)
        {
            let _ = connection.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Times of one thing that was done again and again.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Notes one time.
    pub fn add(&mut self, start: Instant) {
        self.0.push(start.elapsed());
    }

    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let place = ((sorted.len() as f64 - 1.0) * share).round() as usize;
        sorted.get(place).map_or(0.0, Duration::as_secs_f64) * 1_000.0
    }

    /// The median, in milliseconds.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// What 95 of 100 stay below, in milliseconds.
    pub fn p95(&self) -> f64 {
        self.at(0.95)
    }
}
