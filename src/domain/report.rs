//! What happened to the requests of a period: counts, deadlines kept, days until the answer, grounds of refusals.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::almaty;
use super::vocabulary::{Channel, ClockName, ClockState, Kind, Outcome, Status};

/// Weeks ahead that open deadlines are shown for, one by one.
const WEEKS: u64 = 6;

/// A clock as a report sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockFacts {
    /// Which clock.
    pub name: ClockName,
    /// Its state.
    pub state: ClockState,
    /// The end of its last day.
    pub due_at: Option<DateTime<Utc>>,
    /// When what it waits for was done.
    pub met_at: Option<DateTime<Utc>>,
}

/// A request as a report sees it: nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RequestFacts {
    pub reference: String,
    pub operator: String,
    pub kind: Kind,
    pub status: Status,
    pub channel: Channel,
    pub outcome: Option<Outcome>,
    pub received_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    /// The last day of the deadline that leads, while one runs.
    pub due_on: Option<NaiveDate>,
    pub consumer: bool,
    pub clocks: Vec<ClockFacts>,
    /// The grounds of the answer, where it refuses anything.
    pub grounds: Vec<String>,
}

/// How a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was met by its last day.
    InTime,
    /// It was met later, or has passed and is not met.
    Late,
    /// It runs, or waits for its event.
    Open,
}

impl ClockFacts {
    /// How it stands at a moment; nothing for a clock that does not apply.
    #[must_use]
    pub fn kept(&self, now: DateTime<Utc>) -> Option<Kept> {
        let is_after = |moment: DateTime<Utc>| self.due_at.is_some_and(|due| moment >= due);
        match self.state {
            ClockState::Void => None,
            ClockState::Met => Some(if self.met_at.is_some_and(is_after) { Kept::Late } else { Kept::InTime }),
            ClockState::Running if is_after(now) => Some(Kept::Late),
            ClockState::Running | ClockState::Waiting => Some(Kept::Open),
        }
    }
}

impl RequestFacts {
    /// How its deadlines stand: late when any is, in time when it is answered and none is late.
    #[must_use]
    pub fn kept(&self, now: DateTime<Utc>) -> Kept {
        let mut all = self.clocks.iter().filter_map(|clock| clock.kept(now));
        if all.any(|kept| kept == Kept::Late) {
            Kept::Late
        } else if self.status == Status::Answered {
            Kept::InTime
        } else {
            Kept::Open
        }
    }

    /// Local calendar days from the receipt to the answer.
    #[must_use]
    pub fn days(&self) -> Option<i64> {
        let answered = almaty::local_date(self.answered_at?);
        Some((answered - almaty::local_date(self.received_at)).num_days().max(0))
    }
}

/// How many, in all and by each of several things. Requests that were none (`dismissed`) are not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportedCounts)]
pub struct Counts {
    /// All requests that were received in the period.
    pub received: u64,
    /// Of those, the ones that are open.
    pub open: u64,
    /// Of the open ones, those whose leading deadline has passed.
    pub overdue: u64,
    /// Of those, the ones that were answered.
    pub answered: u64,
    /// Of those, the ones that were withdrawn.
    pub cancelled: u64,
    /// By status.
    pub status: BTreeMap<&'static str, u64>,
    /// By kind.
    pub kind: BTreeMap<&'static str, u64>,
    /// By how they came.
    pub channel: BTreeMap<&'static str, u64>,
    /// By operator.
    pub operator: BTreeMap<String, u64>,
    /// Answered ones by outcome.
    pub outcome: BTreeMap<&'static str, u64>,
}

/// Deadlines of one name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportedDeadlines)]
pub struct Deadlines {
    /// Met by the last day.
    pub in_time: u64,
    /// Met later, or passed and not met.
    pub late: u64,
    /// They run, or wait for their event.
    pub open: u64,
    /// `in_time` of `in_time` and `late`, from 0 to 1; null before there is any.
    pub share_in_time: Option<f64>,
}

