//! The deadlines of a request: which there are, when each starts, and which of them leads.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::almaty;
use super::calendar::{Calendar, YearMissing};
use super::rules::{ClockRule, ClockVariant, RuleSet, Rules};
use super::term::{Counted, Term};
use super::vocabulary::{Basis, Certainty, ClockName, ClockState, Ground, Kind, Localized, Violation};

/// Why a clock cannot be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// The calendar does not cover the term.
    #[error(transparent)]
    Year(#[from] YearMissing),
    /// No rule set was in force on that day.
    #[error("no rule set covers {0}: the earliest file in rules/ begins later")]
    NoRules(NaiveDate),
    /// The rule set has no such clock.
    #[error("rule set {rule_set} has no rule for the clock {clock}")]
    NoRule {
        /// The rule set.
        rule_set: String,
        /// The clock.
        clock: ClockName,
    },
}

/// The law and the calendar that clocks are counted by.
#[derive(Debug, Clone, Copy)]
pub struct Law<'a> {
    /// All rule sets.
    pub rules: &'a Rules,
    /// The calendar in its revision of today.
    pub calendar: &'a Calendar,
}

/// What the clocks of a request depend on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What is asked for.
    pub kind: Kind,
    /// Why.
    pub grounds: &'a [Ground],
    /// What is known of a violation.
    pub violation: Violation,
    /// Links to published data were given.
    pub published: bool,
    /// Staff marked the claim as a consumer's.
    pub consumer: bool,
    /// When the request was received.
    pub received_at: DateTime<Utc>,
    /// When the documents of a correction were received or waived.
    pub documents_at: Option<DateTime<Utc>>,
    /// The data is blocked.
    pub blocked: bool,
    /// The clause of the operator's policy that promises an answer to a claim.
    pub claim_contract: Option<&'a Localized>,
    /// The operator's own stricter targets, in the unit of each clock's term.
    pub targets: &'a BTreeMap<ClockName, u32>,
}

impl Facts<'_> {
    /// Whether a ground says that the conditions of processing were violated.
    #[must_use]
    pub fn alleges_violation(&self) -> bool {
        self.grounds.iter().any(|ground| ground.alleges_violation())
    }
}

/// One deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Which one.
    pub name: ClockName,
    /// Whether it waits, runs, was met or no longer applies.
    pub state: ClockState,
    /// How long it runs.
    pub term: Term,
    /// Where the term comes from.
    pub basis: Basis,
    /// How sure that is.
    pub certainty: Certainty,
    /// The norm or clause.
    pub citation: Localized,
    /// The rule set it was started under.
    pub rule_set: String,
    /// The event it counts from.
    pub started_at: Option<DateTime<Utc>>,
    /// How its days were counted.
    pub counting: Option<Counted>,
    /// The operator's own stricter target.
    pub target_on: Option<NaiveDate>,
}

impl Clock {
    /// Its last day.
    #[must_use]
    pub fn due_on(&self) -> Option<NaiveDate> {
        self.counting.as_ref().map(|counting| counting.due_on)
    }

    /// The end of its last day.
    #[must_use]
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.due_on().map(almaty::due_at)
    }
}

impl<'a> Law<'a> {
    fn rule_set(&self, date: NaiveDate) -> Result<&'a RuleSet, CountError> {
        self.rules.in_force_on(date).ok_or(CountError::NoRules(date))
    }

    /// The id of the rule set in force on a day.
    ///
    /// # Errors
    /// When there is none.
    pub fn rule_set_on(&self, date: NaiveDate) -> Result<&'a str, CountError> {
        self.rule_set(date).map(|set| set.id.as_str())
    }

    /// One clock of a request: running since `started_at`, or waiting.
    ///
    /// # Errors
    /// When the rule set or the calendar does not reach so far.
    pub fn clock(
        &self,
        name: ClockName,
        facts: &Facts<'_>,
        started_at: Option<DateTime<Utc>>,
    ) -> Result<Clock, CountError> {
        let day = almaty::local_date(started_at.unwrap_or(facts.received_at));
        let set = self.rule_set(day)?;
        let variant =
            (name == ClockName::Destruction).then(|| ClockVariant::of_destruction(facts.grounds, facts.violation));
        let rule =
            set.clock(name, variant).ok_or_else(|| CountError::NoRule { rule_set: set.id.clone(), clock: name })?;
        let counting = started_at.map(|_| self.calendar.count(day, rule.term())).transpose()?;
        let target_on = match (facts.targets.get(&name), started_at) {
            (Some(days), Some(_)) => {
                Some(self.calendar.count(day, Term { days: *days, unit: rule.term().unit })?.due_on)
            }
            _ => None,
        };
        let (basis, citation) = basis_of(rule, name, facts);
        Ok(Clock {
            name,
            state: if started_at.is_some() { ClockState::Running } else { ClockState::Waiting },
            term: rule.term(),
            basis,
            certainty: rule.certainty,
            citation,
            rule_set: set.id.clone(),
            started_at,
            counting,
            target_on,
        })
    }

    /// All clocks that a request with these facts has from its receipt on.
    ///
    /// # Errors
    /// When the rule sets or the calendar do not reach so far.
    pub fn plan(&self, facts: &Facts<'_>) -> Result<Vec<Clock>, CountError> {
        starts(facts).into_iter().map(|(name, started_at)| self.clock(name, facts, started_at)).collect()
    }
}

