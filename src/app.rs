//! What a running process has: built once, shared by HTTP, worker, command line and tests.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::Duration;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::data::{Data, DataError};
use crate::domain::calendar::Calendar;
use crate::domain::clocks::Law;
use crate::domain::operator::{Operator, Operators};
use crate::domain::rules::Rules;
use crate::limits::Limits;
use crate::locale::Texts;
use crate::mail::envelope::MailError;
use crate::mail::transport::Transport;
use crate::metrics::Metrics;
use crate::oidc::{Oidc, OidcError};
use crate::scanner::KnownScanner;
use crate::settings::{Secret, Settings};
use crate::storage::files::{Files, FilesError, FilesUrl};
use crate::storage::{self, AnyConnection, Db, MigrationError, StorageError};
use crate::vault::{KeyFingerprint, KeyRing, Purpose, Vault, VaultError};

/// How long a session of a staff member lasts at most.
pub const SESSION_DAYS: i64 = 14;

/// Under this name those who change the key ring follow one another.
pub const RING_LOCK: &[u8] = b"key ring";

/// A checkpoint lists so many requests and lines at most; more come into further ones.
const CHECKPOINT_AT_ONCE: usize = 2_000;

/// See [`App::recount_at_once`].
const RECOUNT_AT_ONCE: usize = 4_000;

/// A running process.
#[derive(Debug)]
pub struct App {
    /// Its settings.
    pub settings: Settings,
    /// Its database.
    pub db: Db,
    /// Its time.
    pub clock: Clock,
    /// Its keys.
    pub vault: Vault,
    /// How it sends mail.
    pub transport: Transport,
    /// The texts.
    pub texts: Texts,
    /// The operators.
    pub operators: Operators,
    /// The law.
    pub rules: Rules,
    /// The calendar, as this process saw it last.
    pub(crate) calendars: Calendars,
    /// Where the data files were read from.
    pub sources: Vec<(&'static str, String)>,
    /// So many requests are counted again in one transaction where there is a single writer: some 0.3 seconds of work.
    pub recount_at_once: AtomicUsize,
    /// Rung when there may be a mail to send.
    pub mail_bell: Notify,
    /// Rung when there may be a clock to look at.
    pub clock_bell: Notify,
    /// Sign-ins with addresses that have no account, kept in memory so that they are slowed down like the others.
    pub unknown_sign_ins: RwLock<HashMap<Vec<u8>, Failures>>,
    /// How often somebody may call.
    pub limits: Limits,
    /// What this process counts for Prometheus.
    pub metrics: Metrics,
    /// When this process last noted the turn of each job of its worker.
    pub turns: Mutex<BTreeMap<&'static str, chrono::DateTime<chrono::Utc>>>,
    /// Where sealed files lie.
    pub files: Files,
    /// The virus scanner.
    pub scanner: KnownScanner,
    /// The external sign-in service, if there is one.
    pub oidc: Option<Oidc>,
    /// When objects without a row were last swept away, as far as this process knows.
    pub files_swept_at: RwLock<Option<chrono::DateTime<chrono::Utc>>>,
    /// The local day whose morning digests were all written, as far as this process knows.
    pub digest_day: RwLock<Option<chrono::NaiveDate>>,
    /// The local day on which the audit was verified, as far as this process knows.
    pub checked_on: RwLock<Option<chrono::NaiveDate>>,
    /// What was done today of the work that nobody waits for.
    pub upkeep: RwLock<Upkeep>,
    /// What this process knows of checkpoints.
    pub checkpoints: SeenCheckpoints,
    /// How many requests and lines a checkpoint lists at most.
    pub checkpoint_at_once: AtomicUsize,
    /// The active master key with which all keys were wrapped, as this process saw it, and when.
    pub rewrapped: RwLock<Option<(String, chrono::DateTime<chrono::Utc>)>>,
}

/// How far a process is with the work that is done once a day.
#[derive(Debug, Clone, Copy, Default)]
pub struct Upkeep {
    /// The local day on which all was destroyed whose term is over.
    pub destroyed_on: Option<chrono::NaiveDate>,
    /// When traces of what was destroyed are to be taken out of the database's files; nothing when there are none.
    pub scrub_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// What a process knows of checkpoints, to spare the database the question.
#[derive(Debug, Default)]
pub struct SeenCheckpoints {
    /// When it last looked whether one is due.
    pub looked_at: RwLock<Option<chrono::DateTime<chrono::Utc>>>,
    /// Up to this number its folder has all files.
    pub files: RwLock<Option<i64>>,
}

/// The calendar as a process saw it last, with its number in the database; 0 for one that comes from the file alone.
#[derive(Debug)]
pub(crate) struct Calendars(RwLock<(i64, Arc<Calendar>)>);

impl Calendars {
    /// Those of a process that has not looked into the database yet.
    fn new(of_the_file: Calendar) -> Self {
        Self(RwLock::new((0, Arc::new(of_the_file))))
    }

