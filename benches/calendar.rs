//! How long a changed day takes with many open clocks, and how long submissions wait meanwhile.
//!
//! ```text
//! cargo bench --bench calendar                         on SQLite
//! TEST_DATABASE_URL=postgres://… cargo bench --bench calendar      on PostgreSQL: in a database of its own, which is dropped
//! ```
//!
//! Half of the clocks move, which is the most there can be: each request is a withdrawal of consent whose 15 working days reach over
//! the changed day, and has the 30 calendar days beside it. Requests are made by the product and then copied, so that filling the
//! database takes seconds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use otinish::app::App;
use otinish::clock::Clock;
use otinish::domain::intake::RequestForm;
use otinish::domain::vocabulary::{Language, Role};
use otinish::mail::transport::{MemoryTransport, Transport};
use otinish::services::calendar::{DayForm, DayName, put_day};
use otinish::services::sign_in::Member;
use otinish::services::start::start_with;
use otinish::services::submit::{Origin, submit};
use otinish::settings::Settings;
use otinish::storage::{AnyConnection, DatabaseUrl};
use serde_json::json;

/// So many requests are made by the product; the rest are copies.
const MADE: usize = 50;

fn main() {
    let clocks: usize = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(clocks / 2));
}

/// A database of its own, and how to get rid of it.
struct Place {
    folder: tempfile::TempDir,
    url: String,
    server: Option<(String, String)>,
}

impl Place {
    #[allow(clippy::disallowed_methods)]
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
            let url = format!("sqlite:{}", folder.path().join("bench.db").display());
            return Self { folder, url, server: None };
        };
        let name = format!("bench_{}", std::process::id());
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        let mut connection = AnyConnection::open(&DatabaseUrl::parse(&server).unwrap()).unwrap();
        connection.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        Self { folder, url, server: Some((server, name)) }
    }

    fn connect(&self) -> AnyConnection {
        AnyConnection::open(&DatabaseUrl::parse(&self.url).unwrap()).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.server {
            let mut connection = AnyConnection::open(&DatabaseUrl::parse(server).unwrap()).unwrap();
            connection.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
        }
    }
}

fn form(number: usize) -> RequestForm {
    serde_json::from_value(json!({
        "kind": "consent_withdrawal", "language": "en",
        "subject": {"full_name": "Айгүл Сәрсенова", "iin": "900101400023", "email": format!("person{number}@mail.example.kz")},
        "submitted_by": {"capacity": "subject"}, "withdrawal": {"scope": "all"},
        "acknowledged": ["agreement_may_end"]
    }))
    .unwrap()
}

async fn hand_in(app: &Arc<App>, number: usize) {
    submit(app, "demo", form(number), Origin::Web, Language::En, None).await.unwrap();
}

async fn measure(requests: usize) {
    let place = Place::make();
    let settings = Settings::from_lookup(|name| match name {
        "DATABASE_URL" => Some(place.url.clone()),
        "DATA_DIR" => Some(place.folder.path().display().to_string()),
        "CONFIG_DIR" => Some(env!("CARGO_MANIFEST_DIR").to_owned()),
        _ => None,
    })
    .unwrap();
    let clock = Clock::fixed("2026-11-23T05:00:00Z".parse().unwrap());
    let app = start_with(settings, clock, Transport::Memory(MemoryTransport::new())).unwrap();
    for number in 0..MADE {
        hand_in(&app, number).await;
    }
    copy(&mut place.connect(), requests / MADE - 1);
    let admin = Member {
        id: make_admin(&mut place.connect()),
        name: "Bench".to_owned(),
        email: "bench@staff.example.kz".to_owned(),
        language: Language::En,
        is_admin: true,
        roles: std::collections::BTreeMap::<String, Vec<Role>>::new(),
        stands_in_for: std::collections::BTreeMap::new(),
        session_id: String::new(),
        hold: None,
    };
    println!(
        "{} requests, {} open clocks, {}",
        requests,
        requests * 2,
        if place.server.is_some() { "PostgreSQL" } else { "SQLite" }
    );
    let alone = waits(&app, Duration::from_secs(2), &Arc::default()).await;
    println!("a submission with nothing beside it: {}", summary(&alone));
    for (working, look) in [(false, true), (false, false), (true, false)] {
        let done = Arc::new(AtomicBool::new(false));
        let submitting = tokio::spawn({
            let (app, done) = (Arc::clone(&app), Arc::clone(&done));
            async move { waits(&app, Duration::from_mins(10), &done).await }
        });
        let day = DayForm {
            working,
            name: Some(DayName::One("Bench".to_owned())),
            source: "Order No. 1 of 23.11.2026".to_owned(),
            base_revision: None,
        };
        let begun = Instant::now();
        let change = put_day(&app, &admin, "2026-12-01".parse().unwrap(), day, look).await.unwrap();
        let took = begun.elapsed();
        done.store(true, Ordering::Relaxed);
        let waits = submitting.await.unwrap();
        println!(
            "{}: {} of {} clocks move, {:.2} s; submissions meanwhile: {}",
            if look {
                "look"
            } else if working {
                "day taken back"
            } else {
                "day off"
            },
            change.moved_clocks,
            requests * 2,
            took.as_secs_f64(),
            summary(&waits)
        );
    }
}

