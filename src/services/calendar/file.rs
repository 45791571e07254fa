//! The calendar's file meets the database when a process starts.
//!
//! A file that the database has not seen brings a new revision, unless it was compared with its sources earlier than the calendar in
//! force. Days that administrators changed on the day of that comparison or later are laid over it again. A file that was in force
//! before changes nothing, so that processes which are started with files of different age agree.

use chrono::{Days, NaiveDate};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::change::recount_failed;
use super::look;
use super::recount::Cause;
use super::revisions::{Brought, Change, store};
use crate::app::App;
use crate::domain::almaty;
use crate::domain::calendar::Calendar;
use crate::domain::event::Actor;
use crate::domain::event_chain::hex;
use crate::services::error::ServiceError;
use crate::services::sign_in::{By, note};
use crate::storage::calendar as rows;
use crate::storage::{AnyConnection, write_transaction};

/// Takes the calendar of this process's file into the database, unless it was there before, and counts the open clocks again.
///
/// # Errors
/// Those of the database, and a calendar that is too short for a clock that runs.
pub fn adopt_file(app: &App, connection: &mut AnyConnection) -> Result<(), ServiceError> {
    let of_the_file = app.calendar();
    let digest = digest(&of_the_file)?;
    let in_force = if rows::newest(connection)? == 0 { None } else { Some(look(app, connection)?.1) };
    let older = in_force.as_ref().is_some_and(|in_force| of_the_file.verified_on() < in_force.verified_on());
    let stays = older || rows::knows_file(connection, &digest)?;
    if let Some(in_force) = in_force.filter(|_| stays) {
        if in_force.revision().split('+').next() != of_the_file.revision().split('+').next() {
            tracing::warn!(
                file = of_the_file.revision(),
                in_force = in_force.revision(),
                "calendars/kz.toml is older than the calendar in the database, which stays in force"
            );
        }
        return Ok(());
    }
    write_transaction(connection, |tx| adopt(app, tx, &of_the_file, digest))?;
    look(app, connection)?;
    Ok(())
}

/// What tells one calendar from another, whatever the comments of its file.
fn digest(calendar: &Calendar) -> Result<String, ServiceError> {
    Ok(hex(&Sha256::digest(serde_json::to_vec(calendar)?)))
}

fn adopt(app: &App, tx: &mut AnyConnection, of_the_file: &Calendar, digest: String) -> Result<(), ServiceError> {
    // Two processes that start at once with the same file bring it once.
    rows::begin_change(tx)?;
    if rows::knows_file(tx, &digest)? {
        return Ok(());
    }
    let now = app.clock.now();
    let base = rows::newest(tx)?;
    let number = base + 1;
    let mut revision = of_the_file.revision().to_owned();
    if rows::has_name(tx, &revision)? {
        revision = format!("{revision}+{number}");
    }
    let mut calendar = of_the_file.clone().named(revision);
    for row in rows::made_by_staff(tx)? {
        let change: Change = serde_json::from_str(&row.change)?;
        if almaty::local_date(row.at.and_utc()) < of_the_file.verified_on() {
            if let Change::Day { date, working, .. } = &change
                && calendar.is_working(*date) != Ok(*working)
            {
                tracing::warn!(%date, revision = row.revision, "the new calendars/kz.toml takes back a day that was changed here");
            }
            continue;
        }
        let name = calendar.revision().to_owned();
        if let Ok(changed) = change.lay_over(&calendar, &row.source, name) {
            calendar = changed;
        }
    }
    let days = if base == 0 { days_ahead(app, &calendar) } else { look(app, tx)?.1.differences(&calendar) };
    let cause = Cause {
        app,
        calendar: &calendar,
        days: &days,
        actor: &Actor::System,
        source: calendar.source(),
        now,
        leaves_what_it_cannot_count: true,
    };
    let plan = cause.plan(tx, None).map_err(recount_failed)?;
    let written = cause.write(tx, plan).map_err(recount_failed)?;
    let moved_clocks = written.iter().map(|request| request.moves.len()).sum();
    let change = Change::File { revision: of_the_file.revision().to_owned(), moved_clocks };
    let brought =
        Brought { by: None, source: calendar.source(), digest: Some(digest), change: &change, now, recounted: true };
    store(tx, number, &calendar, &brought)?;
    let data = json!({"revision": calendar.revision(), "file": of_the_file.revision(), "moved_clocks": moved_clocks});
    note(tx, now, "calendar_file_taken_over", &By::CommandLine, &data)?;
    if base > 0 {
        tracing::info!(revision = calendar.revision(), moved_clocks, "calendars/kz.toml brought a new calendar");
    }
    Ok(())
}

/// A database from before the calendar was kept in it says not by which days its clocks were counted: all days ahead may differ.
fn days_ahead(app: &App, calendar: &Calendar) -> Vec<NaiveDate> {
    let today = almaty::local_date(app.clock.now());
    let last = calendar.years().next_back().and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31));
    let last = last.and_then(|last| last.checked_sub_days(Days::new(1)));
    [Some(today), last].into_iter().flatten().collect()
}
