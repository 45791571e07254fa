//! The queue: what is next. Filters stand in the address; what is searched for by personal data is sent, and stands in none.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::nav::Nav;
use super::session::Staff;
use crate::domain::almaty;
use crate::domain::calendar::Calendar;
use crate::domain::permission::Permission;
use crate::domain::reference::Reference;
use crate::domain::vocabulary::{Blocking, Channel, Kind, Status};
use crate::http::api::AppData;
use crate::http::json::from_value;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::problem::{ApiError, words};
use crate::services::calendar::latest;
use crate::services::desk::{self, Counts, Due, FEW, Page as List, QueueQuery, SearchForm};
use crate::services::error::ServiceError;
use crate::services::sign_in::Member;
use crate::services::views::QueueItem;

/// What a filter can be set to: its field, its name, and value, name and whether it is chosen of each.
struct Choices {
    name: &'static str,
    label: String,
    options: Vec<(String, String, bool)>,
}

/// A part of the queue that is at hand on the left.
struct Saved {
    href: String,
    label: String,
    count: String,
    is_current: bool,
}

/// How near a deadline is, in words and as a tone.
pub(super) struct Urgency {
    pub(super) tone: &'static str,
    pub(super) text: String,
}

struct Row {
    item: QueueItem,
    operator: String,
    kind: String,
    status: String,
    due: String,
    urgency: Urgency,
    subject: String,
    assignee: String,
    tags: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "pages/staff/queue.html")]
struct Page {
    p: Chrome,
    nav: Nav,
    saved: Vec<Saved>,
    filters: Vec<Choices>,
    from: String,
    to: String,
    is_filtered: bool,
    rows: Vec<Row>,
    next: String,
    is_later: bool,
    title: String,
    mistake: String,
    is_search: bool,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(web::resource("/requests").route(web::get().to(show))).route("/search", web::post().to(search));
}

/// A page of the queue.
async fn show(app: AppData, request: HttpRequest, member: Staff) -> Result<HttpResponse, ApiError> {
    let fields = Fields::of_query(&request);
    let member = member.0;
    if member.operators_with(Permission::SeeQueue).is_empty() {
        return Err(ServiceError::forbidden().into());
    }
    let (found, mistake) = match query_of(&fields) {
        Ok(query) => match desk::list(&app, member.clone(), query).await {
            Ok(found) => (found, String::new()),
            Err(error) => (List::default(), told(&app, &request, error.into())?),
        },
        Err(error) => (List::default(), told(&app, &request, error.into())?),
    };
    let counts = desk::counts(&app, member.clone()).await?;
    render(&app, &request, &member, &fields, (found, mistake, false), &counts).await
}

/// Finds a request by its reference, or requests by an exact IIN, mail address or phone.
async fn search(app: AppData, request: HttpRequest, member: Staff, fields: Fields) -> Result<HttpResponse, ApiError> {
    let (typed, member) = (fields.get("q"), member.0);
    if let Ok(reference) = Reference::parse(typed) {
        return Ok(see_other(&format!("/staff/requests/{}", reference.as_str())));
    }
    let (found, mistake) = match desk::search(&app, member.clone(), SearchForm { q: typed.to_owned() }).await {
        Ok(found) => (found, String::new()),
        Err(error) => (List::default(), told(&app, &request, error.into())?),
    };
    let counts = desk::counts(&app, member.clone()).await?;
    render(&app, &request, &member, &Fields::default(), (found, mistake, true), &counts).await
}

/// What to correct, in words; what is no mistake of the reader's goes on.
fn told(app: &AppData, request: &HttpRequest, error: ApiError) -> Result<String, ApiError> {
    if error.status_code() != StatusCode::UNPROCESSABLE_ENTITY {
        return Err(error);
    }
    let said = words(app, Chrome::of(request)?.language, request, &error);
    Ok(said.fields.into_iter().next().map_or(said.detail, |(_, text)| text))
}

/// The filters of an address. An empty one is none.
fn query_of(fields: &Fields) -> Result<QueueQuery, ServiceError> {
    let mut query = Map::new();
    for (name, value) in fields.pairs() {
        if !value.trim().is_empty() && name != "lang" {
            query.insert(name.clone(), Value::String(value.trim().to_owned()));
        }
    }
    from_value(Value::Object(query))
}

