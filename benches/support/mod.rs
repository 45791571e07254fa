//! What benches share: databases filled with made-up requests, and times.
#![allow(dead_code)]

use std::collections::BTreeMap;
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

/// A database with made-up requests. It goes away with this value.
pub struct Seeded {
    pub app: Arc<App>,
    folder: TempDir,
    url: String,
    drop_on: Option<(String, String)>,
}

impl Seeded {
    /// Makes and fills one, on PostgreSQL when a server is named.
    pub async fn new(server: Option<&str>, plan: &Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let drop_on = server.map(|server| {
            let name = format!("otinish_bench_{}_{}", std::process::id(), plan.open + plan.closed);
            PgConnection::establish(server).unwrap().batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
            (server.to_owned(), name)
        });
        let url = match &drop_on {
            Some((server, name)) => format!("{}/{name}", server.rsplit_once('/').unwrap().0),
            None => format!("sqlite:{}", folder.path().join("otinish.db").display()),
        };
        let settings = Settings::from_lookup(|name| match name {
            "DATABASE_URL" => Some(url.clone()),
            "DATA_DIR" => Some(folder.path().display().to_string()),
            "CONFIG_DIR" => Some(env!("CARGO_MANIFEST_DIR").to_owned()),
            _ => None,
        })
        .unwrap();
        let app = demo::open(settings, now()).unwrap();
        let start = Instant::now();
        demo::fill(&app, plan, |_| {}).await.unwrap();
        let seeded = Self { app, folder, url, drop_on };
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
        if self.drop_on.is_some() { "PostgreSQL" } else { "SQLite" }
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
        if let Some((server, name)) = self.drop_on.take()
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
