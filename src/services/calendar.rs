//! The calendar in force: kept in the database, so that all processes count by the same one, and changed there.
//!
//! The file `calendars/kz.toml` brings the years; administrators lay single days over it. Each change is a revision, and the open
//! clocks are counted again in its transaction. Whoever counts a term holds the calendar until the end of their transaction, so no
//! clock is counted by a revision that was replaced before the clock was stored.

mod catch_up;
mod change;
mod file;
mod forms;
mod recount;
mod revisions;
mod told;

use std::sync::Arc;

pub use catch_up::catch_up;
pub use change::put_day;
pub use file::adopt_file;
pub use forms::{CalendarChange, CertaintyForm, DayForm, DayName, MovedClock};
pub use revisions::{RevisionView, confirm_year, revisions};

use super::error::ServiceError;
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::storage::AnyConnection;
use crate::storage::calendar::{self as rows, RevisionRow};

/// The calendar in force, which stays in force until the transaction ends: what is counted by it may be stored.
///
/// # Errors
/// Those of the database.
pub fn in_force(app: &App, tx: &mut AnyConnection) -> Result<Arc<Calendar>, ServiceError> {
    rows::hold(tx)?;
    Ok(look(app, tx)?.1)
}

/// The calendar in force at this moment, with its number.
fn look(app: &App, connection: &mut AnyConnection) -> Result<(i64, Arc<Calendar>), ServiceError> {
    let newest = rows::newest(connection)?;
    let (number, seen) = app.calendars.last_seen();
    if number == newest {
        return Ok((number, seen));
    }
    let row = rows::by_number(connection, newest)?
        .ok_or_else(|| ServiceError::Internal("the calendar's newest revision is gone".to_owned()))?;
    let calendar = Arc::new(read(&row)?);
    app.calendars.saw(newest, &calendar);
    Ok((newest, calendar))
}

/// Takes the calendar of the database for this process's, where there is one.
///
/// # Errors
/// Those of the database.
pub fn see_calendar(app: &App, connection: &mut AnyConnection) -> Result<(), ServiceError> {
    look(app, connection).map(|_| ())
}

/// The calendar of a revision.
fn read(row: &RevisionRow) -> Result<Calendar, ServiceError> {
    serde_json::from_str(&row.calendar)
        .map_err(|_| ServiceError::Internal(format!("revision {} of the calendar cannot be read", row.number)))
}

/// The calendar in force, for looking.
///
/// # Errors
/// Those of the database.
pub async fn latest(app: &Arc<App>) -> Result<Arc<Calendar>, ServiceError> {
    let process = Arc::clone(app);
    app.db.read("calendar", move |connection| Ok(look(&process, connection)?.1)).await
}

/// The calendar that a database holds, if it holds one: for a look from outside a running process.
///
/// # Errors
/// Those of the database; one without the tables is no error.
pub fn of_database(connection: &mut AnyConnection) -> Result<Option<Calendar>, ServiceError> {
    let Ok(newest) = rows::newest(connection) else { return Ok(None) };
    rows::by_number(connection, newest)?.map(|row| read(&row)).transpose()
}
