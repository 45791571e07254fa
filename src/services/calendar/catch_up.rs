//! Where there is a single writer, a change that moves very many clocks is written in several transactions: the first brings the
//! revision and what it can, the others follow at once, and submissions come in between. Whoever is interrupted is followed by the
//! worker, which begins with this.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::change::recount_failed;
use super::look;
use super::recount::{Cause, RequestPlan};
use super::revisions::Change;
use crate::app::App;
use crate::domain::event::Actor;
use crate::services::error::ServiceError;
use crate::storage::AnyConnection;
use crate::storage::calendar::{self as rows, RevisionRow};

/// Others get this long between two transactions.
const PAUSE: Duration = Duration::from_millis(25);

/// Counts by the calendar in force what still stands by an older one. Returns how many requests that were.
///
/// # Errors
/// Those of the database; what was written stays written.
pub async fn catch_up(app: &Arc<App>) -> Result<usize, ServiceError> {
    let mut done = 0;
    loop {
        let process = Arc::clone(app);
        let found = app.db.read("count_calendar", move |connection| what_is_left(&process, connection)).await?;
        let Some((revision, mut left)) = found else { return Ok(done) };
        if left.is_empty() {
            let (number, now) = (revision.number, app.clock.now().naive_utc());
            app.db.write("finish_calendar", move |tx| Ok::<_, ServiceError>(rows::finish(tx, number, now)?)).await?;
            continue;
        }
        while !left.is_empty() {
            let rest = left.split_off(app.recount_at_once.load(Ordering::Relaxed).max(1).min(left.len()));
            let some = std::mem::replace(&mut left, rest);
            done += some.len();
            let (process, revision) = (Arc::clone(app), revision.clone());
            app.db.write("change_calendar", move |tx| write(&process, tx, &revision, some)).await?;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The oldest revision that is not finished, and what it still moves.
fn what_is_left(
    app: &App,
    connection: &mut AnyConnection,
) -> Result<Option<(RevisionRow, Vec<RequestPlan>)>, ServiceError> {
    let Some(revision) = rows::unfinished(connection)? else { return Ok(None) };
    // Only a changed day can be unfinished.
    let Change::Day { date, .. } = serde_json::from_str(&revision.change)? else {
        return Ok(Some((revision, Vec::new())));
    };
    let calendar = look(app, connection)?.1;
    let (actor, now) = (actor_of(&revision), app.clock.now());
    let cause = Cause {
        app,
        calendar: &calendar,
        days: &[date],
        actor: &actor,
        source: &revision.source,
        now,
        leaves_what_it_cannot_count: true,
    };
    let requests = cause.plan(connection, None).map_err(recount_failed)?.requests;
    Ok(Some((revision, requests)))
}

fn write(
    app: &App,
    tx: &mut AnyConnection,
    revision: &RevisionRow,
    some: Vec<RequestPlan>,
) -> Result<(), ServiceError> {
    let calendar = look(app, tx)?.1;
    let (actor, now) = (actor_of(revision), app.clock.now());
    let cause = Cause {
        app,
        calendar: &calendar,
        days: &[],
        actor: &actor,
        source: &revision.source,
        now,
        leaves_what_it_cannot_count: true,
    };
    cause.go_on(tx, some).map_err(recount_failed)
}

fn actor_of(revision: &RevisionRow) -> Actor {
    revision.staff_id.clone().map_or(Actor::System, Actor::Staff)
}
