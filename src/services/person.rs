//! Who is meant: the blind indexes by which a person's requests at one operator are found again.

use super::error::ServiceError;
use crate::app::App;
use crate::domain::email_address::EmailAddress;
use crate::domain::intake::Contents;
use crate::domain::operator::Operator;
use crate::domain::person_name::PersonName;
use crate::domain::vocabulary::{Capacity, Kind};
use crate::storage::AnyConnection;
use crate::storage::requests::{self, BlindIndexRow, RequestRow};
use crate::vault::IndexField;

/// Whose an index is: the subject's.
const SUBJECT: &str = "subject";
/// Whose an index is: the representative's.
const REPRESENTATIVE: &str = "representative";

/// The blind indexes of a request's people at one operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    entries: Vec<(&'static str, IndexField, Vec<u8>)>,
}

impl Person {
    /// The indexes of the people in `contents`, keyed for this operator.
    #[must_use]
    pub fn of(app: &App, operator: &Operator, contents: &Contents) -> Self {
        let mut person = Self::default();
        let mut add = |who, field, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                person.entries.push((who, field, app.vault.blind_index(&operator.id, field, &value)));
            }
        };
        let subject = &contents.subject;
        let other_id = subject.other_id.as_ref();
        add(SUBJECT, IndexField::Iin, subject.iin.clone());
        add(SUBJECT, IndexField::OtherId, other_id.map(|id| format!("{}/{}", id.country, id.number)));
        add(SUBJECT, IndexField::Email, subject.email.as_deref().map(email_key));
        add(SUBJECT, IndexField::Phone, subject.phone.clone());
        add(SUBJECT, IndexField::Name, subject.full_name.as_deref().map(name_key));
        if contents.submitted_by.capacity != Capacity::Subject {
            add(REPRESENTATIVE, IndexField::Email, contents.submitted_by.email.as_deref().map(email_key));
            add(REPRESENTATIVE, IndexField::Phone, contents.submitted_by.phone.clone());
        }
        person
    }

    /// The rows to store.
    #[must_use]
    pub fn rows(&self, request_id: &str, operator_id: &str) -> Vec<BlindIndexRow> {
        self.entries
            .iter()
            .map(|(who, field, value)| BlindIndexRow {
                request_id: request_id.to_owned(),
                operator_id: operator_id.to_owned(),
                person: (*who).to_owned(),
                field: field.as_str().to_owned(),
                value: value.clone(),
            })
            .collect()
    }

    /// What submissions of the same person have in common: the identifier, or else the contact.
    #[must_use]
    pub fn lock_key(&self) -> Option<&[u8]> {
        [IndexField::Iin, IndexField::OtherId, IndexField::Email, IndexField::Phone]
            .into_iter()
            .find_map(|field| self.subject(field))
    }

    fn subject(&self, field: IndexField) -> Option<&[u8]> {
        self.entries
            .iter()
            .find(|(who, other, _)| *who == SUBJECT && *other == field)
            .map(|(_, _, value)| value.as_slice())
    }

    /// Whether the subject of a stored request is the same person: the same identifier, or else one contact in common and
    /// no other name. Two different identifiers are two people.
    fn is_subject_of(&self, rows: &[BlindIndexRow]) -> bool {
        let theirs = |field: IndexField| {
            rows.iter().find(|row| row.person == SUBJECT && row.field == field.as_str()).map(|row| row.value.as_slice())
        };
        for field in [IndexField::Iin, IndexField::OtherId] {
            if let (Some(ours), Some(theirs)) = (self.subject(field), theirs(field)) {
                return ours == theirs;
            }
        }
        let same = |field| matches!((self.subject(field), theirs(field)), (Some(ours), Some(theirs)) if ours == theirs);
        let contact = same(IndexField::Email) || same(IndexField::Phone);
        let name = match (self.subject(IndexField::Name), theirs(IndexField::Name)) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        };
        contact && name
    }
}

/// The reference of an open request of the same person and kind, the latest.
///
/// # Errors
/// Those of the database.
pub fn open_request(
    tx: &mut AnyConnection,
    operator_id: &str,
    person: &Person,
    kind: Kind,
) -> Result<Option<String>, ServiceError> {
    other_request(tx, operator_id, person, kind, |_| true)
}

/// The same among those that came in before the request with the id `before`.
///
/// # Errors
/// Those of the database.
pub fn earlier_request(
    tx: &mut AnyConnection,
    operator_id: &str,
    person: &Person,
    kind: Kind,
    before: &str,
) -> Result<Option<String>, ServiceError> {
    // Ids follow one another in time.
    other_request(tx, operator_id, person, kind, |id| id < before)
}

fn other_request(
    tx: &mut AnyConnection,
    operator_id: &str,
    person: &Person,
    kind: Kind,
    counts: impl Fn(&str) -> bool,
) -> Result<Option<String>, ServiceError> {
    let mut candidates = Vec::new();
    for field in [IndexField::Iin, IndexField::OtherId, IndexField::Email, IndexField::Phone] {
        if let Some(value) = person.subject(field) {
            candidates.extend(requests::open_by_index(tx, operator_id, kind, field.as_str(), value)?);
        }
    }
    candidates.retain(|(id, _)| counts(id));
    candidates.sort();
    candidates.dedup();
    for (id, reference) in candidates.into_iter().rev() {
        if person.is_subject_of(&requests::indexes(tx, &id)?) {
            return Ok(Some(reference));
        }
    }
    Ok(None)
}

/// Whether `reference` is a request of the same person at this operator.
///
/// # Errors
/// Those of the database.
pub fn has_request(
    tx: &mut AnyConnection,
    operator_id: &str,
    person: &Person,
    reference: &str,
) -> Result<bool, ServiceError> {
    let Some(row) = requests::by_reference(tx, reference)? else { return Ok(false) };
    Ok(row.operator_id == operator_id && person.is_subject_of(&requests::indexes(tx, &row.id)?))
}

/// The requests of an operator that carry an exact IIN, mail address or phone number, newest first.
///
/// # Errors
/// Those of the database.
pub fn find(
    tx: &mut AnyConnection,
    app: &App,
    operator_id: &str,
    field: IndexField,
    value: &str,
) -> Result<Vec<RequestRow>, ServiceError> {
    let index = app.vault.blind_index(operator_id, field, value);
    let ids = requests::ids_by_index(tx, operator_id, field.as_str(), &index)?;
    Ok(requests::by_ids(tx, &ids)?)
}

/// The form of a mail address that is looked up.
#[must_use]
pub fn email_key(email: &str) -> String {
    EmailAddress::parse(email).map_or_else(|_| email.to_lowercase(), |email| email.key())
}

fn name_key(name: &str) -> String {
    PersonName::parse(name).map_or_else(|_| name.to_lowercase(), |name| name.compare_key())
}
