//! The law as data: dated rule sets with their clocks and grounds of refusal.
//!
//! The rule set for a clock is the one in force on the day on which the clock starts. A new one is only a data file.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::domain::data_file::DataFileError;
use crate::domain::term::{Term, TermUnit};
use crate::domain::vocabulary::{Basis, Certainty, ClockName, Ground, Kind, Localized, Violation};

mod file;

crate::vocabulary! {
    /// What tells apart the rules of one clock that has several.
    ClockVariant {
        /// Destruction by a court decision in force, Law 94-V 18(3).
        CourtDecision = "court_decision",
        /// Destruction on another ground of art. 18, or after a violation.
        Article18OrViolation = "article_18_or_violation",
        /// Destruction on any other ground.
        OtherGround = "other_ground",
    }
}

impl ClockVariant {
    /// The variants that a clock has; none means that it has one rule for all cases.
    #[must_use]
    pub const fn of(clock: ClockName) -> &'static [Self] {
        match clock {
            ClockName::Destruction => Self::ALL,
            _ => &[],
        }
    }

    /// Which rule of the clock `destruction` holds for a request with these grounds, given what is known of a
    /// violation.
    #[must_use]
    pub fn of_destruction(grounds: &[Ground], violation: Violation) -> Self {
        let by_law = |ground: &Ground| ground.is_of_article_18() || ground.alleges_violation();
        if grounds.contains(&Ground::CourtDecision) {
            Self::CourtDecision
        } else if grounds.iter().any(by_law) || matches!(violation, Violation::Alleged | Violation::Confirmed) {
            Self::Article18OrViolation
        } else {
            Self::OtherGround
        }
    }
}

crate::vocabulary! {
    /// The event with which a clock starts; the term runs from the day after it.
    StartEvent {
        /// The request was received.
        Receipt = "receipt",
        /// The supporting documents were received (with the request or later), or the operator waived them.
        Documents = "documents",
        /// The request was received, or staff marked that it alleges a violation.
        ReceiptOrMark = "receipt_or_mark",
        /// A violation was confirmed or a grant approved, whichever came first.
        ConfirmationOrApproval = "confirmation_or_approval",
        /// A violation was not confirmed.
        ViolationDismissed = "violation_dismissed",
    }
}

crate::vocabulary! {
    /// What a refusal must name besides its ground.
    MustName {
        /// The act, its article and the term.
        Norm = "norm",
        /// The obligation that is not fulfilled.
        Obligation = "obligation",
    }
}

/// The rule of one clock.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// The clock.
    pub name: ClockName,
    /// The case that this rule is for, where the clock has several.
    pub when: Option<ClockVariant>,
    days: u32,
    unit: TermUnit,
    /// What it starts with.
    pub start: StartEvent,
    /// Where the term comes from.
    pub basis: Basis,
    /// How sure that is.
    pub certainty: Certainty,
    /// The norm, or the product's own rule, for people to read.
    pub citation: Localized,
}

impl ClockRule {
    /// How long it runs.
    #[must_use]
    pub const fn term(&self) -> Term {
        Term { days: self.days, unit: self.unit }
    }
}

/// A ground on which a request may be refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalGround {
    /// Its name in the API and in the data, in snake case.
    pub code: String,
    /// The kinds of request for which it may be given.
    pub kinds: Vec<Kind>,
    /// What a letter says.
    pub title: Localized,
    /// The norm, for people to read.
    pub citation: Localized,
    /// How sure the reading of the law is.
    pub certainty: Certainty,
    /// What must be named with it.
    pub must_name: Option<MustName>,
}

/// The law as it stood from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// Its name, recorded with each clock.
    pub id: String,
    /// The first day on which it holds.
    pub in_force_from: NaiveDate,
    /// How sure that day is.
    pub in_force_certainty: Certainty,
    /// The act that brought it.
    pub source: String,
    /// The day on which the file was last compared with its sources. After 90 days somebody should look again.
    pub verified_on: NaiveDate,
    /// What is not known about it.
    pub note: Option<String>,
    clocks: Vec<ClockRule>,
    grounds: Vec<RefusalGround>,
}

impl RuleSet {
    /// The rule of a clock. `when` is given for exactly those clocks that have variants.
    #[must_use]
    pub fn clock(&self, name: ClockName, when: Option<ClockVariant>) -> Option<&ClockRule> {
        self.clocks.iter().find(|clock| clock.name == name && clock.when == when)
    }

    /// The rules of all clocks, in the order of the files.
    pub fn clocks(&self) -> impl Iterator<Item = &ClockRule> {
        self.clocks.iter()
    }

    /// The grounds on which a request of a kind may be refused, in the order of the files.
    pub fn refusal_grounds(&self, kind: Kind) -> impl Iterator<Item = &RefusalGround> {
        self.grounds.iter().filter(move |ground| ground.kinds.contains(&kind))
    }

    /// A ground by its code, whatever the kind.
    #[must_use]
    pub fn refusal_ground(&self, code: &str) -> Option<&RefusalGround> {
        self.grounds.iter().find(|ground| ground.code == code)
    }
}

/// All rule sets, by the day from which each holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    earlier: Vec<RuleSet>,
    latest: RuleSet,
}

impl Rules {
    /// Reads rule files, given as (name for messages, text) in any order.
    ///
    /// # Errors
    /// When there is no file, a text is no rule file, two files share an id or a date, a file extends a set that is not
    /// older, a term has no days, a text is blank, a clock or ground stands twice, or a set lacks a clock or a ground
    /// for a kind.
    pub fn parse(files: &[(String, String)]) -> Result<Self, DataFileError> {
        let mut sets = file::resolve(files)?;
        match sets.pop() {
            Some(latest) => Ok(Self { earlier: sets, latest }),
            None => Err(DataFileError {
                file: "rules".to_owned(),
                line: 1,
                key: "(file)".to_owned(),
                expected: "at least one rule set".to_owned(),
            }),
        }
    }

    /// The rule set in force on a day; nothing before the first one.
    #[must_use]
    pub fn in_force_on(&self, date: NaiveDate) -> Option<&RuleSet> {
        self.all().rev().find(|set| set.in_force_from <= date)
    }

    /// A rule set by its id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&RuleSet> {
        self.all().find(|set| set.id == id)
    }

    /// The newest rule set.
    #[must_use]
    pub const fn latest(&self) -> &RuleSet {
        &self.latest
    }

    /// All rule sets, oldest first.
    #[must_use]
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &RuleSet> {
        self.earlier.iter().chain(std::iter::once(&self.latest))
    }
}

#[cfg(test)]
mod tests;
