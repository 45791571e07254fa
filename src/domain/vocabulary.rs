//! The closed lists of words that the whole product shares: kinds, statuses, outcomes, languages and their like.
//!
//! Each is written in snake case in JSON, in the database and in the data files.

use serde::{Deserialize, Serialize};

/// Declares an enum of unit variants with one name for JSON, database, data files and logs.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name that is written everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Finds one by its name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

vocabulary! {
    /// A language that the product speaks.
    Language {
        /// Kazakh.
        Kk = "kk",
        /// Russian.
        Ru = "ru",
        /// English.
        En = "en",
    }
}

/// A text in each of the three languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Localized {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

impl Localized {
    /// The text in one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }

    /// The first language whose text is blank.
    #[must_use]
    pub fn first_blank(&self) -> Option<Language> {
        Language::ALL.iter().copied().find(|language| self.get(*language).trim().is_empty())
    }
}

vocabulary! {
    /// What a person asks for (Law 94-V art. 24).
    Kind {
        /// To know of and receive one's data, 24(1)(1).
        Access = "access",
        /// To change or add, 24(1)(2).
        Correction = "correction",
        /// To block, 24(1)(3).
        Blocking = "blocking",
        /// To destroy, 24(1)(4), art. 18, Digital Code 41.
        Deletion = "deletion",
        /// To withdraw consent, 24(1)(5), art. 8.
        ConsentWithdrawal = "consent_withdrawal",
        /// To object to automated processing, art. 19-1.
        Objection = "objection",
        /// A pre-trial claim, 24(1)(7).
        Claim = "claim",
    }
}

vocabulary! {
    /// Where a request stands in its life.
    Status {
        /// Received by web or mail; the mail address is not proven yet.
        Submitted = "submitted",
        /// Staff check who asks.
        Verification = "verification",
        /// Staff look at what is asked.
        Review = "review",
        /// The requester was asked something.
        Clarification = "clarification",
        /// Facts are checked, data gathered, the answer drafted.
        Preparation = "preparation",
        /// An answer is proposed and waits for the second pair of eyes.
        Approval = "approval",
        /// What was granted is carried out.
        Execution = "execution",
        /// Final: answered.
        Answered = "answered",
        /// Final: withdrawn by the requester.
        Cancelled = "cancelled",
        /// Final: not a request.
        Dismissed = "dismissed",
    }
}

impl Status {
    /// Whether nothing more happens in the workflow.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Answered | Self::Cancelled | Self::Dismissed)
    }
}

vocabulary! {
    /// Blocking, a fact beside the status (Law 94-V art. 1(3), 25(2)(8)).
    Blocking {
        /// Not blocked.
        None = "none",
        /// For the time of the check.
        Provisional = "provisional",
        /// Decided.
        Final = "final",
    }
}

vocabulary! {
    /// What is known of a violation of the conditions of collection or processing.
    Violation {
        /// Nobody says so.
        None = "none",
        /// The requester's ground or a staff mark says so.
        Alleged = "alleged",
        /// Confirmed by the DPO.
        Confirmed = "confirmed",
        /// Not confirmed, by the DPO.
        Dismissed = "dismissed",
    }
}

vocabulary! {
    /// How a request was answered.
    Outcome {
        /// All that was asked.
        Granted = "granted",
        /// A part of it.
        PartlyGranted = "partly_granted",
        /// Nothing of it, with reasons.
        Refused = "refused",
        /// Access only: the operator holds no data of the person.
        NoDataHeld = "no_data_held",
    }
}

vocabulary! {
    /// How a request came in.
    Channel {
        /// The public form or API.
        Web = "web",
        /// A mail.
        Email = "email",
        /// A paper letter.
        Paper = "paper",
        /// At the operator's office.
        InPerson = "in_person",
    }
}

vocabulary! {
    /// Where a term comes from.
    Basis {
        /// The law.
        Statutory = "statutory",
        /// The operator's published policy or contract.
        Contract = "contract",
        /// The product's own rule.
        Policy = "policy",
    }
}

vocabulary! {
    /// How sure the reading of the law is.
    Certainty {
        /// The text in force was read.
        Verified = "verified",
        /// Known from a secondary source or an older text.
        Secondary = "secondary",
        /// Inferred from those.
        Inferred = "inferred",
    }
}

vocabulary! {
    /// The state of a clock.
    ClockState {
        /// Its event has not happened.
        Waiting = "waiting",
        /// It counts.
        Running = "running",
        /// What it waits for was done.
        Met = "met",
        /// It no longer applies.
        Void = "void",
    }
}

