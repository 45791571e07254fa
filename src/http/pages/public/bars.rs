//! Deadlines as pictures: a bar from receipt to the last day, with today on it.

use crate::domain::almaty;
use crate::domain::vocabulary::ClockState;
use crate::http::pages::chrome::Chrome;
use crate::services::views::{ClockView, HeadlineView};

/// A deadline as a picture.
pub(in crate::http::pages) struct Bar {
    pub(in crate::http::pages) name: String,
    pub(in crate::http::pages) state: &'static str,
    /// Where today is between receipt and the last day, in per cent.
    pub(in crate::http::pages) now: i64,
    pub(in crate::http::pages) from: String,
    pub(in crate::http::pages) to: String,
    pub(in crate::http::pages) explanation: String,
    pub(in crate::http::pages) citation: String,
    pub(in crate::http::pages) tag: String,
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
    let part = clock.started_at.zip(clock.due_at).map(|(from, to)| {
        let whole = (to - from).num_seconds().max(1);
        ((now - from).num_seconds() * 100 / whole).clamp(0, 100)
    });
    Bar {
        name: p.word("clock", clock.name.as_str()),
        state: clock.state.as_str(),
        now: part.unwrap_or_default(),
        from: clock.started_at.map(|at| p.day_month(&almaty::local_date(at))).unwrap_or_default(),
        to: clock.due_on.map(|day| format!("{}, 24:00", p.day_month(&day))).unwrap_or_default(),
        explanation: clock.explanation.clone(),
        citation: clock.citation.clone(),
        tag: p.word("clock-state", clock.state.as_str()),
    }
}
