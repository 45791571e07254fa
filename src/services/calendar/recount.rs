//! Open clocks are counted again: first beside the database's writers, then checked and written in the transaction of the new
//! revision, so that 100,000 clocks hold up nobody for long.
//!
//! Whatever changes a clock appends an event to its request's history. So a request whose history ends where it was seen before its
//! clocks were read has the clocks that were read; any other is counted once more inside the transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::told::tell;
use crate::app::App;
use crate::domain::almaty;
use crate::domain::calendar::{Calendar, YearMissing};
use crate::domain::clocks::{Candidate, headline};
use crate::domain::event::{Actor, EventKind};
use crate::domain::event_chain::{self, EventHeader};
use crate::domain::reminder::Watched;
use crate::domain::term::{Counted, Term};
use crate::domain::vocabulary::{ClockName, ClockState, Kind};
use crate::services::error::ServiceError;
use crate::storage::AnyConnection;
use crate::storage::events::EventRow;
use crate::storage::recount::{self as rows, CandidateRow, ClockChange, HeadRow, RequestChange, RunningRow, Stretch};
use crate::storage::requests::NO_DUE;

/// So many requests are looked up or written with one statement.
const AT_ONCE: usize = 500;

/// The new calendar, and who brings it in, when and why.
pub(super) struct Cause<'a> {
    pub app: &'a App,
    pub calendar: &'a Calendar,
    pub days: &'a [NaiveDate],
    pub actor: &'a Actor,
    pub source: &'a str,
    pub now: DateTime<Utc>,
    /// A clock that the calendar cannot count stays as it is, and only the log says so.
    pub leaves_what_it_cannot_count: bool,
}

/// A clock whose last day moves.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub clock: ClockName,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// What becomes of one request.
#[derive(Debug)]
pub(super) struct RequestPlan {
    pub id: String,
    pub reference: String,
    pub operator_id: String,
    pub kind: Kind,
    pub assignee_id: Option<String>,
    pub moves: Vec<Move>,
    change: RequestChange,
    clocks: Vec<ClockChange>,
    events: Vec<EventRow>,
}

/// What a new calendar makes of the open clocks.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In the order of their ids.
    pub requests: Vec<RequestPlan>,
    /// The requests that were looked at, with the end of the history of each.
    seen: BTreeMap<String, i64>,
}

/// Why a recount cannot be made.
pub(super) enum RecountError {
    /// A term would reach into a year that the calendar lacks.
    Year(YearMissing),
    Service(ServiceError),
}

impl From<YearMissing> for RecountError {
    fn from(missing: YearMissing) -> Self {
        Self::Year(missing)
    }
}

impl From<ServiceError> for RecountError {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl From<diesel::result::Error> for RecountError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Service(error.into())
    }
}

impl From<serde_json::Error> for RecountError {
    fn from(error: serde_json::Error) -> Self {
        Self::Service(error.into())
    }
}

