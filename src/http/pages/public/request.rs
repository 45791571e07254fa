//! The page of one request: where it is, by when, what can be done now. The secret of the mailed link becomes a cookie at once.

use std::collections::BTreeMap;

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use super::ask::cookie_failed;
use super::bars::{Bar, bars};
use super::code;
use super::promised;
use crate::app::App;
use crate::domain::almaty;
use crate::domain::calendar::Calendar;
use crate::domain::operator::Operator;
use crate::domain::vocabulary::{ClockState, Status};
use crate::http::api::{AppData, idempotency};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::limit;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::guard;
use crate::http::pages::input::{Control, Input};
use crate::http::problem::{ApiError, words};
use crate::ids::new_id;
use crate::services::calendar::latest;
use crate::services::error::ServiceError;
use crate::services::requester::{self, CancelForm, CodeForm, TextForm, reference};
use crate::services::views::RequesterView;

#[derive(Template)]
#[template(path = "pages/request.html")]
struct Page {
    p: Chrome,
    view: RequesterView,
    /// Sees to it that a message that is sent twice is one.
    key: String,
    operator_name: String,
    kind: String,
    status: String,
    tone: &'static str,
    by: String,
    left: String,
    is_overdue: bool,
    outer: String,
    bars: Vec<Bar>,
    /// The code came with the mailed link, so that a button is enough.
    by_link: bool,
    code: Input,
    message: Input,
    reason: Input,
    file_mistake: String,
    mistakes: Vec<(String, String)>,
}

impl Page {
    fn can(&self, action: &str) -> bool {
        self.view.actions.contains(&action)
    }
}

#[derive(Template)]
#[template(path = "pages/secret.html")]
struct SecretPage {
    p: Chrome,
    inputs: Vec<Input>,
    mistake: String,
}

fn cookie_of(reference: &str) -> String {
    format!("otinish_request_{reference}")
}

/// The cookie that opens a request in this browser until it is closed.
pub(super) fn open_cookie(app: &App, reference: &str, token: String) -> Cookie<'static> {
    guard::cookie(app, &cookie_of(reference), token)
}

/// The secret that this browser has of a request.
pub(super) fn secret(app: &App, request: &HttpRequest, reference: &str) -> Option<String> {
    let cookie = request.cookie(&guard::cookie_name(app, &cookie_of(reference)))?;
    Some(cookie.value().to_owned()).filter(|value| !value.is_empty())
}

/// The secret that was shown for the reference in the address: by a mailed link, or by this browser's cookie.
pub(in crate::http::pages) fn shown(app: &App, request: &HttpRequest, typed: &str) -> Option<String> {
    if !request.match_info().as_str().starts_with("/requests/") {
        return None;
    }
    let of_link = Fields::of_query(request).some("token").map(ToOwned::to_owned);
    of_link.or_else(|| secret(app, request, &reference(typed).ok()?))
}

/// Asks for reference and secret.
pub(super) async fn ask_secret(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    secret_page(&request, StatusCode::OK, "", false)
}

pub(super) fn secret_page(
    request: &HttpRequest,
    status: StatusCode,
    typed: &str,
    wrong: bool,
) -> Result<HttpResponse, ApiError> {
    let mut p = Chrome::of(request)?;
    "/requests".clone_into(&mut p.path);
    p.query = String::new();
    let line = |name: &str, value: &str, kind| {
        let control = Control::Line { value: value.to_owned(), kind, autocomplete: "off", inputmode: "" };
        Input::new(&p, "page", name, control)
    };
    let inputs = vec![line("reference", typed, "text"), line("secret", "", "password")];
    let mistake = if wrong { p.t("page-wrong-secret") } else { String::new() };
    page(status, &SecretPage { p, inputs, mistake })
}

/// Opens a request by what was typed.
pub(super) async fn open(app: AppData, request: HttpRequest, fields: Fields) -> Result<HttpResponse, ApiError> {
    let typed = fields.get("reference");
    let shown = fields.get("secret").to_owned();
    let answer = exchange(&app, &request, typed, shown.clone(), "").await?;
    if answer.status() == StatusCode::NOT_FOUND {
        limit::wrong_secret(&request, &app, typed, Some(shown)).await?;
    }
    Ok(answer)
}

/// Turns a secret, and the code that came with it, into cookies and leads to the page without them.
async fn exchange(
    app: &AppData,
    request: &HttpRequest,
    typed: &str,
    token: String,
    code: &str,
) -> Result<HttpResponse, ApiError> {
    let opened = match reference(typed) {
        Ok(reference) => requester::view(app, reference, token.clone()).await,
        Err(error) => Err(error),
    };
    match opened {
        Ok(view) => {
            let mut answer = see_other(&format!("/requests/{}", view.reference));
            answer.add_cookie(&open_cookie(app, &view.reference, token)).map_err(|_| cookie_failed())?;
            if let Some(cookie) = code::keep(app, &view.reference, code) {
                answer.add_cookie(&cookie).map_err(|_| cookie_failed())?;
            }
            Ok(answer)
        }
        Err(ServiceError::NotFound) => secret_page(request, StatusCode::NOT_FOUND, typed, true),
        Err(error) => Err(error.into()),
    }
}

