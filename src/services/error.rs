//! What can go wrong in a use case, apart from transport.

use crate::domain::clocks::CountError;
use crate::domain::intake::FieldError;
use crate::domain::vocabulary::Status;
use crate::storage::StorageError;
use crate::vault::VaultError;

/// Why a use case did not do what it was asked. What people outside are told stands here; the cause inside is logged.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// What was sent has mistakes.
    #[error("what was sent has {} mistake(s)", .0.len())]
    Invalid(Vec<FieldError>),
    /// It does not exist, or not for whoever asks.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in, or the token does not hold.
    #[error("not signed in")]
    Unauthorized,
    /// It may be done, but not now or not by this caller: `code` says which of these it is.
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    /// The database or another part cannot be used right now.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// This process does not have the master key of one request: another rotated it, or a key is lost. Others can be worked on.
    #[error("no key: {0}")]
    NoKey(String),
    /// A fault of the product.
    #[error("internal fault: {0}")]
    Internal(String),
}

/// A refusal with what its explanation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A stable name, such as `four_eyes`.
    pub code: &'static str,
    /// The HTTP status that fits.
    pub status: u16,
    /// Values for the explanation.
    pub args: Vec<(&'static str, String)>,
    /// Seconds after which another try makes sense.
    pub retry_after: Option<i64>,
    /// More for the caller's program, such as the version that stands.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl Refusal {
    /// A refusal without values.
    #[must_use]
    pub fn new(code: &'static str, status: u16) -> Self {
        Self { code, status, args: Vec::new(), retry_after: None, extra: serde_json::Map::new() }
    }

    /// The same with a value for its explanation.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// The same with a value for the caller's program.
    #[must_use]
    pub fn extra(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a time to wait.
    #[must_use]
    pub const fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl ServiceError {
    /// A mistake in one field.
    #[must_use]
    pub fn field(pointer: &str, code: &'static str) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, code)])
    }

    /// An action that is not possible in this status.
    #[must_use]
    pub fn invalid_transition(status: Status, action: &str) -> Self {
        let refusal = Refusal::new("invalid_transition", 409).with("status", status).with("action", action);
        Self::Refused(refusal.extra("request_status", status.as_str()))
    }

    /// Something the caller may not do.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::Refused(Refusal::new("forbidden", 403))
    }
}

impl From<StorageError> for ServiceError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable(cause) => Self::Unavailable(cause),
            StorageError::Query(cause) => Self::Internal(kind_of(&cause)),
        }
    }
}

impl From<diesel::result::Error> for ServiceError {
    fn from(error: diesel::result::Error) -> Self {
        Self::from(StorageError::from(error))
    }
}

/// The kind of a query's failure; its text may quote values and stays out.
fn kind_of(error: &diesel::result::Error) -> String {
    match error {
        diesel::result::Error::DatabaseError(kind, information) => {
            format!("{kind:?} at {}", information.constraint_name().or(information.table_name()).unwrap_or("?"))
        }
        diesel::result::Error::DeserializationError(_) => "a row could not be read".to_owned(),
        diesel::result::Error::SerializationError(_) => "a value could not be written".to_owned(),
        other => other.to_string(),
    }
}

impl From<VaultError> for ServiceError {
    fn from(error: VaultError) -> Self {
        match error {
            // Another process rotated the key, and this one does not have the new ring yet.
            VaultError::UnknownMasterKey { .. } => Self::NoKey(error.to_string()),
            _ => Self::Internal(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for ServiceError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("JSON: {:?} error", error.classify()))
    }
}

impl From<CountError> for ServiceError {
    fn from(error: CountError) -> Self {
        match error {
            // Days that callers name are checked before; here the calendar ends too soon for the days that come.
            CountError::Year(missing) => Self::Unavailable(missing.to_string()),
            CountError::NoRules(_) => Self::field("/received_at", "date_too_early"),
            CountError::NoRule { .. } => Self::Internal(error.to_string()),
        }
    }
}

/// Whether a write failed since such a row exists.
#[must_use]
pub fn is_duplicate(error: &diesel::result::Error) -> bool {
    matches!(error, diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _))
}

impl ServiceError {
    /// The same with a value for the message of its only field.
    #[must_use]
    pub fn map_args(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        if let Self::Invalid(errors) = &mut self {
            for error in errors.iter_mut() {
                error.args.push((name, value.to_string()));
            }
        }
        self
    }
}
