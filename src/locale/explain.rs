//! How a deadline was counted, in sentences: which days count, which do not and why.

use chrono::{Datelike, NaiveDate};

use super::{Texts, Value, dates};
use crate::domain::vocabulary::{ClockName, ClockState, Language, Localized};

/// Up to so many counted days are named one by one; of more, the first and the last.
const LISTED: usize = 5;
/// Up to so many weekends are named one by one; more are said in one word.
const WEEKENDS: usize = 2;

/// What is known of a clock. Days are local dates of Asia/Almaty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Which clock.
    pub name: ClockName,
    /// Its state.
    pub state: ClockState,
    /// The length of the term in days.
    pub term_days: u32,
    /// Whether the days are working days, otherwise calendar days.
    pub working: bool,
    /// The day of the event; the term runs from the day after it. None while the clock waits.
    pub event_on: Option<NaiveDate>,
    /// The last day of the term. None while the clock waits.
    pub due_on: Option<NaiveDate>,
    /// The days that were counted, in order. May be empty; of calendar-day terms it is not shown.
    pub counted: Vec<NaiveDate>,
    /// The days that were skipped, in order: whether it is a plain Saturday or Sunday, and the name of the day where it has one.
    pub skipped: Vec<(NaiveDate, bool, Option<Localized>)>,
    /// The last day before it was moved off a day that is not a working day.
    pub moved_from: Option<NaiveDate>,
    /// When it was met.
    pub met_on: Option<NaiveDate>,
}

/// The explanation of a clock: «3 рабочих дня считаются со следующего дня после 21 ноября 2026 года: 23, 24 и 25 ноября…».
#[must_use]
pub fn clock(texts: &Texts, language: Language, explained: &Explained) -> String {
    let mut sentences = match (explained.state, explained.event_on, explained.due_on) {
        (ClockState::Void, _, _) => return texts.get(language, "clock-explain-void", &[]),
        (ClockState::Running | ClockState::Met, Some(event), Some(due)) => {
            counted_sentences(texts, language, explained, event, due)
        }
        (ClockState::Met, _, _) => Vec::new(),
        _ => vec![texts.get(language, &format!("clock-explain-waiting-{}", explained.name), &[])],
    };
    if let (ClockState::Met, Some(met)) = (explained.state, explained.met_on) {
        let late = explained.due_on.is_some_and(|due| met > due);
        let key = if late { "clock-explain-met-late" } else { "clock-explain-met" };
        let met = dates::date(texts, language, met);
        sentences.push(texts.get(language, key, &[("met", Value::from(&met))]));
    }
    sentences.join(" ")
}

fn counted_sentences(
    texts: &Texts,
    language: Language,
    explained: &Explained,
    event: NaiveDate,
    due: NaiveDate,
) -> Vec<String> {
    let mut sentences = vec![term(texts, language, explained, event)];
    let skipped = skipped_days(texts, language, &explained.skipped);
    if !skipped.is_empty() {
        let key = if explained.working { "clock-explain-skipped" } else { "clock-explain-off-days" };
        sentences.push(texts.get(language, key, &[("skipped", Value::from(&skipped))]));
    }
    if let Some(moved) = explained.moved_from {
        let moved = dates::date(texts, language, moved);
        sentences.push(texts.get(language, "clock-explain-moved", &[("moved", Value::from(&moved))]));
    }
    let due = dates::date(texts, language, due);
    sentences.push(texts.get(language, "clock-explain-due", &[("due", Value::from(&due))]));
    sentences
}

fn term(texts: &Texts, language: Language, explained: &Explained, event: NaiveDate) -> String {
    let event = dates::date_from(texts, language, event);
    let days = Value::from(explained.term_days);
    if !explained.working {
        return texts.get(language, "clock-explain-calendar", &[("days", days), ("event", Value::from(&event))]);
    }
    let counted = match explained.counted.as_slice() {
        [] => {
            let values = [("days", days), ("event", Value::from(&event))];
            return texts.get(language, "clock-explain-working-plain", &values);
        }
        few if few.len() <= LISTED => dates::days(texts, language, few),
        [first, .., last] => {
            let write = if first.year() == last.year() { dates::day_month } else { dates::date };
            let (first, last) = (write(texts, language, *first), write(texts, language, *last));
            texts.get(language, "clock-explain-span", &[("first", Value::from(&first)), ("last", Value::from(&last))])
        }
        [only] => dates::day_month(texts, language, *only),
    };
    let values = [("days", days), ("event", Value::from(&event)), ("counted", Value::from(&counted))];
    texts.get(language, "clock-explain-working", &values)
}

/// A run of days that were skipped for one reason.
struct Run<'a> {
    first: NaiveDate,
    last: NaiveDate,
    weekend: bool,
    name: Option<&'a Localized>,
}

fn skipped_days(texts: &Texts, language: Language, skipped: &[(NaiveDate, bool, Option<Localized>)]) -> String {
    let runs = fold(skipped);
    let many = runs.iter().filter(|run| run.weekend).count() > WEEKENDS;
    let mut items = Vec::new();
    if many {
        items.push(texts.get(language, "clock-skip-weekends", &[]));
    }
    items.extend(runs.iter().filter(|run| !(many && run.weekend)).map(|run| run_text(texts, language, run)));
    texts.list(language, &items)
}

/// Puts neighbouring plain weekend days together; days with a name always stand alone.
fn fold(skipped: &[(NaiveDate, bool, Option<Localized>)]) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    for (date, plain_weekend, name) in skipped {
        let weekend = *plain_weekend && name.is_none();
        if let Some(run) = runs.last_mut()
            && run.weekend
            && weekend
            && run.last.succ_opt() == Some(*date)
        {
            run.last = *date;
            continue;
        }
        runs.push(Run { first: *date, last: *date, weekend, name: name.as_ref() });
    }
    runs
}

fn run_text(texts: &Texts, language: Language, run: &Run<'_>) -> String {
    if run.first != run.last {
        let range = dates::range(texts, language, run.first, run.last);
        return texts.get(language, "clock-skip-weekend-range", &[("range", Value::from(&range))]);
    }
    let reason = match run.name {
        Some(name) => name.get(language).to_owned(),
        None if run.weekend => dates::weekday(texts, language, run.first),
        None => texts.get(language, "clock-skip-day-off", &[]),
    };
    let date = dates::day_month(texts, language, run.first);
    texts.get(language, "clock-skip-day", &[("date", Value::from(&date)), ("reason", Value::from(&reason))])
}