/// The page of a request.
pub(super) async fn show(app: AppData, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let link = Fields::of_query(&request);
    if let Some(token) = link.some("token") {
        return exchange(&app, &request, &path, token.to_owned(), link.get("code")).await;
    }
    let Ok(reference) = reference(&path) else { return secret_page(&request, StatusCode::OK, "", false) };
    let Some(token) = secret(&app, &request, &reference) else {
        return secret_page(&request, StatusCode::OK, &reference, false);
    };
    render(&app, &request, reference, token, &BTreeMap::new(), StatusCode::OK).await
}

/// Leads to the page of a request.
pub(super) async fn back(path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(see_other(&format!("/requests/{}", reference(&path)?)))
}

/// A request that this browser has open.
pub(super) struct Opened {
    pub(super) app: AppData,
    pub(super) request: HttpRequest,
    pub(super) reference: String,
    pub(super) token: String,
}

impl Opened {
    /// The request of an address.
    ///
    /// # Errors
    /// `NotFound` where this browser has no secret for it.
    pub(super) fn of(app: AppData, request: HttpRequest, path: &str) -> Result<Self, ApiError> {
        let reference = reference(path)?;
        let token = secret(&app, &request, &reference).ok_or(ServiceError::NotFound)?;
        Ok(Self { app, request, reference, token })
    }

    fn names(&self) -> (String, String) {
        (self.reference.clone(), self.token.clone())
    }

