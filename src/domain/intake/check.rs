//! The check of a whole form. It finds all mistakes, not only the first.

use chrono::NaiveDate;

use super::super::operator::Operator;
use super::super::text;
use super::super::vocabulary::{Channel, Ground, Kind, Language, WithdrawalScope};
use super::{Contents, FieldError, RequestForm, parts, people};

/// What the check depends on beside the form.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The operator that is asked.
    pub operator: &'a Operator,
    /// How the request came in.
    pub channel: Channel,
    /// The local date of receipt.
    pub received_on: NaiveDate,
    /// The language to use when the form names none.
    pub language: Language,
}

/// A form that holds.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What is asked for.
    pub kind: Kind,
    /// The language of mails and answer.
    pub language: Language,
    /// Id of the service, or `all`.
    pub service: String,
    /// Why, each named once.
    pub grounds: Vec<Ground>,
    /// All that is personal.
    pub contents: Contents,
}

impl Checked {
    /// Whether only cookies on a device are concerned: then a contact is enough.
    #[must_use]
    pub fn is_about_cookies(&self) -> bool {
        self.contents.withdrawal.as_ref().is_some_and(|part| part.scope == WithdrawalScope::Cookies)
    }
}

/// The longest own words, in characters.
pub const MAX_DETAILS: usize = 10_000;
/// The longest value of one field, in characters.
pub(super) const MAX_VALUE: usize = 2_000;
/// The most mistakes that are told at once.
const MAX_MISTAKES: usize = 100;
/// The most links or corrections.
pub(super) const MAX_ITEMS: usize = 50;

/// Collects mistakes.
#[derive(Default)]
pub(super) struct Mistakes(pub Vec<FieldError>);

impl Mistakes {
    /// Notes a mistake.
    pub fn add(&mut self, error: FieldError) {
        // More would help nobody, and an answer must not grow beyond what was sent.
        if self.0.len() < MAX_MISTAKES {
            self.0.push(error);
        }
    }

    /// The value, or nothing and the mistake noted.
    pub fn take<T>(&mut self, pointer: &str, result: Result<T, text::InputError>) -> Option<T> {
        result.map_err(|error| self.add(FieldError::at(pointer, error))).ok()
    }

    /// A line that may be absent.
    pub fn line(&mut self, pointer: &str, value: Option<&str>, max: usize) -> Option<String> {
        value.and_then(|value| self.take(pointer, text::one_line(value, max)))
    }

    /// A line that must be there.
    pub fn needed_line(&mut self, pointer: &str, value: Option<&str>, max: usize) -> Option<String> {
        if value.is_none() {
            self.add(FieldError::new(pointer, "required"));
        }
        self.line(pointer, value, max)
    }
}

/// Checks a form and brings it into its normal form.
///
/// # Errors
/// All mistakes that were found, each with its pointer.
pub fn check(form: &RequestForm, circumstances: &Circumstances<'_>) -> Result<Checked, Vec<FieldError>> {
    let mut mistakes = Mistakes::default();
    let service = service(form, circumstances.operator, &mut mistakes);
    let grounds = grounds(form, &mut mistakes);
    let details = form.details.as_deref().filter(|details| !details.trim().is_empty());
    let details = details.and_then(|details| mistakes.take("/details", text::many_lines(details, MAX_DETAILS)));
    let about_cookies = form.withdrawal.as_ref().is_some_and(|part| part.scope == WithdrawalScope::Cookies);
    let (subject, submitted_by) =
        people::check(&form.subject, &form.submitted_by, circumstances, about_cookies, &mut mistakes);
    let parts = parts::check(form, circumstances, &mut mistakes);
    if !mistakes.0.is_empty() {
        return Err(mistakes.0);
    }
    Ok(Checked {
        kind: form.kind,
        language: form.language.unwrap_or(circumstances.language),
        service,
        grounds,
        contents: Contents {
            subject,
            submitted_by,
            details,
            published_at: parts.published_at,
            corrections: parts.corrections,
            deletion: parts.deletion,
            withdrawal: parts.withdrawal,
            objection: parts.objection,
            claim: parts.claim,
            acknowledged: parts.acknowledged,
        },
    })
}

fn service(form: &RequestForm, operator: &Operator, mistakes: &mut Mistakes) -> String {
    let service = form.service.as_deref().unwrap_or("all");
    if service != "all" && operator.service(service).is_none() {
        let known: Vec<&str> = operator.services.iter().map(|service| service.id.as_str()).collect();
        mistakes.add(FieldError::new("/service", "unknown_service").with("allowed", known.join(", ")));
    }
    service.to_owned()
}

fn grounds(form: &RequestForm, mistakes: &mut Mistakes) -> Vec<Ground> {
    let mut grounds: Vec<Ground> = Vec::new();
    let named = form.grounds.as_deref().unwrap_or_default();
    if named.len() > MAX_ITEMS {
        mistakes.add(FieldError::new("/grounds", "too_many").with("max", MAX_ITEMS));
        return grounds;
    }
    for (index, ground) in named.iter().enumerate() {
        if *ground == Ground::OwnWish && form.kind != Kind::Deletion {
            mistakes.add(FieldError::new(format!("/grounds/{index}"), "own_wish_only_for_deletion"));
        }
        if !grounds.contains(ground) {
            grounds.push(*ground);
        }
    }
    if grounds.is_empty() && matches!(form.kind, Kind::Blocking | Kind::Deletion) {
        mistakes.add(FieldError::new("/grounds", "needs_ground"));
    }
    grounds
}
