//! From one revision of the calendar to the next.

use chrono::{Datelike, NaiveDate};

use super::{Calendar, DayEntry, YearMissing, is_weekday};
use crate::domain::vocabulary::{Certainty, Localized};

impl Calendar {
    /// The same calendar with one day changed, as an administrator's order says, under a new revision.
    ///
    /// A day that then no longer differs from a plain week leaves the list of days that do.
    ///
    /// # Errors
    /// When the calendar has no such year.
    pub fn with_day(
        &self,
        date: NaiveDate,
        working: bool,
        name: Localized,
        revision: impl Into<String>,
    ) -> Result<Self, YearMissing> {
        let mut calendar = self.clone();
        let year = calendar.years.get_mut(&date.year()).ok_or(YearMissing { year: date.year() })?;
        if working == is_weekday(date) {
            year.days.remove(&date);
        } else {
            year.days.insert(date, DayEntry { date, working, name });
        }
        calendar.revision = revision.into();
        Ok(calendar)
    }

    /// The same calendar with one year compared with its source, under a new revision. No day changes.
    ///
    /// # Errors
    /// When the calendar has no such year.
    pub fn with_certainty(
        &self,
        year: i32,
        certainty: Certainty,
        source: &str,
        revision: impl Into<String>,
    ) -> Result<Self, YearMissing> {
        let mut calendar = self.clone();
        let found = calendar.years.get_mut(&year).ok_or(YearMissing { year })?;
        found.certainty = certainty;
        source.clone_into(&mut found.source);
        calendar.revision = revision.into();
        Ok(calendar)
    }

    /// The same calendar under another revision.
    #[must_use]
    pub fn named(mut self, revision: impl Into<String>) -> Self {
        self.revision = revision.into();
        self
    }

    /// The entry of a day that differs from a plain week.
    #[must_use]
    pub fn entry(&self, date: NaiveDate) -> Option<&DayEntry> {
        self.years.get(&date.year()).and_then(|year| year.days.get(&date))
    }

    /// The days, in order, that are worked by one of the two calendars and not by the other. Years that only one of them has do
    /// not count: no term was counted into them.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<NaiveDate> {
        let mut days: Vec<NaiveDate> = self
            .years
            .iter()
            .filter_map(|(number, year)| Some((year, other.years.get(number)?)))
            .flat_map(|(ours, theirs)| ours.days.keys().chain(theirs.days.keys()).copied())
            .filter(|date| self.is_working(*date) != other.is_working(*date))
            .collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}
