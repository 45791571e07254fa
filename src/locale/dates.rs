//! Dates as people write them. Days are those of Asia/Almaty.

use chrono::{DateTime, Datelike, NaiveDate, Offset, Utc};
use chrono_tz::Asia::Almaty;

use super::{Texts, Value};
use crate::domain::vocabulary::Language;

/// «25 ноября 2026 года», «2026 жылғы 25 қараша», "25 November 2026".
#[must_use]
pub fn date(texts: &Texts, language: Language, date: NaiveDate) -> String {
    whole(texts, language, "date-full", "month", date)
}

/// With the weekday: «среда, 25 ноября 2026 года».
#[must_use]
pub fn date_weekday(texts: &Texts, language: Language, date: NaiveDate) -> String {
    whole(texts, language, "date-weekday", "month", date)
}

/// Without the year: «25 ноября».
#[must_use]
pub fn day_month(texts: &Texts, language: Language, date: NaiveDate) -> String {
    whole(texts, language, "date-day-month", "month", date)
}

/// After "from" or "after"; in Kazakh with the ending of the ablative: «2026 жылғы 25 қарашадан».
#[must_use]
pub fn date_from(texts: &Texts, language: Language, date: NaiveDate) -> String {
    whole(texts, language, "date-from", "month-from", date)
}

/// «не позднее 25 ноября 2026 года (среда)», «2026 жылғы 25 қарашадан (сәрсенбі) кешіктірмей».
#[must_use]
pub fn date_by(texts: &Texts, language: Language, date: NaiveDate) -> String {
    whole(texts, language, "date-by", "month-from", date)
}

/// The same at the beginning of a sentence: «Не позднее 25 ноября 2026 года (среда)».
#[must_use]
pub fn date_by_opening(texts: &Texts, language: Language, date: NaiveDate) -> String {
    whole(texts, language, "date-by-opening", "month-from", date)
}

/// An instant in Almaty: «25 ноября 2026 года, 15:08, время Алматы (UTC+5)».
#[must_use]
pub fn date_time(texts: &Texts, language: Language, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Almaty);
    let day = date(texts, language, local.date_naive());
    let time = local.format("%H:%M").to_string();
    // Almaty was UTC+6 until March 2024, so the offset is asked for, not assumed.
    let offset = i64::from(local.offset().fix().local_minus_utc() / 3600);
    texts.get(
        language,
        "date-time",
        &[("date", Value::from(&day)), ("time", Value::from(&time)), ("offset", Value::from(offset))],
    )
}

/// The weekday alone: «среда».
#[must_use]
pub fn weekday(texts: &Texts, language: Language, date: NaiveDate) -> String {
    texts.get(language, &format!("weekday-{}", date.weekday().number_from_monday()), &[])
}

/// Several days in one line, a month named once: «30 ноября, 1 и 2 декабря». Years appear only when there is more than one.
#[must_use]
pub fn days(texts: &Texts, language: Language, dates: &[NaiveDate]) -> String {
    let several_years = dates.first().map(Datelike::year) != dates.last().map(Datelike::year);
    let following = dates.iter().skip(1).map(Some).chain(std::iter::once(None));
    let items: Vec<String> = dates
        .iter()
        .zip(following)
        .map(|(day, next)| match next {
            Some(next) if (next.year(), next.month()) == (day.year(), day.month()) => day.day().to_string(),
            _ if several_years => date(texts, language, *day),
            _ => day_month(texts, language, *day),
        })
        .collect();
    texts.list(language, &items)
}

/// From the first to the last day: «28–29 ноября», «31 октября – 1 ноября».
#[must_use]
pub fn range(texts: &Texts, language: Language, first: NaiveDate, last: NaiveDate) -> String {
    if (first.year(), first.month()) == (last.year(), last.month()) {
        let month = month_name(texts, language, "month", first);
        let values =
            [("first", Value::from(first.day())), ("last", Value::from(last.day())), ("month", Value::from(&month))];
        return texts.get(language, "date-range-in-month", &values);
    }
    let (first, last) = (day_month(texts, language, first), day_month(texts, language, last));
    texts.get(language, "date-range", &[("first", Value::from(&first)), ("last", Value::from(&last))])
}

fn month_name(texts: &Texts, language: Language, form: &str, date: NaiveDate) -> String {
    texts.get(language, &format!("{form}-{}", date.month()), &[])
}

fn whole(texts: &Texts, language: Language, key: &str, month: &str, date: NaiveDate) -> String {
    let month = month_name(texts, language, month, date);
    let weekday = weekday(texts, language, date);
    texts.get(
        language,
        key,
        &[
            ("day", Value::from(date.day())),
            ("month", Value::from(&month)),
            ("year", Value::from(i64::from(date.year()))),
            ("weekday", Value::from(&weekday)),
        ],
    )
}
