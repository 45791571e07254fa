//! Files go through the virus scanner: while they arrive, and where it was away then, later by the worker.
//!
//! The worker has a file until the moment to which it put off its next scan. A process that is killed meanwhile leaves it to the next
//! one after that moment.

use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use futures_util::StreamExt;
use serde_json::json;

use super::attachment_view;
use super::give_out::{Found, open};
use crate::app::App;
use crate::domain::event::{Actor, EventKind};
use crate::domain::scan::ScanState;
use crate::mail::compose::StaffMail;
use crate::metrics::SecurityEvent;
use crate::scanner::{AWAY_FOR, Scan, ScanError, Verdict};
use crate::services::case::{Case, request_key};
use crate::services::error::ServiceError;
use crate::storage::AnyConnection;
use crate::storage::attachments::{self as rows, AttachmentRow};

/// So long a worker has a file.
const LEASE: Duration = Duration::minutes(10);
/// A file that the scanner could not scan waits for a tenth of its age, within these bounds.
const SOONEST: Duration = Duration::minutes(1);
const LATEST: Duration = Duration::hours(6);
/// A file that is too large, damaged or missing is looked at again after so long.
const DAY: Duration = Duration::days(1);

/// A file on its way in, watched by the scanner. A scanner that is away never holds up a file: it is scanned later.
#[derive(Debug, Default)]
pub(super) enum Watched {
    /// Nothing of the file was seen yet.
    #[default]
    New,
    /// There is no scanner.
    Off,
    /// The scanner is away, or could not scan the file.
    Missed,
    /// It reads along.
    Open(Scan),
}

impl Watched {
    /// Shows the scanner the next bytes of the file.
    pub(super) async fn feed(&mut self, app: &App, bytes: &[u8]) {
        if matches!(self, Self::New) {
            *self = Self::begin(app).await;
        }
        if let Self::Open(scan) = self
            && let Err(error) = scan.feed(bytes).await
        {
            *self = Self::missed(app, &error);
        }
    }

    /// What the scanner says of the whole file, and the name of what it found.
    pub(super) async fn end(self, app: &App) -> (ScanState, String) {
        let said = match self {
            Self::New | Self::Off => return (ScanState::NotScanned, String::new()),
            Self::Missed => return (ScanState::Unscanned, String::new()),
            Self::Open(scan) => scan.finish().await,
        };
        match said {
            Ok(verdict) => state_of(verdict),
            Err(error) => {
                Self::missed(app, &error);
                (ScanState::Unscanned, String::new())
            }
        }
    }

    async fn begin(app: &App) -> Self {
        if app.scanner.scanner().is_none() {
            return Self::Off;
        }
        let Some(scanner) = app.scanner.there(app.clock.now()) else { return Self::Missed };
        match scanner.scan().await {
            Ok(scan) => Self::Open(scan),
            Err(error) => Self::missed(app, &error),
        }
    }

    fn missed(app: &App, error: &ScanError) -> Self {
        note(app, error);
        Self::Missed
    }
}

fn note(app: &App, error: &ScanError) {
    tracing::warn!(%error, "a file waits for the virus scanner");
    if matches!(error, ScanError::Away(_)) {
        app.scanner.note_away(app.clock.now());
    }
}

fn state_of(verdict: Verdict) -> (ScanState, String) {
    match verdict {
        Verdict::Clean => (ScanState::Clean, String::new()),
        Verdict::TooLarge => (ScanState::TooLarge, String::new()),
        Verdict::Infected(signature) => (ScanState::Infected, signature),
    }
}

/// When the worker looks at a file in this state.
pub(super) fn next_scan(state: ScanState, now: DateTime<Utc>) -> Option<NaiveDateTime> {
    let wait = match state {
        ScanState::Unscanned => AWAY_FOR,
        ScanState::TooLarge => DAY,
        ScanState::NotScanned | ScanState::Clean | ScanState::Infected => return None,
    };
    Some((now + wait).naive_utc())
}

/// Scans the file that waits longest, if one is due and the scanner is there. Returns how many were dealt with.
///
/// # Errors
/// Those of the database; the file is tried again later.
pub async fn step(app: &Arc<App>) -> Result<usize, ServiceError> {
    if app.scanner.there(app.clock.now()).is_none() {
        return Ok(0);
    }
    catch_up(app).await?;
    let Some((row, until, found)) = claim(app).await? else { return Ok(0) };
    let Some(found) = found else { return Ok(1) };
    let now = app.clock.now();
    let age = now.naive_utc() - row.at;
    let (state, signature, wait) = match run(app, found).await {
        Ok(Ok(verdict)) => {
            let (state, signature) = state_of(verdict);
            (state, signature, None)
        }
        Ok(Err(error)) => {
            note(app, &error);
            (row.scan, String::new(), Some((age / 10).clamp(SOONEST, LATEST)))
        }
        // What cannot be read is told when somebody opens it, too.
        Err(error @ ServiceError::Internal(_)) => {
            tracing::error!(%error, id = row.id, "a file cannot be scanned: it is damaged or missing");
            (row.scan, String::new(), Some(DAY))
        }
        Err(error) => return Err(error),
    };
    let next = wait.map_or_else(|| next_scan(state, now), |wait| Some((now + wait).naive_utc()));
    let process = Arc::clone(app);
    let settled = app.db.write("scan_ends", move |tx| settle(&process, tx, &row, until, (state, next), &signature));
    settled.await?;
    if state == ScanState::Infected {
        app.wake_worker();
    }
    Ok(1)
}

