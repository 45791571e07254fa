//! The mails: what waits, what left, what failed, what lies there to be posted, and what can be done with each.

use actix_web::http::StatusCode;
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::account::done_text;
use super::ask::Ask;
use super::nav::Nav;
use super::panel::{Panel, Wrongs};
use super::queue::operator_name;
use super::session::Staff;
use crate::http::api::AppData;
use crate::http::api::outbox::letter;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::input::Control;
use crate::http::problem::ApiError;
use crate::services::desk::Page as List;
use crate::services::error::ServiceError;
use crate::services::mail_desk::{
    self, How, MailState, MailView, OneMail, OutboxQuery, PostedForm, ResendForm, ReturnedForm,
};
use crate::services::sign_in::Member;

/// The states in the order of what needs somebody.
const STATES: [MailState; 6] =
    [MailState::Dead, MailState::ToPost, MailState::Pending, MailState::Sent, MailState::Posted, MailState::Withdrawn];

/// A mail in words.
struct Row {
    mail: MailView,
    name: String,
    to: String,
    operator: String,
    state: String,
    tone: &'static str,
    when: String,
    failure: String,
}

/// A part of the outbox that is at hand on the left.
struct Part {
    href: String,
    label: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "pages/staff/mails.html")]
struct ListPage {
    p: Chrome,
    nav: Nav,
    title: String,
    parts: Vec<Part>,
    reference: String,
    mistake: String,
    rows: Vec<Row>,
    next: String,
}

#[derive(Template)]
#[template(path = "pages/staff/mail.html")]
struct One {
    p: Chrome,
    nav: Nav,
    done: String,
    row: Row,
    facts: Vec<(String, String)>,
    can_print: bool,
    panels: Vec<Panel>,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .route("/mails", web::get().to(list))
        .route("/mails/{id}", web::get().to(show))
        .route("/mails/{id}/print", web::get().to(print))
        .route("/mails/{id}/{part}", web::post().to(act));
}

async fn list(app: AppData, request: HttpRequest, member: Staff) -> Result<HttpResponse, ApiError> {
    let (fields, member) = (Fields::of_query(&request), member.0);
    let state = MailState::parse(fields.get("state"));
    let query = OutboxQuery {
        state,
        reference: fields.some("reference").map(ToOwned::to_owned),
        limit: None,
        cursor: fields.some("cursor").map(ToOwned::to_owned),
    };
    let p = Chrome::of(&request)?;
    let (found, mistake, status) = match mail_desk::list(&app, member.clone(), query).await {
        Ok(found) => (found, String::new(), StatusCode::OK),
        Err(error) => {
            let wrongs = Wrongs::of(&app, &request, error)?;
            if wrongs.status == StatusCode::FORBIDDEN {
                return Err(ServiceError::forbidden().into());
            }
            let text = wrongs.fields.into_values().next().unwrap_or(wrongs.detail);
            (List::default(), text, wrongs.status)
        }
    };
    let label = |state: MailState| p.word("console-mails", state.as_str());
    let mut parts =
        vec![Part { href: "/staff/mails".to_owned(), label: p.t("console-mails-all"), is_current: state.is_none() }];
    parts.extend(STATES.map(|one| Part {
        href: format!("/staff/mails?state={}", one.as_str()),
        label: label(one),
        is_current: state == Some(one),
    }));
    let kept = state.map(|state| format!("state={}&", state.as_str())).unwrap_or_default();
    let template = ListPage {
        title: state.map_or_else(|| p.t("console-nav-mails"), label),
        parts,
        reference: fields.get("reference").to_owned(),
        mistake,
        rows: found.items.into_iter().map(|mail| row(&p, mail)).collect(),
        next: found.next_cursor.map(|cursor| format!("/staff/mails?{kept}cursor={cursor}")).unwrap_or_default(),
        nav: Nav::of(&p, &member, "/staff/mails"),
        p,
    };
    page(status, &template)
}

