//! Deadlines as pictures: a bar from receipt to the last day, with today on it.

use chrono::{DateTime, Utc};

use crate::domain::almaty;
use crate::domain::vocabulary::ClockState;
use crate::http::pages::chrome::Chrome;
use crate::services::views::{ClockView, HeadlineView};

/// Nearer than so many per cent two marks would be one.
const APART: i64 = 2;

/// A deadline as a picture.
pub(in crate::http::pages) struct Bar {
    pub(in crate::http::pages) name: String,
    pub(in crate::http::pages) state: &'static str,
    /// Where today is, or the day on which it was done, in per cent of the bar. It goes from receipt to the last day, or to today where
    /// that is later.
    pub(in crate::http::pages) now: i64,
    /// Where the last day is, likewise.
    pub(in crate::http::pages) due: i64,
    /// Whether the last day passed before it was done.
    pub(in crate::http::pages) is_late: bool,
    pub(in crate::http::pages) from: String,
    pub(in crate::http::pages) to: String,
    pub(in crate::http::pages) explanation: String,
    pub(in crate::http::pages) citation: String,
    pub(in crate::http::pages) tag: String,
}

impl Bar {
    /// How much of the bar lies behind the last day, in per cent.
    pub(in crate::http::pages) const fn over(&self) -> i64 {
        self.now - self.due
    }
}

/// Where today and the last day stand on a bar, in per cent, and whether the last day is over.
fn places(from: DateTime<Utc>, to: DateTime<Utc>, now: DateTime<Utc>) -> (i64, i64, bool) {
    let is_late = now >= to;
    let whole = (to.max(now) - from).num_seconds().max(1);
    let part = |at: DateTime<Utc>| ((at - from).num_seconds() * 100 / whole).clamp(0, 100);
    if is_late { (100, part(to).min(100 - APART), true) } else { (part(now), 100, false) }
}

/// The deadlines, the leading one first; what no longer applies is left out.
pub(in crate::http::pages) fn bars(p: &Chrome, clocks: &[ClockView], headline: Option<&HeadlineView>) -> Vec<Bar> {
    let lead = headline.map(|lead| lead.clock);
    let mut clocks: Vec<&ClockView> = clocks.iter().filter(|clock| clock.state != ClockState::Void).collect();
    clocks.sort_by_key(|clock| (Some(clock.name) != lead, clock.due_on.is_none(), clock.due_on));
    clocks.into_iter().map(|clock| bar(p, clock)).collect()
}

fn bar(p: &Chrome, clock: &ClockView) -> Bar {
    let now = clock.met_at.unwrap_or_else(|| p.app.clock.now());
    let span = clock.started_at.zip(clock.due_at);
    let (now, due, is_late) = span.map_or((0, 100, false), |(from, to)| places(from, to, now));
    let tag = match clock.state {
        ClockState::Running if is_late => p.t("page-clock-overdue"),
        ClockState::Met if is_late => p.t("page-clock-late"),
        state => p.word("clock-state", state.as_str()),
    };
    Bar {
        name: p.word("clock", clock.name.as_str()),
        state: clock.state.as_str(),
        now,
        due,
        is_late,
        from: clock.started_at.map(|at| p.day_month(&almaty::local_date(at))).unwrap_or_default(),
        to: clock.due_on.map(|day| format!("{}, 24:00", p.day_month(&day))).unwrap_or_default(),
        explanation: clock.explanation.clone(),
        citation: clock.citation.clone(),
        tag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_day_stands_before_today_once_it_has_passed() {
        let (from, to) = (at("2026-11-01T00:00:00Z"), at("2026-11-11T00:00:00Z"));
        for (now, expected) in [
            ("2026-10-31T00:00:00Z", (0, 100, false)),
            ("2026-11-01T00:00:00Z", (0, 100, false)),
            ("2026-11-06T00:00:00Z", (50, 100, false)),
            ("2026-11-10T23:59:59Z", (99, 100, false)),
            ("2026-11-11T00:00:00Z", (100, 98, true)),
            ("2026-11-11T00:00:01Z", (100, 98, true)),
            ("2026-11-21T00:00:00Z", (100, 50, true)),
            ("2027-02-09T00:00:00Z", (100, 10, true)),
        ] {
            assert_eq!(places(from, to, at(now)), expected, "{now}");
        }
        assert_eq!(places(from, from, from), (100, 0, true), "a term without length");
    }
}
