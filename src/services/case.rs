//! A request that is being changed: loaded and locked in a write transaction, with its clocks and its key.
//!
//! Each use case opens a case, checks, changes, and saves it. State, event and mails are written in one transaction.

mod clocks;
mod letters;
mod mails;
mod replan;
mod sealed_mail;

pub use clocks::{candidate, is_open, term, watched};
pub use mails::{CODE_MINUTES, GIVE_UP_AFTER_DAYS, present, responsible, waiting_mail};
pub use replan::{Moved, Replanned};
pub use sealed_mail::SealedMail;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::ServiceError;
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::event::{Actor, EventKind};
use crate::domain::event_chain::{self, EventHeader};
use crate::domain::intake::Contents;
use crate::domain::lifecycle::{Action, next};
use crate::domain::operator::Operator;
use crate::domain::vocabulary::{Ground, Status};
use crate::ids::new_id;
use crate::storage::clocks::ClockRow;
use crate::storage::events::{EventRow, MessageRow};
use crate::storage::requests::RequestRow;
use crate::storage::{AnyConnection, clocks as clock_rows, events, requests};
use crate::vault::{Place, RequestKey, WrappedKey};

/// What an event says that is personal: sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Private {
    /// A reason or another text that somebody wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What stood in the request before it was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
}

/// A request in the middle of a change.
pub struct Case<'t> {
    /// The process.
    pub app: &'t App,
    /// The open transaction.
    pub tx: &'t mut AnyConnection,
    /// The moment of the change.
    pub now: DateTime<Utc>,
    /// Who changes it.
    pub actor: Actor,
    /// The request as it will be saved.
    pub row: RequestRow,
    /// Its clocks as they will be saved.
    pub clocks: Vec<ClockRow>,
    /// What seals its contents.
    pub key: RequestKey,
    /// Its operator.
    pub operator: &'t Operator,
    touched: Vec<String>,
    calendar: Option<Arc<Calendar>>,
}

impl std::fmt::Debug for Case<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Case").field("reference", &self.row.reference).finish_non_exhaustive()
    }
}

/// The key of a request, unwrapped.
///
/// # Errors
/// When the request has none any more, or the vault cannot open it.
pub fn request_key(app: &App, tx: &mut AnyConnection, request_id: &str) -> Result<RequestKey, ServiceError> {
    let row = requests::key(tx, request_id)?.ok_or_else(|| ServiceError::Internal("a request has no key".into()))?;
    let wrapped = row.wrapped.ok_or(ServiceError::NotFound)?;
    Ok(app.vault.unwrap(request_id, &WrappedKey { master_key_id: row.master_key_id, bytes: wrapped })?)
}

