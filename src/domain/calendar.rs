//! The calendar of working days: which days are worked, and how terms are counted over them.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize, de};

use crate::domain::data_file::{DataFile, DataFileError, Step};
use crate::domain::term::{Counted, SkipReason, Skipped, Term, TermUnit};
use crate::domain::vocabulary::{Certainty, Localized};
use crate::path;

mod revision;

/// A day was asked for in a year of which the calendar knows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calendar has no year {year}: add it to the calendar file")]
pub struct YearMissing {
    /// The year that is missing.
    pub year: i32,
}

/// A day that differs from a plain Monday to Friday week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayEntry {
    /// The day.
    #[serde(deserialize_with = "read_date")]
    pub date: NaiveDate,
    /// Whether it is worked.
    pub working: bool,
    /// Why it differs, for people to read.
    pub name: Localized,
}

/// The working days of a run of years without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    revision: String,
    source: String,
    verified_on: NaiveDate,
    years: BTreeMap<i32, Year>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Year {
    certainty: Certainty,
    source: String,
    days: BTreeMap<NaiveDate, DayEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    revision: String,
    source: String,
    #[serde(deserialize_with = "read_date")]
    verified_on: NaiveDate,
    year: Vec<YearOfFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct YearOfFile {
    year: i32,
    certainty: Certainty,
    source: String,
    #[serde(default)]
    day: Vec<DayEntry>,
}

impl Calendar {
    /// Reads a calendar file. `file` is its name for messages.
    ///
    /// # Errors
    /// When the text is no calendar file, a date stands twice or outside its year, an entry says what a plain week says
    /// anyway, a text is blank, or the years do not follow each other.
    pub fn parse(file: &str, text: &str) -> Result<Self, DataFileError> {
        let file = DataFile::<CalendarFile>::parse(file, text)?;
        let contents = &file.value;
        for (key, text) in [("revision", &contents.revision), ("source", &contents.source)] {
            if text.trim().is_empty() {
                return Err(file.mistake(&path![key], "a text that is not blank"));
            }
        }
        if contents.year.is_empty() {
            return Err(file.mistake(&path!["year"], "at least one year"));
        }
        let mut years = BTreeMap::new();
        let mut expected = None;
        for (index, year) in contents.year.iter().enumerate() {
            if expected.is_some_and(|expected| expected != year.year) {
                return Err(file.mistake(
                    &path!["year", index, "year"],
                    format!("the year after the one before it, in order and without a gap; this is {}", year.year),
                ));
            }
            expected = year.year.checked_add(1);
            if year.source.trim().is_empty() {
                return Err(file.mistake(&path!["year", index, "source"], "a text that is not blank"));
            }
            let days = days_of_file(&file, index, year)?;
            years.insert(year.year, Year { certainty: year.certainty, source: year.source.clone(), days });
        }
        let CalendarFile { revision, source, verified_on, .. } = file.value;
        Ok(Self { revision, source, verified_on, years })
    }

    /// The revision, recorded with every term that was counted.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Where the calendar as a whole comes from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The day on which the file was last compared with its sources.
    #[must_use]
    pub const fn verified_on(&self) -> NaiveDate {
        self.verified_on
    }

    /// The years, in order.
    #[must_use]
    pub fn years(&self) -> impl DoubleEndedIterator<Item = i32> + '_ {
        self.years.keys().copied()
    }

    /// How sure the days of a year are, and where they come from.
    ///
    /// # Errors
    /// When the calendar has no such year.
    pub fn certainty_of(&self, year: i32) -> Result<(Certainty, &str), YearMissing> {
        self.year(year).map(|year| (year.certainty, year.source.as_str()))
    }

    /// The days of a year that differ from a plain Monday to Friday week, in order.
    ///
    /// # Errors
    /// When the calendar has no such year.
    pub fn days_of(&self, year: i32) -> Result<Vec<&DayEntry>, YearMissing> {
        self.year(year).map(|year| year.days.values().collect())
    }

    /// Whether a day is worked.
    ///
    /// # Errors
    /// When the calendar has no such year.
    pub fn is_working(&self, date: NaiveDate) -> Result<bool, YearMissing> {
        let year = self.year(date.year())?;
        Ok(year.days.get(&date).map_or_else(|| is_weekday(date), |entry| entry.working))
    }

    /// The first working day after a day.
    ///
    /// # Errors
    /// When it would lie in a year that the calendar lacks.
    pub fn next_working_day(&self, after: NaiveDate) -> Result<NaiveDate, YearMissing> {
        let mut day = next_day(after)?;
        while !self.is_working(day)? {
            day = next_day(day)?;
        }
        Ok(day)
    }

    /// The last working day before a day.
    ///
    /// # Errors
    /// When it would lie in a year that the calendar lacks.
    pub fn previous_working_day(&self, before: NaiveDate) -> Result<NaiveDate, YearMissing> {
        let mut day = day_before(before)?;
        while !self.is_working(day)? {
            day = day_before(day)?;
        }
        Ok(day)
    }

    /// How many working days there are after one day up to another, that one included; 0 when it does not come later.
    ///
    /// # Errors
    /// When the stretch reaches into a year that the calendar lacks.
    pub fn working_days_between(&self, from_exclusive: NaiveDate, to_inclusive: NaiveDate) -> Result<u32, YearMissing> {
        let mut count = 0;
        let mut day = from_exclusive;
        while day < to_inclusive {
            day = next_day(day)?;
            count += u32::from(self.is_working(day)?);
        }
        Ok(count)
    }

    /// Counts a term from the day after `event_on` (Civil Code art. 173).
    ///
    /// A term of working days counts only those. A term of calendar days counts all, and if its last day is not worked,
    /// it ends on the next working day (art. 175).
    ///
    /// # Errors
    /// When the term reaches into a year that the calendar lacks.
    pub fn count(&self, event_on: NaiveDate, term: Term) -> Result<Counted, YearMissing> {
        let mut skipped = Vec::new();
        let last = match term.unit {
            TermUnit::Working => {
                let mut day = event_on;
                let mut left = term.days;
                while left > 0 {
                    day = next_day(day)?;
                    match self.skip(day)? {
                        Some(skip) => skipped.push(skip),
                        None => left -= 1,
                    }
                }
                day
            }
            TermUnit::Calendar => event_on
                .checked_add_days(Days::new(u64::from(term.days)))
                .ok_or(YearMissing { year: NaiveDate::MAX.year() })?,
        };
        let mut due_on = last;
        while let Some(skip) = self.skip(due_on)? {
            skipped.push(skip);
            due_on = next_day(due_on)?;
        }
        Ok(Counted { event_on, term, due_on, skipped, moved_from: (due_on != last).then_some(last) })
    }

    fn year(&self, year: i32) -> Result<&Year, YearMissing> {
        self.years.get(&year).ok_or(YearMissing { year })
    }

    /// Why a day does not count, or nothing when it is worked.
    fn skip(&self, date: NaiveDate) -> Result<Option<Skipped>, YearMissing> {
        if self.is_working(date)? {
            return Ok(None);
        }
        let name = self.year(date.year())?.days.get(&date).map(|entry| entry.name.clone());
        let reason = if is_weekday(date) { SkipReason::DayOff } else { SkipReason::Weekend };
        Ok(Some(Skipped { date, reason, name }))
    }
}

