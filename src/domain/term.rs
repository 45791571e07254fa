//! Terms of the law and what became of them when they were counted.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::vocabulary::Localized;

crate::vocabulary! {
    /// The unit of a term.
    TermUnit {
        /// Days on which people work, by the calendar.
        Working = "working",
        /// All days.
        Calendar = "calendar",
    }
}

/// How long something may take, counted from the day after its event (Civil Code art. 173).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// How many units, at least 1 in every rule.
    pub days: u32,
    /// The unit.
    pub unit: TermUnit,
}

impl Term {
    /// A term of working days.
    #[must_use]
    pub const fn working(days: u32) -> Self {
        Self { days, unit: TermUnit::Working }
    }

    /// A term of calendar days.
    #[must_use]
    pub const fn calendar(days: u32) -> Self {
        Self { days, unit: TermUnit::Calendar }
    }
}

crate::vocabulary! {
    /// Why a day did not count.
    SkipReason {
        /// A Saturday or Sunday.
        Weekend = "weekend",
        /// A weekday that the calendar names as off.
        DayOff = "day_off",
    }
}

/// A day that did not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// The day.
    pub date: NaiveDate,
    /// Why.
    pub reason: SkipReason,
    /// What the calendar calls the day; nothing for an ordinary weekend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Localized>,
}

/// A term that was counted: its last day, and all that is needed to say in a sentence how it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The local day of the event. It never counts itself.
    pub event_on: NaiveDate,
    /// The term that was counted.
    pub term: Term,
    /// The last day of the term, always a working day; the term ends at its 24:00.
    pub due_on: NaiveDate,
    /// In order: for working days each day off between event and due day; for calendar days those over which the end
    /// moved.
    pub skipped: Vec<Skipped>,
    /// The last day by plain counting, where it was no working day and the end moved on (Civil Code art. 175).
    pub moved_from: Option<NaiveDate>,
}

impl Counted {
    /// The days that counted, in order; empty for a term of calendar days, where all count.
    #[must_use]
    pub fn counted_working_days(&self) -> Vec<NaiveDate> {
        if self.term.unit == TermUnit::Calendar {
            return Vec::new();
        }
        self.event_on
            .iter_days()
            .skip(1)
            .take_while(|day| *day <= self.due_on)
            .filter(|day| self.skipped.iter().all(|skipped| skipped.date != *day))
            .collect()
    }
}
