//! Deadlines as they are shown, each with the sentence that explains it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::almaty;
use crate::domain::clocks::{Clock, headline};
use crate::domain::term::{Counted, SkipReason, Term, TermUnit};
use crate::domain::vocabulary::{Basis, Certainty, ClockName, ClockState, Kind, Language, Localized};
use crate::locale::Texts;
use crate::locale::explain::{self, Explained};
use crate::services::case;
use crate::services::error::ServiceError;
use crate::storage::clocks::ClockRow;

/// One deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockView {
    /// Which one.
    pub name: ClockName,
    /// Whether it waits, runs, was met or no longer applies.
    pub state: ClockState,
    /// Where the term comes from.
    pub basis: Basis,
    /// How sure that is.
    pub certainty: Certainty,
    /// The norm or clause.
    pub citation: String,
    /// The rule set it was started under.
    pub rule_set: String,
    /// The event it counts from; nothing while it waits.
    pub started_at: Option<DateTime<Utc>>,
    /// The end of its last day, 24:00 in Almaty.
    pub due_at: Option<DateTime<Utc>>,
    /// Its last day in Almaty.
    pub due_on: Option<NaiveDate>,
    /// When what it waits for was done.
    pub met_at: Option<DateTime<Utc>>,
    /// The operator's own stricter target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_on: Option<NaiveDate>,
    /// Which days were counted, which were skipped and why.
    pub explanation: String,
}

/// The deadline that leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeadlineView {
    /// Which one.
    pub clock: ClockName,
    /// Its last day in Almaty.
    pub due_on: NaiveDate,
}

/// The leading deadline of a request's clocks.
#[must_use]
pub fn headline_view(kind: Kind, clocks: &[ClockRow]) -> Option<HeadlineView> {
    headline(kind, clocks.iter().map(case::candidate)).map(|(clock, due_on)| HeadlineView { clock, due_on })
}

/// All deadlines of a request.
///
/// # Errors
/// When what is stored of one cannot be read.
pub fn clock_views(app: &App, language: Language, clocks: &[ClockRow]) -> Result<Vec<ClockView>, ServiceError> {
    clocks.iter().map(|clock| clock_view(app, language, clock)).collect()
}

fn clock_view(app: &App, language: Language, row: &ClockRow) -> Result<ClockView, ServiceError> {
    let citation: Localized = serde_json::from_str(&row.citation)?;
    let counting: Option<Counted> = row.counting.as_deref().map(serde_json::from_str).transpose()?;
    let met_on = row.met_at.map(|at| almaty::local_date(at.and_utc()));
    let explained = explained(row.name, row.state, case::term(row), counting.as_ref(), met_on);
    Ok(ClockView {
        name: row.name,
        state: row.state,
        basis: row.basis,
        certainty: row.certainty,
        citation: citation.get(language).to_owned(),
        rule_set: row.rule_set.clone(),
        started_at: row.started_at.map(|at| at.and_utc()),
        due_at: row.due_at.map(|at| at.and_utc()),
        due_on: row.due_on,
        met_at: row.met_at.map(|at| at.and_utc()),
        target_on: row.target_on,
        explanation: explain::clock(&app.texts, language, &explained),
    })
}

/// A deadline that is only planned: nothing of it is stored.
#[must_use]
pub fn planned_view(texts: &Texts, language: Language, clock: &Clock) -> ClockView {
    let explained = explained(clock.name, clock.state, clock.term, clock.counting.as_ref(), None);
    ClockView {
        name: clock.name,
        state: clock.state,
        basis: clock.basis,
        certainty: clock.certainty,
        citation: clock.citation.get(language).to_owned(),
        rule_set: clock.rule_set.clone(),
        started_at: clock.started_at,
        due_at: clock.due_at(),
        due_on: clock.due_on(),
        met_at: None,
        target_on: clock.target_on,
        explanation: explain::clock(texts, language, &explained),
    }
}

fn explained(
    name: ClockName,
    state: ClockState,
    term: Term,
    counting: Option<&Counted>,
    met_on: Option<NaiveDate>,
) -> Explained {
    Explained {
        name,
        state,
        term_days: term.days,
        working: term.unit == TermUnit::Working,
        event_on: counting.map(|counting| counting.event_on),
        due_on: counting.map(|counting| counting.due_on),
        counted: counting.map(Counted::counted_working_days).unwrap_or_default(),
        skipped: counting
            .map(|counting| {
                let skipped = counting.skipped.iter();
                skipped.map(|day| (day.date, day.reason == SkipReason::Weekend, day.name.clone())).collect()
            })
            .unwrap_or_default(),
        moved_from: counting.and_then(|counting| counting.moved_from),
        met_on,
    }
}
