//! Forgets what is no longer needed: idempotency keys after a day, external sign-ins that nobody finished, counts of failed sign-ins with unknown addresses. Sums up the
//! counters of the queue when they have many lines.

use std::sync::Arc;

use crate::app::App;
use crate::services::error::ServiceError;
use crate::storage::{alerts, codes, external, queue};

/// Forgets what is old.
///
/// # Errors
/// Those of the database.
pub async fn step(app: &Arc<App>) -> Result<(), ServiceError> {
    app.forget_unknown_sign_ins();
    app.limits.forget_old();
    let now = app.clock.now();
    // A look first: a write transaction every few seconds for nothing would be a waste.
    let old = app
        .db
        .read("old_calls", move |connection| Ok::<_, ServiceError>(codes::has_old_calls(connection, now.naive_utc())?));
    if old.await? {
        app.db
            .write("forget_old_calls", move |tx| Ok::<_, ServiceError>(codes::forget_old_calls(tx, now.naive_utc())?))
            .await?;
    }
    // The longest window of an alert is a day.
    let before = (now - chrono::Duration::days(2)).naive_utc();
    let old =
        app.db.read("old_alert_counts", move |connection| Ok::<_, ServiceError>(alerts::has_old(connection, before)?));
    if old.await? {
        app.db.write("forget_alert_counts", move |tx| Ok::<_, ServiceError>(alerts::forget_old(tx, before)?)).await?;
    }
    let begun = app
        .db
        .read("old_sign_ins", move |connection| Ok::<_, ServiceError>(external::has_old(connection, now.naive_utc())?));
    if begun.await? {
        let forgotten = app
            .db
            .write("forget_old_sign_ins", move |tx| Ok::<_, ServiceError>(external::forget_old(tx, now.naive_utc())?));
        forgotten.await?;
    }
    // Lines of counters pile up on PostgreSQL, and last days that are over on both.
    let long =
        app.db.read("counts_are_long", |connection| Ok::<_, ServiceError>(queue::counts_are_long(connection)?)).await?;
    if long {
        app.db.write("compact_counts", |tx| Ok::<_, ServiceError>(queue::compact_counts(tx)?)).await?;
    }
    Ok(())
}