async fn render(
    app: &AppData,
    request: &HttpRequest,
    member: &Member,
    fields: &Fields,
    (found, mistake, is_search): (List<QueueItem>, String, bool),
    counts: &Counts,
) -> Result<HttpResponse, ApiError> {
    let mut p = Chrome::of(request)?;
    if is_search {
        // What was searched for stands in no address: another language leads to the queue.
        "/staff/requests".clone_into(&mut p.path);
    }
    let nav = Nav::of(&p, member, "/staff/requests");
    let today = almaty::local_date(app.clock.now());
    let calendar = latest(app).await?;
    let saved = saved(&p, member, fields, counts, is_search);
    let title = saved.iter().find(|one| one.is_current).map(|one| one.label.clone());
    let title = if is_search { p.t("console-found") } else { title.unwrap_or_else(|| p.t("console-nav-queue")) };
    let beside = |name: &str| name != "cursor" && name != "lang";
    let kept: Vec<String> =
        fields.pairs().iter().filter(|(name, value)| beside(name) && !value.is_empty()).map(pair).collect();
    let next = found.next_cursor.as_ref().map(|cursor| [kept.clone(), vec![format!("cursor={cursor}")]].concat());
    let rows = found.items.into_iter().map(|item| row(&p, &calendar, today, item)).collect();
    let template = Page {
        saved,
        filters: filters(&p, member, fields),
        from: fields.get("received_from").to_owned(),
        to: fields.get("received_to").to_owned(),
        is_filtered: kept.iter().any(|pair| !pair.starts_with("sort=")),
        rows,
        next: next.map(|pairs| format!("?{}", pairs.join("&"))).unwrap_or_default(),
        is_later: fields.some("cursor").is_some(),
        title,
        is_search,
        nav,
        p,
        mistake,
    };
    let is_wrong = !template.mistake.is_empty();
    page(if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &template)
}

/// A filter as it stands in an address. Values that need to be written otherwise are no filters of ours.
fn pair((name, value): &(String, String)) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(|one| one.is_ascii_alphanumeric() || "-_.".contains(*one)).collect()
    };
    format!("{}={}", plain(name), plain(value))
}

fn saved(p: &Chrome, member: &Member, fields: &Fields, counts: &Counts, is_search: bool) -> Vec<Saved> {
    let few = |number: i64| if number >= FEW { format!("{}+", FEW - 1) } else { number.to_string() };
    let of_status = |status: Status| counts.status.get(status.as_str()).copied().unwrap_or_default().to_string();
    let oversees = !member.operators_with(Permission::Oversee).is_empty();
    let all = [
        ("all", "", String::new(), true),
        ("mine", "assignee=me", few(counts.mine), true),
        ("unassigned", "assignee=none", counts.unassigned.to_string(), true),
        ("today", "due=today", counts.due_today.to_string(), true),
        ("overdue", "due=overdue", counts.overdue.to_string(), true),
        ("week", "due=week", String::new(), true),
        ("approval", "status=approval", of_status(Status::Approval), oversees),
        ("waiting", "status=clarification", of_status(Status::Clarification), true),
        ("blocked", "blocking=provisional", few(counts.blocked), true),
    ];
    let beside = |name: &str| !matches!(name, "cursor" | "lang" | "sort");
    let set: Vec<String> =
        fields.pairs().iter().filter(|(name, value)| beside(name) && !value.is_empty()).map(pair).collect();
    let set = set.join("&");
    all.into_iter()
        .filter(|(_, _, _, shown)| *shown)
        .map(|(name, query, count, _)| Saved {
            href: if query.is_empty() { "/staff/requests".to_owned() } else { format!("/staff/requests?{query}") },
            label: p.t(&format!("console-view-{name}")),
            count,
            is_current: !is_search && set == query,
        })
        .collect()
}

