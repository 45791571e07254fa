//! The queue: masked pages by keyset, search by exact values, counts.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{audit, members, note_absences};
use crate::app::App;
use crate::domain::almaty;
use crate::domain::email_address::EmailAddress;
use crate::domain::iin::Iin;
use crate::domain::intake::{Contents, FieldError};
use crate::domain::permission::Permission;
use crate::domain::phone::Phone;
use crate::domain::reference::Reference;
use crate::domain::vocabulary::{Blocking, Channel, Kind, Status};
use crate::ids::is_id;
use crate::services::error::ServiceError;
use crate::services::person::{self, email_key};
use crate::services::sign_in::Member;
use crate::services::views::{QueueItem, queue_item};
use crate::storage::queue::{self, Assignee, Facet, Filter, Sort};
use crate::storage::requests::RequestRow;
use crate::storage::{AnyConnection, requests};
use crate::vault::{IndexField, Place, WrappedKey};

/// Which part of the queue is wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// An operator's id.
    pub operator: Option<String>,
    /// A kind.
    pub kind: Option<Kind>,
    /// A status.
    pub status: Option<Status>,
    /// `me`, `none` or a member's id.
    pub assignee: Option<String>,
    /// `overdue`, `today` or `week` (the seven days from today on).
    pub due: Option<Due>,
    /// The state of blocking.
    pub blocking: Option<Blocking>,
    /// How the request came in.
    pub channel: Option<Channel>,
    /// The first local day of receipt.
    pub received_from: Option<NaiveDate>,
    /// The last local day of receipt.
    pub received_to: Option<NaiveDate>,
    /// A reference.
    pub q: Option<String>,
    /// `due` (default: the headline first) or `received` (the oldest first).
    pub sort: Option<SortBy>,
    /// How many at most, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

crate::vocabulary! {
    /// How near the end of a headline is.
    Due {
        /// Over.
        Overdue = "overdue",
        /// Today is the last day.
        Today = "today",
        /// The last day is one of the seven days from today on.
        Week = "week",
    }
}

crate::vocabulary! {
    /// By what the queue is sorted.
    SortBy {
        /// The headline first.
        Due = "due",
        /// The oldest receipt first.
        Received = "received",
    }
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { items: Vec::new(), next_cursor: None }
    }
}

/// What is searched for: an exact IIN, mail address or phone number.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchForm {
    /// The IIN, mail address or phone number.
    pub q: String,
}

/// How many requests there are.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Counts {
    /// By status, closed ones too.
    pub status: BTreeMap<&'static str, i64>,
    /// Open ones by kind.
    pub kind: BTreeMap<&'static str, i64>,
    /// The headline's last day is over.
    pub overdue: i64,
    /// The headline's last day is today.
    pub due_today: i64,
    /// Open, and nobody has them.
    pub unassigned: i64,
    /// Open, and the member has them, or stands in for whoever has; never more than 100.
    pub mine: i64,
    /// Open, and blocked while a violation is looked into; never more than 100.
    pub blocked: i64,
}

/// Numbers that no counter holds are counted up to this.
pub const FEW: i64 = 100;

/// Checks the size of a page.
///
/// # Errors
/// `out_of_range`: a value outside is refused, never clamped.
pub fn page_size(limit: Option<i64>) -> Result<i64, ServiceError> {
    match limit {
        None => Ok(50),
        Some(limit) if (1..=200).contains(&limit) => Ok(limit),
        Some(_) => Err(ServiceError::Invalid(vec![
            FieldError::new("/query/limit", "out_of_range").with("min", 1).with("max", 200),
        ])),
    }
}

/// Years that both databases can hold and that anybody may mean.
const YEARS: RangeInclusive<i32> = 1900..=9999;

/// Checks a local date of a filter.
///
/// # Errors
/// `out_of_range` for a year that nobody may mean.
pub fn day_of(pointer: &str, date: Option<NaiveDate>) -> Result<Option<NaiveDate>, ServiceError> {
    if date.is_some_and(|date| !YEARS.contains(&date.year())) {
        let error = FieldError::new(pointer, "out_of_range").with("min", "1900-01-01").with("max", "9999-12-31");
        return Err(ServiceError::Invalid(vec![error]));
    }
    Ok(date)
}

fn cursor_of(row: &RequestRow, sort: Sort) -> String {
    let (letter, at) = match sort {
        Sort::Due => ("d", row.sort_due_at),
        Sort::Received => ("r", row.received_at),
    };
    URL_SAFE_NO_PAD.encode(format!("{letter}|{}|{}", at.and_utc().timestamp_micros(), row.id))
}

