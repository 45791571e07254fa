//! The closed lists of words that the whole product shares: kinds, statuses, outcomes, languages and their like.
//!
//! Each is written in snake case in JSON, in the database and in the data files.

use serde::{Deserialize, Serialize};

mod asking;

pub use asking::{Authority, Capacity, DesiredResult, Ground, WithdrawalScope};

/// Declares an enum of unit variants with one name for JSON, database, data files and logs. The name is taken as a plain token: the
/// description of the API does not see a name that comes as `literal`.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:tt,)+ }) => {
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

vocabulary! {
    /// How a member signed in.
    EnteredBy {
        /// By password, and the code of a second factor where there is one.
        Password = "password",
        /// By the external service, and the code of a second factor where there is one.
        External = "external",
        /// By the external service, which asked for a second factor itself.
        ExternalTwoFactors = "external_two_factors",
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
