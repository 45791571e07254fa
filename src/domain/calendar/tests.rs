use std::collections::HashMap;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::domain::vocabulary::Language;

const KZ: &str = include_str!("../../../calendars/kz.toml");

fn kz() -> Calendar {
    static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::parse("calendars/kz.toml", KZ).unwrap());
    CALENDAR.clone()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn due(event_on: &str, term: Term) -> String {
    kz().count(day(event_on), term).unwrap().due_on.to_string()
}

fn mistake(from: &str, to: &str) -> String {
    let text = "revision = \"r1\"\nsource = \"s\"\nverified_on = \"2026-11-01\"\n\n[[year]]\nyear = 2026\ncertainty = \"secondary\"\nsource = \"s\"\n\n\
                [[year.day]]\ndate = \"2026-03-09\"\nworking = false\nname = { kk = \"к\", ru = \"р\", en = \"e\" }\n\n\
                [[year]]\nyear = 2027\ncertainty = \"inferred\"\nsource = \"s\"\n";
    assert!(Calendar::parse("c.toml", text).is_ok());
    assert!(text.contains(from), "{from}");
    Calendar::parse("c.toml", &text.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn every_year_has_the_published_number_of_working_days() {
    let calendar = kz();
    let totals: Vec<_> = calendar
        .years()
        .map(|year| {
            let end = |year: i32| NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
            (year, calendar.working_days_between(end(year - 1), end(year)).unwrap())
        })
        .collect();
    assert_eq!(totals, [(2024, 249), (2025, 246), (2026, 247), (2027, 247)]);
}

#[test]
fn every_day_that_differs_is_the_expected_one() {
    let calendar = kz();
    let of = |year: i32, working: bool| {
        let days = calendar.days_of(year).unwrap();
        let days = days.iter().filter(|entry| entry.working == working);
        days.map(|entry| entry.date.format("%m-%d").to_string()).collect::<Vec<_>>().join(" ")
    };
    let off_2024 = "01-01 01-02 03-08 03-21 03-22 03-25 05-01 05-07 05-08 05-09 07-08 08-30 10-25 12-16";
    let off_2025 = "01-01 01-02 01-03 01-07 03-10 03-21 03-24 03-25 05-01 05-07 05-09 06-06 07-07 09-01 10-27 12-16";
    let off_2026 = "01-01 01-02 01-07 03-09 03-23 03-24 03-25 05-01 05-07 05-11 05-27 07-06 10-26 12-16";
    let off_2027 = "01-01 01-04 01-07 03-08 03-15 03-22 03-23 03-24 05-03 05-07 05-10 07-06 10-25 12-16";
    assert_eq!([of(2024, false), of(2025, false)], [off_2024, off_2025]);
    assert_eq!([of(2026, false), of(2027, false)], [off_2026, off_2027]);
    assert_eq!([of(2024, true), of(2025, true), of(2026, true), of(2027, true)], ["05-04", "01-05", "", ""]);
}

#[test]
fn the_traps_of_the_years_are_right() {
    let calendar = kz();
    let working = |text: &str| calendar.is_working(day(text)).unwrap();
    assert!(!working("2024-05-08"), "moved from Saturday 4 May");
    assert!(working("2024-05-04"), "a working Saturday");
    assert!(!working("2025-01-03"), "moved from Sunday 5 January");
    assert!(working("2025-01-05"), "a working Sunday");
    assert!(working("2026-08-31"), "30 August is no holiday since 2026");
    assert!(!working("2025-09-01"), "30 August 2025 was one, on a Saturday");
    assert!(!working("2027-03-15"), "Constitution Day since 2027");
    assert!(working("2024-06-17"), "Kurban Ait fell on Sunday 16 June and moved nothing");
    assert!(working("2024-01-08"), "7 January on a Sunday moves nothing");
}

#[test]
fn a_term_starts_on_the_day_after_its_event() {
    assert_eq!(due("2026-11-23", Term::working(1)), "2026-11-24");
    assert_eq!(due("2026-11-23", Term::working(3)), "2026-11-26");
    assert_eq!(due("2026-11-20", Term::working(1)), "2026-11-23", "received on a Friday evening");
    assert_eq!(due("2026-11-22", Term::working(3)), "2026-11-25", "received on a Sunday");
    assert_eq!(due("2026-12-16", Term::working(1)), "2026-12-17", "received on a holiday");
    assert_eq!(due("2026-11-23", Term::working(15)), "2026-12-14");
}

#[test]
fn moved_days_off_and_working_weekends_count_as_the_orders_say() {
    assert_eq!(due("2024-05-03", Term::working(1)), "2024-05-04");
    assert_eq!(due("2024-05-06", Term::working(1)), "2024-05-10");
    assert_eq!(due("2024-12-31", Term::working(1)), "2025-01-05");
    assert_eq!(due("2026-08-28", Term::working(1)), "2026-08-31");
    assert_eq!(due("2026-03-20", Term::working(3)), "2026-03-30");
}

#[test]
fn a_term_of_calendar_days_ends_on_the_next_working_day() {
    let counted = kz().count(day("2024-04-08"), Term::calendar(30)).unwrap();
    assert_eq!((counted.due_on, counted.moved_from), (day("2024-05-10"), Some(day("2024-05-08"))));
    assert_eq!(
        counted.skipped.iter().map(|skip| skip.date).collect::<Vec<_>>(),
        [day("2024-05-08"), day("2024-05-09")]
    );
    let counted = kz().count(day("2026-11-22"), Term::calendar(30)).unwrap();
    assert_eq!((counted.due_on, counted.moved_from, counted.skipped.len()), (day("2026-12-22"), None, 0));
    assert_eq!(due("2024-04-04", Term::calendar(30)), "2024-05-04", "a working Saturday keeps the end");
}

#[test]
fn a_count_tells_which_days_counted_and_why_others_did_not() {
    let counted = kz().count(day("2026-03-20"), Term::working(3)).unwrap();
    assert_eq!(counted.counted_working_days(), [day("2026-03-26"), day("2026-03-27"), day("2026-03-30")]);
    let skipped: Vec<_> = counted.skipped.iter().map(|skip| (skip.date.to_string(), skip.reason)).collect();
    let expected = [("21", SkipReason::Weekend), ("22", SkipReason::Weekend), ("23", SkipReason::DayOff)];
    assert_eq!(skipped[..3], expected.map(|(day, reason)| (format!("2026-03-{day}"), reason)));
    assert_eq!(skipped.len(), 7);
    assert_eq!(counted.skipped[0].name, None);
    assert_eq!(counted.skipped[3].name.as_ref().unwrap().get(Language::En), "Nauryz, moved from Saturday 21 March");
    assert_eq!(counted.moved_from, None);
    assert!(kz().count(day("2026-03-20"), Term::calendar(10)).unwrap().counted_working_days().is_empty());
}

#[test]
fn a_count_survives_being_stored() {
    let counted = kz().count(day("2026-03-20"), Term::working(3)).unwrap();
    let json = serde_json::to_string(&counted).unwrap();
    assert_eq!(serde_json::from_str::<Counted>(&json).unwrap(), counted);
    assert!(json.contains(r#"{"date":"2026-03-21","reason":"weekend"}"#), "{json}");
}

#[test]
fn a_year_that_is_missing_is_named() {
    let calendar = kz();
    let error = calendar.count(day("2027-12-31"), Term::working(1)).unwrap_err();
    assert_eq!(error.to_string(), "the calendar has no year 2028: add it to the calendar file");
    assert_eq!(calendar.count(day("2027-12-20"), Term::calendar(30)), Err(YearMissing { year: 2028 }));
    assert_eq!(calendar.count(day("2026-01-01"), Term::working(u32::MAX)), Err(YearMissing { year: 2028 }));
    assert_eq!(calendar.is_working(day("2023-12-31")), Err(YearMissing { year: 2023 }));
    assert_eq!(calendar.previous_working_day(day("2024-01-03")), Err(YearMissing { year: 2023 }));
    assert_eq!(calendar.next_working_day(day("2027-12-31")), Err(YearMissing { year: 2028 }));
    assert_eq!(calendar.days_of(2028), Err(YearMissing { year: 2028 }));
    assert_eq!(calendar.certainty_of(2027).unwrap().0, Certainty::Inferred);
    assert_eq!(calendar.count(day("2023-12-31"), Term::working(1)).unwrap().due_on, day("2024-01-03"));
}

#[test]
fn the_ends_of_time_are_errors_and_no_panic() {
    let calendar = kz();
    for date in [NaiveDate::MIN, NaiveDate::MAX] {
        for term in [Term::working(1), Term::calendar(1), Term::calendar(u32::MAX), Term::working(0)] {
            assert!(calendar.count(date, term).is_err());
        }
        assert!(calendar.next_working_day(date).is_err() && calendar.previous_working_day(date).is_err());
    }
    assert!(calendar.working_days_between(NaiveDate::MIN, NaiveDate::MAX).is_err());
}

#[test]
fn working_days_before_and_after_skip_what_is_off() {
    let calendar = kz();
    assert_eq!(calendar.previous_working_day(day("2026-03-26")), Ok(day("2026-03-20")));
    assert_eq!(calendar.next_working_day(day("2026-03-20")), Ok(day("2026-03-26")));
    assert_eq!(calendar.working_days_between(day("2026-11-20"), day("2026-11-25")), Ok(3));
    assert_eq!(calendar.working_days_between(day("2026-11-25"), day("2026-11-20")), Ok(0));
}

#[test]
fn a_day_can_be_laid_over_and_taken_back() {
    let name = |text: &str| Localized { kk: text.into(), ru: text.into(), en: text.into() };
    let changed = kz().with_day(day("2026-11-24"), false, name("Moved"), "2026-11-23.1").unwrap();
    assert_eq!((changed.revision(), kz().revision()), ("2026-11-23.1", "2026-11-22"));
    assert_eq!(changed.count(day("2026-11-23"), Term::working(1)).unwrap().due_on, day("2026-11-25"));
    let back = changed.with_day(day("2026-11-24"), true, name("As it was"), "2026-11-22").unwrap();
    assert_eq!(back, kz());
    let saturday = kz().with_day(day("2026-11-28"), true, name("Working"), "r").unwrap();
    assert!(saturday.is_working(day("2026-11-28")).unwrap());
    assert_eq!(kz().with_day(day("2028-01-01"), false, name("x"), "r"), Err(YearMissing { year: 2028 }));
}

#[test]
fn every_mistake_of_a_file_is_named_with_line_and_key() {
    let second = "name = { kk = \"к\", ru = \"р\", en = \"e\" }\n\n[[year.day]]\ndate = \"2026-03-09\"\nworking = false\n\
                  name = { kk = \"к\", ru = \"р\", en = \"e\" }\n";
    for (from, to, expected) in [
        ("\"r1\"", "\" \"", "c.toml:1: revision: a text that is not blank"),
        ("\"2026-11-01\"", "2026-11-01", "c.toml:3: verified_on: "),
        ("\"2026-11-01\"", "\"2026-11-1\"", "c.toml:3: verified_on: "),
        ("2026-03-09", "2026-02-30", "c.toml:11: year[0].day[0].date: "),
        ("2026-03-09", "2025-03-10", "c.toml:11: year[0].day[0].date: a date in 2026"),
        (
            "2026-03-09",
            "2026-03-08",
            "c.toml:12: year[0].day[0].working: a day that differs from a plain week; 2026-03-08, a Sunday",
        ),
        ("working = false", "working = true", "c.toml:12: year[0].day[0].working: a day that differs"),
        ("ru = \"р\"", "ru = \" \"", "c.toml:13: year[0].day[0].name.ru: a text that is not blank"),
        ("name = { kk = \"к\", ru = \"р\", en = \"e\" }\n", second, "c.toml:16: year[0].day[1].date: each date once"),
        ("year = 2027", "year = 2028", "c.toml:16: year[1].year: the year after the one before it"),
        ("year = 2027", "year = 2026", "c.toml:16: year[1].year: the year after the one before it"),
        (
            "certainty = \"secondary\"\nsource = \"s\"",
            "certainty = \"secondary\"\nsource = \"\"",
            "c.toml:8: year[0].source: ",
        ),
        ("secondary", "sure", "c.toml:7: year[0].certainty: "),
        ("working = false", "works = false", "c.toml:12: year[0].day[0].works: "),
        ("[[year]]\nyear = 2026", "[[year]", "c.toml:5: (file): "),
    ] {
        let text = mistake(from, to);
        assert!(text.starts_with(expected), "{from} -> {to}\n  {text}\n  {expected}");
    }
    let none = Calendar::parse("c.toml", "revision = \"r\"\nsource = \"s\"\nverified_on = \"2026-11-01\"\nyear = []\n");
    assert_eq!(none.unwrap_err().to_string(), "c.toml:4: year: at least one year");
}

/// Counts another way: writes out every day of the four years once and walks along that list.
fn slow_count(event_on: NaiveDate, term: Term) -> Option<NaiveDate> {
    static OFF: LazyLock<HashMap<NaiveDate, bool>> = LazyLock::new(|| {
        let value: toml::Table = KZ.parse().unwrap();
        let years = value["year"].as_array().unwrap().iter();
        let days = years.flat_map(|year| year["day"].as_array().unwrap());
        days.map(|entry| (entry["date"].as_str().unwrap().parse().unwrap(), !entry["working"].as_bool().unwrap()))
            .collect()
    });
    let is_off = |date: &NaiveDate| OFF.get(date).copied().unwrap_or(date.weekday().num_days_from_monday() >= 5);
    let days: Vec<NaiveDate> = day("2024-01-01").iter_days().take_while(|date| date.year() <= 2027).collect();
    let after: Vec<NaiveDate> = days.into_iter().filter(|date| *date > event_on).collect();
    let place = usize::try_from(term.days).unwrap() - 1;
    match term.unit {
        TermUnit::Working => after.into_iter().filter(|date| !is_off(date)).nth(place),
        TermUnit::Calendar => after.into_iter().skip(place).find(|date| !is_off(date)),
    }
}

fn terms() -> impl Strategy<Value = Term> {
    (1_u32..40, prop::bool::ANY)
        .prop_map(|(days, working)| if working { Term::working(days) } else { Term::calendar(days) })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counting_agrees_with_a_slow_count(offset in 0_u64..1461, term in terms()) {
        let event_on = day("2024-01-01") + Days::new(offset);
        let counted = kz().count(event_on, term);
        prop_assert_eq!(counted.as_ref().ok().map(|counted| counted.due_on), slow_count(event_on, term));
        if let Err(error) = counted {
            prop_assert_eq!(error, YearMissing { year: 2028 });
        }
    }

    #[test]
    fn what_a_count_tells_adds_up(offset in 0_u64..1380, term in terms()) {
        let calendar = kz();
        let event_on = day("2024-01-01") + Days::new(offset);
        let counted = calendar.count(event_on, term).unwrap();
        prop_assert!(calendar.is_working(counted.due_on).unwrap() && counted.due_on > event_on);
        prop_assert!(counted.skipped.iter().all(|skip| !calendar.is_working(skip.date).unwrap()
            && skip.date > event_on && skip.date < counted.due_on));
        if term.unit == TermUnit::Working {
            prop_assert_eq!(counted.counted_working_days().len(), usize::try_from(term.days).unwrap());
            prop_assert_eq!(calendar.working_days_between(event_on, counted.due_on).unwrap(), term.days);
            prop_assert_eq!(counted.moved_from, None);
        } else {
            prop_assert_eq!(counted.moved_from.is_some(), !counted.skipped.is_empty());
            prop_assert_eq!(counted.moved_from.unwrap_or(counted.due_on), event_on + Days::new(u64::from(term.days)));
        }
    }
}

#[test]
fn what_differs_between_two_revisions_is_what_is_worked() {
    let before = kz();
    let monday = day("2026-11-30");
    let name = Localized { kk: "Демалыс".into(), ru: "Выходной".into(), en: "Day off".into() };
    let after = before.with_day(monday, false, name.clone(), "next").unwrap();
    assert_eq!(before.differences(&after), [monday]);
    assert_eq!(after.differences(&before), [monday]);
    assert_eq!(after.entry(monday).unwrap().name, name);
    let renamed = after.with_day(monday, false, Localized { en: "Another".into(), ..name.clone() }, "third").unwrap();
    assert!(after.differences(&renamed).is_empty(), "a new name moves nothing");
    let back = after.with_day(monday, true, name, "fourth").unwrap();
    assert!(before.differences(&back).is_empty() && back.entry(monday).is_none());
    let sure = before.with_certainty(2027, Certainty::Verified, "Order No. 1 of 01.12.2026", "sure").unwrap();
    assert_eq!(sure.certainty_of(2027), Ok((Certainty::Verified, "Order No. 1 of 01.12.2026")));
    assert!(before.differences(&sure).is_empty());
    assert!(before.with_certainty(2031, Certainty::Verified, "none", "x").is_err());
}

#[test]
fn a_calendar_comes_back_from_json_as_it_was() {
    let calendar = kz();
    let text = serde_json::to_string(&calendar).unwrap();
    assert_eq!(serde_json::from_str::<Calendar>(&text).unwrap(), calendar);
}