fn place_of(cursor: &str, sort: Sort) -> Result<(chrono::NaiveDateTime, String), ServiceError> {
    let invalid = || ServiceError::field("/query/cursor", "invalid_cursor");
    if cursor.len() > 200 {
        return Err(invalid());
    }
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.ok_or_else(invalid)?;
    let mut parts = text.splitn(3, '|');
    let letter = if sort == Sort::Due { "d" } else { "r" };
    if parts.next() != Some(letter) {
        return Err(invalid());
    }
    let at = parts.next().and_then(|micros| micros.parse().ok()).and_then(DateTime::from_timestamp_micros);
    let at = at.filter(|at| YEARS.contains(&at.year()));
    let id = parts.next().filter(|id| is_id(id));
    Ok((at.ok_or_else(invalid)?.naive_utc(), id.ok_or_else(invalid)?.to_owned()))
}

fn filter(app: &App, member: &Member, query: &QueueQuery) -> Result<Filter, ServiceError> {
    let now = app.clock.now();
    let today = almaty::local_date(now);
    let mut operators = member.operators_with(Permission::SeeQueue);
    if let Some(wanted) = &query.operator {
        // An operator of others does not exist: its queue is empty.
        operators.retain(|operator| operator == wanted);
    }
    let sort = if query.sort == Some(SortBy::Received) { Sort::Received } else { Sort::Due };
    let reference = query.q.as_deref().filter(|q| !q.trim().is_empty());
    let reference = reference
        .map(Reference::parse)
        .transpose()
        .map_err(|error| ServiceError::Invalid(vec![FieldError::at("/query/q", error)]))?;
    let start_of = |date: NaiveDate| almaty::at_local(date, 0, 0).naive_utc();
    Ok(Filter {
        operators,
        kind: query.kind,
        status: query.status,
        assignee: match query.assignee.as_deref() {
            None => Assignee::Any,
            Some("none") => Assignee::Nobody,
            // Those for whom the member stands in today too.
            Some("me") => Assignee::Members(member.own_ids()),
            Some(id) if is_id(id) => Assignee::Members(vec![id.to_owned()]),
            Some(_) => {
                return Err(ServiceError::field("/query/assignee", "not_one_of").map_args("allowed", "me, none, id"));
            }
        },
        overdue_at: (query.due == Some(Due::Overdue)).then(|| now.naive_utc()),
        due_between: match query.due {
            Some(Due::Today) => Some((today, today)),
            Some(Due::Week) => Some((today, today.checked_add_days(Days::new(6)).unwrap_or(today))),
            _ => None,
        },
        blocking: query.blocking,
        channel: query.channel,
        received_from: day_of("/query/received_from", query.received_from)?.map(start_of),
        // Nothing was received after today: with both ends known, single days can be looked at.
        received_before: day_of("/query/received_to", query.received_to)?
            .or_else(|| query.received_from.map(|_| today))
            .map(|date| start_of(date.succ_opt().unwrap_or(date))),
        reference: reference.map(|reference| reference.as_str().to_owned()),
        sort,
        after: query.cursor.as_deref().map(|cursor| place_of(cursor, sort)).transpose()?,
        limit: page_size(query.limit)?,
    })
}

/// A page of the queue, masked.
///
/// # Errors
/// `Invalid` for a filter that cannot be.
pub async fn list(app: &Arc<App>, member: Member, query: QueueQuery) -> Result<Page<QueueItem>, ServiceError> {
    if member.operators_with(Permission::SeeQueue).is_empty() {
        return Err(ServiceError::forbidden());
    }
    let mut filter = filter(app, &member, &query)?;
    if filter.operators.is_empty() {
        return Ok(Page { items: Vec::new(), next_cursor: None });
    }
    let process = Arc::clone(app);
    app.db
        .read("queue", move |connection| {
            let wanted = filter.limit;
            filter.limit += 1;
            let mut rows = queue::page(connection, &filter)?;
            let more = rows.len() > usize::try_from(wanted).unwrap_or(usize::MAX);
            rows.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
            let next_cursor = rows.last().filter(|_| more).map(|row| cursor_of(row, filter.sort));
            Ok(Page { items: items(&process, connection, &rows)?, next_cursor })
        })
        .await
}

