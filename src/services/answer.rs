//! The answer: what may be proposed, what a refusal must say, and what the law wants said beside it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::intake::{Contents, FieldError};
use crate::domain::lifecycle::outcome_fits;
use crate::domain::operator::Operator;
use crate::domain::rules::{MustName, RuleSet};
use crate::domain::text;
use crate::domain::vocabulary::{Kind, Language, Outcome, WithdrawalScope};
use crate::storage::requests::RequestRow;

/// The longest letter, in characters.
const MAX_LETTER: usize = 50_000;
/// The most decisions of one answer.
const MAX_DECISIONS: usize = 200;

crate::vocabulary! {
    /// The decision on one item.
    DecisionResult {
        /// What was asked is done.
        Granted = "granted",
        /// It is not.
        Refused = "refused",
    }
}

/// A proposed answer, as sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// How the request is to be answered.
    pub outcome: Outcome,
    /// Decisions on single items; needed for `partly_granted`.
    #[serde(default)]
    pub decisions: Vec<DecisionForm>,
    /// Grounds of a refusal.
    #[serde(default)]
    pub grounds: Vec<GroundForm>,
    /// The letter to the requester.
    pub letter: Option<String>,
}

/// The decision on one item, as sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionForm {
    /// The item, in own words.
    pub about: String,
    /// What is decided.
    pub result: DecisionResult,
    /// Grounds of a refusal: codes, or codes with a text.
    #[serde(default)]
    pub grounds: Vec<GroundRef>,
    /// The reasons.
    pub text: Option<String>,
}

/// A ground by its code alone, or with a text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum GroundRef {
    /// The code.
    Code(String),
    /// The code and what applies in this case.
    Full(GroundForm),
}

/// A ground of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroundForm {
    /// Its name in the rule set.
    pub code: String,
    /// What applies in this case: the norm with its article and term, or the obligation, where the ground needs it.
    pub text: Option<String>,
}

/// A checked answer, sealed in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Decisions on single items.
    pub decisions: Vec<Decision>,
    /// Grounds of a refusal.
    pub grounds: Vec<GroundForm>,
    /// The letter.
    pub letter: String,
}

impl Draft {
    /// Whether a ground of this name stands in it.
    #[must_use]
    pub fn rests_on(&self, code: &str) -> bool {
        let of_decisions = self.decisions.iter().flat_map(|decision| &decision.grounds);
        self.grounds.iter().chain(of_decisions).any(|ground| ground.code == code)
    }
}

/// A checked decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The item.
    pub about: String,
    /// What is decided.
    pub result: DecisionResult,
    /// Grounds of a refusal.
    pub grounds: Vec<GroundForm>,
    /// The reasons.
    pub text: Option<String>,
}

/// What was found wrong, and what was right so far.
#[derive(Default)]
struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    fn add(&mut self, pointer: impl Into<String>, code: &'static str) {
        self.errors.push(FieldError::new(pointer, code));
    }

    fn text(&mut self, pointer: &str, value: Option<&str>) -> Option<String> {
        let value = value.filter(|value| !value.trim().is_empty())?;
        match text::many_lines(value, MAX_LETTER) {
            Ok(text) => Some(text),
            Err(error) => {
                self.errors.push(FieldError::at(pointer, error));
                None
            }
        }
    }

    /// A ground is one that the rule set allows for the kind, and names what it must name.
    fn ground(&mut self, pointer: &str, ground: &GroundForm, kind: Kind, rules: &RuleSet) -> GroundForm {
        let text = self.text(&format!("{pointer}/text"), ground.text.as_deref());
        match rules.refusal_ground(&ground.code).filter(|known| known.kinds.contains(&kind)) {
            None => {
                let allowed: Vec<&str> = rules.refusal_grounds(kind).map(|known| known.code.as_str()).collect();
                self.errors.push(
                    FieldError::new(format!("{pointer}/code"), "ground_not_allowed")
                        .with("allowed", allowed.join(", ")),
                );
            }
            Some(known) => match known.must_name {
                Some(MustName::Norm) if !text.as_deref().is_some_and(names_a_norm) => {
                    self.add(format!("{pointer}/text"), "must_name_norm");
                }
                Some(MustName::Obligation) if text.is_none() => {
                    self.add(format!("{pointer}/text"), "must_name_obligation");
                }
                _ => {}
            },
        }
        GroundForm { code: ground.code.clone(), text }
    }

    fn decision(&mut self, index: usize, form: &DecisionForm, kind: Kind, rules: &RuleSet) -> Option<Decision> {
        let pointer = format!("/decisions/{index}");
        let about = match text::one_line(&form.about, 500) {
            Ok(about) => Some(about),
            Err(error) => {
                self.errors.push(FieldError::at(format!("{pointer}/about"), error));
                None
            }
        };
        let grounds: Vec<GroundForm> = form
            .grounds
            .iter()
            .enumerate()
            .map(|(place, ground)| {
                let full = match ground {
                    GroundRef::Code(code) => GroundForm { code: code.clone(), text: form.text.clone() },
                    GroundRef::Full(full) => {
                        GroundForm { code: full.code.clone(), text: full.text.clone().or_else(|| form.text.clone()) }
                    }
                };
                self.ground(&format!("{pointer}/grounds/{place}"), &full, kind, rules)
            })
            .collect();
        let text = self.text(&format!("{pointer}/text"), form.text.as_deref());
        if form.result == DecisionResult::Refused {
            if grounds.is_empty() {
                self.add(format!("{pointer}/grounds"), "needs_ground");
            }
            if text.is_none() {
                self.add(format!("{pointer}/text"), "text_needed");
            }
        }
        about.map(|about| Decision { about, result: form.result, grounds, text })
    }
}