/// Appends an event to the chain of a request that is locked; the row is not saved. `sealed` was sealed for the next place in
/// the chain.
///
/// # Errors
/// Those of the database.
pub fn append_event(
    tx: &mut AnyConnection,
    row: &mut RequestRow,
    (now, actor): (DateTime<Utc>, &Actor),
    kind: EventKind,
    data: Value,
    sealed: Option<Vec<u8>>,
) -> Result<(), ServiceError> {
    let mut header_data = match data {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    header_data.insert("status".to_owned(), json!(row.status.as_str()));
    let seq = row.event_seq + 1;
    let header = EventHeader {
        request_id: row.id.clone(),
        seq,
        at: now,
        kind: kind.as_str().to_owned(),
        actor_kind: actor.kind().to_owned(),
        actor_id: actor.id().map(ToOwned::to_owned),
        data: Value::Object(header_data).to_string(),
    };
    let hash = event_chain::hash(&row.event_head, &header, sealed.as_deref());
    let event = EventRow {
        request_id: header.request_id,
        seq,
        at: now.naive_utc(),
        kind: header.kind,
        actor_kind: header.actor_kind,
        actor_id: header.actor_id,
        data: header.data,
        sealed_digest: sealed.as_deref().map(|bytes| event_chain::digest(bytes).to_vec()),
        sealed,
        hash: hash.to_vec(),
    };
    events::append(tx, &event)?;
    row.event_seq = seq;
    row.event_head = hash.to_vec();
    Ok(())
}

impl<'t> Case<'t> {
    /// Opens a request for a change and locks it.
    ///
    /// # Errors
    /// `NotFound` when there is none with this reference or its operator is no longer served.
    pub fn open(app: &'t App, tx: &'t mut AnyConnection, reference: &str, actor: Actor) -> Result<Self, ServiceError> {
        let row = requests::lock_by_reference(tx, reference)?.ok_or(ServiceError::NotFound)?;
        Self::of(app, tx, row, actor)
    }

    /// Opens a request by its id.
    ///
    /// # Errors
    /// As [`Case::open`].
    pub fn open_by_id(app: &'t App, tx: &'t mut AnyConnection, id: &str, actor: Actor) -> Result<Self, ServiceError> {
        let row = requests::lock_by_id(tx, id)?.ok_or(ServiceError::NotFound)?;
        Self::of(app, tx, row, actor)
    }

    fn of(app: &'t App, tx: &'t mut AnyConnection, row: RequestRow, actor: Actor) -> Result<Self, ServiceError> {
        let operator = app.operator(&row.operator_id).ok_or(ServiceError::NotFound)?;
        let key = request_key(app, tx, &row.id)?;
        let clocks = clock_rows::of_request(tx, &row.id)?;
        Ok(Self {
            app,
            now: app.clock.now(),
            actor,
            clocks,
            key,
            operator,
            row,
            tx,
            touched: Vec::new(),
            calendar: None,
        })
    }

    /// A request that was just received and has no clocks yet. Its row must be in the database.
    pub fn new(
        app: &'t App,
        tx: &'t mut AnyConnection,
        now: DateTime<Utc>,
        actor: Actor,
        (row, key, operator): (RequestRow, RequestKey, &'t Operator),
    ) -> Self {
        Self { app, tx, now, actor, row, clocks: Vec::new(), key, operator, touched: Vec::new(), calendar: None }
    }

    /// Moves the request along the workflow.
    ///
    /// # Errors
    /// `invalid_transition` when the action is not possible in the status; nothing is changed then.
    pub fn go(&mut self, name: &str, action: Action) -> Result<Status, ServiceError> {
        let to =
            next(self.row.status, action).ok_or_else(|| ServiceError::invalid_transition(self.row.status, name))?;
        self.row.status = to;
        if to.is_final() {
            self.row.final_at = Some(self.now.naive_utc());
            self.row.next_nudge_at = None;
        }
        Ok(to)
    }

    /// Appends an event to the request's chain.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub fn record(&mut self, kind: EventKind, data: Value, text: Option<&str>) -> Result<(), ServiceError> {
        self.record_private(kind, data, &Private { text: text.map(ToOwned::to_owned), before: None })
    }

    /// The same with more that is personal.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub fn record_private(&mut self, kind: EventKind, data: Value, private: &Private) -> Result<(), ServiceError> {
        let row_name = format!("{}/{}", self.row.id, self.row.event_seq + 1);
        let is_empty = private.text.is_none() && private.before.is_none();
        let sealed = (!is_empty)
            .then(|| self.key.seal_json(&Place::new("events", &row_name, "private"), private))
            .transpose()?;
        append_event(self.tx, &mut self.row, (self.now, &self.actor), kind, data, sealed)
    }

    /// Stores a message, sealed.
    ///
    /// # Errors
    /// Those of the vault and of the database.
    pub fn add_message(&mut self, kind: &str, text: &str) -> Result<String, ServiceError> {
        let id = new_id(self.now);
        let sealed = self.key.seal(&Place::new("messages", &id, "text"), text.as_bytes())?;
        events::add_message(
            self.tx,
            &MessageRow {
                id: id.clone(),
                request_id: self.row.id.clone(),
                at: self.now.naive_utc(),
                kind: kind.to_owned(),
                author_kind: self.actor.kind().to_owned(),
                author_id: self.actor.id().map(ToOwned::to_owned),
                sealed: Some(sealed),
            },
        )?;
        Ok(id)
    }

    /// The contents, opened.
    ///
    /// # Errors
    /// When they were destroyed or do not open.
    pub fn contents(&self) -> Result<Contents, ServiceError> {
        let sealed = self.row.sealed_contents.as_deref().ok_or(ServiceError::NotFound)?;
        Ok(self.key.open_json(&Place::new("requests", &self.row.id, "contents"), sealed)?)
    }

    /// Puts other contents in the place of those that stand, sealed.
    ///
    /// # Errors
    /// Those of the vault.
    pub fn put_contents(&mut self, contents: &Contents) -> Result<(), ServiceError> {
        let sealed = self.key.seal_json(&Place::new("requests", &self.row.id, "contents"), contents)?;
        self.row.sealed_contents = Some(sealed);
        Ok(())
    }

    /// The requester's secret, for a mailed link.
    ///
    /// # Errors
    /// When it was destroyed or does not open.
    pub fn token(&self) -> Result<String, ServiceError> {
        let sealed = self.row.sealed_token.as_deref().ok_or(ServiceError::NotFound)?;
        let bytes = self.key.open(&Place::new("requests", &self.row.id, "token"), sealed)?;
        String::from_utf8(bytes).map_err(|_| ServiceError::Internal("a token is no text".to_owned()))
    }

    /// The grounds that were named.
    #[must_use]
    pub fn grounds(&self) -> Vec<Ground> {
        serde_json::from_str(&self.row.grounds).unwrap_or_default()
    }

    /// Writes everything back. `raise_version` for what staff must have seen before they act.
    ///
    /// # Errors
    /// Those of the database.
    pub fn save(self, raise_version: bool) -> Result<RequestRow, ServiceError> {
        self.save_and_keep(raise_version).map(|(row, _)| row)
    }

    /// Writes everything back and returns the transaction, for a look at what was saved.
    ///
    /// # Errors
    /// Those of the database.
    pub fn save_and_keep(mut self, raise_version: bool) -> Result<(RequestRow, &'t mut AnyConnection), ServiceError> {
        self.put_headline();
        if raise_version {
            self.row.version += 1;
        }
        for clock in self.clocks.iter().filter(|clock| self.touched.contains(&clock.id)) {
            clock_rows::update(self.tx, clock)?;
        }
        requests::update(self.tx, &self.row)?;
        Ok((self.row, self.tx))
    }
}