/// How long each of the submissions takes that are made one after the other until it is `done`.
async fn waits(app: &Arc<App>, at_most: Duration, done: &Arc<AtomicBool>) -> Vec<Duration> {
    let begun = Instant::now();
    let mut waits = Vec::new();
    while begun.elapsed() < at_most && !done.load(Ordering::Relaxed) {
        let one = Instant::now();
        hand_in(app, 1_000_000 + waits.len()).await;
        waits.push(one.elapsed());
    }
    waits
}

fn summary(waits: &[Duration]) -> String {
    let mut sorted = waits.to_vec();
    sorted.sort_unstable();
    let millis = |wait: &Duration| wait.as_secs_f64() * 1_000.0;
    match (sorted.get(sorted.len() / 2), sorted.last()) {
        (Some(median), Some(longest)) => {
            format!("{} of them, median {:.1} ms, longest {:.0} ms", sorted.len(), millis(median), millis(longest))
        }
        _ => "none".to_owned(),
    }
}

/// Copies each request with its clocks `times` times, under ids that nobody else has.
fn copy(connection: &mut AnyConnection, times: usize) {
    let number = match connection {
        AnyConnection::Sqlite(_) => "printf('%04d', n)",
        AnyConnection::Postgres(_) => "lpad(n::text, 4, '0')",
    };
    let id = |column: &str| format!("substr({column}, 1, 24) || {number} || substr({column}, 29)");
    let (numbers, token, reference) = match connection {
        AnyConnection::Sqlite(_) => (
            format!("WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {times})"),
            "randomblob(32)",
            "reference || n",
        ),
        AnyConnection::Postgres(_) => (
            format!("WITH t AS (SELECT generate_series(1, {times}) AS n)"),
            "decode(md5(id || n), 'hex')",
            "reference || n::text",
        ),
    };
    let requests =
        columns(connection, "requests", &[("id", &id("id")), ("token_hash", token), ("reference", reference)]);
    let clocks = columns(connection, "clocks", &[("id", &id("id")), ("request_id", &id("request_id"))]);
    let of = |target: &str, list: &(String, String)| {
        format!("INSERT INTO {target} ({}) {numbers} SELECT {} FROM {target}, t", list.0, list.1)
    };
    let both = format!("{}; {}; ANALYZE", of("requests", &requests), of("clocks", &clocks));
    connection.batch_execute(&both).unwrap();
}

/// The columns of a table, and what is put into each.
fn columns(connection: &mut AnyConnection, table: &str, instead: &[(&str, &str)]) -> (String, String) {
    #[derive(diesel::QueryableByName)]
    struct Name {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let names: Vec<Name> = match connection {
        AnyConnection::Sqlite(inner) => {
            diesel::sql_query(format!("SELECT name FROM pragma_table_info('{table}')")).load(inner).unwrap()
        }
        AnyConnection::Postgres(inner) => diesel::sql_query(format!(
            "SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = '{table}'"
        ))
        .load(inner)
        .unwrap(),
    };
    let value = |name: &str| {
        instead
            .iter()
            .find(|(column, _)| *column == name)
            .map_or_else(|| name.to_owned(), |(_, value)| (*value).to_owned())
    };
    let list: Vec<&str> = names.iter().map(|name| name.name.as_str()).collect();
    (list.join(", "), list.iter().map(|name| value(name)).collect::<Vec<_>>().join(", "))
}

fn make_admin(connection: &mut AnyConnection) -> String {
    let id = "00000000-0000-7000-8000-000000000001";
    connection
        .batch_execute(&format!(
            "INSERT INTO staff (id, email, name, language, password_hash, is_admin, failed_sign_ins, created_at) \
             VALUES ('{id}', 'bench@staff.example.kz', 'Bench', 'en', '', true, 0, '2026-11-23 00:00:00')"
        ))
        .unwrap();
    id.to_owned()
}
