//! How long the personal data of a request is kept: whole local days, counted from the day of its final status.

use chrono::{DateTime, Months, NaiveDate, Utc};

use super::almaty;

/// The last local day on which the data is kept. A day that the last year does not have is the last one of its month
/// (Civil Code art. 173(3)).
#[must_use]
pub fn kept_until(final_at: DateTime<Utc>, years: u32) -> NaiveDate {
    last_day(almaty::local_date(final_at), years)
}

/// Whether the term is over at `now`: its last day has ended.
#[must_use]
pub fn is_over(final_at: DateTime<Utc>, years: u32, now: DateTime<Utc>) -> bool {
    almaty::local_date(now) > kept_until(final_at, years)
}

/// The term of whatever became final before this instant is over at `now`, and of nothing else.
#[must_use]
pub fn over_before(years: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = almaty::local_date(now);
    let mut first_kept = today.checked_sub_months(months(years)).unwrap_or(NaiveDate::MIN);
    // From a 29 February three years back is the 28th, whose term ended the day before.
    while last_day(first_kept, years) < today {
        let Some(next) = first_kept.succ_opt() else { break };
        first_kept = next;
    }
    almaty::at_local(first_kept, 0, 0)
}

fn last_day(final_on: NaiveDate, years: u32) -> NaiveDate {
    final_on.checked_add_months(months(years)).unwrap_or(NaiveDate::MAX)
}

const fn months(years: u32) -> Months {
    Months::new(years.saturating_mul(12))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;
    use proptest::prelude::*;

    fn at(local: &str) -> DateTime<Utc> {
        let (date, time) = local.split_once('T').unwrap();
        let (hour, minute) = time.split_once(':').unwrap();
        almaty::at_local(date.parse().unwrap(), hour.parse().unwrap(), minute.parse().unwrap())
    }

    #[test]
    fn the_term_ends_with_the_local_day_of_the_same_date_years_later() {
        for (closed, years, last, still, over) in [
            ("2026-11-23T10:00", 3, "2029-11-23", "2029-11-23T23:59", "2029-11-24T00:00"),
            ("2026-11-23T00:00", 1, "2027-11-23", "2027-11-23T23:59", "2027-11-24T00:00"),
            ("2026-11-23T23:59", 1, "2027-11-23", "2027-11-23T23:59", "2027-11-24T00:00"),
            ("2028-02-29T12:00", 3, "2031-02-28", "2031-02-28T23:59", "2031-03-01T00:00"),
            ("2028-02-29T12:00", 4, "2032-02-29", "2032-02-29T23:59", "2032-03-01T00:00"),
            ("2025-02-28T12:00", 3, "2028-02-28", "2028-02-28T23:59", "2028-02-29T00:00"),
        ] {
            assert_eq!(kept_until(at(closed), years).to_string(), last, "{closed}");
            assert!(!is_over(at(closed), years, at(still)), "{closed} {still}");
            assert!(is_over(at(closed), years, at(over)), "{closed} {over}");
        }
    }

    #[test]
    fn an_endless_term_is_never_over() {
        assert!(!is_over(at("2026-11-23T10:00"), u32::MAX, at("9000-01-01T00:00")));
    }

    proptest! {
        #[test]
        fn what_is_over_is_what_became_final_before_the_limit(
            now in 1_700_000_000_i64..4_000_000_000, back in -400_i64..400, years in 1_u32..76,
        ) {
            let now = DateTime::from_timestamp(now, 0).unwrap();
            let limit = over_before(years, now);
            let closed = limit + Duration::hours(back);
            prop_assert_eq!(is_over(closed, years, now), closed < limit);
        }
    }
}
