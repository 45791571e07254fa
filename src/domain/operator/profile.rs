//! The parts of an operator's profile, as the data files write them.

use crate::domain::vocabulary::{Language, Localized, WithdrawalScope};
use crate::vocabulary;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Where the public reaches the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Mail address; also the Reply-To of every mail.
    pub email: String,
    /// Phone, with `+` and country code.
    pub phone: Option<String>,
    /// Postal address.
    pub postal_address: Option<Localized>,
    /// The operator's site, `https://…`.
    pub website: Option<String>,
}

/// Who is responsible for organising the processing of personal data (Law 94-V art. 25(2)(10), 25(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponsiblePerson {
    /// Name, or the title where the policy names nobody.
    pub name: Localized,
    /// Mail address.
    pub email: String,
    /// Phone, with `+` and country code.
    pub phone: Option<String>,
}

vocabulary! {
    /// What a published policy is about.
    PolicyKind {
        /// Personal data.
        Privacy = "privacy",
        /// Cookies and their like.
        Cookies = "cookies",
    }
}

/// A site or product of the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Id, such as `kazteleport.kz`.
    pub id: String,
    /// Name.
    pub names: Localized,
    /// The policies that cover it.
    pub policies: Vec<PolicyKind>,
    /// A contact of its own, instead of the operator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<String>,
    /// Purposes of its own, instead of the operator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purposes: Option<Vec<Purpose>>,
    /// Data categories of its own, instead of the operator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_categories: Option<Vec<DataCategory>>,
}

vocabulary! {
    /// From when an edition is in force when it names no day of its own.
    EditionRule {
        /// From the day on which it is placed.
        OnPlacing = "on_placing",
        /// From the day after that.
        NextDay = "next_day",
    }
}

vocabulary! {
    /// Where the day of an edition comes from.
    EditionDate {
        /// The policy states it.
        Policy = "policy",
        /// The policy states only the day of its approval.
        Approval = "approval",
        /// The policy states no day; this is the day on which its text was first read.
        FirstSeen = "first_seen",
    }
}

/// A version of one of the operator's policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Id, such as `privacy-2025-08-12`.
    pub id: String,
    /// The policy of which it is a version.
    pub policy: PolicyKind,
    /// Title.
    pub title: Localized,
    /// The services that it covers, by id.
    pub services: Vec<String>,
    /// The local day on which it was placed, as far as it is known.
    pub published_on: NaiveDate,
    /// Where that day comes from.
    pub dated_by: EditionDate,
    /// The day that the edition itself names for its entry into force; otherwise the operator's rule counts.
    pub in_force_from: Option<NaiveDate>,
    /// The day that the edition itself names for acceptance by going on using the service; otherwise the operator's
    /// rule counts.
    pub accepted_from: Option<NaiveDate>,
    /// Whether it changes something material: people with an open request are told.
    #[serde(default)]
    pub material: bool,
    /// Where it can be read.
    pub url: Option<String>,
}

/// Why the operator processes personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Id.
    pub id: String,
    /// Text, in each language as the policy's version in it has it.
    pub names: Localized,
    /// Where versions of the policy differ: the languages whose version lists this purpose. By default all.
    #[serde(default = "all_languages")]
    pub languages: Vec<Language>,
    /// In the other languages this purpose is a part of that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// Whether the policy ties it to a consent of its own.
    #[serde(default)]
    pub consent_based: bool,
    /// Whether the policy lets the person stop it at any moment.
    #[serde(default)]
    pub stoppable: bool,
    /// Whether data is published for it, so that withdrawal of publication reaches it.
    #[serde(default)]
    pub publication: bool,
}

fn all_languages() -> Vec<Language> {
    Language::ALL.to_vec()
}

/// A group of personal data that the operator handles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DataCategory {
    /// Id.
    pub id: String,
    /// Name.
    pub names: Localized,
    /// Whether a leak would hurt more than usual: documents, cards, faces, identifiers.
    #[serde(default)]
    pub sensitive: bool,
}

/// Why the operator processes cookies and their like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CookiePurpose {
    /// Id.
    pub id: String,
    /// Text.
    pub names: Localized,
}

/// A kind of cookies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookieCategory {
    /// Id, such as `required` or `analytics`.
    pub id: String,
    /// Name.
    pub names: Localized,
    /// Whether the site cannot do without, so that it cannot be switched off.
    #[serde(default)]
    pub required: bool,
    /// What it is for: ids of the profile's cookie purposes.
    pub purposes: Vec<String>,
}

vocabulary! {
    /// What a recipient is given.
    Receives {
        /// Personal data.
        PersonalData = "personal_data",
        /// Cookies and their like.
        Cookies = "cookies",
    }
}

/// Somebody to whom the operator passes data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Id.
    pub id: String,
    /// Name.
    pub names: Localized,
    /// The case in which the policy allows it.
    pub ground: Localized,
    /// What it is given.
    pub receives: Vec<Receives>,
    /// Whether the law demands the transfer: withdrawal of consent does not reach it.
    #[serde(default)]
    pub by_law: bool,
    /// Whether the policy says that a contract binds it to confidentiality.
    #[serde(default)]
    pub contract_on_confidentiality: bool,
    /// Whether it may be abroad, so that withdrawal of cross-border transfer reaches it.
    #[serde(default)]
    pub abroad: bool,
}

/// How long the personal data of a request is kept in this product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Years after the final status.
    #[serde(default = "three")]
    pub years: u32,
    /// The same in words.
    pub text: Localized,
    /// The clause of the policy that it follows.
    pub clause: Option<String>,
}

const fn three() -> u32 {
    3
}

/// A term that the operator's policy or contract promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractTerm {
    /// The clause, such as `30`.
    pub clause: String,
    /// The clause and its document, as letters quote them.
    pub citation: Localized,
}

vocabulary! {
    /// A request that needs no check of identity beyond a proven mail address.
    EmailIsEnough {
        /// Withdrawal of consent to cookies.
        Cookies = "cookies",
        /// A pre-trial claim.
        Claim = "claim",
    }
}

/// The acknowledgements that a profile may ask for: `agreement_may_end` says that withdrawal may end the agreement.
pub const ACKNOWLEDGEMENTS: &[&str] = &["agreement_may_end"];

/// What differs between operators in the workflow.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Whether a request that disputes data records a provisional block from the moment of receipt.
    pub provisional_block: bool,
    /// Requests that go straight to review once the mail address is proven.
    pub email_is_enough_for: Vec<EmailIsEnough>,
    /// Whether the proposer of an answer may approve it.
    pub single_person_approval: bool,
    /// Whether a request must carry the subject's IIN.
    pub iin_required: bool,
    /// What a person who withdraws consent must acknowledge, out of [`ACKNOWLEDGEMENTS`].
    pub acknowledgements: Vec<String>,
    /// The scopes of withdrawal for which that holds. Never `cookies`: refusing cookies ends no agreement.
    pub acknowledgement_scopes: Vec<WithdrawalScope>,
}
