//! The history of a request: the requester's timeline and the full list for staff.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::event::EventKind;
use crate::domain::event_chain::hex;
use crate::domain::vocabulary::Language;
use crate::services::case::Private;
use crate::services::error::ServiceError;
use crate::storage::events::EventRow;
use crate::vault::{Place, RequestKey};

/// A line of the requester's timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineItem {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: String,
    /// The same in words.
    pub text: String,
}

/// A line of the full history, a link of its hash chain.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventView {
    /// Its place, from 1.
    pub seq: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: String,
    /// The same in words.
    pub text: String,
    /// Who caused it.
    pub actor: ActorView,
    /// Its facts; texts that people wrote only for whoever may open the request.
    #[schema(value_type = Object)]
    pub data: Value,
    /// SHA-256 over the previous hash, this line and its sealed part, in hex.
    pub hash: String,
}

/// Who caused something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActorView {
    /// `requester`, `staff` or `system`.
    pub kind: String,
    /// The member's id.
    pub id: Option<String>,
}

/// The timeline that a requester sees.
#[must_use]
pub fn timeline(app: &App, language: Language, rows: &[EventRow]) -> Vec<TimelineItem> {
    rows.iter()
        .filter(|row| EventKind::parse(&row.kind).is_some_and(EventKind::is_public))
        .map(|row| TimelineItem {
            at: row.at.and_utc(),
            kind: row.kind.clone(),
            text: app.texts.get(language, &format!("timeline-{}", said(row)), &[]),
        })
        .collect()
}

/// What the timeline says: a block by the profile's promise is only recorded at first, and not every file is the requester's.
fn said(row: &EventRow) -> &str {
    if row.kind == EventKind::FileAdded.as_str() && row.actor_kind == "staff" {
        return "file_recorded";
    }
    let by_profile = row.kind == EventKind::BlockSet.as_str() && row.data.contains("\"by\":\"profile\"");
    if by_profile && !row.data.contains("\"in_effect\":true") { "block_recorded" } else { &row.kind }
}

/// The full history; texts that people wrote are opened only with `key`.
///
/// # Errors
/// When a sealed part does not open.
pub fn event_views(
    app: &App,
    language: Language,
    rows: &[EventRow],
    key: Option<&RequestKey>,
) -> Result<Vec<EventView>, ServiceError> {
    rows.iter().map(|row| event_view(app, language, row, key)).collect()
}

fn event_view(
    app: &App,
    language: Language,
    row: &EventRow,
    key: Option<&RequestKey>,
) -> Result<EventView, ServiceError> {
    let mut data: Map<String, Value> = serde_json::from_str(&row.data)?;
    if let (Some(key), Some(sealed)) = (key, row.sealed.as_deref()) {
        let place = format!("{}/{}", row.request_id, row.seq);
        let private: Private = key.open_json(&Place::new("events", &place, "private"), sealed)?;
        if let Some(text) = private.text {
            data.insert("text".to_owned(), Value::String(text));
        }
        if let Some(before) = private.before {
            data.insert("before".to_owned(), before);
        }
    }
    Ok(EventView {
        seq: row.seq,
        at: row.at.and_utc(),
        kind: row.kind.clone(),
        text: app.texts.staff_event(language, &row.kind),
        actor: ActorView { kind: row.actor_kind.clone(), id: row.actor_id.clone() },
        data: Value::Object(data),
        hash: hex(&row.hash),
    })
}