/// Calendar days from receipt to answer, over the answered requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayFigures {
    /// Over so many answers.
    pub answers: u64,
    /// The middle one (nearest rank); null without an answer.
    pub median: Option<i64>,
    /// 95 of 100 answers took no longer (nearest rank); null without an answer.
    pub p95: Option<i64>,
}

/// The requests of one kind or of one operator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct Part {
    /// Received.
    pub received: u64,
    /// Open.
    pub open: u64,
    /// How they kept their deadlines: a request is late when any of its deadlines is.
    pub requests: Deadlines,
    /// Days until the answer.
    pub days: DayFigures,
}

/// Open requests by the week in which their leading deadline ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Week {
    /// Its Monday; null for what has passed (`overdue`), for later weeks (`later`) and for requests without a running deadline (`none`).
    pub monday: Option<NaiveDate>,
    /// `overdue`, `week`, `later` or `none`.
    pub what: &'static str,
    /// How many.
    pub open: u64,
}

/// What only those see who oversee or audit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Details {
    /// The operators that they cover.
    pub operators: Vec<String>,
    /// Deadlines by clock.
    pub clocks: BTreeMap<&'static str, Deadlines>,
    /// Requests: late when any of their deadlines is.
    pub requests: Deadlines,
    /// Days until the answer.
    pub days: DayFigures,
    /// By kind.
    pub kind: BTreeMap<&'static str, Part>,
    /// By operator.
    pub operator: BTreeMap<String, Part>,
    /// How often each ground stands in answers that refuse something.
    pub refusals: BTreeMap<String, u64>,
    /// Open requests by due week: what is overdue, this and the next five weeks, what is later, what has no deadline.
    pub due: Vec<Week>,
}

/// The value that `percent` of all values do not exceed, by nearest rank; nothing of nothing.
#[must_use]
pub fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[derive(Debug, Default)]
struct Gathered {
    received: u64,
    open: u64,
    requests: Deadlines,
    days: Vec<i64>,
}

impl Gathered {
    fn add(&mut self, facts: &RequestFacts, now: DateTime<Utc>) {
        self.received += 1;
        self.open += u64::from(!facts.status.is_final());
        self.requests.add(facts.kept(now));
        self.days.extend(facts.days());
    }

    fn days(&mut self) -> DayFigures {
        self.days.sort_unstable();
        DayFigures {
            answers: self.days.len() as u64,
            median: percentile(&self.days, 50),
            p95: percentile(&self.days, 95),
        }
    }

    fn part(mut self) -> Part {
        let days = self.days();
        Part { received: self.received, open: self.open, requests: self.requests.shared(), days }
    }
}

impl Deadlines {
    fn add(&mut self, kept: Kept) {
        match kept {
            Kept::InTime => self.in_time += 1,
            Kept::Late => self.late += 1,
            Kept::Open => self.open += 1,
        }
    }

    fn shared(mut self) -> Self {
        let decided = self.in_time + self.late;
        // Counts of requests are far below 2^52, so that they are exact.
        #[allow(clippy::cast_precision_loss)]
        let share = || (self.in_time as f64 / decided as f64 * 10_000.0).round() / 10_000.0;
        self.share_in_time = (decided > 0).then(share);
        self
    }
}

/// Gathers requests into a report.
#[derive(Debug)]
pub struct Reporter {
    now: DateTime<Utc>,
    counts: Counts,
    all: Gathered,
    clocks: BTreeMap<&'static str, Deadlines>,
    kinds: BTreeMap<&'static str, Gathered>,
    operators: BTreeMap<String, Gathered>,
    refusals: BTreeMap<String, u64>,
    due: BTreeMap<Option<NaiveDate>, u64>,
}

