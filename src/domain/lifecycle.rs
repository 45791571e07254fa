//! The life of a request: which action leads from which status to which.
//!
//! The whole workflow is [`next`]. Where the target depends on a fact, the action carries the fact.

use super::vocabulary::{Kind, Outcome, Status};

/// Something that moves a request, with the facts that its target depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The requester proved the mail address; `is_enough` when nothing else is to be proven.
    ConfirmEmail {
        /// The profile says that a proven address is enough for this request.
        is_enough: bool,
    },
    /// Staff checked who asks.
    Verify {
        /// Whether the person is who they say.
        confirmed: bool,
    },
    /// Staff ask the requester something.
    Ask,
    /// The requester answered.
    Reply {
        /// Where the request was when it was asked.
        back_to: Status,
    },
    /// Staff begin the work.
    Start,
    /// Staff propose an answer.
    Propose {
        /// The proposed outcome is a refusal.
        refusal: bool,
        /// Identity was confirmed before.
        identity_confirmed: bool,
    },
    /// The DPO wants the proposal changed.
    SendBack {
        /// Identity was confirmed before.
        identity_confirmed: bool,
    },
    /// The DPO approves the proposal.
    Approve {
        /// Something that was granted is still to be carried out.
        to_carry_out: bool,
    },
    /// What was granted was carried out.
    Complete,
    /// What was granted turned out to be impossible.
    Reopen,
    /// The request is of another kind: a proposal for the old one is dropped.
    Reclassify {
        /// Nothing of who asks is left to be proven for the new kind.
        identity_confirmed: bool,
    },
    /// The requester takes the request back.
    Cancel,
    /// It is not a request.
    Dismiss,
}

/// The status that `action` leads to from `from`; `None` when it is not possible there.
#[must_use]
pub const fn next(from: Status, action: Action) -> Option<Status> {
    use Status::{
        Answered, Approval, Cancelled, Clarification, Dismissed, Execution, Preparation, Review, Submitted,
        Verification,
    };
    match (from, action) {
        (Submitted, Action::ConfirmEmail { is_enough: false })
        | (Approval, Action::SendBack { identity_confirmed: false })
        | (
            Verification | Review | Preparation | Approval | Execution,
            Action::Reclassify { identity_confirmed: false },
        ) => Some(Verification),
        (Submitted, Action::ConfirmEmail { is_enough: true })
        | (Submitted | Verification | Clarification, Action::Verify { confirmed: true })
        | (Verification | Review, Action::Reclassify { identity_confirmed: true }) => Some(Review),
        (Submitted, Action::Reclassify { .. }) => Some(Submitted),
        (Verification | Review | Preparation, Action::Ask) | (Clarification, Action::Reclassify { .. }) => {
            Some(Clarification)
        }
        (Clarification, Action::Reply { back_to: back @ (Verification | Review | Preparation) }) => Some(back),
        (Review, Action::Start)
        | (Approval, Action::SendBack { identity_confirmed: true })
        | (Preparation | Approval | Execution, Action::Reclassify { identity_confirmed: true })
        | (Execution, Action::Reopen) => Some(Preparation),
        (Submitted | Verification | Clarification, Action::Verify { confirmed: false })
        | (
            Review | Preparation | Clarification,
            Action::Propose { identity_confirmed: true, .. }
            | Action::Propose { refusal: true, identity_confirmed: false },
        ) => Some(Approval),
        (Approval, Action::Approve { to_carry_out: true }) => Some(Execution),
        (Approval, Action::Approve { to_carry_out: false }) | (Execution, Action::Complete) => Some(Answered),
        (Submitted | Verification | Review | Clarification | Preparation | Approval, Action::Cancel) => Some(Cancelled),
        (Submitted | Verification | Review, Action::Dismiss) => Some(Dismissed),
        _ => None,
    }
}

/// Whether an approved `outcome` leaves something to carry out for this kind.
#[must_use]
pub const fn is_carried_out(kind: Kind, outcome: Outcome) -> bool {
    matches!(kind, Kind::Correction | Kind::Blocking | Kind::Deletion | Kind::ConsentWithdrawal)
        && matches!(outcome, Outcome::Granted | Outcome::PartlyGranted)
}

/// The outcomes that may be proposed for a kind.
#[must_use]
pub const fn outcome_fits(kind: Kind, outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::NoDataHeld) || matches!(kind, Kind::Access)
}

/// Every action with every combination of its facts, for tables and tests.
pub const EVERY_ACTION: &[(&str, Action)] = &[
    ("confirm_email", Action::ConfirmEmail { is_enough: false }),
    ("confirm_email, which is enough", Action::ConfirmEmail { is_enough: true }),
    ("verify: confirmed", Action::Verify { confirmed: true }),
    ("verify: not confirmed", Action::Verify { confirmed: false }),
    ("ask", Action::Ask),
    ("reply, asked in verification", Action::Reply { back_to: Status::Verification }),
    ("reply, asked in review", Action::Reply { back_to: Status::Review }),
    ("reply, asked in preparation", Action::Reply { back_to: Status::Preparation }),
    ("start", Action::Start),
    ("propose", Action::Propose { refusal: false, identity_confirmed: true }),
    ("propose a refusal", Action::Propose { refusal: true, identity_confirmed: true }),
    ("propose, identity not confirmed", Action::Propose { refusal: false, identity_confirmed: false }),
    ("propose a refusal, identity not confirmed", Action::Propose { refusal: true, identity_confirmed: false }),
    ("send_back", Action::SendBack { identity_confirmed: true }),
    ("send_back, identity not confirmed", Action::SendBack { identity_confirmed: false }),
    ("approve, something to carry out", Action::Approve { to_carry_out: true }),
    ("approve", Action::Approve { to_carry_out: false }),
    ("complete", Action::Complete),
    ("reopen", Action::Reopen),
    ("reclassify", Action::Reclassify { identity_confirmed: true }),
    ("reclassify, identity not confirmed", Action::Reclassify { identity_confirmed: false }),
    ("cancel", Action::Cancel),
    ("dismiss", Action::Dismiss),
];

