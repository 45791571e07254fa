//! What the database knows, as figures for Prometheus: mails by state, requests by operator, the worker's turns, alerts of the day.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::error::ServiceError;
use crate::app::App;
use crate::domain::alert::AlertKind;
use crate::domain::almaty;
use crate::domain::vocabulary::Status;
use crate::storage::queue::{self, Facet};
use crate::storage::{AnyConnection, StorageError, alerts, outbox, turns};

/// A database that has not answered by then is not there; the figures of the process are told without it.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOperator {
    operator: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Job {
    job: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: String,
}

/// What is counted in the database.
#[derive(Debug, Default)]
struct Counted {
    mails: Vec<(String, i64)>,
    oldest_mail: Option<i64>,
    open: BTreeMap<String, i64>,
    overdue: BTreeMap<String, i64>,
    turns: Vec<(String, i64)>,
    alerts: Vec<(String, i64)>,
}

/// All figures in the text form.
///
/// # Errors
/// Only a fault: without the database its figures are left out, and `otinish_database_up` is 0.
pub async fn all(app: &Arc<App>) -> Result<String, ServiceError> {
    let now = app.clock.now();
    let operators: Vec<String> = app.operators.iter().map(|operator| operator.id.clone()).collect();
    let asked = app.db.read("figures", move |connection| Ok::<_, StorageError>(count(connection, &operators, now)?));
    let counted = tokio::time::timeout(PATIENCE, asked).await.ok().and_then(Result::ok);
    let mut text = String::new();
    let written = app.metrics.write(&mut text).and_then(|()| encode_registry(&mut text, &registry(counted.as_ref())));
    written.and_then(|()| encode_eof(&mut text)).map_err(|error| ServiceError::Internal(error.to_string()))?;
    Ok(text)
}

fn count(connection: &mut AnyConnection, operators: &[String], now: DateTime<Utc>) -> diesel::QueryResult<Counted> {
    let today = almaty::local_date(now).to_string();
    let mut counted = Counted { mails: outbox::count_by_state(connection)?, ..Counted::default() };
    let oldest = outbox::oldest_pending(connection)?;
    counted.oldest_mail = oldest.map(|oldest| (now.naive_utc() - oldest).num_seconds().max(0));
    for operator in operators {
        let (mut open, mut overdue) = (0, 0);
        for (facet, value, number) in queue::counts(connection, std::slice::from_ref(operator))? {
            match facet {
                Facet::Status if Status::parse(&value).is_some_and(|status| !status.is_final()) => open += number,
                // Days are written so that they sort as text.
                Facet::Due if value < today => overdue += number,
                _ => {}
            }
        }
        counted.open.insert(operator.clone(), open);
        counted.overdue.insert(operator.clone(), overdue);
    }
    counted.alerts = alerts::of_day(connection, almaty::local_date(now))?;
    counted.turns = turns::all(connection)?.into_iter().map(|(job, at)| (job, at.and_utc().timestamp())).collect();
    Ok(counted)
}

fn registry(counted: Option<&Counted>) -> Registry {
    let mut registry = Registry::with_prefix("otinish");
    let up = Gauge::<i64>::default();
    up.set(i64::from(counted.is_some()));
    registry.register("database_up", "Whether the database answered just now", up);
    let Some(counted) = counted else { return registry };
    let mails = Family::<State, Gauge>::default();
    for state in outbox::STATES {
        mails.get_or_create_owned(&State { state: (*state).to_owned() }).set(0);
    }
    for (state, number) in &counted.mails {
        mails.get_or_create_owned(&State { state: state.clone() }).set(*number);
    }
    registry.register("mails", "Mails and letters in the outbox by state", mails);
    let oldest = Gauge::<i64>::default();
    oldest.set(counted.oldest_mail.unwrap_or_default());
    registry.register("mail_queue_age_seconds", "Age of the oldest mail that waits; 0 when none does", oldest);
    let by_operator = |numbers: &BTreeMap<String, i64>| {
        let family = Family::<OfOperator, Gauge>::default();
        for (operator, number) in numbers {
            family.get_or_create_owned(&OfOperator { operator: operator.clone() }).set(*number);
        }
        family
    };
    registry.register("requests_open", "Requests that are not closed", by_operator(&counted.open));
    registry.register("requests_overdue", "Requests whose nearest deadline is over", by_operator(&counted.overdue));
    let raised = Family::<OfKind, Gauge>::default();
    for kind in AlertKind::ALL {
        raised.get_or_create_owned(&OfKind { kind: kind.to_string() }).set(0);
    }
    for (kind, number) in &counted.alerts {
        raised.get_or_create_owned(&OfKind { kind: kind.clone() }).set(*number);
    }
    registry.register("alerts_today", "Alerts that were raised today, by the day of Almaty", raised);
    let turns = Family::<Job, Gauge>::default();
    for (job, at) in &counted.turns {
        turns.get_or_create_owned(&Job { job: job.clone() }).set(*at);
    }
    registry.register("worker_last_turn_timestamp_seconds", "When a worker last did this job", turns);
    registry
}
