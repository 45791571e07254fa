//! The clocks of a case planned anew: after another kind, or from another day of receipt.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::Case;
use super::clocks::is_open;
use crate::domain::calendar::Calendar;
use crate::domain::clocks::Clock;
use crate::domain::vocabulary::{ClockName, ClockState, Kind, Violation};
use crate::services::error::ServiceError;
use crate::storage::clocks::{self as clock_rows, ClockRow};

/// What a new plan did to the clocks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Replanned {
    /// They no longer apply.
    pub void: Vec<ClockName>,
    /// They are there now.
    pub new: Vec<ClockName>,
}

/// A clock whose last day moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Which one.
    pub clock: ClockName,
    /// The last day that it had.
    pub from: Option<NaiveDate>,
    /// The last day that it has.
    pub to: Option<NaiveDate>,
}

impl Case<'_> {
    /// Plans the clocks from the facts of the row as they stand now. What no longer applies is void, what was met stays met, what
    /// both plans have stays with its dates, and what is new counts from its start event, under the rule set of that day.
    ///
    /// The outer limit stays one clock, since its 30 days are the same for every kind; only its basis follows the kind.
    /// `confirmed_at` is when a violation was confirmed: destruction then runs from there.
    ///
    /// # Errors
    /// When the law or the calendar does not cover them.
    pub fn replan_clocks(&mut self, by: &str, confirmed_at: Option<DateTime<Utc>>) -> Result<Replanned, ServiceError> {
        let calendar = self.calendar()?;
        let planned = self.plan_anew(&calendar, confirmed_at)?;
        let mut done = Replanned::default();
        let alleged = matches!(self.row.violation, Violation::Alleged | Violation::Confirmed);
        let stays = |name: ClockName| {
            name == ClockName::Unblocking
                || (name == ClockName::Blocking && alleged)
                || planned.iter().any(|clock| clock.name == name)
        };
        done.void =
            self.clocks.iter().filter(|clock| is_open(clock) && !stays(clock.name)).map(|clock| clock.name).collect();
        for name in &done.void {
            self.void_clock(*name, by);
        }
        for clock in &planned {
            if let Some(row) = self.clock(clock.name).cloned() {
                self.follow(row, &calendar, clock)?;
                continue;
            }
            let row = self.clock_row(&calendar, clock)?;
            clock_rows::insert_all(self.tx, std::slice::from_ref(&row))?;
            self.clocks.push(row);
            done.new.push(clock.name);
        }
        Ok(done)
    }

    /// The plan of the law, with what events of this request have started.
    fn plan_anew(&self, calendar: &Calendar, confirmed_at: Option<DateTime<Utc>>) -> Result<Vec<Clock>, ServiceError> {
        let law = self.app.law(calendar);
        let mut planned = self.with_facts(|facts| law.plan(facts))?;
        // A block that is set brings this clock with it, and a decision on the violation ends it.
        planned.retain(|clock| clock.name != ClockName::Unblocking);
        // That nothing was violated is decided: the grounds that said so start no clock any more.
        if self.row.kind != Kind::Blocking && self.row.violation == Violation::Dismissed {
            planned.retain(|clock| clock.name != ClockName::Blocking || self.runs(ClockName::Blocking));
        }
        if let Some(at) = confirmed_at {
            for clock in planned.iter_mut().filter(|clock| clock.name == ClockName::Destruction) {
                if clock.started_at.is_none_or(|started| started > at) {
                    *clock = self.with_facts(|facts| law.clock(clock.name, facts, Some(at)))?;
                }
            }
        }
        Ok(planned)
    }

    /// A clock that both plans have: it begins to run when its event has happened, and the outer limit follows its basis.
    fn follow(&mut self, mut row: ClockRow, calendar: &Calendar, clock: &Clock) -> Result<(), ServiceError> {
        if row.state == ClockState::Waiting && clock.state == ClockState::Running {
            self.fill(&mut row, calendar, clock)?;
            self.put_clock(row);
        } else if row.name == ClockName::ClaimResponse && is_open(&row) {
            row.basis = clock.basis;
            row.certainty = clock.certainty;
            row.citation = serde_json::to_string(&clock.citation)?;
            self.put_clock(row);
        }
        Ok(())
    }

    /// Counts the open clocks anew that count from receipt, after its day was put right. `before` is the receipt that they
    /// counted from. What was met stays as it was; what waits follows the rule set of the new day.
    ///
    /// # Errors
    /// When the law or the calendar does not cover them.
    pub fn recount_from_receipt(&mut self, before: DateTime<Utc>) -> Result<Vec<Moved>, ServiceError> {
        let receipt = self.row.received_at.and_utc();
        let open: Vec<ClockRow> = self.clocks.iter().filter(|clock| is_open(clock)).cloned().collect();
        let mut moved = Vec::new();
        for row in open {
            let start = match row.state {
                ClockState::Running if row.started_at != Some(before.naive_utc()) => continue,
                ClockState::Running => Some(receipt),
                _ => None,
            };
            moved.extend(self.count_anew(row, start)?);
        }
        Ok(moved)
    }

    /// Counts one clock anew from `start`. Reminders look at it again at once.
    ///
    /// # Errors
    /// When the law or the calendar does not cover it.
    pub fn count_anew(
        &mut self,
        mut row: ClockRow,
        start: Option<DateTime<Utc>>,
    ) -> Result<Option<Moved>, ServiceError> {
        let calendar = self.calendar()?;
        let counted = self.with_facts(|facts| self.app.law(&calendar).clock(row.name, facts, start))?;
        let (from, running_since) = (row.due_on, row.running_since);
        self.fill(&mut row, &calendar, &counted)?;
        // It did not begin to run today: it only ends on another day.
        row.running_since = running_since;
        let moved = Moved { clock: row.name, from, to: row.due_on };
        self.put_clock(row);
        Ok((moved.from != moved.to).then_some(moved))
    }
}
