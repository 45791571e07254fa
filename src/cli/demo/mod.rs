//! `otinish demo`: fills a database with believable requests of people who do not exist, history included.
//!
//! Every request goes through the code that real ones go through, at the times at which it would have happened: the clock of the
//! process is moved through the past. Nothing is left to mail.

mod dice;
mod forms;
mod people;
mod staff;
mod story;

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use crate::app::App;
use crate::clock::Clock;
use crate::ids::new_id;
use crate::mail::transport::Transport;
use crate::services::error::ServiceError;
use crate::services::start::{StartFailure, start_with};
use crate::settings::Settings;
use crate::storage::staff::{AuditRow, audit_by_action, note_audit};
use crate::storage::{AnyConnection, queue, requests};
use staff::{Desk, desks};
use story::{Outline, tell};

/// The line of the audit trail that says how many requests were made up.
const ACTION: &str = "demo_filled";
/// So many requests are written in one transaction.
const BATCH: u64 = 250;
/// Open requests were received within so many days.
const OPEN_DAYS: i64 = 30;
/// Closed requests were received up to so many days before those.
const CLOSED_DAYS: i64 = 300;

/// What is asked for.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Args {
    /// How many open requests.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    requests: u64,
    /// How many closed requests of the months before.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    closed: u64,
    /// The same seed makes the same requests.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also when the database has requests that were not made up.
    #[arg(long)]
    add: bool,
}

/// What a database is to be filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many open requests, received within the last thirty days, most of them lately.
    pub open: u64,
    /// How many closed ones of the months before.
    pub closed: u64,
    /// The same seed makes the same requests.
    pub seed: u64,
}

/// What was made.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// How many requests.
    pub requests: u64,
    /// Mail addresses of the staff accounts that were made, since an operator had nobody.
    pub staff: Vec<String>,
    /// The password of these accounts.
    pub password: Option<String>,
}

