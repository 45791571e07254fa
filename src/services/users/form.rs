//! The checks of the forms, as the `validator` derive calls them, and the way from its errors to ours.

use std::borrow::Cow;

use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use super::roles::RoleAt;
use crate::domain::email_address::EmailAddress;
use crate::domain::intake::FieldError;
use crate::domain::text::{InputError, one_line};
use crate::services::error::ServiceError;

/// The most characters of a name.
const MAX_NAME: usize = 200;

/// A mail address.
pub(super) fn email(text: &str) -> Result<(), ValidationError> {
    EmailAddress::parse(text).map(|_| ()).map_err(into_validation)
}

/// The name of a member: any one line, since a mailbox of a department may be a member too.
pub(super) fn name(text: &str) -> Result<(), ValidationError> {
    one_line(text, MAX_NAME).map(|_| ()).map_err(into_validation)
}

/// A new account may do something.
pub(super) fn some_role(roles: &[RoleAt]) -> Result<(), ValidationError> {
    if roles.is_empty() { Err(ValidationError::new("required")) } else { Ok(()) }
}

/// The name in the form that is stored.
pub(super) fn name_of(text: &str) -> Result<String, ServiceError> {
    one_line(text, MAX_NAME).map_err(|error| ServiceError::Invalid(vec![FieldError::at("/name", error)]))
}

fn into_validation(error: InputError) -> ValidationError {
    let mut converted = ValidationError::new(error.code);
    for (name, value) in error.args {
        converted.params.insert(Cow::Borrowed(name), serde_json::Value::String(value));
    }
    converted
}

/// The mistakes that the derive found, in the order of their places.
pub(super) fn mistakes(result: Result<(), ValidationErrors>) -> Vec<FieldError> {
    let mut found = Vec::new();
    for (field, kind) in result.err().map(ValidationErrors::into_errors).unwrap_or_default() {
        if let ValidationErrorsKind::Field(errors) = kind {
            found.extend(errors.iter().map(|error| mistake(&field, error)));
        }
    }
    found.sort_by(|one, other| one.pointer.cmp(&other.pointer));
    found
}

fn mistake(field: &str, error: &ValidationError) -> FieldError {
    let code = match &error.code {
        Cow::Borrowed(code) => code,
        Cow::Owned(_) => "invalid_value",
    };
    let mut mistake = FieldError::new(format!("/{field}"), code);
    // The derive adds the value itself, which must not come back.
    for name in ["min", "max"] {
        match error.params.get(name) {
            Some(serde_json::Value::String(value)) => mistake = mistake.with(name, value),
            Some(value) => mistake = mistake.with(name, value),
            None => {}
        }
    }
    mistake
}