fn days_of_file(
    file: &DataFile<CalendarFile>,
    index: usize,
    year: &YearOfFile,
) -> Result<BTreeMap<NaiveDate, DayEntry>, DataFileError> {
    let mut days = BTreeMap::new();
    for (place, entry) in year.day.iter().enumerate() {
        let at = |key: &str| path!["year", index, "day", place, key].to_vec();
        if entry.date.year() != year.year {
            return Err(file.mistake(&at("date"), format!("a date in {}", year.year)));
        }
        if entry.working == is_weekday(entry.date) {
            let plain = if entry.working { "worked" } else { "off" };
            return Err(file.mistake(
                &at("working"),
                format!(
                    "a day that differs from a plain week; {}, a {}, is {plain} anyway",
                    entry.date,
                    entry.date.format("%A")
                ),
            ));
        }
        if let Some(language) = entry.name.first_blank() {
            let path: Vec<Step> = at("name").into_iter().chain([language.as_str().into()]).collect();
            return Err(file.mistake(&path, "a text that is not blank"));
        }
        if days.insert(entry.date, entry.clone()).is_some() {
            return Err(file.mistake(&at("date"), format!("each date once; {} stands here again", entry.date)));
        }
    }
    Ok(days)
}

fn is_weekday(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn next_day(date: NaiveDate) -> Result<NaiveDate, YearMissing> {
    date.succ_opt().ok_or(YearMissing { year: date.year() })
}

fn day_before(date: NaiveDate) -> Result<NaiveDate, YearMissing> {
    date.pred_opt().ok_or(YearMissing { year: date.year() })
}

/// Reads a date of a data file, strictly as `2026-11-22` in quotes, and says so when it is not.
pub(crate) fn read_date<'de, D: de::Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    struct Date;
    impl de::Visitor<'_> for Date {
        type Value = NaiveDate;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a date in quotes such as \"2026-11-22\"")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<NaiveDate, E> {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()
                .filter(|date| date.format("%Y-%m-%d").to_string() == text)
                .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_str(Date)
}

#[cfg(test)]
mod tests;
