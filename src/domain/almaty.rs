//! Local time of Kazakhstan.
//!
//! The whole country has lived by one zone, UTC+5, since 2024-03-01; before that Almaty was at UTC+6.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// The zone by whose dates terms are counted.
pub const ZONE: Tz = chrono_tz::Asia::Almaty;

/// The instant at which a term that is due on `due_on` ends: 24:00 of that day (Civil Code art. 176(1)).
#[must_use]
pub fn due_at(due_on: NaiveDate) -> DateTime<Utc> {
    due_on.succ_opt().map_or(DateTime::<Utc>::MAX_UTC, |next| {
        let midnight = next.and_time(NaiveTime::MIN);
        // Where the clocks go back over midnight, the day has not ended before the second one.
        ZONE.from_local_datetime(&midnight).latest().map_or_else(|| after_gap(midnight), |at| at.with_timezone(&Utc))
    })
}

/// The local date at an instant.
#[must_use]
pub fn local_date(instant: DateTime<Utc>) -> NaiveDate {
    local_time(instant).date()
}

/// The local date and time at an instant.
#[must_use]
pub fn local_time(instant: DateTime<Utc>) -> NaiveDateTime {
    let utc = instant.naive_utc();
    let offset = ZONE.offset_from_utc_datetime(&utc).fix();
    utc.checked_add_offset(offset).unwrap_or(utc)
}

/// The instant at which local clocks show `hour`:`minute` on `date`; values past 23 or 59 are taken as 23 or 59.
///
/// A time that comes twice (clocks go back) is the first of the two; one that is left out (clocks go forward) is as
/// much later as was left out.
#[must_use]
pub fn at_local(date: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    let local = date.and_time(NaiveTime::from_hms_opt(hour.min(23), minute.min(59), 0).unwrap_or_default());
    ZONE.from_local_datetime(&local).earliest().map_or_else(|| after_gap(local), |at| at.with_timezone(&Utc))
}

/// A local time that the clocks never showed, read with the offset that held the day before.
fn after_gap(local: NaiveDateTime) -> DateTime<Utc> {
    let day_before = local.checked_sub_days(Days::new(1)).unwrap_or(local);
    let offset = ZONE.offset_from_utc_datetime(&day_before).fix();
    local.checked_sub_offset(offset).unwrap_or(local).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_term_ends_at_midnight_of_almaty() {
        assert_eq!(due_at(day("2026-11-25")).to_rfc3339(), "2026-11-25T19:00:00+00:00");
        assert_eq!(due_at(day("2024-03-01")).to_rfc3339(), "2024-03-01T19:00:00+00:00");
    }

    #[test]
    fn before_the_change_of_zone_a_term_ended_an_hour_earlier_in_utc() {
        assert_eq!(due_at(day("2024-02-28")).to_rfc3339(), "2024-02-28T18:00:00+00:00");
        assert_eq!(due_at(day("2024-02-29")).to_rfc3339(), "2024-02-29T19:00:00+00:00", "29 February had 25 hours");
    }

    #[test]
    fn the_local_date_changes_at_midnight_of_almaty() {
        let at = |text: &str| local_date(text.parse().unwrap());
        assert_eq!(at("2026-11-22T18:59:59Z"), day("2026-11-22"));
        assert_eq!(at("2026-11-22T19:00:00Z"), day("2026-11-23"));
        assert_eq!(at("2024-02-28T18:00:00Z"), day("2024-02-29"));
    }

    #[test]
    fn a_local_time_becomes_an_instant() {
        assert_eq!(at_local(day("2026-11-23"), 9, 0).to_rfc3339(), "2026-11-23T04:00:00+00:00");
        assert_eq!(at_local(day("2024-01-10"), 9, 30).to_rfc3339(), "2024-01-10T03:30:00+00:00");
        assert_eq!(at_local(day("2026-11-23"), 24, 75), at_local(day("2026-11-23"), 23, 59));
        assert_eq!(local_time("2026-11-23T04:05:06Z".parse().unwrap()).to_string(), "2026-11-23 09:05:06");
    }

    #[test]
    fn a_time_that_comes_twice_is_the_first_and_one_left_out_is_later() {
        assert_eq!(at_local(day("2024-02-29"), 23, 30).to_rfc3339(), "2024-02-29T17:30:00+00:00");
        let left_out = at_local(day("2004-03-28"), 2, 30);
        assert_eq!(left_out.to_rfc3339(), "2004-03-27T20:30:00+00:00");
        assert_eq!(local_time(left_out).to_string(), "2004-03-28 03:30:00");
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            let _ = (due_at(date), at_local(date, 0, 0), at_local(date, 23, 59));
        }
        for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let _ = (local_date(instant), local_time(instant));
        }
    }
}
