//! What administrators send to change the calendar, and what they get back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::intake::FieldError;
use crate::domain::text;
use crate::domain::vocabulary::{Certainty, ClockName, Kind, Localized};
use crate::services::error::ServiceError;

/// The longest name of a day, in characters.
const MAX_NAME: usize = 120;
/// The longest source, in characters.
pub(super) const MAX_SOURCE: usize = 300;

/// A day as it is to be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayForm {
    /// Whether people work.
    pub working: bool,
    /// Why the day differs from a plain Monday–Friday week; not needed where it then no longer does.
    pub name: Option<DayName>,
    /// The order, law or announcement, with its number and date.
    pub source: String,
    /// The revision that was looked at: where another is in force by now, nothing is changed.
    pub base_revision: Option<String>,
}

/// The name of a day: one text for all languages, or one for each.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum DayName {
    /// The same in all languages.
    One(String),
    /// In each language.
    Each(Localized),
}

/// How sure the days of a year are.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertaintyForm {
    /// `verified` when the days were compared with the official calendar and the orders that move days off.
    pub certainty: Certainty,
    /// The order, law or announcement, with its number and date.
    pub source: String,
}

/// A clock that moves, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MovedClock {
    /// Its request.
    pub reference: String,
    /// The operator.
    pub operator: String,
    /// What is asked for.
    pub kind: Kind,
    /// Which clock.
    pub clock: ClockName,
    /// Its last day before.
    pub from: NaiveDate,
    /// Its last day after.
    pub to: NaiveDate,
}

/// What a change of a day did, or would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarChange {
    /// The revision in force afterwards; for a look the one in force now.
    pub revision: String,
    /// The day.
    pub date: NaiveDate,
    /// Whether people work.
    pub working: bool,
    /// Why the day differs from a plain week, if it does.
    pub name: Option<Localized>,
    /// The order, law or announcement.
    pub source: String,
    /// It was only looked at: nothing was changed.
    pub dry_run: bool,
    /// Something is different from before; a day that stands so already changes nothing.
    pub changed: bool,
    /// The clocks whose last day moves, by request; at most 10,000 are listed.
    pub moved: Vec<MovedClock>,
    /// How many clocks move in all.
    pub moved_clocks: usize,
    /// How many requests they belong to.
    pub moved_requests: usize,
    /// How many of the clocks move to a nearer day.
    pub nearer: usize,
}

/// The name and the source of a day, checked.
pub(super) fn checked(form: &DayForm) -> Result<(Option<Localized>, String), ServiceError> {
    let mut mistakes = Vec::new();
    let mut line = |pointer: &str, typed: &str, max: usize| {
        text::one_line(typed, max).unwrap_or_else(|error| {
            mistakes.push(FieldError::at(pointer, error));
            String::new()
        })
    };
    let source = line("/source", &form.source, MAX_SOURCE);
    let name = match &form.name {
        None => None,
        Some(DayName::One(name)) => {
            let name = line("/name", name, MAX_NAME);
            Some(Localized { kk: name.clone(), ru: name.clone(), en: name })
        }
        Some(DayName::Each(Localized { kk, ru, en })) => Some(Localized {
            kk: line("/name/kk", kk, MAX_NAME),
            ru: line("/name/ru", ru, MAX_NAME),
            en: line("/name/en", en, MAX_NAME),
        }),
    };
    if mistakes.is_empty() { Ok((name, source)) } else { Err(ServiceError::Invalid(mistakes)) }
}
