//! Mornings of working days: 09:00 in Almaty, when somebody is reminded of what still lies there.

use chrono::{DateTime, NaiveDate, Utc};

use super::almaty;
use super::calendar::{Calendar, YearMissing};

fn nine(on: NaiveDate) -> DateTime<Utc> {
    almaty::at_local(on, 9, 0)
}

/// The morning of the first working day after the day of `at`.
///
/// # Errors
/// When the calendar lacks the year.
pub fn of_next_day(calendar: &Calendar, at: DateTime<Utc>) -> Result<DateTime<Utc>, YearMissing> {
    Ok(nine(calendar.next_working_day(almaty::local_date(at))?))
}

/// The first such morning after `now`; today's, where it is still to come.
///
/// # Errors
/// When the calendar lacks the year.
pub fn next_after(calendar: &Calendar, now: DateTime<Utc>) -> Result<DateTime<Utc>, YearMissing> {
    let today = almaty::local_date(now);
    if nine(today) > now && calendar.is_working(today)? { Ok(nine(today)) } else { of_next_day(calendar, now) }
}

/// The day of the last such morning that has come by `now`.
///
/// # Errors
/// When the calendar lacks the year.
pub fn last_by(calendar: &Calendar, now: DateTime<Utc>) -> Result<NaiveDate, YearMissing> {
    let today = almaty::local_date(now);
    if nine(today) <= now && calendar.is_working(today)? { Ok(today) } else { calendar.previous_working_day(today) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: &str = include_str!("../../calendars/kz.toml");

    fn at(local: &str) -> DateTime<Utc> {
        let (date, hour) = local.split_once(' ').unwrap();
        almaty::at_local(date.parse().unwrap(), hour.parse().unwrap(), 0)
    }

    #[test]
    fn mornings_skip_weekends_and_holidays() {
        let calendar = Calendar::parse("kz.toml", CALENDAR).unwrap();
        let of_next_day = |local| of_next_day(&calendar, at(local)).unwrap();
        let next_after = |local| next_after(&calendar, at(local)).unwrap();
        let last_by = |local| last_by(&calendar, at(local)).unwrap().to_string();
        assert_eq!(of_next_day("2026-11-27 8"), at("2026-11-30 9"), "a Friday: Monday");
        assert_eq!(of_next_day("2026-12-15 18"), at("2026-12-17 9"), "the 16th is Independence Day");
        assert_eq!(next_after("2026-11-27 8"), at("2026-11-27 9"));
        assert_eq!(next_after("2026-11-27 9"), at("2026-11-30 9"));
        assert_eq!(next_after("2026-12-16 8"), at("2026-12-17 9"));
        assert_eq!(last_by("2026-11-27 8"), "2026-11-26");
        assert_eq!(last_by("2026-11-27 9"), "2026-11-27");
        assert_eq!(last_by("2026-11-29 12"), "2026-11-27", "a Sunday");
        assert_eq!(last_by("2026-12-17 8"), "2026-12-15");
    }
}