/// An act and its article cannot be named without words and a figure.
fn names_a_norm(text: &str) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    letters >= 3 && text.chars().any(|letter| letter.is_ascii_digit())
}

/// Checks a proposed answer against the rule set of the request.
///
/// # Errors
/// Every mistake: an outcome that does not fit, a refusal without ground or reasons, a ground that the law does not give for this kind.
pub fn check(kind: Kind, rules: &RuleSet, proposal: &Proposal) -> Result<Draft, Vec<FieldError>> {
    let mut check = Check::default();
    if !outcome_fits(kind, proposal.outcome) {
        check.add("/outcome", "outcome_not_allowed");
    }
    if proposal.decisions.len() > MAX_DECISIONS {
        return Err(vec![FieldError::new("/decisions", "too_many").with("max", MAX_DECISIONS)]);
    }
    let letter = check.text("/letter", proposal.letter.as_deref());
    if letter.is_none() && check.errors.is_empty() {
        check.add("/letter", "text_needed");
    }
    let decisions: Vec<Decision> = proposal
        .decisions
        .iter()
        .enumerate()
        .filter_map(|(index, form)| check.decision(index, form, kind, rules))
        .collect();
    let grounds: Vec<GroundForm> = proposal
        .grounds
        .iter()
        .enumerate()
        .map(|(index, ground)| check.ground(&format!("/grounds/{index}"), ground, kind, rules))
        .collect();
    let any = |result| decisions.iter().any(|decision| decision.result == result);
    match proposal.outcome {
        Outcome::PartlyGranted => {
            if !(any(DecisionResult::Granted) && any(DecisionResult::Refused)) {
                check.add("/decisions", "decisions_needed");
            }
        }
        Outcome::Refused => {
            if grounds.is_empty() && decisions.iter().all(|decision| decision.grounds.is_empty()) {
                check.add("/grounds", "needs_ground");
            }
            if any(DecisionResult::Granted) {
                check.add("/outcome", "outcome_not_allowed");
            }
        }
        Outcome::Granted | Outcome::NoDataHeld => {
            if any(DecisionResult::Refused) || !grounds.is_empty() {
                check.add("/outcome", "outcome_not_allowed");
            }
        }
    }
    match (letter, check.errors.is_empty()) {
        (Some(letter), true) => Ok(Draft { decisions, grounds, letter }),
        _ => Err(check.errors),
    }
}

/// What the answer says beside the letter: that it is free, and what a withdrawal does and does not reach.
#[must_use]
pub fn notes(app: &App, operator: &Operator, row: &RequestRow, contents: &Contents, draft: &Draft) -> Vec<String> {
    let language: Language = row.language;
    let text = |key: &str| app.texts.get(language, key, &[]);
    let mut notes = Vec::new();
    let outcome = row.outcome;
    if draft.rests_on("retention_required") {
        notes.push(text("letter-restricted"));
    }
    if row.kind == Kind::Access {
        notes.push(text("letter-free-of-charge"));
    }
    if row.kind == Kind::ConsentWithdrawal {
        let granted = matches!(outcome, Some(Outcome::Granted | Outcome::PartlyGranted));
        let about_cookies = row.withdrawal_scope == Some(WithdrawalScope::Cookies);
        if granted && !about_cookies && operator.recipients.iter().any(|recipient| recipient.by_law) {
            notes.push(text("letter-by-law-recipients"));
        }
        if about_cookies {
            let named = contents.withdrawal.iter().flat_map(|part| part.cookie_categories.iter().flatten());
            if named.into_iter().any(|id| operator.cookie_category(id).is_some_and(|category| category.required)) {
                notes.push(text("letter-required-cookies-stay"));
            }
            let removal = operator.cookie_removal.as_ref().map(|removal| removal.get(language).to_owned());
            notes.push(removal.unwrap_or_else(|| text("letter-remove-cookies")));
        }
    }
    notes
}
