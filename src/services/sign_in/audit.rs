//! Lines of the audit trail about sign-ins and accounts. They name accounts by id, never by address: what a stranger
//! types into a sign-in may be somebody's address, or a password in the wrong field.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::ids::new_id;
use crate::services::error::ServiceError;
use crate::storage::AnyConnection;
use crate::storage::staff::{self, AuditRow};

/// Who did something to an account.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By<'t> {
    /// A member who is signed in.
    Staff(&'t str),
    /// Somebody who did not prove who they are, at the account with this id if it is one.
    Stranger(Option<&'t str>),
    /// Whoever runs commands on the server.
    CommandLine,
}

impl By<'_> {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Staff(_) => "staff",
            Self::Stranger(_) => "stranger",
            Self::CommandLine => "command_line",
        }
    }

    fn id(&self) -> Option<String> {
        match self {
            Self::Staff(id) => Some((*id).to_owned()),
            Self::Stranger(id) => id.map(ToOwned::to_owned),
            Self::CommandLine => None,
        }
    }
}

/// Writes one line. `data` holds ids, numbers and words of the vocabulary only.
pub(crate) fn note(
    tx: &mut AnyConnection,
    now: DateTime<Utc>,
    action: &str,
    by: &By<'_>,
    data: &Value,
) -> Result<(), ServiceError> {
    let row = AuditRow {
        id: new_id(now),
        at: now.naive_utc(),
        action: action.to_owned(),
        actor_kind: by.kind().to_owned(),
        actor_id: by.id(),
        operator_id: None,
        request_id: None,
        reason: None,
        data: data.to_string(),
        about_id: data.get("user_id").and_then(Value::as_str).map(ToOwned::to_owned),
    };
    Ok(staff::note_audit(tx, &row)?)
}
