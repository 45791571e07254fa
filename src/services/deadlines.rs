//! The deadlines that a request would get, and the calendar they are counted by. Nothing is stored.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::ServiceError;
use super::views::{ClockView, HeadlineView, planned_view};
use crate::app::App;
use crate::domain::almaty;
use crate::domain::calendar::Calendar;
use crate::domain::calendar::DayEntry;
use crate::domain::clocks::Law;
use crate::domain::clocks::{Candidate, CountError, Facts, headline};
use crate::domain::intake::FieldError;
use crate::domain::operator::Operators;
use crate::domain::rules::Rules;
use crate::domain::vocabulary::{Ground, Kind, Language, Violation};
use crate::locale::Texts;

/// A request that might be.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeadlineQuery {
    /// An operator's id; its policy may promise more than the law.
    pub operator: Option<String>,
    /// What is asked for.
    #[param(required = true)]
    pub kind: Option<Kind>,
    /// When it is received: a local date or an instant; now when absent.
    pub received_at: Option<String>,
    /// When the documents of a correction are received.
    pub documents_at: Option<String>,
    /// Grounds, separated by commas.
    pub grounds: Option<String>,
    /// Links to published data are given.
    pub published: Option<bool>,
    /// The claim is a consumer's.
    pub consumer: Option<bool>,
}

/// The deadlines.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Deadlines {
    /// The deadline that leads.
    pub headline: Option<HeadlineView>,
    /// All deadlines; those that wait for their event have no dates.
    pub clocks: Vec<ClockView>,
}

/// The days of a year that differ from a plain Monday–Friday week.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarYear {
    /// The revision of the calendar.
    pub revision: String,
    /// The year.
    pub year: i32,
    /// The days.
    pub days: Vec<DayView>,
}

/// A day that differs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayView {
    /// The day.
    pub date: NaiveDate,
    /// Whether people work.
    pub working: bool,
    /// Why.
    pub name: String,
}

/// What deadlines are counted from: enough without a database.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Books<'a> {
    pub operators: &'a Operators,
    pub rules: &'a Rules,
    pub calendar: &'a Calendar,
    pub texts: &'a Texts,
    pub now: DateTime<Utc>,
}

impl<'a> Books<'a> {
    /// Those of a running process, with the calendar in force.
    #[must_use]
    pub fn of(app: &'a App, calendar: &'a Calendar) -> Self {
        Self { operators: &app.operators, rules: &app.rules, calendar, texts: &app.texts, now: app.clock.now() }
    }
}

fn moment(pointer: &str, text: &str) -> Result<DateTime<Utc>, ServiceError> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
    date.map(|date| almaty::at_local(date, 12, 0)).ok_or_else(|| ServiceError::field(pointer, "date_format"))
}

fn grounds(text: Option<&str>) -> Result<Vec<Ground>, ServiceError> {
    let named = text.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    named
        .map(|name| {
            Ground::parse(name).ok_or_else(|| {
                let allowed: Vec<&str> = Ground::ALL.iter().map(|ground| ground.as_str()).collect();
                ServiceError::field("/query/grounds", "not_one_of").map_args("allowed", allowed.join(", "))
            })
        })
        .collect()
}

/// Counts the deadlines of a request that might be.
///
/// # Errors
/// `Invalid` for an unknown operator, a date that does not exist or one that the calendar does not cover.
pub fn deadlines(books: &Books<'_>, language: Language, query: &DeadlineQuery) -> Result<Deadlines, ServiceError> {
    let kind = query.kind.ok_or_else(|| ServiceError::field("/query/kind", "required"))?;
    let operator = query
        .operator
        .as_deref()
        .map(|id| {
            books.operators.get(id).ok_or_else(|| {
                let allowed: Vec<&str> = books.operators.iter().map(|operator| operator.id.as_str()).collect();
                ServiceError::field("/query/operator", "not_one_of").map_args("allowed", allowed.join(", "))
            })
        })
        .transpose()?;
    let received_at = match query.received_at.as_deref() {
        Some(text) => moment("/query/received_at", text)?,
        None => books.now,
    };
    let documents_at = query.documents_at.as_deref().map(|text| moment("/query/documents_at", text)).transpose()?;
    if documents_at.is_some() && kind != Kind::Correction {
        return Err(ServiceError::field("/query/documents_at", "part_of_another_kind"));
    }
    if documents_at.is_some_and(|at| almaty::local_date(at) < almaty::local_date(received_at)) {
        return Err(ServiceError::field("/query/documents_at", "date_too_early"));
    }
    let grounds = grounds(query.grounds.as_deref())?;
    let alleged = grounds.iter().any(|ground| ground.alleges_violation());
    let no_targets = std::collections::BTreeMap::new();
    let facts = Facts {
        kind,
        grounds: &grounds,
        violation: if alleged { Violation::Alleged } else { Violation::None },
        published: query.published.unwrap_or_default(),
        consumer: kind == Kind::Claim && query.consumer.unwrap_or_default(),
        received_at,
        documents_at,
        blocked: operator.is_some_and(|operator| super::submit::blocks_at_once(operator, kind, &grounds)),
        claim_contract: operator.and_then(|operator| operator.claim_response.as_ref()).map(|term| &term.citation),
        targets: operator.map_or(&no_targets, |operator| &operator.internal_targets),
    };
    let law = Law { rules: books.rules, calendar: books.calendar };
    let clocks = law.plan(&facts).map_err(|error| at_received(&error))?;
    let leading = headline(
        kind,
        clocks.iter().map(|clock| Candidate {
            name: clock.name,
            state: clock.state,
            basis: clock.basis,
            due_on: clock.due_on(),
        }),
    );
    Ok(Deadlines {
        headline: leading.map(|(clock, due_on)| HeadlineView { clock, due_on }),
        clocks: clocks.iter().map(|clock| planned_view(books.texts, language, clock)).collect(),
    })
}

fn at_received(error: &CountError) -> ServiceError {
    let field = |code: &'static str| FieldError::new("/query/received_at", code);
    match error {
        CountError::Year(missing) => {
            ServiceError::Invalid(vec![field("date_not_in_calendar").with("year", missing.year)])
        }
        CountError::NoRules(_) => ServiceError::Invalid(vec![field("date_too_early")]),
        CountError::NoRule { .. } => ServiceError::Internal(error.to_string()),
    }
}

/// A year of a calendar.
///
/// # Errors
/// `NotFound` for a year that the calendar does not cover.
pub fn calendar_year(calendar: &Calendar, language: Language, year: i32) -> Result<CalendarYear, ServiceError> {
    let days = calendar.days_of(year).map_err(|_| ServiceError::NotFound)?;
    let view =
        |day: &DayEntry| DayView { date: day.date, working: day.working, name: day.name.get(language).to_owned() };
    Ok(CalendarYear { revision: calendar.revision().to_owned(), year, days: days.into_iter().map(view).collect() })
}
