//! Items of `outbox` that are to be printed and posted, and the mails of one request.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::AnyConnection;
use super::outbox::{DEAD, OutboxRow, PENDING, TO_POST, WITHDRAWN};
use super::schema::{outbox, reminders};

/// Requests with an item of which somebody is to be reminded by `now`, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn due(connection: &mut AnyConnection, now: NaiveDateTime, limit: i64) -> QueryResult<Vec<String>> {
    let found: Vec<Option<String>> = outbox::table
        .filter(outbox::remind_at.le(now))
        .select(outbox::request_id)
        .distinct()
        .limit(limit)
        .load(connection)?;
    Ok(found.into_iter().flatten().collect())
}

/// The items of a request that lie there to be posted, oldest first.
///
/// # Errors
/// Those of the database.
pub fn lying(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<OutboxRow>> {
    in_state(connection, request_id, TO_POST)
}

/// The mails of a request that wait to leave, oldest first.
///
/// # Errors
/// Those of the database.
pub fn pending(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<OutboxRow>> {
    in_state(connection, request_id, PENDING)
}

/// The dead letters of a request that were not sent again, oldest first.
///
/// # Errors
/// Those of the database.
pub fn dead(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<OutboxRow>> {
    let all = in_state(connection, request_id, DEAD)?;
    Ok(all.into_iter().filter(|mail| mail.resent_at.is_none()).collect())
}

fn in_state(connection: &mut AnyConnection, request_id: &str, state: &str) -> QueryResult<Vec<OutboxRow>> {
    outbox::table
        .filter(outbox::request_id.eq(request_id))
        .filter(outbox::state.eq(state))
        .order(outbox::id)
        .select(OutboxRow::as_select())
        .load(connection)
}

/// Seals a pending mail anew and sends it at once. Whoever has it in hand loses it: what they send now goes to the old address.
///
/// # Errors
/// Those of the database.
pub fn readdress(
    connection: &mut AnyConnection,
    id: &str,
    sealed: &[u8],
    (now, give_up_at): (NaiveDateTime, NaiveDateTime),
) -> QueryResult<()> {
    diesel::update(outbox::table.find(id).filter(outbox::state.eq(PENDING)))
        .set((
            outbox::sealed.eq(sealed),
            outbox::lease_token.eq(None::<String>),
            outbox::lease_until.eq(None::<NaiveDateTime>),
            outbox::next_attempt_at.eq(now),
            outbox::give_up_at.eq(give_up_at),
        ))
        .execute(connection)?;
    Ok(())
}

/// Reminds of the items of a request again only at `at`; never where there is no such time.
///
/// # Errors
/// Those of the database.
pub fn put_off(connection: &mut AnyConnection, request_id: &str, at: Option<NaiveDateTime>) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::request_id.eq(request_id)).filter(outbox::remind_at.is_not_null()))
        .set(outbox::remind_at.eq(at))
        .execute(connection)?;
    Ok(())
}

/// Who was reminded of this stage on this day.
///
/// # Errors
/// Those of the database.
pub fn reminded(
    connection: &mut AnyConnection,
    request_id: &str,
    on: NaiveDate,
    stage: &str,
) -> QueryResult<Vec<String>> {
    reminders::table
        .filter(reminders::subject_id.eq(request_id))
        .filter(reminders::due_on.eq(on))
        .filter(reminders::stage.eq(stage))
        .select(reminders::recipient)
        .load(connection)
}

/// Takes the letters of a request away that lie there to be posted.
///
/// # Errors
/// Those of the database.
pub fn withdraw(connection: &mut AnyConnection, request_id: &str) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::request_id.eq(request_id)).filter(outbox::state.eq(TO_POST)))
        .set((outbox::state.eq(WITHDRAWN), outbox::remind_at.eq(None::<NaiveDateTime>)))
        .execute(connection)?;
    Ok(())
}