/// Files from before there was a scanner wait for it from now on; looked for once in the life of a process.
async fn catch_up(app: &Arc<App>) -> Result<(), ServiceError> {
    if app.scanner.caught_up.read().unwrap_or_else(PoisonError::into_inner).is_some() {
        return Ok(());
    }
    let now = app.clock.now();
    let some = app.db.read("not_scanned", |connection| Ok::<_, ServiceError>(rows::some_not_scanned(connection)?));
    if some.await? {
        let waiting = app
            .db
            .write("let_all_be_scanned", move |tx| {
                Ok::<_, ServiceError>(rows::let_all_be_scanned(tx, now.naive_utc())?)
            })
            .await?;
        tracing::info!(files = waiting, "files from before there was a virus scanner will be scanned");
    }
    *app.scanner.caught_up.write().unwrap_or_else(PoisonError::into_inner) = Some(now);
    Ok(())
}

/// A file, until when it is this worker's, and what opens it; nothing does when its data was destroyed.
type Claimed = (AttachmentRow, NaiveDateTime, Option<Found>);

async fn claim(app: &Arc<App>) -> Result<Option<Claimed>, ServiceError> {
    let now = app.clock.now();
    let due = app
        .db
        .read("file_to_scan", move |connection| Ok::<_, ServiceError>(rows::to_scan(connection, now.naive_utc())?));
    let Some(row) = due.await? else { return Ok(None) };
    let process = Arc::clone(app);
    app.db
        .write("claim_file_to_scan", move |tx| {
            let until = (now + LEASE).naive_utc();
            if !rows::put_off_scan(tx, &row.id, row.next_scan_at, Some(until))? {
                return Ok(None);
            }
            let found = match request_key(&process, tx, &row.request_id) {
                Ok(key) => Some((attachment_view(&row, Some(&key))?, row.object.clone(), key)),
                Err(ServiceError::NotFound) => {
                    rows::put_off_scan(tx, &row.id, Some(until), None)?;
                    None
                }
                // Another process rotated the master key, and this one does not have the new ring yet: others need not wait for that.
                Err(error @ ServiceError::NoKey(_)) => {
                    tracing::warn!(%error, "a file cannot be scanned yet");
                    rows::put_off_scan(tx, &row.id, Some(until), Some((now + SOONEST).naive_utc()))?;
                    None
                }
                Err(error) => return Err(error),
            };
            Ok(Some((row, until, found)))
        })
        .await
}

/// Gives a file to the scanner: what it said, or why it said nothing.
async fn run(app: &Arc<App>, found: Found) -> Result<Result<Verdict, ScanError>, ServiceError> {
    let Some(scanner) = app.scanner.scanner() else { return Ok(Err(ScanError::Away("there is none".to_owned()))) };
    let mut content = open(app, found).await?.content;
    let mut scan = match scanner.scan().await {
        Ok(scan) => scan,
        Err(error) => return Ok(Err(error)),
    };
    while let Some(chunk) = content.next().await {
        if let Err(error) = scan.feed(&chunk?).await {
            return Ok(Err(error));
        }
    }
    Ok(scan.finish().await)
}

/// Notes what came of it, unless another worker has the file by now. What is infected stays where it is, is given to nobody any
/// more, and whoever is responsible is told.
fn settle(
    app: &App,
    tx: &mut AnyConnection,
    row: &AttachmentRow,
    until: NaiveDateTime,
    (state, next): (ScanState, Option<NaiveDateTime>),
    signature: &str,
) -> Result<(), ServiceError> {
    if state != ScanState::Infected {
        rows::note_scan(tx, &row.id, Some(until), state, next)?;
        return Ok(());
    }
    // The request is locked first, as everywhere.
    let mut case = match Case::open_by_id(app, tx, &row.request_id, Actor::System) {
        Ok(case) => case,
        Err(ServiceError::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    if !rows::note_scan(case.tx, &row.id, Some(until), state, next)? {
        return Ok(());
    }
    let data = json!({"attachment": row.id, "scan": state, "signature": signature});
    case.record(EventKind::FileQuarantined, data, None)?;
    app.metrics.count(SecurityEvent::HarmfulFile);
    let link = case.staff_link();
    for member in case.responsible()? {
        case.mail_member("file_infected", &member, &StaffMail::FileInfected { link: &link })?;
    }
    tracing::warn!(
        reference = case.row.reference,
        signature,
        "the virus scanner found something in a file that was kept"
    );
    case.save(false)?;
    Ok(())
}
