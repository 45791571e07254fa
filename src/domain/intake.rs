//! What a person sends in, and its check: from a form as it was typed to contents that can be relied on.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text::InputError;
use super::vocabulary::{Authority, Capacity, DesiredResult, Ground, Kind, Language, WithdrawalScope};

mod check;
mod parts;
mod people;

pub use check::{Checked, Circumstances, check};

/// A mistake in one field of what was sent. It never carries what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the field.
    pub pointer: String,
    /// A stable name of the mistake, such as `iin_checksum`.
    pub code: &'static str,
    /// What the message needs, such as the longest length.
    pub args: Vec<(&'static str, String)>,
}

impl FieldError {
    /// A mistake without arguments.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &'static str) -> Self {
        Self { pointer: pointer.into(), code, args: Vec::new() }
    }

    /// A mistake that a parser found.
    #[must_use]
    pub fn at(pointer: impl Into<String>, error: InputError) -> Self {
        Self { pointer: pointer.into(), code: error.code, args: error.args }
    }

    /// The same with one more argument for its message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// A request as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestForm {
    /// What is asked for.
    pub kind: Kind,
    /// The language of mails and answer; the first of `Accept-Language` that is served when absent.
    pub language: Option<Language>,
    /// The site or product of the operator; `all` when absent.
    pub service: Option<String>,
    /// Whose data it is.
    pub subject: SubjectForm,
    /// Who asks.
    pub submitted_by: SubmitterForm,
    /// Anything else, in own words.
    pub details: Option<String>,
    /// Why.
    pub grounds: Option<Vec<Ground>>,
    /// Links to places where the data was made public unlawfully.
    pub published_at: Option<Vec<String>>,
    /// The part of a correction.
    pub corrections: Option<Vec<Correction>>,
    /// The part of a deletion.
    pub deletion: Option<Deletion>,
    /// The part of a withdrawal of consent.
    pub withdrawal: Option<Withdrawal>,
    /// The part of an objection.
    pub objection: Option<Objection>,
    /// The part of a claim.
    pub claim: Option<Claim>,
    /// What the person was told and understood, such as `agreement_may_end`.
    pub acknowledged: Option<Vec<String>>,
}

/// The person whose data it is, as sent.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectForm {
    /// In Cyrillic or Latin letters; a patronymic is not needed.
    pub full_name: Option<String>,
    /// Individual identification number, 12 digits.
    pub iin: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Phone number in any usual form.
    pub phone: Option<String>,
    /// Needed with `other_id`.
    pub birth_date: Option<NaiveDate>,
    /// A foreigner's document: its data, never a copy.
    pub other_id: Option<OtherId>,
    /// Postal address.
    pub postal_address: Option<String>,
    /// Business identification number of the company that the person is a contact of.
    pub bin: Option<String>,
}

/// An identity document of another country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherId {
    /// What it is, such as `passport`.
    #[serde(rename = "type")]
    pub kind: String,
    /// ISO 3166-1 alpha-2 code of the country.
    pub country: String,
    /// Its number.
    pub number: String,
}

/// Who asks, as sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitterForm {
    /// For oneself, for another person, or as the authorised body.
    pub capacity: Capacity,
    /// The representative's name.
    pub full_name: Option<String>,
    /// The representative's mail address.
    pub email: Option<String>,
    /// The representative's phone number.
    pub phone: Option<String>,
    /// The representative's postal address.
    pub postal_address: Option<String>,
    /// The representative's authority.
    pub authority: Option<Authority>,
    /// The document that shows the authority, or the authorised body's letter.
    pub document: Option<Document>,
}

/// A document that is named, never copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What it is.
    #[serde(rename = "type", default)]
    pub kind: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// Its date.
    pub date: Option<NaiveDate>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// The last day on which it holds.
    pub valid_until: Option<NaiveDate>,
}

/// One field to correct or add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Which data, in own words.
    pub field: String,
    /// What the operator holds now; absent when something is added.
    pub current: Option<String>,
    /// What it should be.
    pub desired: String,
}

/// What is to be deleted, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deletion {
    /// `delete` when absent.
    pub desired_result: Option<DesiredResult>,
    /// Ids of the profile's data categories; all data when absent.
    pub data_categories: Option<Vec<String>>,
}

/// What a withdrawal of consent reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// How far it goes.
    pub scope: WithdrawalScope,
    /// Ids of the profile's purposes, for the scope `purposes`.
    pub purposes: Option<Vec<String>>,
    /// Ids of the profile's cookie categories, for the scope `cookies`; all that can be switched off when absent.
    pub cookie_categories: Option<Vec<String>>,
    /// A cookie or device id, for the scope `cookies`.
    pub device: Option<String>,
}

/// What is objected to (Law 94-V art. 19-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// The automated processing or decision.
    pub to: String,
}

/// What is claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The remedy asked for.
    pub remedy: String,
    /// The reference of an earlier request of the same person at this operator.
    pub about: Option<String>,
}

/// The contents of a request after the check. All of it is personal data and is sealed before it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Contents {
    pub subject: Subject,
    pub submitted_by: Submitter,
    pub details: Option<String>,
    pub published_at: Vec<String>,
    pub corrections: Vec<Correction>,
    pub deletion: Option<Deletion>,
    pub withdrawal: Option<Withdrawal>,
    pub objection: Option<Objection>,
    pub claim: Option<Claim>,
    pub acknowledged: Vec<String>,
}

impl Contents {
    /// The address that mails about the request go to: the representative's where there is one.
    #[must_use]
    pub fn requester_email(&self) -> Option<&str> {
        match self.submitted_by.capacity {
            Capacity::Subject => self.subject.email.as_deref(),
            Capacity::Representative | Capacity::AuthorisedBody => self.submitted_by.email.as_deref(),
        }
    }

    /// Puts another address in its place.
    pub fn set_requester_email(&mut self, email: &str) {
        let place = match self.submitted_by.capacity {
            Capacity::Subject => &mut self.subject.email,
            Capacity::Representative | Capacity::AuthorisedBody => &mut self.submitted_by.email,
        };
        *place = Some(email.to_owned());
    }

    /// Name and postal address to which letters about the request go: the representative's where there is one.
    #[must_use]
    pub fn addressee(&self) -> (Option<&str>, Option<&str>) {
        match self.submitted_by.capacity {
            Capacity::Subject => (self.subject.full_name.as_deref(), self.subject.postal_address.as_deref()),
            Capacity::Representative | Capacity::AuthorisedBody => {
                (self.submitted_by.full_name.as_deref(), self.submitted_by.postal_address.as_deref())
            }
        }
    }
}

/// The person whose data it is, checked and in one normal form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs)]
pub struct Subject {
    pub full_name: Option<String>,
    pub iin: Option<String>,
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub other_id: Option<OtherId>,
    pub postal_address: Option<String>,
    pub bin: Option<String>,
}

/// Who asks, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs)]
pub struct Submitter {
    pub capacity: Capacity,
    pub full_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub postal_address: Option<String>,
    pub authority: Option<Authority>,
    pub document: Option<Document>,
}