impl Cause<'_> {
    fn stretch(&self) -> Option<Stretch> {
        Some((*self.days.iter().min()?, *self.days.iter().max()?))
    }

    /// Counts what would move, of all requests or of some.
    pub(super) fn plan(&self, connection: &mut AnyConnection, of: Option<&[String]>) -> Result<Plan, RecountError> {
        let Some(stretch) = self.stretch() else { return Ok(Plan::default()) };
        // In this order: a history that still ends there afterwards belongs to the clocks that were read in between.
        let seen: BTreeMap<String, i64> = match of {
            Some(ids) => rows::heads(connection, ids)?.into_iter().map(|head| (head.id, head.event_seq)).collect(),
            None => rows::candidate_requests(connection, stretch)?.into_iter().collect(),
        };
        let mut changed: BTreeMap<String, Vec<(CandidateRow, Counted, Option<NaiveDate>)>> = BTreeMap::new();
        let candidates = rows::candidates(connection, stretch, of)?;
        // The operator's target of a clock belongs to its operator, which stands in the request.
        let ids: Vec<String> = seen.keys().cloned().collect();
        let mut heads: BTreeMap<String, HeadRow> = BTreeMap::new();
        for some in ids.chunks(AT_ONCE) {
            let found = rows::heads(connection, some)?.into_iter();
            heads.extend(
                found.filter(|head| seen.get(&head.id) == Some(&head.event_seq)).map(|head| (head.id.clone(), head)),
            );
        }
        for clock in candidates {
            let Some(head) = heads.get(&clock.request_id) else { continue };
            let counted = match self.count(&clock, head) {
                Err(RecountError::Year(missing)) if self.leaves_what_it_cannot_count => {
                    tracing::error!(clock = clock.id, %missing, "a clock stays as an older calendar counted it");
                    continue;
                }
                counted => counted?,
            };
            if let Some((counted, target_on)) = counted {
                changed.entry(clock.request_id.clone()).or_default().push((clock, counted, target_on));
            }
        }
        let ids: Vec<String> = changed.keys().cloned().collect();
        let mut running: BTreeMap<String, Vec<RunningRow>> = BTreeMap::new();
        for some in ids.chunks(AT_ONCE) {
            for row in rows::running(connection, some)? {
                running.entry(row.request_id.clone()).or_default().push(row);
            }
        }
        let mut requests = Vec::with_capacity(changed.len());
        for (id, clocks) in changed {
            if let Some(head) = heads.get(&id) {
                requests.push(self.request(head, clocks, running.remove(&id).unwrap_or_default())?);
            }
        }
        Ok(Plan { requests, seen })
    }

    /// The clock counted again; nothing when it comes out as it stands.
    fn count(
        &self,
        clock: &CandidateRow,
        head: &HeadRow,
    ) -> Result<Option<(Counted, Option<NaiveDate>)>, RecountError> {
        let Some(before) = clock.counting.as_deref() else { return Ok(None) };
        let before: Counted = serde_json::from_str(before)?;
        let counted = self.calendar.count(before.event_on, before.term)?;
        let operator = self.app.operator(&head.operator_id);
        let target = operator.and_then(|operator| operator.internal_targets.get(&clock.name));
        let target_on = match (target, clock.target_on) {
            (Some(days), Some(_)) => {
                let term = Term { days: *days, unit: before.term.unit };
                Some(self.calendar.count(before.event_on, term)?.due_on)
            }
            (_, target_on) => target_on,
        };
        Ok((counted != before || target_on != clock.target_on).then_some((counted, target_on)))
    }

    fn request(
        &self,
        head: &HeadRow,
        changed: Vec<(CandidateRow, Counted, Option<NaiveDate>)>,
        mut running: Vec<RunningRow>,
    ) -> Result<RequestPlan, RecountError> {
        let mut plan = RequestPlan {
            id: head.id.clone(),
            reference: head.reference.clone(),
            operator_id: head.operator_id.clone(),
            kind: head.kind,
            assignee_id: head.assignee_id.clone(),
            moves: Vec::new(),
            change: RequestChange {
                id: head.id.clone(),
                seen_seq: head.event_seq,
                event_seq: head.event_seq,
                event_head: head.event_head.clone(),
                headline_clock: None,
                headline_due_on: None,
                sort_due_at: NO_DUE,
            },
            clocks: Vec::new(),
            events: Vec::new(),
        };
        for (clock, counted, target_on) in changed {
            let from = clock.due_on.unwrap_or(counted.due_on);
            if let Some(row) = running.iter_mut().find(|row| row.id == clock.id) {
                row.due_on = Some(counted.due_on);
            }
            plan.clocks.push(ClockChange {
                id: clock.id.clone(),
                due_on: counted.due_on,
                due_at: almaty::due_at(counted.due_on).naive_utc(),
                target_on,
                counting: serde_json::to_string(&counted)?,
                remind_at: self.look_at(&clock, counted.term, from, counted.due_on).naive_utc(),
            });
            if from != counted.due_on {
                let moved = Move { clock: clock.name, from, to: counted.due_on };
                plan.events.push(self.event(head, &mut plan.change, &moved));
                plan.moves.push(moved);
            }
        }
        let candidates = running.iter().map(|row| Candidate {
            name: row.name,
            state: ClockState::Running,
            basis: row.basis,
            due_on: row.due_on,
        });
        if let Some((clock, due_on)) = headline(head.kind, candidates) {
            plan.change.headline_clock = Some(clock);
            plan.change.headline_due_on = Some(due_on);
            plan.change.sort_due_at = almaty::due_at(due_on).naive_utc();
        }
        Ok(plan)
    }

    /// When the reminders look at the clock again. A look that is due stays due: nobody has seen what stands now. Where the
    /// calendar ends too soon, they look at once and say so.
    fn look_at(&self, clock: &CandidateRow, term: Term, from: NaiveDate, to: NaiveDate) -> DateTime<Utc> {
        let running_since = clock.running_since;
        if clock.remind_at.is_some_and(|at| at <= self.now.naive_utc()) {
            return self.now;
        }
        let running_since = running_since.map_or(self.now, |at| at.and_utc());
        let after = Watched { term, running_since, due_on: to };
        after.look_after_move(&Watched { due_on: from, ..after }, self.calendar, self.now).unwrap_or(self.now)
    }

    /// The next event of a request's history: which clock moved, from when to when, and why.
    fn event(&self, head: &HeadRow, change: &mut RequestChange, moved: &Move) -> EventRow {
        let header = EventHeader {
            request_id: head.id.clone(),
            seq: change.event_seq + 1,
            at: self.now,
            kind: EventKind::ClockRecounted.as_str().to_owned(),
            actor_kind: self.actor.kind().to_owned(),
            actor_id: self.actor.id().map(ToOwned::to_owned),
            data: json!({
                "clock": moved.clock, "from": moved.from, "to": moved.to, "calendar": self.calendar.revision(),
                "source": self.source, "status": head.status,
            })
            .to_string(),
        };
        let hash = event_chain::hash(&change.event_head, &header, None);
        change.event_seq = header.seq;
        change.event_head = hash.to_vec();
        EventRow {
            request_id: header.request_id,
            seq: header.seq,
            at: self.now.naive_utc(),
            kind: header.kind,
            actor_kind: header.actor_kind,
            actor_id: header.actor_id,
            data: header.data,
            sealed: None,
            sealed_digest: None,
            hash: hash.to_vec(),
        }
    }

    /// Writes a plan, counts and writes what changed since it was made, and tells colleagues of nearer days. From here on until the
    /// transaction ends nobody else counts a term. Returns all that was written.
    pub(super) fn write(&self, tx: &mut AnyConnection, plan: Plan) -> Result<Vec<RequestPlan>, RecountError> {
        let Plan { requests, mut seen } = plan;
        let mut written = self.write_all(tx, requests, &mut seen)?;
        // Whoever changes a request locks it first and holds the calendar then. So what is late is locked before the claim, as far as
        // it is there; what comes in the moment between is nobody's who waits for the calendar.
        written.extend(self.write_late(tx, &mut seen)?);
        crate::storage::calendar::claim(tx)?;
        written.extend(self.write_late(tx, &mut seen)?);
        tell(self, tx, &written)?;
        Ok(written)
    }

    /// Counts and writes what changed since it was seen.
    fn write_late(
        &self,
        tx: &mut AnyConnection,
        seen: &mut BTreeMap<String, i64>,
    ) -> Result<Vec<RequestPlan>, RecountError> {
        let Some(stretch) = self.stretch() else { return Ok(Vec::new()) };
        let stands = rows::candidate_requests(tx, stretch)?;
        let late: Vec<String> =
            stands.into_iter().filter(|(id, seq)| seen.get(id) != Some(seq)).map(|(id, _)| id).collect();
        let mut written = Vec::new();
        for some in late.chunks(AT_ONCE) {
            rows::lock(tx, some)?;
            let plan = self.plan(tx, Some(some))?;
            seen.extend(plan.seen);
            written.extend(self.write_all(tx, plan.requests, seen)?);
        }
        Ok(written)
    }

    /// Writes the beginning of a plan and tells of all of it. The rest is counted again and written by [`Cause::go_on`].
    pub(super) fn begin(&self, tx: &mut AnyConnection, plan: Plan, at_once: usize) -> Result<(), RecountError> {
        tell(self, tx, &plan.requests)?;
        let Plan { mut requests, mut seen } = plan;
        requests.truncate(at_once);
        self.write_all(tx, requests, &mut seen)?;
        Ok(())
    }

    /// Writes some more requests of a plan. Nobody is told: that was done when it began.
    pub(super) fn go_on(&self, tx: &mut AnyConnection, requests: Vec<RequestPlan>) -> Result<(), RecountError> {
        self.write_all(tx, requests, &mut BTreeMap::new())?;
        Ok(())
    }

    /// Writes those requests whose history still ends where it was seen.
    fn write_all(
        &self,
        tx: &mut AnyConnection,
        mut requests: Vec<RequestPlan>,
        seen: &mut BTreeMap<String, i64>,
    ) -> Result<Vec<RequestPlan>, RecountError> {
        let mut written = Vec::with_capacity(requests.len());
        while !requests.is_empty() {
            let rest = requests.split_off(AT_ONCE.min(requests.len()));
            let mut some = std::mem::replace(&mut requests, rest);
            rows::lock(tx, &some.iter().map(|request| request.id.clone()).collect::<Vec<_>>())?;
            let changes: Vec<RequestChange> = some.iter().map(|request| request.change.clone()).collect();
            let mut stands = rows::write_requests(tx, &changes)?;
            stands.sort_unstable();
            some.retain(|request| stands.binary_search(&request.id).is_ok());
            let mut clocks = Vec::new();
            let mut events = Vec::new();
            for request in &mut some {
                seen.insert(request.id.clone(), request.change.event_seq);
                clocks.append(&mut request.clocks);
                events.append(&mut request.events);
            }
            rows::write_clocks(tx, self.calendar.revision(), &clocks)?;
            rows::append_events(tx, &events)?;
            written.extend(some);
        }
        Ok(written)
    }
}