/// Fills the database from the command line.
///
/// # Errors
/// What to print when it cannot be done.
pub async fn run(settings: Settings, args: Args) -> Result<ExitCode, String> {
    if !is_private(&settings.public_url) {
        return Err(format!(
            "PUBLIC_URL is {}: made-up requests do not belong on a server that people use. Run this with a PUBLIC_URL on 127.0.0.1, \
             localhost or under example.kz",
            settings.public_url
        ));
    }
    let app = open(settings, Clock::System.now()).map_err(|error| error.to_string())?;
    if !args.add && has_others(&app).await.map_err(|error| error.to_string())? {
        return Err("the database has requests that were not made up. Take an empty one, or say --add".to_owned());
    }
    let plan = Plan { open: args.requests, closed: args.closed, seed: args.seed };
    let progress = |done: u64| eprintln!("{done} of {} requests", plan.open + plan.closed);
    let filled = fill(&app, &plan, progress).await.map_err(|error| error.to_string())?;
    println!("{} requests were made up.", filled.requests);
    if let Some(password) = &filled.password {
        println!("Accounts were made: {}.\nTheir password, shown only now: {password}", filled.staff.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

/// A process whose clock can be moved and whose mails go nowhere: what [`fill`] needs.
///
/// # Errors
/// As [`start_with`].
pub fn open(settings: Settings, now: DateTime<Utc>) -> Result<Arc<App>, StartFailure> {
    start_with(settings, Clock::fixed(now), Transport::Nowhere)
}

/// Whether an address is one that only whoever runs the server uses.
fn is_private(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(host, _)| host);
    let host = host.to_lowercase();
    host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || matches!(host.as_str(), "localhost" | "[::1]" | "example.kz")
        || [".localhost", ".test", ".example.kz"].iter().any(|end| host.ends_with(end))
}

/// Whether there are requests that this command did not make.
///
/// # Errors
/// Those of the database.
pub async fn has_others(app: &Arc<App>) -> Result<bool, ServiceError> {
    app.db
        .read("demo_others", |connection| {
            Ok(u64::try_from(requests::count(connection)?).unwrap_or(u64::MAX) > made_up(connection)?)
        })
        .await
}

/// How many requests earlier runs made.
fn made_up(connection: &mut AnyConnection) -> Result<u64, ServiceError> {
    let lines = audit_by_action(connection, ACTION)?;
    let number = |line: &AuditRow| {
        let data: serde_json::Value = serde_json::from_str(&line.data).ok()?;
        data.get("requests")?.as_u64()
    };
    Ok(lines.iter().filter_map(number).sum())
}

/// Fills the database. `app` comes from [`open`]: its clock is moved, and stands at the end where it stood before. `progress` is told
/// how many requests are there from time to time.
///
/// # Errors
/// Those of the services; what was written in earlier batches stays.
pub async fn fill(app: &Arc<App>, plan: &Plan, progress: impl Fn(u64)) -> Result<Filled, ServiceError> {
    if !matches!((&app.clock, &app.transport), (Clock::Fixed(_), Transport::Nowhere)) {
        let needed = "made-up requests need a clock that can be moved, and mails that go nowhere";
        return Err(ServiceError::Internal(needed.to_owned()));
    }
    let end = app.clock.now();
    let done = fill_until(app, plan, progress, end).await;
    app.clock.set(end);
    done
}

async fn fill_until(
    app: &Arc<App>,
    plan: &Plan,
    progress: impl Fn(u64),
    end: DateTime<Utc>,
) -> Result<Filled, ServiceError> {
    // The staff was there before the first request.
    app.clock.set(end - Duration::days(OPEN_DAYS + CLOSED_DAYS + 10));
    let found = desks(app).await?;
    let first = app.db.read("demo_made", made_up).await?;
    let all = plan.open + plan.closed;
    let mut next = 0;
    while next < all {
        let until = (next + BATCH).min(all);
        let (process, plan, desks) = (Arc::clone(app), *plan, found.all.clone());
        app.db.write("demo", move |tx| batch(&process, tx, &desks, &plan, (first, next, until), end)).await?;
        next = until;
        if next % 5_000 == 0 || next == all {
            progress(next);
        }
    }
    Ok(Filled { requests: all, staff: found.made, password: found.password })
}

fn batch(
    app: &App,
    tx: &mut AnyConnection,
    desks: &[Desk],
    plan: &Plan,
    (first, from, until): (u64, u64, u64),
    end: DateTime<Utc>,
) -> Result<(), ServiceError> {
    for place in from..until {
        let outline = outline(plan, place, first + place, end);
        let mut dice = dice::Dice::new(!plan.seed, first + place);
        if let Some(desk) = dice.pick(desks) {
            tell(app, tx, desk, &outline)?;
        }
    }
    app.clock.set(end);
    // So many changes at once would make the counters long before the worker sums them up.
    queue::compact_counts(tx)?;
    let data = json!({"requests": until - from, "seed": plan.seed});
    note_audit(
        tx,
        &AuditRow {
            id: new_id(end),
            at: end.naive_utc(),
            action: ACTION.to_owned(),
            actor_kind: "command_line".to_owned(),
            actor_id: None,
            operator_id: None,
            request_id: None,
            reason: None,
            data: data.to_string(),
            about_id: None,
        },
    )?;
    Ok(())
}

/// When the `place`th request of a run came and by when its story is told. Closed ones come first, so that the order is that of time.
fn outline(plan: &Plan, place: u64, number: u64, end: DateTime<Utc>) -> Outline {
    let mut dice = dice::Dice::new(plan.seed.rotate_left(17), number);
    let closed = place < plan.closed;
    let (place, of) = if closed { (place, plan.closed) } else { (place - plan.closed, plan.open) };
    // How far the run has come, in millionths.
    let share = (place * 1_000_000 + dice.below(1_000_000)) / of.max(1);
    let left = 1_000_000 - i64::try_from(share).unwrap_or_default().min(1_000_000);
    let jitter = Duration::microseconds(i64::try_from(dice.below(1_000_000)).unwrap_or_default());
    if closed {
        let ago = Duration::days(OPEN_DAYS + 1) + Duration::seconds(CLOSED_DAYS * 86_400 / 1_000 * left / 1_000);
        let received_at = end - ago + jitter;
        let takes = Duration::hours(40 + i64::try_from(dice.below(500)).unwrap_or_default());
        return Outline { number, seed: plan.seed, received_at, until: received_at + takes, closed, end };
    }
    // The later the more: half of the open ones came in the last quarter of the time.
    let ago = Duration::seconds(OPEN_DAYS * 86_400 * (left * left / 1_000_000) / 1_000_000);
    let received_at = end - Duration::minutes(35) - ago + jitter;
    Outline { number, seed: plan.seed, received_at, until: end - Duration::minutes(5), closed, end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_nobody_else_uses_are_private() {
        for url in ["http://127.0.0.1:8080", "http://localhost", "https://requests.example.kz/x", "http://[::1]:80"] {
            assert!(is_private(url), "{url}");
        }
        for url in ["https://requests.kz", "https://example.kz.evil.kz", "http://10.0.0.1:8080", "https://127.evil"] {
            assert!(!is_private(url), "{url}");
        }
    }

    #[test]
    fn requests_come_in_the_order_of_time_and_never_after_the_end() {
        let end: DateTime<Utc> = "2026-11-23T05:00:00Z".parse().unwrap();
        let plan = Plan { open: 300, closed: 100, seed: 3 };
        let all: Vec<Outline> = (0..400).map(|place| outline(&plan, place, place, end)).collect();
        assert!(all.iter().all(|one| one.received_at < one.until && one.until < end));
        assert_eq!(all.iter().filter(|one| one.closed).count(), 100);
        let month = end - Duration::days(31);
        assert!(all.iter().all(|one| one.closed || one.received_at > month));
    }
}