/// The name of a mail; mails that have none of their own are messages.
fn name(p: &Chrome, mail: &str) -> String {
    let key = format!("console-mail-{}", mail.replace('_', "-"));
    if p.app.texts.has(&key) { p.t(&key) } else { p.t("console-mail-other") }
}

fn row(p: &Chrome, mail: MailView) -> Row {
    let state = mail.state.as_str();
    let is_settled = mail.resent && state == MailState::Dead.as_str();
    let tone = match MailState::parse(state) {
        Some(MailState::Dead) if !is_settled => "alarm",
        Some(MailState::ToPost) => "sun",
        _ => "quiet",
    };
    let when = match (mail.posted_on, mail.sent_at) {
        (Some(day), _) => p.day_month(&day),
        (None, Some(at)) => p.moment(&at),
        (None, None) => p.moment(&mail.created_at),
    };
    let failure = mail.failure.as_ref().map_or_else(String::new, |kind| {
        let key = format!("console-failure-{kind}");
        let words = if p.app.texts.has(&key) { p.t(&key) } else { p.t("console-failure-internal") };
        match (mail.smtp_code, &mail.smtp_enhanced) {
            (Some(code), Some(enhanced)) => format!("{words} ({code} {enhanced})"),
            (Some(code), None) => format!("{words} ({code})"),
            (None, _) => words,
        }
    });
    Row {
        name: name(p, &mail.mail),
        to: p.word("console-mail-for", &mail.to),
        operator: operator_name(p, &mail.operator),
        state: p.word("console-mail-state", if is_settled { "resent" } else { state }),
        tone,
        when,
        failure,
        mail,
    }
}

async fn show(app: AppData, request: HttpRequest, member: Staff, path: Path<String>) -> Result<HttpResponse, ApiError> {
    render(&app, &request, &member.0, path.as_str(), None).await
}

