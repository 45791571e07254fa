//! A process starts: everything is built, and what its files bring is taken over.

use std::sync::Arc;

use super::calendar::{adopt_file, see_calendar};
use super::error::ServiceError;
use crate::app::{App, StartError};
use crate::clock::Clock;
use crate::mail::transport::Transport;
use crate::settings::Settings;
use crate::storage::AnyConnection;

/// Why a process cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartFailure {
    /// Something that it is built from does not hold.
    #[error(transparent)]
    Build(#[from] StartError),
    /// The calendar cannot be brought up to date.
    #[error("calendars/kz.toml cannot be taken over: {0}")]
    Calendar(#[from] ServiceError),
}

/// Starts a process from its settings. A calendar file that the database has not seen is taken over, and open clocks are counted
/// again by it.
///
/// # Errors
/// The first thing that does not hold; nothing is served then.
pub fn start(settings: Settings, clock: Clock) -> Result<Arc<App>, StartFailure> {
    with_calendar(App::build(settings, clock)?)
}

/// Builds a process that only looks or keeps accounts: the calendar in force is the database's, and no file is taken over.
///
/// # Errors
/// As [`start`].
pub fn look(settings: Settings, clock: Clock) -> Result<Arc<App>, StartFailure> {
    let app = App::build(settings, clock)?;
    let mut connection = AnyConnection::open(&app.settings.database).map_err(ServiceError::from)?;
    see_calendar(&app, &mut connection)?;
    Ok(app)
}

/// As [`start`], with a given way to send mail.
///
/// # Errors
/// As [`start`].
pub fn start_with(settings: Settings, clock: Clock, transport: Transport) -> Result<Arc<App>, StartFailure> {
    with_calendar(App::build_with(settings, clock, transport)?)
}

fn with_calendar(app: Arc<App>) -> Result<Arc<App>, StartFailure> {
    let mut connection = AnyConnection::open(&app.settings.database).map_err(ServiceError::from)?;
    adopt_file(&app, &mut connection)?;
    Ok(app)
}
