//! Pages of the audit trail.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::{audit, requests, staff, staff_roles};
use super::staff::AuditRow;

/// What a page of the audit trail is limited to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Operators whose lines are shown, and those of the accounts of their members.
    pub operators: Vec<String>,
    /// Actions that concern the whole deployment: such lines are shown too.
    pub everybodys: Vec<String>,
    /// Whether lines are shown that concern no operator's member: about administrators, and about nobody's account.
    pub of_nobody: bool,
    /// Not before this moment.
    pub from: Option<NaiveDateTime>,
    /// Before this moment.
    pub until: Option<NaiveDateTime>,
    /// Only what this member did, or what is about their account.
    pub member: Option<String>,
    /// Only this action.
    pub action: Option<String>,
    /// Only lines about the request with this reference.
    pub reference: Option<String>,
    /// Only lines with a smaller id: they were written earlier.
    pub before: Option<String>,
    /// At most so many.
    pub limit: i64,
}

/// A line with the name of who acted and the reference of the request, where there is one.
pub type Line = (AuditRow, Option<String>, Option<String>);

/// A page of the audit trail, newest first.
///
/// # Errors
/// Those of the database.
pub fn page(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<Vec<Line>> {
    let members = || {
        staff_roles::table
            .filter(staff_roles::operator_id.eq_any(filter.operators.clone()))
            .select(staff_roles::staff_id.nullable())
    };
    let admins = staff::table.filter(staff::is_admin.eq(true)).select(staff::id);
    let admins: Vec<String> = if filter.of_nobody { admins.load(connection)? } else { Vec::new() };
    let of_nobody = audit::operator_id
        .is_null()
        .and(audit::actor_id.is_null().or(audit::actor_id.eq_any(admins.clone())))
        .and(audit::about_id.is_null().or(audit::about_id.eq_any(admins)));
    // A line about no operator is one about an account, or about all.
    let of_accounts = audit::operator_id.is_null().and(
        audit::actor_id
            .eq_any(members())
            .or(audit::about_id.eq_any(members()))
            .or(audit::action.eq_any(filter.everybodys.clone()).nullable()),
    );
    let of_operators = audit::operator_id.eq_any(filter.operators.clone()).or(of_accounts);
    let mut query = audit::table
        .left_join(staff::table.on(staff::id.nullable().eq(audit::actor_id)))
        .left_join(requests::table.on(requests::id.nullable().eq(audit::request_id)))
        .select((AuditRow::as_select(), staff::name.nullable(), requests::reference.nullable()))
        .into_boxed();
    query = if filter.of_nobody { query.filter(of_operators.or(of_nobody)) } else { query.filter(of_operators) };
    if let Some(from) = filter.from {
        query = query.filter(audit::at.ge(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit::at.lt(until));
    }
    if let Some(member) = &filter.member {
        query = query.filter(audit::actor_id.eq(member.clone()).or(audit::about_id.eq(member.clone())));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit::action.eq(action.clone()));
    }
    if let Some(reference) = &filter.reference {
        query = query.filter(requests::reference.eq(reference.clone()));
    }
    if let Some(before) = &filter.before {
        query = query.filter(audit::id.lt(before.clone()));
    }
    query.order(audit::id.desc()).limit(filter.limit).load(connection)
}
