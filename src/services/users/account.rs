//! Making the row of an account.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::json;

use super::form;
use super::roles::{self, Roles};
use crate::domain::email_address::EmailAddress;
use crate::domain::intake::FieldError;
use crate::domain::vocabulary::Language;
use crate::ids::new_id;
use crate::services::error::{Refusal, ServiceError, is_duplicate};
use crate::services::password;
use crate::services::sign_in::{By, note};
use crate::storage::AnyConnection;
use crate::storage::staff::{self, StaffRow};

/// The code of the refusal of an address that has an account.
pub(super) const DUPLICATE: &str = "duplicate_user";

/// An account that is ready to be stored: the slow part, its hash, was done outside the transaction.
#[derive(Clone)]
pub(super) struct NewAccount {
    /// Mail address as it is looked up.
    pub email: String,
    name: String,
    language: Language,
    /// The hash of the password.
    pub password_hash: String,
    /// The password, when it was made up here.
    pub initial_password: Option<String>,
}

impl NewAccount {
    /// Checks address and name, and hashes the password, or one that it makes up. A password that is given was checked
    /// before.
    pub async fn prepare(
        email: &str,
        name: &str,
        language: Language,
        password: Option<String>,
    ) -> Result<Self, ServiceError> {
        let email = email_key(email)?;
        let name = form::name_of(name)?;
        let (password, initial_password) = if let Some(password) = password {
            (password, None)
        } else {
            let made_up = password::generate()?;
            (made_up.clone(), Some(made_up))
        };
        let password_hash = password::hash(&password).await?;
        Ok(Self { email, name, language, password_hash, initial_password })
    }

    /// Stores it with its roles.
    ///
    /// # Errors
    /// 409 [`DUPLICATE`] when the address has an account: that is looked up, and, for another process that was faster,
    /// left to the unique key.
    pub fn insert(
        self,
        tx: &mut AnyConnection,
        roles: &Roles,
        now: DateTime<Utc>,
        by: &By<'_>,
    ) -> Result<StaffRow, ServiceError> {
        let duplicate = || ServiceError::from(Refusal::new(DUPLICATE, 409));
        if staff::by_email(tx, &self.email)?.is_some() {
            return Err(duplicate());
        }
        let row = self.into_row(roles.is_admin, now.naive_utc());
        match staff::insert(tx, &row) {
            Err(error) if is_duplicate(&error) => return Err(duplicate()),
            other => other?,
        }
        let rows = roles.rows(&row.id);
        staff::put_roles(tx, &row.id, &rows)?;
        let data = json!({"user_id": row.id, "roles": roles::views(row.is_admin, rows.iter())});
        note(tx, now, "user_added", by, &data)?;
        Ok(row)
    }

    fn into_row(self, is_admin: bool, now: NaiveDateTime) -> StaffRow {
        StaffRow {
            id: new_id(now.and_utc()),
            email: self.email,
            name: self.name,
            language: self.language,
            password_hash: self.password_hash,
            is_admin,
            disabled_at: None,
            failed_sign_ins: 0,
            locked_until: None,
            created_at: now,
            password_expires_at: None,
        }
    }
}

/// The form of a mail address that is stored and looked up.
pub(super) fn email_key(email: &str) -> Result<String, ServiceError> {
    EmailAddress::parse(email)
        .map(|email| email.key())
        .map_err(|error| ServiceError::Invalid(vec![FieldError::at("/email", error)]))
}