vocabulary! {
    /// The deadlines that the product counts.
    ClockName {
        /// The outer limit of every request, 30 calendar days.
        ClaimResponse = "claim_response",
        /// Information about one's data.
        Information = "information",
        /// The operator asks for the documents that support a correction.
        DocumentRequest = "document_request",
        /// The correction is carried out.
        Correction = "correction",
        /// The data is blocked.
        Blocking = "blocking",
        /// Data is taken out of public sources.
        PublicationRemoval = "publication_removal",
        /// Whether to delete is decided.
        DeletionDecision = "deletion_decision",
        /// The data is destroyed.
        Destruction = "destruction",
        /// The block is lifted.
        Unblocking = "unblocking",
        /// Processing stops after consent was withdrawn.
        Withdrawal = "withdrawal",
        /// The objection is examined and its result told.
        Objection = "objection",
        /// A consumer's claim is answered.
        ConsumerClaim = "consumer_claim",
    }
}

vocabulary! {
    /// Why a person asks for blocking or deletion.
    Ground {
        /// The data is incomplete.
        Incomplete = "incomplete",
        /// The data is out of date.
        Outdated = "outdated",
        /// The data is wrong.
        Inaccurate = "inaccurate",
        /// The data was obtained unlawfully.
        UnlawfullyObtained = "unlawfully_obtained",
        /// The data was obtained without a basis.
        ObtainedWithoutBasis = "obtained_without_basis",
        /// There is no consent.
        NoConsent = "no_consent",
        /// The data is used beyond its purpose.
        BeyondPurpose = "beyond_purpose",
        /// The data is not needed for the purpose.
        NotNeeded = "not_needed",
        /// The purpose is reached, Law 94-V 18(1).
        PurposeReached = "purpose_reached",
        /// Legal relations ended, 18(2).
        RelationsEnded = "relations_ended",
        /// A court decision in force, 18(3).
        CourtDecision = "court_decision",
        /// The person wishes so (deletion only, Digital Code 41).
        OwnWish = "own_wish",
        /// Something else, in the details.
        Other = "other",
    }
}

impl Ground {
    /// Whether it says that the conditions of collection or processing were violated.
    #[must_use]
    pub const fn alleges_violation(self) -> bool {
        matches!(self, Self::UnlawfullyObtained | Self::ObtainedWithoutBasis | Self::NoConsent | Self::BeyondPurpose)
    }

    /// Whether it is a ground of destruction under Law 94-V art. 18 (storage term or purpose over, relations ended, court decision).
    #[must_use]
    pub const fn is_of_article_18(self) -> bool {
        matches!(self, Self::PurposeReached | Self::RelationsEnded | Self::CourtDecision | Self::NoConsent)
    }
}

vocabulary! {
    /// In what capacity somebody submits.
    Capacity {
        /// For oneself.
        Subject = "subject",
        /// For another person, with authority.
        Representative = "representative",
        /// The authorised body (recorded by staff only).
        AuthorisedBody = "authorised_body",
    }
}

vocabulary! {
    /// The authority of a representative.
    Authority {
        /// Parent.
        Parent = "parent",
        /// Guardian.
        Guardian = "guardian",
        /// Trustee.
        Trustee = "trustee",
        /// Adoptive parent.
        AdoptiveParent = "adoptive_parent",
        /// Power of attorney.
        PowerOfAttorney = "power_of_attorney",
        /// Advocate.
        Advocate = "advocate",
        /// Relative of a person who died.
        RelativeOfDeceased = "relative_of_deceased",
        /// Something else.
        Other = "other",
    }
}

vocabulary! {
    /// What a person wants done with data that is to be deleted.
    DesiredResult {
        /// Destroyed.
        Delete = "delete",
        /// Made anonymous.
        Anonymise = "anonymise",
        /// Restricted.
        Restrict = "restrict",
    }
}

vocabulary! {
    /// What a withdrawal of consent reaches.
    WithdrawalScope {
        /// Everything.
        All = "all",
        /// Named purposes.
        Purposes = "purposes",
        /// Publication in public sources.
        Publication = "publication",
        /// Transfer to third parties.
        ThirdParties = "third_parties",
        /// Transfer abroad.
        CrossBorder = "cross_border",
        /// Cookies and their like on a device.
        Cookies = "cookies",
    }
}

vocabulary! {
    /// How identity was checked.
    VerificationMethod {
        /// Against the operator's records.
        Records = "records",
        /// Face to face.
        InPerson = "in_person",
        /// By phone.
        Phone = "phone",
        /// Electronic digital signature.
        Eds = "eds",
        /// Another way, in the note.
        Other = "other",
    }
}

vocabulary! {
    /// The result of the check of identity.
    VerificationResult {
        /// The person is who they say.
        Confirmed = "confirmed",
        /// That could not be shown.
        NotConfirmed = "not_confirmed",
    }
}

vocabulary! {
    /// What a staff member may do at an operator.
    Role {
        /// Works requests.
        Agent = "agent",
        /// Responsible person: oversees and approves (Law 94-V art. 25(3)).
        Dpo = "dpo",
        /// Reads, masked.
        Auditor = "auditor",
        /// Runs the deployment; never holds an operator's role.
        Admin = "admin",
    }
}