/// The workflow as a Markdown table: the page `docs/request-lifecycle.md` is made of it.
#[must_use]
pub fn as_markdown() -> String {
    let mut page = String::from(
        "# The life of a request\n\nThis table is written by the code (`src/domain/lifecycle.rs`): a test compares the two.\n\
         An action that has no line for a status is refused there with 409 `invalid_transition`.\n\n\
         | from | action | to |\n|---|---|---|\n",
    );
    for from in Status::ALL {
        for (name, action) in EVERY_ACTION {
            if let Some(to) = next(*from, *action) {
                page.extend([format!("| `{from}` | {name} | `{to}` |\n")]);
            }
        }
    }
    page.push_str("\n`answered`, `cancelled` and `dismissed` are final.\n");
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The table of the product's description, written down a second time and in another shape.
    fn expected(from: Status, name: &str) -> Option<&'static str> {
        let rows: &[(&str, &[&str], &str)] = &[
            ("confirm_email", &["submitted"], "verification"),
            ("confirm_email, which is enough", &["submitted"], "review"),
            ("verify: confirmed", &["submitted", "verification", "clarification"], "review"),
            ("verify: not confirmed", &["submitted", "verification", "clarification"], "approval"),
            ("ask", &["verification", "review", "preparation"], "clarification"),
            ("reply, asked in verification", &["clarification"], "verification"),
            ("reply, asked in review", &["clarification"], "review"),
            ("reply, asked in preparation", &["clarification"], "preparation"),
            ("start", &["review"], "preparation"),
            ("propose", &["review", "preparation", "clarification"], "approval"),
            ("propose a refusal", &["review", "preparation", "clarification"], "approval"),
            ("propose a refusal, identity not confirmed", &["review", "preparation", "clarification"], "approval"),
            ("send_back", &["approval"], "preparation"),
            ("send_back, identity not confirmed", &["approval"], "verification"),
            ("approve, something to carry out", &["approval"], "execution"),
            ("approve", &["approval"], "answered"),
            ("complete", &["execution"], "answered"),
            ("reopen", &["execution"], "preparation"),
            (
                "cancel",
                &["submitted", "verification", "review", "clarification", "preparation", "approval"],
                "cancelled",
            ),
            ("dismiss", &["submitted", "verification", "review"], "dismissed"),
            ("reclassify", &["verification", "review"], "review"),
            ("reclassify", &["preparation", "approval", "execution"], "preparation"),
            (
                "reclassify, identity not confirmed",
                &["verification", "review", "preparation", "approval", "execution"],
                "verification",
            ),
        ];
        if name.starts_with("reclassify") && matches!(from, Status::Submitted | Status::Clarification) {
            return Some(from.as_str());
        }
        rows.iter().find(|(action, froms, _)| *action == name && froms.contains(&from.as_str())).map(|row| row.2)
    }

    #[test]
    fn every_status_action_and_fact_leads_where_the_table_says() {
        for from in Status::ALL {
            for (name, action) in EVERY_ACTION {
                assert_eq!(next(*from, *action).map(Status::as_str), expected(*from, name), "{from}: {name}");
            }
        }
    }

    #[test]
    fn nothing_leaves_a_final_status_and_a_reply_never_leads_to_one() {
        for from in Status::ALL.iter().filter(|status| status.is_final()) {
            assert!(EVERY_ACTION.iter().all(|(_, action)| next(*from, *action).is_none()));
        }
        for back_to in Status::ALL {
            let reached = next(Status::Clarification, Action::Reply { back_to: *back_to });
            assert!(reached.is_none() || matches!(back_to.as_str(), "verification" | "review" | "preparation"));
        }
    }

    #[test]
    fn every_status_can_be_reached_and_every_open_one_can_end() {
        let mut reached = BTreeSet::from([Status::Submitted]);
        for _ in 0..Status::ALL.len() {
            for from in reached.clone() {
                reached.extend(EVERY_ACTION.iter().filter_map(|(_, action)| next(from, *action)));
            }
        }
        assert_eq!(reached.len(), Status::ALL.len());
    }

    proptest! {
        #[test]
        fn an_answer_is_never_reached_without_approval(path in proptest::collection::vec(0..EVERY_ACTION.len(), 1..40)) {
            let (mut status, mut approved) = (Status::Submitted, false);
            for step in path {
                let action = EVERY_ACTION[step].1;
                if let Some(to) = next(status, action) {
                    approved |= matches!(action, Action::Approve { .. });
                    status = to;
                }
            }
            prop_assert!(status != Status::Answered || approved);
        }
    }

    #[test]
    fn only_what_was_granted_of_four_kinds_is_carried_out() {
        for kind in Kind::ALL {
            for outcome in Outcome::ALL {
                let expected = ["correction", "blocking", "deletion", "consent_withdrawal"].contains(&kind.as_str())
                    && ["granted", "partly_granted"].contains(&outcome.as_str());
                assert_eq!(is_carried_out(*kind, *outcome), expected);
                assert_eq!(
                    outcome_fits(*kind, *outcome),
                    outcome.as_str() != "no_data_held" || kind.as_str() == "access"
                );
            }
        }
    }
}
