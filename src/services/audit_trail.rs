//! The audit trail as DPOs and auditors read it: who looked at what, sign-ins, administration.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::desk::{Page, day_of, page_size};
use super::error::ServiceError;
use super::sign_in::Member;
use crate::app::App;
use crate::domain::almaty;
use crate::domain::intake::FieldError;
use crate::domain::permission::Permission;
use crate::domain::reference::Reference;
use crate::ids::is_id;
use crate::storage::audit::{self, Filter, Line};

/// Lines about no operator and no account that everybody who reads the trail may see.
const EVERYBODYS: [&str; 6] = [
    "calendar_changed",
    "calendar_year_confirmed",
    "calendar_file_taken_over",
    "sign_in_policy_changed",
    "master_key_rotated",
    "master_key_retired",
];

/// Which lines are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// An operator's id.
    pub operator: Option<String>,
    /// The first local day.
    pub from: Option<NaiveDate>,
    /// The last local day.
    pub to: Option<NaiveDate>,
    /// A member's id: what they did, and what was done to their account.
    pub member: Option<String>,
    /// The name of an action, such as `open_request` or `sign_in_failed`.
    pub action: Option<String>,
    /// The reference of a request.
    pub reference: Option<String>,
    /// How many at most, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// Who acted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditActor {
    /// `staff`, `stranger` (who did not prove who they are), `command_line`, or `system` for what Otinish does by itself.
    pub kind: String,
    /// The member; for a stranger, whose account it was about.
    pub id: Option<String>,
    /// Their name.
    pub name: Option<String>,
}

/// A line of the audit trail. It names people of the staff only, and requests by their reference.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditLine {
    /// Its id.
    pub id: String,
    /// When it was.
    pub at: DateTime<Utc>,
    /// What was done.
    pub action: String,
    /// Who did it.
    pub actor: AuditActor,
    /// At which operator; null for sign-ins and administration.
    pub operator: Option<String>,
    /// The request.
    pub reference: Option<String>,
    /// The account that it is about.
    pub about_id: Option<String>,
    /// Why: by assignment, by role, or in own words.
    pub reason: Option<String>,
    /// What else is known: ids, numbers and words of the vocabulary.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

fn view((row, name, reference): Line) -> AuditLine {
    AuditLine {
        id: row.id,
        at: row.at.and_utc(),
        action: row.action,
        actor: AuditActor { kind: row.actor_kind, id: row.actor_id, name },
        operator: row.operator_id,
        reference,
        about_id: row.about_id,
        reason: row.reason,
        data: serde_json::from_str(&row.data).unwrap_or_default(),
    }
}

fn filter(member: &Member, query: &AuditQuery) -> Result<Filter, ServiceError> {
    let mut operators = member.operators_with(Permission::ReadAudit);
    if operators.is_empty() {
        return Err(ServiceError::forbidden());
    }
    let mut everybodys: Vec<String> = EVERYBODYS.map(ToOwned::to_owned).to_vec();
    if let Some(wanted) = &query.operator {
        // An operator of others does not exist: its trail is empty.
        operators.retain(|operator| operator == wanted);
        everybodys.clear();
    }
    let before = query.cursor.clone().filter(|cursor| !cursor.is_empty());
    if before.as_deref().is_some_and(|cursor| !is_id(cursor)) {
        return Err(ServiceError::field("/query/cursor", "invalid_cursor"));
    }
    if query.member.as_deref().is_some_and(|id| !is_id(id)) {
        return Err(ServiceError::field("/query/member", "invalid_value"));
    }
    let reference = query.reference.as_deref().filter(|reference| !reference.trim().is_empty()).map(Reference::parse);
    let reference = reference
        .transpose()
        .map_err(|error| ServiceError::Invalid(vec![FieldError::at("/query/reference", error)]))?;
    let start_of = |date: NaiveDate| almaty::at_local(date, 0, 0).naive_utc();
    Ok(Filter {
        operators,
        of_nobody: !everybodys.is_empty(),
        everybodys,
        from: day_of("/query/from", query.from)?.map(start_of),
        until: day_of("/query/to", query.to)?.map(|date| start_of(date.succ_opt().unwrap_or(date))),
        member: query.member.clone(),
        action: query.action.clone(),
        reference: reference.map(|reference| reference.as_str().to_owned()),
        before,
        limit: page_size(query.limit)? + 1,
    })
}

/// A page of the audit trail, newest first: the lines of the operators at which the member may read it, those about the accounts of
/// their members, and those about administrators, strangers and the deployment, whom nobody else would oversee.
///
/// # Errors
/// `forbidden` for whoever is neither DPO nor auditor; `Invalid` for a filter that cannot be.
pub async fn list(app: &Arc<App>, member: Member, query: AuditQuery) -> Result<Page<AuditLine>, ServiceError> {
    let filter = filter(&member, &query)?;
    app.db
        .read("audit", move |connection| {
            let mut lines = audit::page(connection, &filter)?;
            let wanted = usize::try_from(filter.limit - 1).unwrap_or(usize::MAX);
            let more = lines.len() > wanted;
            lines.truncate(wanted);
            let next_cursor = lines.last().filter(|_| more).map(|(row, _, _)| row.id.clone());
            Ok(Page { items: lines.into_iter().map(view).collect(), next_cursor })
        })
        .await
}
