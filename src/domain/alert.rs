//! What raises an alert, and from which number on (policy 004, clause 3.2: access by strangers is found in time).

crate::vocabulary! {
    /// What an alert is about.
    AlertKind {
        /// Failed sign-ins at one account.
        FailedSignIns = "failed_sign_ins",
        /// Failed sign-ins from one network address, at whatever accounts.
        FailedSignInsFrom = "failed_sign_ins_from",
        /// A member asked again and again for what they may not see.
        RefusedLooks = "refused_looks",
        /// Wrong secrets for one request.
        WrongSecrets = "wrong_secrets",
        /// Wrong secrets from one network address, for whatever references.
        WrongSecretsFrom = "wrong_secrets_from",
        /// A verification found damage.
        BrokenChain = "broken_chain",
        /// Mails of one operator were given up.
        DeadMails = "dead_mails",
    }
}

/// So many cases within so much time raise an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// The number that raises it.
    pub cases: i64,
    /// Minutes within which they fall.
    pub minutes: i64,
}

impl AlertKind {
    /// What is usual. An account is locked from the fifth failure in a row, and ten take half an hour at least.
    #[must_use]
    pub const fn usual(self) -> Threshold {
        let (cases, minutes) = match self {
            Self::FailedSignIns => (10, 1440),
            Self::FailedSignInsFrom | Self::WrongSecretsFrom => (50, 60),
            Self::RefusedLooks | Self::WrongSecrets => (20, 60),
            Self::BrokenChain => (1, 1440),
            Self::DeadMails => (3, 1440),
        };
        Threshold { cases, minutes }
    }
}

/// The thresholds of a deployment: those that are usual, but for the ones that were named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thresholds(Vec<(AlertKind, Threshold)>);

impl Thresholds {
    /// Reads `wrong_secrets=20/60, dead_mails=1/1440`: cases and minutes, up to a day.
    ///
    /// # Errors
    /// What is expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = "expected such as wrong_secrets=20/60, with cases from 1 and minutes from 10 to 1440";
        let one = |part: &str| {
            let (kind, rest) = part.split_once('=')?;
            let (cases, minutes) = rest.split_once('/')?;
            let threshold = Threshold { cases: cases.parse().ok()?, minutes: minutes.parse().ok()? };
            let holds = threshold.cases >= 1 && (10..=1440).contains(&threshold.minutes);
            Some((AlertKind::parse(kind)?, threshold)).filter(|_| holds)
        };
        let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        parts.map(one).collect::<Option<Vec<_>>>().map(Self).ok_or_else(|| expected.to_owned())
    }

    /// That of a kind.
    #[must_use]
    pub fn of(&self, kind: AlertKind) -> Threshold {
        let named = self.0.iter().rev().find(|(of, _)| *of == kind);
        named.map_or_else(|| kind.usual(), |(_, threshold)| *threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_that_is_named_takes_the_place_of_the_usual_one() {
        let thresholds = Thresholds::parse("wrong_secrets=3/30, dead_mails=1/1440").unwrap();
        assert_eq!(thresholds.of(AlertKind::WrongSecrets), Threshold { cases: 3, minutes: 30 });
        assert_eq!(thresholds.of(AlertKind::RefusedLooks), AlertKind::RefusedLooks.usual());
        for wrong in ["x=1/10", "wrong_secrets", "wrong_secrets=0/60", "wrong_secrets=1/9", "wrong_secrets=1/1441"] {
            assert!(Thresholds::parse(wrong).is_err(), "{wrong}");
        }
    }
}
