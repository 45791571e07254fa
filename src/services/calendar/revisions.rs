//! The revisions of the calendar: what each changed, and the list of them.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::forms::{CertaintyForm, MAX_SOURCE};
use super::{look, read};
use crate::app::App;
use crate::domain::calendar::{Calendar, YearMissing};
use crate::domain::intake::FieldError;
use crate::domain::text;
use crate::domain::vocabulary::{Certainty, Localized};
use crate::services::desk::{Page, page_size};
use crate::services::error::ServiceError;
use crate::services::sign_in::{By, Member, note};
use crate::storage::AnyConnection;
use crate::storage::calendar::{self as rows, RevisionRow};

/// A revision of the calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RevisionView {
    /// Its number; the greatest is in force.
    pub number: i64,
    /// Its name, which stands with every clock that was counted by it.
    pub revision: String,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The administrator who made it; nobody where a file brought it.
    pub staff_id: Option<String>,
    /// The order, law or announcement.
    pub source: String,
    /// What was changed.
    #[schema(value_type = Object)]
    pub change: Value,
}

/// What is to be changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// A file brought it.
    File { revision: String, moved_clocks: usize },
    /// A day.
    Day { date: NaiveDate, working: bool, name: Option<Localized>, moved_clocks: usize },
    /// How sure a year is.
    Year { year: i32, certainty: Certainty },
}

impl Change {
    /// The calendar with the change.
    pub(super) fn lay_over(
        &self,
        calendar: &Calendar,
        source: &str,
        revision: String,
    ) -> Result<Calendar, YearMissing> {
        match self {
            Self::File { .. } => Ok(calendar.clone()),
            Self::Day { date, working, name, .. } => {
                let none = || Localized { kk: String::new(), ru: String::new(), en: String::new() };
                calendar.with_day(*date, *working, name.clone().unwrap_or_else(none), revision)
            }
            Self::Year { year, certainty } => calendar.with_certainty(*year, *certainty, source, revision),
        }
    }
}

/// Who or what brought a revision.
pub(super) struct Brought<'a> {
    pub by: Option<&'a str>,
    pub source: &'a str,
    pub digest: Option<String>,
    pub change: &'a Change,
    pub now: DateTime<Utc>,
    /// All open clocks are counted by it already.
    pub recounted: bool,
}

/// Puts a revision in force.
pub(super) fn store(
    tx: &mut AnyConnection,
    number: i64,
    calendar: &Calendar,
    brought: &Brought<'_>,
) -> Result<(), ServiceError> {
    rows::insert(
        tx,
        &RevisionRow {
            number,
            revision: calendar.revision().to_owned(),
            at: brought.now.naive_utc(),
            staff_id: brought.by.map(ToOwned::to_owned),
            source: brought.source.to_owned(),
            change: serde_json::to_string(brought.change)?,
            file_digest: brought.digest.clone(),
            calendar: serde_json::to_string(calendar)?,
            recounted_at: brought.recounted.then(|| brought.now.naive_utc()),
        },
    )?;
    Ok(())
}

/// The name of the next revision: that of the file, and a number that goes up.
pub(super) fn name_of(connection: &mut AnyConnection, before: &Calendar, number: i64) -> Result<String, ServiceError> {
    let of_the_file = before.revision().split('+').next().unwrap_or_default();
    let name = format!("{of_the_file}+{number}");
    if rows::has_name(connection, &name)? {
        return Err(ServiceError::Internal(format!("the calendar's revision {name} exists already")));
    }
    Ok(name)
}

/// Says how sure the days of a year are, once they were compared with their source. No clock moves.
///
/// # Errors
/// 403 `forbidden` for anybody but an administrator; `NotFound` for a year that the calendar does not cover; 422 for a source that
/// is missing.
pub async fn confirm_year(
    app: &Arc<App>,
    member: &Member,
    year: i32,
    form: CertaintyForm,
) -> Result<RevisionView, ServiceError> {
    member.check_admin()?;
    let source = text::one_line(&form.source, MAX_SOURCE)
        .map_err(|error| ServiceError::Invalid(vec![FieldError::at("/source", error)]))?;
    let process = Arc::clone(app);
    let by = member.id.clone();
    app.db
        .write("confirm_calendar_year", move |tx| {
            rows::begin_change(tx)?;
            let (base, before) = look(&process, tx)?;
            if before.certainty_of(year).is_ok_and(|stands| stands == (form.certainty, source.as_str())) {
                return view(rows::by_number(tx, base)?.ok_or(ServiceError::NotFound)?);
            }
            let now = process.clock.now();
            let change = Change::Year { year, certainty: form.certainty };
            let revision = name_of(tx, &before, base + 1)?;
            let after = change.lay_over(&before, &source, revision).map_err(|_| ServiceError::NotFound)?;
            store(
                tx,
                base + 1,
                &after,
                &Brought { by: Some(&by), source: &source, digest: None, change: &change, now, recounted: true },
            )?;
            let data = json!({
                "revision": after.revision(), "year": year, "certainty": form.certainty, "source": source,
            });
            note(tx, now, "calendar_year_confirmed", &By::Staff(&by), &data)?;
            let row = rows::by_number(tx, base + 1)?.ok_or(ServiceError::NotFound)?;
            view(row)
        })
        .await
}

/// The revisions, newest first; for administrators and for everybody with an operator's role.
///
/// # Errors
/// 422 for a page that cannot be.
pub async fn revisions(
    app: &Arc<App>,
    limit: Option<i64>,
    cursor: Option<String>,
) -> Result<Page<RevisionView>, ServiceError> {
    let limit = page_size(limit)?;
    let before = match cursor.filter(|cursor| !cursor.is_empty()) {
        None => i64::MAX,
        Some(cursor) => cursor.parse().map_err(|_| ServiceError::field("/query/cursor", "invalid_cursor"))?,
    };
    app.db
        .read("calendar_revisions", move |connection| {
            let mut found = rows::page(connection, before, limit + 1)?;
            let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
            let more = found.len() > wanted;
            found.truncate(wanted);
            let next_cursor = found.last().filter(|_| more).map(|row| row.number.to_string());
            let items = found.into_iter().map(view).collect::<Result<_, _>>()?;
            Ok(Page { items, next_cursor })
        })
        .await
}

fn view(row: RevisionRow) -> Result<RevisionView, ServiceError> {
    // Whoever reads the list learns at once when a revision cannot be read, and not when it is needed.
    read(&row)?;
    Ok(RevisionView {
        number: row.number,
        revision: row.revision,
        at: row.at.and_utc(),
        staff_id: row.staff_id,
        source: row.source,
        change: serde_json::from_str(&row.change)?,
    })
}