async fn render(
    app: &AppData,
    request: &HttpRequest,
    member: &Member,
    id: &str,
    wrong: Option<(&'static str, Wrongs, Fields)>,
) -> Result<HttpResponse, ApiError> {
    let one = mail_desk::one(app, member.clone(), id.to_owned()).await?;
    let mut p = Chrome::of(request)?;
    p.path = format!("/staff/mails/{id}");
    p.query = String::new();
    let facts = facts(&p, &one.mail);
    let status = wrong.as_ref().map_or(StatusCode::OK, |(_, wrongs, _)| wrongs.status);
    let template = One {
        done: done_text(&p, &Fields::of_query(request)),
        panels: panels(&p, &one, wrong.as_ref()),
        facts,
        can_print: one.print,
        row: row(&p, one.mail),
        nav: Nav::of(&p, member, "/staff/mails"),
        p,
    };
    page(status, &template)
}

fn facts(p: &Chrome, mail: &MailView) -> Vec<(String, String)> {
    let at = |at: &Option<chrono::DateTime<chrono::Utc>>| at.as_ref().map(|at| p.moment(at));
    let how = mail.posted_how.as_ref().map(|how| p.word("console-posted", how));
    let posted = mail.posted_on.map(|day| format!("{}, {}", p.date(&day), how.unwrap_or_default()));
    let tries = (mail.attempts > 0).then(|| mail.attempts.to_string());
    let all = [
        ("created", Some(p.moment(&mail.created_at))),
        ("sent", at(&mail.sent_at)),
        ("tries", tries),
        ("next", at(&mail.next_attempt_at)),
        ("posted", posted),
        ("tracking", mail.tracking.clone()),
        ("resent", at(&mail.resent_at)),
        ("answer", mail.delivers_answer.then(|| p.t("console-mail-delivers"))),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((p.word("console-mail-fact", name), value.filter(|text| !text.is_empty())?)))
        .collect()
}

fn panels(p: &Chrome, one: &OneMail, wrong: Option<&(&'static str, Wrongs, Fields)>) -> Vec<Panel> {
    let none = Fields::default();
    let fields = wrong.map_or(&none, |(.., fields)| fields);
    let wrongs = |id: &str| wrong.filter(|(panel, ..)| *panel == id).map(|(_, wrongs, _)| wrongs);
    let ask = Ask { p, fields };
    let action = |part: &str| format!("/staff/mails/{}/{part}", one.mail.id);
    let mut panels = Vec::new();
    if one.resend {
        let inputs = if one.correct { vec![ask.line("email", "email").optional()] } else { Vec::new() };
        panels.push(Panel::new(p, "mail-resend", action("resend"), inputs).wrong(wrongs("mail-resend")));
    }
    if one.post {
        let how: Vec<_> = [How::Posted, How::HandedOver].map(How::as_str).to_vec();
        let inputs = vec![
            ask.line("on", "date"),
            ask.choice("how", false, ask.worded("console-posted", &how)).with_default(),
            ask.line("tracking", "text").optional(),
        ];
        let panel = Panel::new(p, "mail-posted", action("posted"), inputs);
        let panel = if one.mail.state == MailState::ToPost.as_str() { panel } else { panel.folded() };
        panels.push(panel.wrong(wrongs("mail-posted")));
    }
    if one.take_back {
        let mistaken = vec![("yes".to_owned(), p.t("console-by-mistake"), String::new())];
        let inputs = vec![
            ask.line("on", "date").optional(),
            ask.line("reason", "text"),
            ask.choice("by_mistake", true, mistaken).optional(),
        ];
        let panel = Panel::new(p, "mail-returned", action("returned"), inputs).folded();
        panels.push(panel.wrong(wrongs("mail-returned")));
    }
    panels
}

/// A letter on its own, to be printed. The look is noted.
async fn print(app: AppData, member: Staff, path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(letter(mail_desk::print(&app, member.0, path.into_inner()).await?))
}

/// Does something with a mail, and leads to it as it stands now or shows what to correct.
async fn act(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    path: Path<(String, String)>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let (member, (id, part)) = (member.0, path.into_inner());
    let panel = match part.as_str() {
        "resend" => "mail-resend",
        "posted" => "mail-posted",
        "returned" => "mail-returned",
        _ => return Err(ServiceError::NotFound.into()),
    };
    let did = match panel {
        "mail-resend" => resend(&app, member.clone(), &id, &fields).await,
        "mail-posted" => posted(&app, member.clone(), &id, &fields).await,
        _ => returned(&app, member.clone(), &id, &fields).await,
    };
    match did {
        Ok(mail) => Ok(see_other(&format!("/staff/mails/{}?done={panel}", mail.id))),
        Err(error) => {
            let wrongs = Wrongs::of(&app, &request, error)?;
            render(&app, &request, &member, &id, Some((panel, wrongs, fields))).await
        }
    }
}

async fn resend(app: &AppData, member: Member, id: &str, fields: &Fields) -> Result<MailView, ServiceError> {
    let form = ResendForm { email: fields.some("email").map(ToOwned::to_owned) };
    mail_desk::resend(app, member, id.to_owned(), form).await
}

async fn posted(app: &AppData, member: Member, id: &str, fields: &Fields) -> Result<MailView, ServiceError> {
    let form = PostedForm {
        on: fields.day("on")?,
        how: How::parse(fields.get("how")),
        tracking: fields.some("tracking").map(ToOwned::to_owned),
    };
    mail_desk::posted(app, member, id.to_owned(), form).await
}

async fn returned(app: &AppData, member: Member, id: &str, fields: &Fields) -> Result<MailView, ServiceError> {
    let form = ReturnedForm {
        on: fields.some("on").map(|_| fields.day("on")).transpose()?,
        reason: fields.get("reason").to_owned(),
        by_mistake: fields.some("by_mistake").is_some(),
    };
    mail_desk::returned(app, member, id.to_owned(), form).await
}
