//! The clocks of a case: planned, started, met, made void, reopened.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::Case;
use crate::domain::almaty;
use crate::domain::calendar::Calendar;
use crate::domain::clocks::{self, Candidate, Clock, Facts, headline};
use crate::domain::event::EventKind;
use crate::domain::reminder::Watched;
use crate::domain::term::{Counted, Term};
use crate::domain::vocabulary::{Blocking, ClockName, ClockState, Kind, Outcome};
use crate::ids::new_id;
use crate::services::calendar::in_force;
use crate::services::error::ServiceError;
use crate::storage::clocks::{self as clock_rows, ClockRow};
use crate::storage::requests::NO_DUE;

impl Case<'_> {
    /// Runs `work` with what the clocks of this request depend on.
    pub(super) fn with_facts<T>(&self, work: impl FnOnce(&Facts<'_>) -> T) -> T {
        let grounds = self.grounds();
        work(&Facts {
            kind: self.row.kind,
            grounds: &grounds,
            violation: self.row.violation,
            published: self.row.published,
            // The mark of a consumer belongs to a claim, and documents to a correction; they stay while it is of another kind.
            consumer: self.row.consumer && self.row.kind == Kind::Claim,
            received_at: self.row.received_at.and_utc(),
            documents_at: self.row.documents_at.filter(|_| self.row.kind == Kind::Correction).map(|at| at.and_utc()),
            blocked: self.row.blocking != Blocking::None,
            claim_contract: self.operator.claim_response.as_ref().map(|term| &term.citation),
            targets: &self.operator.internal_targets,
        })
    }

    /// The calendar in force, which stays in force until this change is saved.
    ///
    /// # Errors
    /// Those of the database.
    pub fn calendar(&mut self) -> Result<Arc<Calendar>, ServiceError> {
        if let Some(calendar) = &self.calendar {
            return Ok(Arc::clone(calendar));
        }
        let calendar = in_force(self.app, self.tx)?;
        self.calendar = Some(Arc::clone(&calendar));
        Ok(calendar)
    }

    /// Gives a new request its clocks.
    ///
    /// # Errors
    /// When the law or the calendar does not cover them.
    pub fn plan_clocks(&mut self) -> Result<(), ServiceError> {
        let calendar = self.calendar()?;
        let planned = self.with_facts(|facts| self.app.law(&calendar).plan(facts))?;
        let mut rows = Vec::new();
        for clock in planned {
            rows.push(self.clock_row(&calendar, &clock)?);
        }
        clock_rows::insert_all(self.tx, &rows)?;
        self.clocks = rows;
        Ok(())
    }

    pub(super) fn clock_row(&self, calendar: &Calendar, clock: &Clock) -> Result<ClockRow, ServiceError> {
        let mut row = ClockRow {
            id: new_id(self.now),
            request_id: self.row.id.clone(),
            name: clock.name,
            state: clock.state,
            term_days: 0,
            term_unit: clock.term.unit,
            basis: clock.basis,
            certainty: clock.certainty,
            citation: String::new(),
            rule_set: String::new(),
            target_on: None,
            started_at: None,
            due_on: None,
            due_at: None,
            met_at: None,
            met_by: None,
            counting: None,
            calendar_revision: None,
            created_at: self.now.naive_utc(),
            running_since: None,
            remind_at: None,
        };
        self.fill(&mut row, calendar, clock)?;
        Ok(row)
    }

    /// Takes over what was counted.
    pub(super) fn fill(&self, row: &mut ClockRow, calendar: &Calendar, clock: &Clock) -> Result<(), ServiceError> {
        row.state = clock.state;
        row.term_days = i32::try_from(clock.term.days).unwrap_or(i32::MAX);
        row.term_unit = clock.term.unit;
        row.basis = clock.basis;
        row.certainty = clock.certainty;
        row.citation = serde_json::to_string(&clock.citation)?;
        row.rule_set.clone_from(&clock.rule_set);
        row.target_on = clock.target_on;
        row.started_at = clock.started_at.map(|at| at.naive_utc());
        row.due_on = clock.due_on();
        row.due_at = clock.due_at().map(|at| at.naive_utc());
        row.counting = clock.counting.as_ref().map(serde_json::to_string).transpose()?;
        row.calendar_revision = clock.counting.as_ref().map(|_| calendar.revision().to_owned());
        if clock.state == ClockState::Running {
            row.running_since = Some(self.now.naive_utc());
            // A stage that is already past goes out at once: the reconciler looks right away.
            row.remind_at = Some(self.now.naive_utc());
        }
        Ok(())
    }

    /// Whether the clock of this name runs.
    #[must_use]
    pub fn runs(&self, name: ClockName) -> bool {
        self.clocks.iter().any(|clock| clock.name == name && clock.state == ClockState::Running)
    }

    /// The clock of this name that is not void.
    #[must_use]
    pub fn clock(&self, name: ClockName) -> Option<&ClockRow> {
        self.clocks.iter().find(|clock| clock.name == name && clock.state != ClockState::Void)
    }

    /// Starts a clock at `at`: one that waits begins to run, one that is not there is made. One that runs or was met stays.
    ///
    /// # Errors
    /// When the law or the calendar does not cover it.
    pub fn start_clock(&mut self, name: ClockName, at: DateTime<Utc>) -> Result<(), ServiceError> {
        // Data can be blocked and unblocked more than once: then a new clock counts.
        let again = matches!(name, ClockName::Blocking | ClockName::Unblocking);
        let position = self.clocks.iter().position(|clock| {
            clock.name == name && clock.state != ClockState::Void && !(again && clock.state == ClockState::Met)
        });
        let calendar = self.calendar()?;
        let counted = self.with_facts(|facts| self.app.law(&calendar).clock(name, facts, Some(at)))?;
        match position.and_then(|position| self.clocks.get(position).cloned()) {
            Some(mut row) if row.state == ClockState::Waiting => {
                self.fill(&mut row, &calendar, &counted)?;
                self.put_clock(row);
            }
            Some(_) => {}
            None => {
                let row = self.clock_row(&calendar, &counted)?;
                clock_rows::insert_all(self.tx, std::slice::from_ref(&row))?;
                self.clocks.push(row);
            }
        }
        Ok(())
    }

    /// Adds a clock that waits for its event.
    ///
    /// # Errors
    /// When the law does not cover it.
    pub fn await_clock(&mut self, name: ClockName) -> Result<(), ServiceError> {
        if self.clocks.iter().any(|clock| clock.name == name && is_open(clock)) {
            return Ok(());
        }
        let calendar = self.calendar()?;
        let clock = self.with_facts(|facts| self.app.law(&calendar).clock(name, facts, None))?;
        let row = self.clock_row(&calendar, &clock)?;
        clock_rows::insert_all(self.tx, std::slice::from_ref(&row))?;
        self.clocks.push(row);
        Ok(())
    }

    /// What was waited for is done, by `by`.
    pub fn meet_clock(&mut self, name: ClockName, by: &str) {
        self.close_clocks(ClockState::Met, by, |clock| clock.name == name && clock.state == ClockState::Running);
    }

    /// The clock no longer applies.
    pub fn void_clock(&mut self, name: ClockName, by: &str) {
        self.close_clocks(ClockState::Void, by, |clock| clock.name == name && is_open(clock));
    }

    /// No clock that is open applies any more, but that of a block which stays and has to be lifted.
    pub fn void_open_clocks(&mut self, by: &str) {
        let blocked = self.row.blocking != Blocking::None;
        self.close_clocks(ClockState::Void, by, |clock| {
            is_open(clock) && !(blocked && clock.name == ClockName::Unblocking)
        });
    }

    /// What was granted was carried out, at `at`.
    pub fn meet_by_completion(&mut self, at: DateTime<Utc>) {
        let met = |clock: &ClockRow| clock.state == ClockState::Running && clocks::is_met_by_completion(clock.name);
        let ids: Vec<String> = self.clocks.iter().filter(|clock| met(clock)).map(|clock| clock.id.clone()).collect();
        self.close_clocks(ClockState::Met, "complete", met);
        for clock in self.clocks.iter_mut().filter(|clock| ids.contains(&clock.id)) {
            clock.met_at = Some(at.min(self.now).naive_utc());
        }
    }

    /// The final answer reached the requester. A refusal meets whatever runs; another answer meets the clocks of answering. What is
    /// still open then has lost its object and is void, but for a block that must be lifted: an answer does not lift it.
    pub fn meet_by_delivery(&mut self, by: &str) -> Vec<ClockName> {
        let refused = self.row.outcome == Some(Outcome::Refused);
        let meets = |clock: &ClockRow| {
            clock.state == ClockState::Running
                && clock.name != ClockName::Unblocking
                && (refused || clocks::is_met_by_answer(clock.name))
        };
        let met = self.clocks.iter().filter(|clock| meets(clock)).map(|clock| clock.name).collect();
        self.close_clocks(ClockState::Met, by, meets);
        let still_blocked = self.row.blocking != Blocking::None;
        self.close_clocks(ClockState::Void, by, |clock| {
            is_open(clock)
                && !(clock.name == ClockName::Unblocking && clock.state == ClockState::Running && still_blocked)
        });
        met
    }

    /// The final answer was posted or handed over, at `at`: as by delivery, but met at that time.
    pub fn meet_by_post(&mut self, by: &str, at: DateTime<Utc>) -> Vec<ClockName> {
        let met = self.meet_by_delivery(by);
        let at = at.min(self.now).naive_utc();
        let of_now = |clock: &&mut ClockRow| clock.state == ClockState::Met && clock.met_by.as_deref() == Some(by);
        for clock in self.clocks.iter_mut().filter(of_now).filter(|clock| met.contains(&clock.name)) {
            clock.met_at = Some(at);
        }
        met
    }

    /// The answer did not arrive after all: what its delivery met runs again, and what it had made void is as it was before. Days
    /// that the calendar changed meanwhile are counted anew, each clock that moves with its event.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub fn reopen_delivery(&mut self, by: &str) -> Result<Vec<ClockName>, ServiceError> {
        let now = self.now.naive_utc();
        let mut reopened = Vec::new();
        for clock in self.clocks.iter_mut().filter(|clock| clock.met_by.as_deref() == Some(by)) {
            let ran = clock.started_at.is_some();
            clock.state = if ran { ClockState::Running } else { ClockState::Waiting };
            clock.met_at = None;
            clock.met_by = None;
            clock.remind_at = ran.then_some(now);
            self.touched.push(clock.id.clone());
            reopened.push(clock.name);
        }
        if !reopened.is_empty() {
            self.follow_calendar()?;
        }
        Ok(reopened)
    }

    /// Counts running clocks anew that were counted by another calendar than that in force.
    fn follow_calendar(&mut self) -> Result<(), ServiceError> {
        let calendar = self.calendar()?;
        let behind = |clock: &&ClockRow| {
            clock.state == ClockState::Running && clock.calendar_revision.as_deref() != Some(calendar.revision())
        };
        for mut row in self.clocks.iter().filter(behind).cloned().collect::<Vec<_>>() {
            let Some(before) = row.counting.as_deref().map(serde_json::from_str::<Counted>).transpose()? else {
                continue;
            };
            // A calendar that ends too soon leaves the day as it was promised.
            let Ok(counted) = calendar.count(before.event_on, before.term) else { continue };
            row.due_on = Some(counted.due_on);
            row.due_at = Some(almaty::due_at(counted.due_on).naive_utc());
            row.counting = Some(serde_json::to_string(&counted)?);
            row.calendar_revision = Some(calendar.revision().to_owned());
            let name = row.name;
            self.put_clock(row);
            if counted.due_on != before.due_on {
                let data = json!({"clock": name, "from": before.due_on, "to": counted.due_on, "calendar": calendar.revision()});
                self.record(EventKind::ClockRecounted, data, None)?;
            }
        }
        Ok(())
    }

    pub(super) fn close_clocks(&mut self, state: ClockState, by: &str, which: impl Fn(&ClockRow) -> bool) {
        let now = self.now.naive_utc();
        for clock in self.clocks.iter_mut().filter(|clock| which(clock)) {
            clock.state = state;
            clock.met_at = (state == ClockState::Met).then_some(now);
            clock.met_by = Some(by.to_owned());
            clock.remind_at = None;
            self.touched.push(clock.id.clone());
        }
    }

    pub(super) fn put_clock(&mut self, row: ClockRow) {
        self.touched.push(row.id.clone());
        if let Some(place) = self.clocks.iter_mut().find(|clock| clock.id == row.id) {
            *place = row;
        }
    }

    /// Puts the headline of the request's clocks where the queue is sorted by it.
    pub(super) fn put_headline(&mut self) {
        let leading = headline(self.row.kind, self.clocks.iter().map(candidate));
        self.row.headline_clock = leading.map(|(name, _)| name);
        self.row.headline_due_on = leading.map(|(_, due_on)| due_on);
        self.row.sort_due_at = leading.map_or(NO_DUE, |(_, due_on)| almaty::due_at(due_on).naive_utc());
    }
}

/// Whether a clock runs or waits.
#[must_use]
pub fn is_open(clock: &ClockRow) -> bool {
    matches!(clock.state, ClockState::Running | ClockState::Waiting)
}

/// What the choice of the headline looks at.
#[must_use]
pub fn candidate(clock: &ClockRow) -> Candidate {
    Candidate { name: clock.name, state: clock.state, basis: clock.basis, due_on: clock.due_on }
}

/// The term of a clock.
#[must_use]
pub fn term(clock: &ClockRow) -> Term {
    Term { days: u32::try_from(clock.term_days).unwrap_or_default(), unit: clock.term_unit }
}

/// What reminders of a running clock depend on; nothing when it does not run.
#[must_use]
pub fn watched(clock: &ClockRow) -> Option<Watched> {
    if clock.state != ClockState::Running {
        return None;
    }
    Some(Watched { term: term(clock), running_since: clock.running_since?.and_utc(), due_on: clock.due_on? })
}