/// Turns rows into lines of the queue: the keys and the members are fetched for all of them at once.
fn items(app: &App, connection: &mut AnyConnection, rows: &[RequestRow]) -> Result<Vec<QueueItem>, ServiceError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let keys: BTreeMap<String, _> =
        requests::keys(connection, &ids)?.into_iter().map(|key| (key.request_id.clone(), key)).collect();
    let members = members(connection, rows.iter().filter_map(|row| row.assignee_id.clone()).collect())?;
    let now = app.clock.now();
    let mut lines: Vec<QueueItem> = rows
        .iter()
        .map(|row| {
            let wrapped = keys.get(&row.id).and_then(|key| Some((key.master_key_id.clone(), key.wrapped.clone()?)));
            let contents: Option<Contents> = match (wrapped, row.sealed_contents.as_deref()) {
                (Some((master_key_id, bytes)), Some(sealed)) => {
                    let key = app.vault.unwrap(&row.id, &WrappedKey { master_key_id, bytes })?;
                    Some(key.open_json(&Place::new("requests", &row.id, "contents"), sealed)?)
                }
                _ => None,
            };
            let assignee = members.iter().find(|member| Some(&member.id) == row.assignee_id.as_ref()).cloned();
            Ok(queue_item(row, contents.as_ref().map(|contents| &contents.subject), assignee, now))
        })
        .collect::<Result<_, ServiceError>>()?;
    let mut assignees: Vec<_> = lines
        .iter_mut()
        .filter_map(|line| line.assignee.as_mut().map(|assignee| (line.operator.clone(), assignee)))
        .collect();
    note_absences(connection, almaty::local_date(now), &mut assignees)?;
    Ok(lines)
}

/// Finds requests by an exact IIN, mail address or phone number, in each operator's own index. Each search is audited.
///
/// # Errors
/// `Invalid` when what is searched for is none of these.
pub async fn search(app: &Arc<App>, member: Member, form: SearchForm) -> Result<Page<QueueItem>, ServiceError> {
    let operators = member.operators_with(Permission::SeeQueue);
    if operators.is_empty() {
        return Err(ServiceError::forbidden());
    }
    let (field, value) = if form.q.contains('@') {
        let email =
            EmailAddress::parse(&form.q).map_err(|error| ServiceError::Invalid(vec![FieldError::at("/q", error)]))?;
        (IndexField::Email, email_key(email.as_str()))
    } else if let Ok(iin) = Iin::parse(&form.q) {
        (IndexField::Iin, iin.as_str().to_owned())
    } else {
        let phone = Phone::parse(&form.q).map_err(|_| ServiceError::field("/q", "invalid_value"))?;
        (IndexField::Phone, phone.as_str().to_owned())
    };
    let process = Arc::clone(app);
    app.db
        .write("search", move |tx| {
            let mut rows = Vec::new();
            for operator in &operators {
                let found = person::find(tx, &process, operator, field, &value)?;
                let data = json!({"field": field.as_str(), "found": found.len()});
                rows.extend(found);
                audit(&process, tx, &member, "search", (Some(operator.clone()), None), "search", &data)?;
            }
            rows.dedup_by(|left, right| left.id == right.id);
            rows.truncate(200);
            Ok(Page { items: items(&process, tx, &rows)?, next_cursor: None })
        })
        .await
}

/// How many requests there are.
///
/// # Errors
/// `forbidden` for whoever has no operator's role.
pub async fn counts(app: &Arc<App>, member: Member) -> Result<Counts, ServiceError> {
    let operators = member.operators_with(Permission::SeeQueue);
    if operators.is_empty() {
        return Err(ServiceError::forbidden());
    }
    let now: DateTime<Utc> = app.clock.now();
    let own = member.own_ids();
    let blocked =
        Filter { operators: operators.clone(), blocking: Some(Blocking::Provisional), limit: FEW, ..Filter::default() };
    app.db
        .read("counts", move |connection| {
            let today = almaty::local_date(now).to_string();
            let mut mine = 0;
            for id in &own {
                mine += queue::open_of(connection, &operators, id)?.len();
            }
            let mut counts = Counts {
                mine: i64::try_from(mine).unwrap_or(FEW).min(FEW),
                blocked: queue::count_up_to(connection, &blocked)?,
                ..Counts::default()
            };
            for (facet, value, number) in queue::counts(connection, &operators)? {
                match facet {
                    Facet::Status => add(&mut counts.status, Status::parse(&value).map(Status::as_str), number),
                    Facet::Kind => add(&mut counts.kind, Kind::parse(&value).map(Kind::as_str), number),
                    Facet::Unassigned => counts.unassigned += number,
                    // Days are written so that they sort as text.
                    Facet::Due if value < today => counts.overdue += number,
                    Facet::Due if value == today => counts.due_today += number,
                    Facet::Due => {}
                }
            }
            counts.status.retain(|_, number| *number != 0);
            counts.kind.retain(|_, number| *number != 0);
            Ok(counts)
        })
        .await
}

fn add(numbers: &mut BTreeMap<&'static str, i64>, word: Option<&'static str>, number: i64) {
    if let Some(word) = word {
        *numbers.entry(word).or_default() += number;
    }
}
