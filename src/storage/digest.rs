//! What the morning digest counts and lists: plain queries by operator, each with its own index in view.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::AnyConnection;
use super::outbox::{DEAD, TO_POST};
use super::requests::NO_DUE;
use super::schema::{outbox, reminders, requests, staff, staff_roles};
use super::staff::StaffRow;
use crate::domain::vocabulary::{Kind, Role, Status};

/// What is wanted of one operator.
#[derive(Debug, Clone)]
pub enum Wanted<'a> {
    /// Those of some members whose headline ends on one of these days, both included.
    Due(&'a [String], NaiveDate, NaiveDate),
    /// Those whose headline was over by this moment: of some members, or all.
    Overdue(Option<&'a [String]>, NaiveDateTime),
    /// Open ones that nobody has.
    Unassigned,
    /// Those that wait for approval, but not the proposals of this member.
    Approval {
        /// Who must not be the proposer.
        not_by: Option<&'a str>,
    },
    /// Those with a mail to the requester or the head contact that was given up, can be sent again and was not: of some members, or
    /// all.
    DeadMails(Option<&'a [String]>),
    /// Those with something to print and post.
    ToPost,
}

/// How many there are, and the first of them by their headline: reference, kind, last day.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Found {
    pub count: i64,
    pub first: Vec<(String, Kind, Option<NaiveDate>)>,
}

/// Counts what is wanted at an operator, and loads the first `limit`.
///
/// # Errors
/// Those of the database.
pub fn find(connection: &mut AnyConnection, operator_id: &str, wanted: &Wanted<'_>, limit: i64) -> QueryResult<Found> {
    macro_rules! narrowed {
        ($query:expr) => {{
            let query = $query.filter(requests::operator_id.eq(operator_id.to_owned())).into_boxed();
            match wanted {
                Wanted::Due(ids, from, to) => query
                    .filter(requests::assignee_id.eq_any(ids.to_vec()))
                    .filter(requests::headline_due_on.ge(*from))
                    .filter(requests::headline_due_on.le(*to)),
                Wanted::Overdue(ids, at) => {
                    let query = query.filter(requests::sort_due_at.le(*at)).filter(requests::sort_due_at.ne(NO_DUE));
                    match ids {
                        Some(ids) => query.filter(requests::assignee_id.eq_any(ids.to_vec())),
                        None => query,
                    }
                }
                Wanted::Unassigned => {
                    query.filter(requests::assignee_id.is_null()).filter(requests::final_at.is_null())
                }
                Wanted::Approval { not_by } => {
                    let query = query.filter(requests::status.eq(Status::Approval));
                    match not_by {
                        Some(id) => query.filter(
                            requests::proposer_id
                                .is_null()
                                .or(requests::proposer_id.assume_not_null().ne((*id).to_owned())),
                        ),
                        None => query,
                    }
                }
                Wanted::DeadMails(ids) => {
                    let dead = outbox::table
                        .filter(outbox::operator_id.eq(operator_id.to_owned()))
                        .filter(outbox::state.eq(DEAD))
                        .filter(outbox::request_id.is_not_null())
                        .filter(outbox::resent_at.is_null())
                        .filter(outbox::recipient_kind.eq_any(["requester", "head"]))
                        .filter(
                            outbox::failure_kind.is_null().or(outbox::failure_kind.assume_not_null().ne("destroyed")),
                        )
                        .select(outbox::request_id.assume_not_null());
                    let query = query.filter(requests::id.eq_any(dead));
                    match ids {
                        Some(ids) => query.filter(requests::assignee_id.eq_any(ids.to_vec())),
                        None => query,
                    }
                }
                Wanted::ToPost => {
                    let waiting = outbox::table
                        .filter(outbox::operator_id.eq(operator_id.to_owned()))
                        .filter(outbox::state.eq(TO_POST))
                        .filter(outbox::request_id.is_not_null())
                        .select(outbox::request_id.assume_not_null());
                    query.filter(requests::id.eq_any(waiting))
                }
            }
        }};
    }
    let count: i64 = narrowed!(requests::table.select(diesel::dsl::count_star())).get_result(connection)?;
    if count == 0 {
        return Ok(Found::default());
    }
    let columns = (requests::reference, requests::kind, requests::headline_due_on);
    let first = narrowed!(requests::table.select(columns))
        .order((requests::sort_due_at, requests::id))
        .limit(limit)
        .load(connection)?;
    Ok(Found { count, first })
}

/// How many mails of an operator that are about no request were given up and not sent again, of those made after `since`.
///
/// # Errors
/// Those of the database.
pub fn dead_staff_mails(connection: &mut AnyConnection, operator_id: &str, since: NaiveDateTime) -> QueryResult<i64> {
    outbox::table
        .filter(outbox::operator_id.eq(operator_id.to_owned()))
        .filter(outbox::state.eq(DEAD))
        .filter(outbox::request_id.is_null())
        .filter(outbox::resent_at.is_null())
        .filter(outbox::created_at.gt(since))
        .count()
        .get_result(connection)
}

/// The members who work or oversee requests, whose accounts are not disabled and older than `before`, and for whom the ledger
/// has no entry under this subject, day and stage.
///
/// # Errors
/// Those of the database.
pub fn members_without(
    connection: &mut AnyConnection,
    subject_id: &str,
    day: NaiveDate,
    stage: &str,
    before: NaiveDateTime,
) -> QueryResult<Vec<StaffRow>> {
    let working =
        staff_roles::table.filter(staff_roles::role.eq_any([Role::Agent, Role::Dpo])).select(staff_roles::staff_id);
    let told = reminders::table
        .filter(reminders::subject_id.eq(subject_id.to_owned()))
        .filter(reminders::due_on.eq(day))
        .filter(reminders::stage.eq(stage.to_owned()))
        .select(reminders::recipient);
    staff::table
        .filter(staff::disabled_at.is_null())
        .filter(staff::created_at.lt(before))
        .filter(staff::id.eq_any(working))
        .filter(staff::id.ne_all(told))
        .order(staff::id)
        .select(StaffRow::as_select())
        .load(connection)
}