/// A claim at an operator whose policy promises an answer has that clause as its basis.
fn basis_of(rule: &ClockRule, name: ClockName, facts: &Facts<'_>) -> (Basis, Localized) {
    match facts.claim_contract {
        Some(clause) if name == ClockName::ClaimResponse && facts.kind == Kind::Claim => {
            (Basis::Contract, clause.clone())
        }
        _ => (rule.basis, rule.citation.clone()),
    }
}

/// Which clocks a request has, each with its start event where that has happened.
fn starts(facts: &Facts<'_>) -> Vec<(ClockName, Option<DateTime<Utc>>)> {
    let receipt = Some(facts.received_at);
    let mut clocks = vec![(ClockName::ClaimResponse, receipt)];
    match facts.kind {
        Kind::Access => clocks.push((ClockName::Information, receipt)),
        Kind::Correction => {
            if facts.documents_at.is_none() {
                clocks.push((ClockName::DocumentRequest, receipt));
            }
            clocks.push((ClockName::Correction, facts.documents_at));
        }
        Kind::Blocking => {}
        Kind::Deletion => {
            clocks.push((ClockName::DeletionDecision, receipt));
            let by_court = facts.grounds.contains(&Ground::CourtDecision);
            clocks.push((ClockName::Destruction, receipt.filter(|_| by_court)));
        }
        Kind::ConsentWithdrawal => clocks.push((ClockName::Withdrawal, receipt)),
        Kind::Objection => clocks.push((ClockName::Objection, receipt)),
        Kind::Claim => {
            if facts.consumer {
                clocks.push((ClockName::ConsumerClaim, receipt));
            }
        }
    }
    if facts.kind == Kind::Blocking || facts.alleges_violation() {
        clocks.push((ClockName::Blocking, receipt));
    }
    if facts.published {
        clocks.push((ClockName::PublicationRemoval, receipt));
    }
    if facts.blocked {
        clocks.push((ClockName::Unblocking, None));
    }
    clocks
}

/// What the choice of the headline looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Which clock.
    pub name: ClockName,
    /// Only a running one can lead.
    pub state: ClockState,
    /// A statutory one leads on a tie.
    pub basis: Basis,
    /// Its last day.
    pub due_on: Option<NaiveDate>,
}

/// The headline of a request: its nearest open clock, statutory first on a tie.
///
/// The 30-day outer limit leads only for a claim, and where no other clock runs.
#[must_use]
pub fn headline(kind: Kind, clocks: impl IntoIterator<Item = Candidate>) -> Option<(ClockName, NaiveDate)> {
    clocks
        .into_iter()
        .filter(|clock| clock.state == ClockState::Running)
        .filter_map(|clock| {
            let outer = clock.name == ClockName::ClaimResponse && kind != Kind::Claim;
            clock.due_on.map(|due_on| (outer, due_on, clock.basis != Basis::Statutory, clock.name))
        })
        .min()
        .map(|(_, due_on, _, name)| (name, due_on))
}

/// Whether the delivery of an answer, whatever it says, meets the clock.
#[must_use]
pub const fn is_met_by_answer(name: ClockName) -> bool {
    matches!(name, ClockName::ClaimResponse | ClockName::Information | ClockName::Objection | ClockName::ConsumerClaim)
}

/// Whether carrying out what was granted meets the clock.
#[must_use]
pub const fn is_met_by_completion(name: ClockName) -> bool {
    matches!(
        name,
        ClockName::Correction | ClockName::Destruction | ClockName::PublicationRemoval | ClockName::Withdrawal
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(name: ClockName, basis: Basis, day: u32) -> Candidate {
        Candidate { name, state: ClockState::Running, basis, due_on: NaiveDate::from_ymd_opt(2026, 11, day) }
    }

    #[test]
    fn the_nearest_clock_leads_and_the_statutory_one_on_a_tie() {
        let decision = candidate(ClockName::DeletionDecision, Basis::Policy, 25);
        let blocking = candidate(ClockName::Blocking, Basis::Statutory, 23);
        assert_eq!(headline(Kind::Deletion, [decision, blocking]).unwrap().0, ClockName::Blocking);
        let destruction = candidate(ClockName::Destruction, Basis::Statutory, 25);
        assert_eq!(headline(Kind::Deletion, [decision, destruction]).unwrap().0, ClockName::Destruction);
    }

    #[test]
    fn the_outer_limit_leads_only_for_a_claim_or_when_alone() {
        let outer = candidate(ClockName::ClaimResponse, Basis::Policy, 10);
        let information = candidate(ClockName::Information, Basis::Statutory, 25);
        assert_eq!(headline(Kind::Access, [outer, information]).unwrap().0, ClockName::Information);
        assert_eq!(headline(Kind::Claim, [outer, information]).unwrap().0, ClockName::ClaimResponse);
        assert_eq!(headline(Kind::Correction, [outer]).unwrap().0, ClockName::ClaimResponse);
    }

    #[test]
    fn what_is_met_void_or_waiting_never_leads() {
        let states = [ClockState::Met, ClockState::Void, ClockState::Waiting];
        let clocks = states.map(|state| Candidate { state, ..candidate(ClockName::Information, Basis::Statutory, 25) });
        assert_eq!(headline(Kind::Access, clocks), None);
    }
}
