//! What an account may do: roles at operators, or the administration of the deployment.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::intake::FieldError;
use crate::domain::vocabulary::Role;
use crate::storage::staff::RoleRow;

/// A role, and where it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleAt {
    /// Id of the operator; null or absent for `admin`, who has none.
    pub operator: Option<String>,
    /// The role.
    pub role: Role,
}

/// Roles that go together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Roles {
    /// Runs the deployment.
    pub is_admin: bool,
    /// Operator and role, each pair once.
    pub at: BTreeSet<(String, Role)>,
}

impl Roles {
    /// Checks roles as they were sent. A pair that comes twice counts once.
    ///
    /// # Errors
    /// `admin_has_no_operator`, `required` for a role without its operator, `not_one_of` for an operator that is not
    /// served here, and `admin_stands_alone` when `admin` is asked for beside others.
    pub fn check(app: &App, sent: &[RoleAt]) -> Result<Self, Vec<FieldError>> {
        let mut roles = Self::default();
        let mut mistakes = Vec::new();
        let operators = || app.operators.iter().map(|operator| operator.id.as_str()).collect::<Vec<_>>().join(", ");
        for (index, RoleAt { operator, role }) in sent.iter().enumerate() {
            let pointer = format!("/roles/{index}/operator");
            match (role, operator) {
                (Role::Admin, None) => roles.is_admin = true,
                (Role::Admin, Some(_)) => mistakes.push(FieldError::new(pointer, "admin_has_no_operator")),
                (_, None) => mistakes.push(FieldError::new(pointer, "required")),
                (_, Some(id)) if app.operator(id).is_none() => {
                    mistakes.push(FieldError::new(pointer, "not_one_of").with("allowed", operators()));
                }
                (role, Some(id)) => {
                    roles.at.insert((id.clone(), *role));
                }
            }
        }
        if mistakes.is_empty() && !roles.fit() {
            mistakes.push(FieldError::new("/roles", "admin_stands_alone"));
        }
        if mistakes.is_empty() { Ok(roles) } else { Err(mistakes) }
    }

    /// Whether they go together: an administrator never holds an operator's role.
    pub fn fit(&self) -> bool {
        !self.is_admin || self.at.is_empty()
    }

    /// The rows to store.
    pub fn rows(&self, staff_id: &str) -> Vec<RoleRow> {
        let row = |(operator_id, role): &(String, Role)| RoleRow {
            staff_id: staff_id.to_owned(),
            operator_id: operator_id.clone(),
            role: *role,
        };
        self.at.iter().map(row).collect()
    }
}

/// Stored roles as they are shown.
pub(super) fn views<'t>(is_admin: bool, rows: impl Iterator<Item = &'t RoleRow>) -> Vec<RoleAt> {
    let admin = is_admin.then_some(RoleAt { operator: None, role: Role::Admin });
    admin
        .into_iter()
        .chain(rows.map(|row| RoleAt { operator: Some(row.operator_id.clone()), role: row.role }))
        .collect()
}
