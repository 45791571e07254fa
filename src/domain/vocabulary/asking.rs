//! The words in which people ask: grounds, capacities, authorities, and what is to become of data.

use crate::vocabulary;

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