fn filters(p: &Chrome, member: &Member, fields: &Fields) -> Vec<Choices> {
    let choices = |name: &'static str, values: Vec<(String, String)>| {
        let chosen = fields.get(name);
        // An order is always one; of all else there may be any.
        let none = p.t(if name == "sort" { "console-sort-due" } else { "console-any" });
        let mut options = vec![(String::new(), none, chosen.is_empty())];
        options.extend(values.into_iter().map(|(value, text)| {
            let is_chosen = value == chosen;
            (value, text, is_chosen)
        }));
        Choices { name, label: p.t(&format!("console-filter-{name}")), options }
    };
    let worded = |prefix: &str, values: &[&'static str]| -> Vec<(String, String)> {
        values.iter().map(|value| ((*value).to_owned(), p.word(prefix, value))).collect()
    };
    let kinds: Vec<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let statuses: Vec<_> = Status::ALL.iter().map(|status| status.as_str()).collect();
    let blocking: Vec<_> = Blocking::ALL.iter().map(|state| state.as_str()).collect();
    let channels: Vec<_> = Channel::ALL.iter().map(|channel| channel.as_str()).collect();
    let due: Vec<_> = Due::ALL.iter().map(|due| due.as_str()).collect();
    let mut all = vec![
        choices("kind", worded("kind-short", &kinds)),
        choices("status", worded("status-staff", &statuses)),
        choices("due", worded("console-view", &due)),
        choices("assignee", worded("console-assignee", &["me", "none"])),
        choices("blocking", worded("blocking", &blocking)),
        choices("channel", worded("channel", &channels)),
        choices("sort", worded("console-sort", &["received"])),
    ];
    let operators = member.operators_with(Permission::SeeQueue);
    if operators.len() > 1 {
        let named = operators.into_iter().map(|id| (id.clone(), operator_name(p, &id))).collect();
        all.insert(0, choices("operator", named));
    }
    all
}

/// The name of an operator in the reader's language.
pub(super) fn operator_name(p: &Chrome, id: &str) -> String {
    p.app.operator(id).map_or_else(|| id.to_owned(), |operator| operator.names.get(p.language).to_owned())
}

/// How near the end of a deadline is.
pub(super) fn urgency(p: &Chrome, calendar: &Calendar, today: NaiveDate, due_on: NaiveDate) -> Urgency {
    let text = |key: &str, days: u32| p.tn(key, "days", i64::from(days));
    match due_on.cmp(&today) {
        std::cmp::Ordering::Less => {
            let days = calendar.working_days_between(due_on, today).unwrap_or_default();
            Urgency { tone: "alarm", text: text("console-overdue-by", days) }
        }
        std::cmp::Ordering::Equal => Urgency { tone: "sun", text: p.t("console-due-today") },
        std::cmp::Ordering::Greater => match calendar.working_days_between(today, due_on) {
            Ok(days) => Urgency { tone: "", text: text("console-days-left", days) },
            Err(_) => Urgency { tone: "", text: String::new() },
        },
    }
}

fn row(p: &Chrome, calendar: &Calendar, today: NaiveDate, item: QueueItem) -> Row {
    let headline = item.headline.as_ref();
    let none = Urgency { tone: "quiet", text: p.t("console-no-deadline") };
    Row {
        operator: operator_name(p, &item.operator),
        kind: p.word("kind-short", item.kind.as_str()),
        status: p.word("status-staff", item.status.as_str()),
        due: headline.map(|lead| p.day_month(&lead.due_on)).unwrap_or_default(),
        urgency: headline.map_or(none, |lead| urgency(p, calendar, today, lead.due_on)),
        subject: item.subject.full_name.clone().unwrap_or_else(|| p.t("console-no-name")),
        assignee: assignee(p, &item),
        tags: tags(p, &item),
        item,
    }
}

fn assignee(p: &Chrome, item: &QueueItem) -> String {
    let Some(assignee) = &item.assignee else { return p.t("console-nobody") };
    match &assignee.absent {
        Some(absent) => {
            format!("{} ({})", assignee.name, p.t1("console-away-until", "date", &p.day_month(&absent.until)))
        }
        None => assignee.name.clone(),
    }
}

/// Facts beside the status, each in a word.
fn tags(p: &Chrome, item: &QueueItem) -> Vec<(&'static str, String)> {
    let flags = &item.flags;
    let blocked = item.blocking != Blocking::None;
    [
        (blocked, "sun", p.word("blocking", item.blocking.as_str())),
        (flags.possible_duplicate, "quiet", p.t("console-flag-duplicate")),
        (flags.legal_hold, "quiet", p.t("console-flag-hold")),
        (flags.consumer, "quiet", p.t("console-flag-consumer")),
        // The status of a new request says the same.
        (flags.email_unconfirmed && item.status != Status::Submitted, "quiet", p.t("console-flag-unconfirmed")),
        (item.destroyed_at.is_some(), "quiet", p.t("console-flag-destroyed")),
    ]
    .into_iter()
    .filter_map(|(holds, tone, text)| holds.then_some((tone, text)))
    .collect()
}