    /// Leads back to the page, or shows it with what is to correct at a question, and what was typed there.
    pub(super) async fn finish<T>(
        self,
        (question, typed): (&'static str, &str),
        done: Result<T, ApiError>,
    ) -> Result<HttpResponse, ApiError> {
        let Err(error) = done else { return Ok(see_other(&format!("/requests/{}", self.reference))) };
        if error.status_code() == StatusCode::NOT_FOUND {
            return Err(error);
        }
        let language = Chrome::of(&self.request)?.language;
        let said = words(&self.app, language, &self.request, &error);
        let text = said.fields.into_iter().next().map_or(said.detail, |(_, text)| text);
        let mistakes = BTreeMap::from([(question, (typed.to_owned(), text))]);
        let page = render(&self.app, &self.request, self.reference, self.token, &mistakes, error.status_code()).await;
        // Where the page cannot be shown either, the first failure is the one to tell of.
        page.map_err(|_| error)
    }
}

/// Proves the mail address.
pub(super) async fn confirm(
    app: AppData,
    request: HttpRequest,
    path: Path<String>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let opened = Opened::of(app, request, &path)?;
    let ((reference, token), typed) = (opened.names(), fields.get("code"));
    let given = if fields.get("by") == "link" {
        code::kept(&opened.app, &opened.request, &reference).unwrap_or_default()
    } else {
        typed.to_owned()
    };
    let without_code = code::forget(&opened.app, &reference);
    let done = requester::confirm(&opened.app, reference, token, CodeForm { code: given }).await;
    let mut answer = opened.finish(("code", typed), done.map_err(ApiError::from)).await?;
    answer.add_cookie(&without_code).map_err(|_| cookie_failed())?;
    Ok(answer)
}

/// Mails a new code.
pub(super) async fn resend(
    app: AppData,
    request: HttpRequest,
    path: Path<String>,
    _: Fields,
) -> Result<HttpResponse, ApiError> {
    let opened = Opened::of(app, request, &path)?;
    let (reference, token) = opened.names();
    // The code of an earlier link no longer holds.
    let without_code = code::forget(&opened.app, &reference);
    let done = requester::resend_code(&opened.app, reference, token).await;
    let mut answer = opened.finish(("code", ""), done.map_err(ApiError::from)).await?;
    answer.add_cookie(&without_code).map_err(|_| cookie_failed())?;
    Ok(answer)
}

/// Sends a message; the same form sent twice sends one.
pub(super) async fn message(
    app: AppData,
    request: HttpRequest,
    path: Path<String>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let opened = Opened::of(app, request, &path)?;
    let ((reference, token), text) = (opened.names(), fields.get("text"));
    let key = IdempotencyKeyHeader(fields.some("key").map(ToOwned::to_owned));
    let key = idempotency(&opened.app, key, &format!("messages/{reference}"), text.as_bytes());
    let form = TextForm { text: text.to_owned() };
    let done = requester::message(&opened.app, reference, token, form, key).await;
    opened.finish(("text", text), done.map_err(ApiError::from)).await
}

/// Takes the request back.
pub(super) async fn cancel(
    app: AppData,
    request: HttpRequest,
    path: Path<String>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let opened = Opened::of(app, request, &path)?;
    let (reference, token) = opened.names();
    let form = CancelForm { reason: fields.some("reason").map(ToOwned::to_owned) };
    let done = requester::cancel(&opened.app, reference, token, form).await;
    opened.finish(("reason", fields.get("reason")), done.map_err(ApiError::from)).await
}

/// Forgets the request in this browser.
pub(super) async fn leave(app: AppData, path: Path<String>, _: Fields) -> Result<HttpResponse, ApiError> {
    let mut answer = see_other("/requests");
    let reference = reference(&path)?;
    for gone in [guard::no_cookie(&app, &cookie_of(&reference)), code::forget(&app, &reference)] {
        answer.add_cookie(&gone).map_err(|_| cookie_failed())?;
    }
    Ok(answer)
}

async fn render(
    app: &AppData,
    request: &HttpRequest,
    reference: String,
    token: String,
    mistakes: &BTreeMap<&'static str, (String, String)>,
    status: StatusCode,
) -> Result<HttpResponse, ApiError> {
    let mut p = Chrome::of(request)?;
    p.path = format!("/requests/{reference}");
    p.query = String::new();
    let view = match requester::view_in(app, reference.clone(), token, Some(p.language)).await {
        Ok(view) => view,
        Err(ServiceError::NotFound) => return secret_page(request, StatusCode::NOT_FOUND, &reference, true),
        Err(error) => return Err(error.into()),
    };
    let operator = app.operator(&view.operator).ok_or(ServiceError::NotFound)?;
    let calendar = latest(app).await?;
    // Where the code of the link does not hold, another one is typed.
    let by_link = !mistakes.contains_key("code") && code::kept(app, request, &reference).is_some();
    page(status, &Page { by_link, ..template(p, view, operator, &calendar, mistakes) })
}

fn template(
    p: Chrome,
    view: RequesterView,
    operator: &Operator,
    calendar: &Calendar,
    mistakes: &BTreeMap<&'static str, (String, String)>,
) -> Page {
    let input = |name: &str, is_line: bool| {
        let (value, mistake) = mistakes.get(name).cloned().unwrap_or_default();
        let control = if is_line {
            Control::Line { value, kind: "text", autocomplete: "one-time-code", inputmode: "numeric" }
        } else {
            Control::Area { value }
        };
        Input { mistake, ..Input::new(&p, "page", name, control) }
    };
    let today = almaty::local_date(p.app.clock.now());
    let (mut by, mut left, mut outer) = (String::new(), String::new(), String::new());
    let is_overdue = view.headline.as_ref().is_some_and(|lead| lead.due_on < today);
    if let Some(lead) = &view.headline {
        by = if is_overdue { p.t1("page-was-due", "date", &p.date(&lead.due_on)) } else { promised(&p, lead) };
        left = match calendar.working_days_between(today, lead.due_on) {
            _ if is_overdue => p.t("page-overdue"),
            _ if lead.due_on == today => p.t("page-due-today"),
            Ok(days) => p.tn("page-days-left", "days", i64::from(days)),
            Err(_) => String::new(),
        };
        let limit = view.clocks.iter().filter(|clock| clock.state == ClockState::Running);
        let limit = limit.filter_map(|clock| clock.due_on).max().filter(|due_on| *due_on > lead.due_on);
        outer = limit.map(|due_on| p.t1("page-outer-limit", "date", &p.date(&due_on))).unwrap_or_default();
    }
    let (code, message, reason) = (input("code", true), input("text", false), input("reason", false).optional());
    let file_mistake = mistakes.get("file").map(|(_, text)| text.clone()).unwrap_or_default();
    let listed = mistakes.iter().map(|(name, (_, text))| ((*name).to_owned(), text.clone())).collect();
    Page {
        key: new_id(p.app.clock.now()),
        operator_name: operator.names.get(p.language).to_owned(),
        kind: p.word("kind", view.kind.as_str()),
        status: p.word("status", view.status.as_str()),
        tone: tone(view.status),
        by,
        left,
        is_overdue,
        outer,
        bars: bars(&p, &view.clocks, view.headline.as_ref()),
        by_link: false,
        code,
        message,
        reason,
        file_mistake,
        mistakes: listed,
        view,
        p,
    }
}

const fn tone(status: Status) -> &'static str {
    match status {
        Status::Answered => "good",
        Status::Submitted | Status::Clarification => "sun",
        Status::Cancelled | Status::Dismissed => "quiet",
        _ => "",
    }
}