impl Reporter {
    /// An empty one, at a moment.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            counts: Counts::default(),
            all: Gathered::default(),
            clocks: BTreeMap::new(),
            kinds: BTreeMap::new(),
            operators: BTreeMap::new(),
            refusals: BTreeMap::new(),
            due: BTreeMap::new(),
        }
    }

    /// Counts a request; with `in_detail` also its deadlines, days and grounds.
    pub fn add(&mut self, facts: &RequestFacts, in_detail: bool) {
        if facts.status == Status::Dismissed {
            return;
        }
        self.count(facts);
        if !in_detail {
            return;
        }
        self.all.add(facts, self.now);
        self.kinds.entry(facts.kind.as_str()).or_default().add(facts, self.now);
        self.operators.entry(facts.operator.clone()).or_default().add(facts, self.now);
        for clock in &facts.clocks {
            if let Some(kept) = clock.kept(self.now) {
                self.clocks.entry(clock.name.as_str()).or_default().add(kept);
            }
        }
        if facts.answered_at.is_some() {
            for ground in &facts.grounds {
                *self.refusals.entry(ground.clone()).or_default() += 1;
            }
        }
        if !facts.status.is_final() {
            *self.due.entry(facts.due_on).or_default() += 1;
        }
    }

    fn count(&mut self, facts: &RequestFacts) {
        let counts = &mut self.counts;
        counts.received += 1;
        let is_open = !facts.status.is_final();
        counts.open += u64::from(is_open);
        let today = almaty::local_date(self.now);
        counts.overdue += u64::from(is_open && facts.due_on.is_some_and(|due| due < today));
        counts.answered += u64::from(facts.status == Status::Answered);
        counts.cancelled += u64::from(facts.status == Status::Cancelled);
        *counts.status.entry(facts.status.as_str()).or_default() += 1;
        *counts.kind.entry(facts.kind.as_str()).or_default() += 1;
        *counts.channel.entry(facts.channel.as_str()).or_default() += 1;
        *counts.operator.entry(facts.operator.clone()).or_default() += 1;
        if let Some(outcome) = facts.outcome.filter(|_| facts.status == Status::Answered) {
            *counts.outcome.entry(outcome.as_str()).or_default() += 1;
        }
    }

    /// What was gathered; the details cover `operators`.
    #[must_use]
    pub fn finish(mut self, operators: Vec<String>) -> (Counts, Details) {
        let due = self.weeks();
        let days = self.all.days();
        let details = Details {
            operators,
            clocks: self.clocks.into_iter().map(|(name, of)| (name, of.shared())).collect(),
            requests: self.all.requests.shared(),
            days,
            kind: self.kinds.into_iter().map(|(name, of)| (name, of.part())).collect(),
            operator: self.operators.into_iter().map(|(name, of)| (name, of.part())).collect(),
            refusals: self.refusals,
            due,
        };
        (self.counts, details)
    }

    fn weeks(&self) -> Vec<Week> {
        let today = almaty::local_date(self.now);
        let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
        let sum = |fits: &dyn Fn(Option<NaiveDate>) -> bool| {
            self.due.iter().filter(|(due, _)| fits(**due)).map(|(_, open)| *open).sum()
        };
        let between = |from: NaiveDate, to: NaiveDate| sum(&|due| due.is_some_and(|due| from <= due && due < to));
        let overdue = sum(&|due| due.is_some_and(|due| due < today));
        let mut weeks = vec![Week { monday: None, what: "overdue", open: overdue }];
        for week in 0..WEEKS {
            let start = monday + Days::new(7 * week);
            let open = between(start.max(today), start + Days::new(7));
            weeks.push(Week { monday: Some(start), what: "week", open });
        }
        let end = monday + Days::new(7 * WEEKS);
        weeks.push(Week { monday: None, what: "later", open: sum(&|due| due.is_some_and(|due| due >= end)) });
        weeks.push(Week { monday: None, what: "none", open: sum(&|due| due.is_none()) });
        weeks
    }
}

#[cfg(test)]
mod tests;
