//! A request with everything in one place: who asks, by when, what was said, what happened, and what can be done now.

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;

use super::account::done_text;
use super::act_fields::digest;
use super::nav::Nav;
use super::queue::{Urgency, operator_name, urgency};
use super::session::Staff;
use crate::domain::almaty;
use crate::domain::vocabulary::Status;
use crate::http::api::AppData;
use crate::http::files::{file, receive};
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::guard;
use crate::http::pages::public::bars::{Bar, bars};
use crate::http::pages::public::first_field;
use crate::http::problem::{ApiError, words};
use crate::locale::dates;
use crate::services::attachments::{Uploader, for_staff};
use crate::services::calendar::latest;
use crate::services::desk;
use crate::services::requester::reference;
use crate::services::views::{EventView, StaffView};

/// A fact and its name.
type Fact = (String, String);

/// A line of the history.
struct Line {
    at: String,
    text: String,
    by: String,
    /// What changed, before and after.
    change: String,
    details: String,
}

#[derive(Template)]
#[template(path = "pages/staff/request.html")]
struct Page {
    p: Chrome,
    nav: Nav,
    operator: String,
    kind: String,
    status: String,
    by: String,
    urgency: Urgency,
    tags: Vec<(&'static str, String)>,
    /// What was just done; empty without.
    done: String,
    /// Name and words of the next sensible step.
    primary: Option<(&'static str, String)>,
    can_take: bool,
    /// Taking a request says nothing to anybody, so there is nothing to look at before.
    take_shown: String,
    /// The other steps that are possible.
    others: Vec<(&'static str, String)>,
    person: Vec<Fact>,
    submitter: Vec<Fact>,
    asked: Vec<Fact>,
    facts: Vec<Fact>,
    answer: Vec<Fact>,
    bars: Vec<Bar>,
    history: Vec<Line>,
    mistake: String,
    view: StaffView,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(web::resource("/requests/{reference}").route(web::get().to(show)))
        .route("/requests/{reference}/version", web::get().to(version))
        .route("/requests/{reference}/files", web::post().to(send_file))
        .route("/requests/{reference}/files/{id}", web::get().to(fetch_file));
}

async fn show(app: AppData, request: HttpRequest, member: Staff, path: Path<String>) -> Result<HttpResponse, ApiError> {
    render(&app, &request, &member, &reference(&path)?, (StatusCode::OK, String::new())).await
}

/// The version now, by which an open page notices that somebody else changed the request.
async fn version(app: AppData, member: Staff, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let version = desk::version(&app, &member.0, &reference(&path)?).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({"version": version})))
}

/// Takes in a file that came another way. The token of the form stands before the file.
async fn send_file(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    path: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let mut form = Multipart::new(request.headers(), payload);
    let reference = reference(&path)?;
    let csrf = first_field(&mut form).await?;
    guard::check(&app, &request, &csrf)?;
    let by = Uploader::Staff(Box::new(member.0.clone()));
    match receive(app.clone(), by, reference.clone(), None, form).await {
        Ok(_) => Ok(see_other(&format!("/staff/requests/{reference}"))),
        Err(error) => {
            let status = actix_web::ResponseError::status_code(&error);
            if status == StatusCode::NOT_FOUND || status.is_server_error() {
                return Err(error);
            }
            let said = words(&app, Chrome::of(&request)?.language, &request, &error);
            let text = said.fields.into_iter().next().map_or(said.detail, |(_, text)| text);
            render(&app, &request, &member, &reference, (status, text)).await
        }
    }
}

/// Opens a file; that look is written to the audit trail.
async fn fetch_file(app: AppData, member: Staff, path: Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let (typed, id) = path.into_inner();
    Ok(file(for_staff(&app, member.0, reference(&typed)?, id).await?))
}

async fn render(
    app: &AppData,
    request: &HttpRequest,
    member: &Staff,
    reference: &str,
    (code, mistake): (StatusCode, String),
) -> Result<HttpResponse, ApiError> {
    let view = desk::view(app, member.0.clone(), reference.to_owned()).await?;
    let events = desk::history(app, member.0.clone(), reference.to_owned()).await?;
    let names: BTreeMap<String, String> = desk::colleagues(app, &member.0, &view.operator)
        .await?
        .into_iter()
        .map(|colleague| (colleague.id, colleague.name))
        .collect();
    let calendar = latest(app).await?;
    let mut p = Chrome::of(request)?;
    p.path = format!("/staff/requests/{reference}");
    p.query = String::new();
    let today = almaty::local_date(app.clock.now());
    let headline = view.headline.as_ref();
    let can_take = view.assignee.is_none() && view.actions.contains(&"assign");
    let primary = next_step(&view).filter(|_| !can_take);
    let titled = |action: &'static str| (action, p.t(&format!("action-{action}")));
    let template = Page {
        operator: operator_name(&p, &view.operator),
        kind: p.word("kind", view.kind.as_str()),
        status: p.word("status-staff", view.status.as_str()),
        by: headline.map(|lead| dates::date_weekday(&app.texts, p.language, lead.due_on)).unwrap_or_default(),
        urgency: headline.map_or(Urgency { tone: "quiet", text: p.t("console-no-deadline") }, |lead| {
            urgency(&p, &calendar, today, lead.due_on)
        }),
        tags: tags(&p, &view),
        done: done_text(&p, &Fields::of_query(request)),
        primary: primary.map(titled),
        can_take,
        take_shown: digest("assign", &Fields::new(vec![("assignee".to_owned(), "me".to_owned())])),
        others: view.actions.iter().filter(|action| Some(**action) != primary).map(|action| titled(action)).collect(),
        person: super::facts::person(&p, &view),
        submitter: super::facts::submitter(&p, &view),
        asked: super::facts::asked(&p, &view),
        facts: super::facts::facts(&p, &view),
        answer: super::facts::answer(&p, &view),
        bars: bars(&p, &view.clocks, headline),
        history: events.items.iter().rev().map(|event| line(&p, &names, event)).collect(),
        nav: Nav::of(&p, &member.0, "/staff/requests"),
        mistake,
        view,
        p,
    };
    page(code, &template)
}

/// The step that is sensible next, where this member can take it.
fn next_step(view: &StaffView) -> Option<&'static str> {
    let wished: &[&str] = match view.status {
        Status::Submitted | Status::Verification => &["verify"],
        Status::Review => &["start", "propose"],
        Status::Clarification => &["reply"],
        Status::Preparation => &["propose"],
        Status::Approval => &["approve", "confirm_violation"],
        Status::Execution => &["complete"],
        Status::Answered | Status::Cancelled | Status::Dismissed => &[],
    };
    wished.iter().find_map(|wanted| view.actions.iter().find(|action| *action == wanted).copied())
}

