//! Who acts for whom on a day. Nothing is moved for an absence: requests stay with their assignee, and all of this is derived.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

/// So many steps from one deputy to the next are followed at most.
const STEPS: usize = 5;

/// The absences of one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Away {
    deputies: BTreeMap<String, (String, NaiveDate)>,
    fit: BTreeSet<(String, String)>,
}

impl Away {
    /// Those of `absences` (the member who is away, the deputy, the last day). `fit` holds operator and member for everybody who
    /// can stand in at an operator: the account is not disabled, and they are agent or DPO there.
    #[must_use]
    pub fn new(
        absences: impl IntoIterator<Item = (String, String, NaiveDate)>,
        fit: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self {
            deputies: absences.into_iter().map(|(who, deputy, until)| (who, (deputy, until))).collect(),
            fit: fit.into_iter().collect(),
        }
    }

    /// The last day of a member who is away.
    #[must_use]
    pub fn until(&self, id: &str) -> Option<NaiveDate> {
        self.deputies.get(id).map(|(_, until)| *until)
    }

    /// Who acts for a member at an operator: the member, if not away; else the deputy, or the deputy's deputy and so on. Nobody
    /// when one of them is not fit, when they go round in a circle, or when the chain is too long.
    #[must_use]
    pub fn acting<'t>(&'t self, operator_id: &str, id: &'t str) -> Option<&'t str> {
        let mut who = id;
        for _ in 0..=STEPS {
            let Some((deputy, _)) = self.deputies.get(who) else { return Some(who) };
            if !self.fit.contains(&(operator_id.to_owned(), deputy.clone())) {
                return None;
            }
            who = deputy;
        }
        None
    }

    /// The members for whom `deputy` acts at an operator.
    #[must_use]
    pub fn stood_in_by(&self, operator_id: &str, deputy: &str) -> Vec<String> {
        let stands_in = |id: &&String| id.as_str() != deputy && self.acting(operator_id, id) == Some(deputy);
        self.deputies.keys().filter(stands_in).cloned().collect()
    }

    /// Everybody who is named as a deputy.
    pub fn deputies(&self) -> impl Iterator<Item = &str> {
        self.deputies.values().map(|(deputy, _)| deputy.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away(pairs: &[(&str, &str)], fit: &[&str]) -> Away {
        let until: NaiveDate = "2026-12-01".parse().unwrap();
        let absences = pairs.iter().map(|(who, deputy)| ((*who).to_owned(), (*deputy).to_owned(), until));
        Away::new(absences, fit.iter().map(|id| ("op".to_owned(), (*id).to_owned())))
    }

    #[test]
    fn whoever_is_here_acts_and_the_deputy_acts_for_whoever_is_away() {
        let away = away(&[("a", "b")], &["b"]);
        assert_eq!(
            (away.acting("op", "a"), away.acting("op", "b"), away.acting("op", "x")),
            (Some("b"), Some("b"), Some("x"))
        );
        assert_eq!(away.stood_in_by("op", "b"), ["a"]);
        assert_eq!((away.until("a").is_some(), away.until("b")), (true, None));
        assert_eq!((away.acting("other", "a"), away.stood_in_by("other", "b").len()), (None, 0), "not fit there");
    }

    #[test]
    fn chains_are_followed_and_circles_and_long_ways_end_at_nobody() {
        let chain = away(&[("a", "b"), ("b", "c")], &["b", "c"]);
        assert_eq!(chain.acting("op", "a"), Some("c"));
        assert_eq!(
            (chain.stood_in_by("op", "c"), chain.stood_in_by("op", "b")),
            (vec!["a".into(), "b".into()], vec![])
        );
        assert_eq!(away(&[("a", "b"), ("b", "c")], &["c"]).acting("op", "a"), None, "one of them is not fit");
        assert_eq!(away(&[("a", "b"), ("b", "a")], &["a", "b"]).acting("op", "a"), None);
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let pairs: Vec<(&str, &str)> = names.windows(2).map(|pair| (pair[0], pair[1])).collect();
        assert_eq!(away(&pairs[..5], &names).acting("op", "a"), Some("f"), "five steps");
        assert_eq!(away(&pairs, &names).acting("op", "a"), None, "six steps");
    }
}
