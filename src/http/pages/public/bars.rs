//! Deadlines as pictures: a bar from receipt to the last day, with today on it.

use crate::domain::almaty;
use crate::domain::vocabulary::ClockState;
use crate::http::pages::chrome::Chrome;
use crate::services::views::{ClockView, RequesterView};

/// A deadline as a picture.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) state: &'static str,
    /// Where today is between receipt and the last day, in per cent.
    pub(super) now: i64,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) explanation: String,
    pub(super) citation: String,
    pub(super) tag: String,
}

/// The deadlines, the leading one first; what no longer applies is left out.
pub(super) fn bars(p: &Chrome, view: &RequesterView) -> Vec<Bar> {
    let lead = view.headline.as_ref().map(|lead| lead.clock);
    let mut clocks: Vec<&ClockView> = view.clocks.iter().filter(|clock| clock.state != ClockState::Void).collect();
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