fn tags(p: &Chrome, view: &StaffView) -> Vec<(&'static str, String)> {
    use crate::domain::vocabulary::{Blocking, Violation};
    let flags = &view.flags;
    [
        (view.blocking != Blocking::None, "sun", p.word("blocking", view.blocking.as_str())),
        (view.violation != Violation::None, "sun", p.word("violation", view.violation.as_str())),
        (flags.possible_duplicate, "quiet", p.t("console-flag-duplicate")),
        (flags.legal_hold, "quiet", p.t("console-flag-hold")),
        (flags.consumer, "quiet", p.t("console-flag-consumer")),
        // The status of a new request says the same.
        (flags.email_unconfirmed && view.status != Status::Submitted, "quiet", p.t("console-flag-unconfirmed")),
        (view.destroyed_at.is_some(), "quiet", p.t("console-flag-destroyed")),
    ]
    .into_iter()
    .filter_map(|(holds, tone, text)| holds.then_some((tone, text)))
    .collect()
}

fn line(p: &Chrome, names: &BTreeMap<String, String>, event: &EventView) -> Line {
    let by = match (event.actor.kind.as_str(), &event.actor.id) {
        ("staff", Some(id)) => names.get(id).cloned().unwrap_or_else(|| p.t("console-by-staff")),
        (kind, _) => p.t(&format!("console-by-{kind}")),
    };
    let written = event.data.get("text").and_then(|text| text.as_str()).unwrap_or_default();
    Line {
        at: p.moment(&event.at),
        text: event.text.clone(),
        change: change(p, names, event).unwrap_or_default(),
        by,
        details: written.to_owned(),
    }
}

/// What it was before and what it is now, where an event changed something that has a name.
fn change(p: &Chrome, names: &BTreeMap<String, String>, event: &EventView) -> Option<String> {
    let fact = |name: &str| event.data.get(name).and_then(|value| value.as_str());
    let (from, to) = (fact("from"), fact("to")?);
    match event.kind.as_str() {
        "clock_recounted" => {
            let day = |text: &str| text.parse().ok().map(|day| p.day_month(&day));
            Some(format!("{}: {} → {}", p.word("clock", fact("clock")?), day(from?)?, day(to)?))
        }
        "receipt_amended" => {
            let moment = |text: &str| text.parse().ok().map(|at| p.moment(&at));
            Some(format!("{} → {}", moment(from?)?, moment(to)?))
        }
        "reclassified" => Some(format!("{} → {}", p.word("kind-short", from?), p.word("kind-short", to))),
        "assigned" => names.get(to).cloned(),
        _ => None,
    }
}