    /// The last one that was seen.
    pub(crate) fn last_seen(&self) -> (i64, Arc<Calendar>) {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A newer one was seen. An older one, of a slower look, changes nothing.
    pub(crate) fn saw(&self, number: i64, calendar: &Arc<Calendar>) {
        let mut last = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if number > last.0 {
            *last = (number, Arc::clone(calendar));
        }
    }
}

/// Failed sign-ins with one unknown address.
#[derive(Debug, Clone, Copy)]
pub struct Failures {
    /// How many in a row.
    pub count: i32,
    /// Until when further tries are refused.
    pub locked_until: Option<chrono::DateTime<chrono::Utc>>,
}

/// Why a process cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A data file has a mistake.
    #[error("{0}")]
    Data(#[from] DataError),
    /// The database cannot be used.
    #[error("{0}")]
    Storage(#[from] StorageError),
    /// Its tables cannot be brought up to date.
    #[error("{0}")]
    Migration(#[from] MigrationError),
    /// The key ring cannot be used.
    #[error("{0}")]
    Vault(#[from] VaultError),
    /// The key that signed the checkpoints is gone.
    #[error(
        "{ring} does not hold the audit key {id}, which signed the newest checkpoint of the audit: restore the copy of {ring} that holds it"
    )]
    NoAuditKey {
        /// The key.
        id: String,
        /// The file or the variable.
        ring: String,
    },
    /// The mail settings cannot be used.
    #[error("{0}")]
    Mail(#[from] MailError),
    /// Requests are open at an operator that has no profile any more.
    #[error("operators/{0}.toml is missing, but requests are open at this operator: put the file back")]
    NoProfile(String),
    /// The file store cannot be used.
    #[error("FILES_URL: {0}")]
    Files(#[from] FilesError),
    /// No client for the external sign-in service can be built.
    #[error("OIDC_ISSUER: {0}")]
    Oidc(#[from] OidcError),
    /// The data folder cannot be made.
    #[error("DATA_DIR {0}: {1}")]
    DataDir(String, #[source] std::io::Error),
}

impl App {
    /// Builds a process from its settings: checks the data files, brings the database up to date, opens the key ring.
    ///
    /// # Errors
    /// The first thing that does not hold; nothing is served then.
    pub fn build(settings: Settings, clock: Clock) -> Result<Arc<Self>, StartError> {
        let smtp_url = settings.smtp_url.as_ref().map(|Secret(url)| url.as_str());
        let transport = Transport::from_settings(smtp_url, settings.mail_dir())?;
        Self::build_with(settings, clock, transport)
    }

    /// The same with a given way to send mail.
    ///
    /// # Errors
    /// As [`App::build`].
    pub fn build_with(settings: Settings, clock: Clock, transport: Transport) -> Result<Arc<Self>, StartError> {
        // One provider of cryptography for all TLS; where another part of the process chose one, that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let data = Data::load(&settings.config_dir)?;
        make_data_dir(&settings)?;
        let files = Files::open(&settings.files)?;
        let mut connection = AnyConnection::open(&settings.database)?;
        let changes = storage::migrate(&mut connection)?;
        if !changes.is_empty() {
            tracing::info!(changes = changes.len(), "the database was brought up to date");
        }
        let vault = open_vault(&mut connection, &settings, &clock)?;
        for operator in storage::requests::operators_in_use(&mut connection).map_err(StorageError::from)? {
            if data.operators.get(&operator).is_none() {
                return Err(StartError::NoProfile(operator));
            }
        }
        drop(connection);
        let db = Db::open(&settings.database, settings.connections)?;
        let oidc = settings.oidc.clone().map(Oidc::new).transpose()?;
        let scanner = KnownScanner::new(settings.scanner.clone(), settings.scanner_patience);
        for operator in data.operators.iter().filter(|operator| operator.storage_country != "KZ") {
            tracing::warn!(
                operator = operator.id,
                country = operator.storage_country,
                "storage_country is not KZ: Law 94-V 12(2) wants the data stored in Kazakhstan"
            );
        }
        Ok(Arc::new(Self {
            limits: Limits::new(settings.rate_limits, &clock),
            settings,
            db,
            clock,
            vault,
            transport,
            texts: data.texts,
            operators: data.operators,
            rules: data.rules,
            calendars: Calendars::new(data.calendar),
            sources: data.sources,
            recount_at_once: AtomicUsize::new(RECOUNT_AT_ONCE),
            mail_bell: Notify::new(),
            clock_bell: Notify::new(),
            unknown_sign_ins: RwLock::default(),
            scanner,
            metrics: Metrics::default(),
            turns: Mutex::default(),
            oidc,
            files,
            files_swept_at: RwLock::default(),
            digest_day: RwLock::default(),
            checked_on: RwLock::default(),
            upkeep: RwLock::default(),
            checkpoints: SeenCheckpoints::default(),
            checkpoint_at_once: AtomicUsize::new(CHECKPOINT_AT_ONCE),
            rewrapped: RwLock::default(),
        }))
    }

    /// Wakes the worker: something was written that it may have to act on.
    pub fn wake_worker(&self) {
        self.clock_bell.notify_one();
        self.mail_bell.notify_one();
    }

    /// The calendar as this process saw it last: good for looking, not for storing what was counted by it. For that see
    /// `services::calendar::in_force`.
    #[must_use]
    pub fn calendar(&self) -> Arc<Calendar> {
        self.calendars.last_seen().1
    }

    /// The law, with a calendar.
    #[must_use]
    pub const fn law<'a>(&'a self, calendar: &'a Calendar) -> Law<'a> {
        Law { rules: &self.rules, calendar }
    }

    /// The operator with this id.
    #[must_use]
    pub fn operator(&self, id: &str) -> Option<&Operator> {
        self.operators.get(id)
    }

    /// Forgets failed sign-ins with unknown addresses that are over.
    pub fn forget_unknown_sign_ins(&self) {
        let limit = self.clock.now() - Duration::days(1);
        let mut all = self.unknown_sign_ins.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, failures| failures.locked_until.is_some_and(|until| until > limit));
    }
}

/// Makes the folders, and an empty database file that only whoever runs the server may open: SQLite would let everybody read it.
pub(crate) fn make_data_dir(settings: &Settings) -> Result<(), StartError> {
    let mut folders = vec![settings.data_dir.clone()];
    if let storage::DatabaseUrl::Sqlite(path) = &settings.database
        && let Some(parent) = std::path::Path::new(path).parent()
        && !parent.as_os_str().is_empty()
    {
        folders.push(parent.to_path_buf());
    }
    if let FilesUrl::Folder(folder) = &settings.files {
        folders.push(folder.clone());
    }
    for folder in folders {
        // Only for whoever runs the server: the database, the key ring and mails lie here.
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(&folder).map_err(|error| StartError::DataDir(folder.display().to_string(), error))?;
    }
    if let storage::DatabaseUrl::Sqlite(path) = &settings.database {
        let file = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path);
        file.map_err(|error| StartError::DataDir(path.clone(), error))?;
    }
    Ok(())
}

/// Opens the key ring, or makes one for a database that has never been used with any; a ring that lacks a key is refused.
fn open_vault(connection: &mut AnyConnection, settings: &Settings, clock: &Clock) -> Result<Vault, StartError> {
    let now = clock.now();
    let ring = storage::write_transaction::<_, StartError>(connection, |tx| {
        // Two processes that start on one empty database must not make a ring each.
        storage::follow_one_another(tx, RING_LOCK).map_err(StorageError::from)?;
        let (stored, retired) = stored_fingerprints(tx).map_err(StorageError::from)?;
        // A checkpoint can only be believed while its key is there, whatever became of the list of fingerprints. This comes first:
        // a ring without it must not get a new one.
        if let Some(newest) = storage::checkpoints::newest(tx).map_err(StorageError::from)?
            && let Some(ring) = KeyRing::load(&settings.key_ring)?
            && !ring.keys().iter().any(|key| key.id == newest.key_id)
        {
            return Err(StartError::NoAuditKey { id: newest.key_id, ring: settings.key_ring.to_string() });
        }
        let (ring, new) = KeyRing::load_or_create(&settings.key_ring, &stored, now)?;
        for key in new.iter().filter(|key| !retired.contains(&key.id)) {
            remember_key(tx, key, now).map_err(StorageError::from)?;
        }
        Ok(ring)
    })?;
    let vault = Vault::watching(&ring, &settings.key_ring)?;
    if vault.audit_key_id().is_none() {
        tracing::warn!(
            "{} has no audit key and cannot be written: no checkpoints are made; see docs/audit.md",
            settings.key_ring
        );
    }
    Ok(vault)
}

/// The fingerprints of the keys that the ring must hold, and the ids of those that were taken out of it.
///
/// # Errors
/// Those of the database.
pub fn stored_fingerprints(tx: &mut AnyConnection) -> diesel::QueryResult<(Vec<KeyFingerprint>, Vec<String>)> {
    let (mut stored, mut retired) = (Vec::new(), Vec::new());
    for row in storage::keys::fingerprints(tx)? {
        match Purpose::parse(&row.purpose) {
            _ if row.retired_at.is_some() => retired.push(row.id),
            Some(purpose) => stored.push(KeyFingerprint { id: row.id, purpose, fingerprint: row.fingerprint }),
            None => {}
        }
    }
    Ok((stored, retired))
}

/// Lets the database know a key by its fingerprint.
///
/// # Errors
/// Those of the database.
pub fn remember_key(
    tx: &mut AnyConnection,
    key: &KeyFingerprint,
    now: chrono::DateTime<chrono::Utc>,
) -> diesel::QueryResult<()> {
    let row = storage::keys::FingerprintRow {
        id: key.id.clone(),
        purpose: key.purpose.as_str().to_owned(),
        fingerprint: key.fingerprint.clone(),
        created_at: now.naive_utc(),
        retired_at: None,
    };
    storage::keys::insert_fingerprint(tx, &row)
}
