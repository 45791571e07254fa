//! The open requests of somebody who works here no longer go back to the queue.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::app::App;
use crate::domain::event::{Actor, EventKind};
use crate::domain::vocabulary::Role;
use crate::mail::compose::DeskMail;
use crate::services::case::{Case, present};
use crate::services::error::ServiceError;
use crate::services::staff_mail::{write_desk_mail, write_to_head};
use crate::storage::staff::{RoleRow, StaffRow};
use crate::storage::{AnyConnection, queue, requests};

/// Why requests are released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Release {
    /// The account is disabled: at all operators.
    Account,
    /// The member neither works nor oversees requests any more at these operators.
    Roles(Vec<String>),
}

impl Release {
    /// What the change of an account releases. `disabled` only when it is disabled by this change.
    pub fn of(disabled: bool, before: &[RoleRow], after: &[RoleRow]) -> Self {
        if disabled {
            return Self::Account;
        }
        let works = |role: &&RoleRow| matches!(role.role, Role::Agent | Role::Dpo);
        let holds = |operator: &str| after.iter().filter(works).any(|role| role.operator_id == operator);
        let mut lost: Vec<String> = before
            .iter()
            .filter(works)
            .filter(|role| !holds(&role.operator_id))
            .map(|role| role.operator_id.clone())
            .collect();
        lost.sort();
        lost.dedup();
        Self::Roles(lost)
    }

    const fn reason(&self) -> &'static str {
        match self {
            Self::Account => "account_disabled",
            Self::Roles(_) => "role_removed",
        }
    }
}

/// Releases the open requests, each with its event, and tells the DPOs of each operator in one mail, or its head contact where there
/// is no DPO. Returns how many there were.
///
/// The account is locked before, and requests are locked in the order of their ids.
pub(super) fn release(
    app: &App,
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    admin_id: &str,
    member: &StaffRow,
    why: &Release,
) -> Result<i64, ServiceError> {
    let operators = match why {
        Release::Account => app.operators.iter().map(|operator| operator.id.clone()).collect(),
        Release::Roles(operators) => operators.clone(),
    };
    let found = queue::open_of(tx, &operators, &member.id)?;
    let mut released: BTreeMap<String, i64> = BTreeMap::new();
    for (id, operator) in found {
        let mut case = match Case::open_by_id(app, tx, &id, Actor::Staff(admin_id.to_owned())) {
            Err(error @ ServiceError::Unavailable(_)) => return Err(error),
            // One request that does not open must not keep an account from being shut. It has no event then: those need the whole
            // request.
            Err(error) => {
                tracing::error!(%error, request = id, "a request that cannot be opened is released without an event");
                if requests::release(tx, &id, &member.id)? {
                    *released.entry(operator).or_default() += 1;
                }
                continue;
            }
            Ok(case) => case,
        };
        // Under the lock: somebody may have closed or reassigned it in the meantime.
        if case.row.status.is_final() || case.row.assignee_id.as_deref() != Some(member.id.as_str()) {
            continue;
        }
        case.row.assignee_id = None;
        let data = json!({"from": member.id, "to": null, "reason": why.reason()});
        case.record(EventKind::Assigned, data, None)?;
        case.save(true)?;
        *released.entry(operator).or_default() += 1;
    }
    for (operator, count) in &released {
        let role_removed = matches!(why, Release::Roles(_));
        let mail = DeskMail::Released { who: &member.name, count: *count, role_removed };
        let dpos = present(tx, now, operator, &[Role::Dpo])?;
        for dpo in &dpos {
            write_desk_mail(app, tx, now, operator, dpo, "released", &mail)?;
        }
        if dpos.is_empty() {
            write_to_head(app, tx, now, operator, "released", &mail)?;
        }
    }
    Ok(released.values().sum())
}
