//! Sign-in and sign-out.

use actix_web::http::StatusCode;
use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::nav::home_of;
use super::session::{Staff, cookie, in_query, next_page, no_cookie};
use crate::domain::user_agent;
use crate::http::api::AppData;
use crate::http::limit;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::guard;
use crate::http::pages::input::{Control, Input};
use crate::http::pages::public::cookie_failed;
use crate::http::problem::{ApiError, words};
use crate::services::error::ServiceError;
use crate::services::sign_in::{Entered, end_session, enter as enter_by_password, enter_code, member_of_browser};

/// The cookie that waits for the code of the second factor.
pub(super) const TICKET: &str = "otinish_second_step";

#[derive(Template)]
#[template(path = "pages/staff/sign_in.html")]
struct Page {
    p: Chrome,
    title: String,
    lead: String,
    button: String,
    inputs: Vec<Input>,
    mistake: String,
    next: String,
    /// The name of the external sign-in service, where there is one and its button is to be shown.
    external: String,
    is_second: bool,
}

/// Which of the two steps is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Password,
    Code,
}

fn show_step(
    request: &HttpRequest,
    status: StatusCode,
    step: Step,
    (email, mistake): (&str, String),
    next: &str,
) -> Result<HttpResponse, ApiError> {
    let mut p = Chrome::of(request)?;
    "/staff/sign-in".clone_into(&mut p.path);
    p.query = next_page(next).map(|next| format!("next={}", in_query(next))).unwrap_or_default();
    let line = |name: &str, value: &str, kind, autocomplete, inputmode| {
        Input::new(&p, "console", name, Control::Line { value: value.to_owned(), kind, autocomplete, inputmode })
    };
    let inputs = match step {
        Step::Password => vec![
            line("email", email, "email", "username", "email"),
            line("password", "", "password", "current-password", ""),
        ],
        Step::Code => vec![line("code", "", "text", "one-time-code", "numeric")],
    };
    let name = if step == Step::Code { "code" } else { "sign-in" };
    let template = Page {
        title: p.t(&format!("console-{name}-title")),
        lead: p.t(&format!("console-{name}-lead")),
        button: p.t(&format!("console-{name}-button")),
        inputs,
        mistake,
        next: next_page(next).unwrap_or_default().to_owned(),
        external: p
            .app
            .oidc
            .as_ref()
            .filter(|_| step == Step::Password)
            .map(|oidc| oidc.name().to_owned())
            .unwrap_or_default(),
        is_second: step == Step::Code,
        p,
    };
    page(status, &template)
}

/// The page to sign in at.
pub(super) async fn show(app: AppData, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let query = Fields::of_query(&request);
    let waits = query.get("step") == "code" && request.cookie(&guard::cookie_name(&app, TICKET)).is_some();
    let step = if waits { Step::Code } else { Step::Password };
    show_step(&request, StatusCode::OK, step, ("", String::new()), query.get("next"))
}

/// The page to sign in at, with what went wrong elsewhere.
pub(super) fn refused_page(
    app: &AppData,
    request: &HttpRequest,
    next: &str,
    error: &ApiError,
) -> Result<HttpResponse, ApiError> {
    let said = words(app, Chrome::of(request)?.language, request, error).detail;
    let status = actix_web::ResponseError::status_code(error);
    show_step(request, status, Step::Password, ("", said), next)
}

/// Takes the password, or the code that was asked for after it.
pub(super) async fn enter(app: AppData, request: HttpRequest, fields: Fields) -> Result<HttpResponse, ApiError> {
    let client = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).map(user_agent::family);
    let next = fields.get("next");
    let ticket = request.cookie(&guard::cookie_name(&app, TICKET)).map(|cookie| cookie.value().to_owned());
    let is_second = fields.pairs().iter().any(|(name, _)| name == "code");
    if let Some(ticket) = ticket.filter(|_| is_second) {
        if fields.some("code").is_none() {
            // Nothing was typed, so nothing was guessed.
            let said = Chrome::of(&request)?.t("console-code-missing");
            return show_step(&request, StatusCode::UNPROCESSABLE_ENTITY, Step::Code, ("", said), next);
        }
        return match enter_code(&app, &ticket, fields.get("code"), client).await {
            Ok(value) => go_in(&app, value, next).await,
            Err(error) => refused(&app, &request, Step::Code, "", next, error).await,
        };
    }
    match enter_by_password(&app, fields.get("email"), password_of(&fields), client).await {
        Ok(Entered::In(value)) => go_in(&app, value, next).await,
        Ok(Entered::CodeNeeded(ticket)) => {
            let mut answer = show_step(&request, StatusCode::OK, Step::Code, ("", String::new()), next)?;
            answer.add_cookie(&guard::cookie(&app, TICKET, ticket)).map_err(|_| cookie_failed())?;
            Ok(answer)
        }
        Err(error) => refused(&app, &request, Step::Password, fields.get("email"), next, error).await,
    }
}

/// A password may begin or end with a space.
fn password_of(fields: &Fields) -> &str {
    fields.pairs().iter().find(|(name, _)| name == "password").map_or("", |(_, value)| value.as_str())
}

async fn refused(
    app: &AppData,
    request: &HttpRequest,
    step: Step,
    email: &str,
    next: &str,
    error: ServiceError,
) -> Result<HttpResponse, ApiError> {
    let is_wrong = matches!(error, ServiceError::Unauthorized);
    if is_wrong {
        limit::failed_sign_in(request, app).await;
    }
    let error = ApiError::from(error);
    let status = actix_web::ResponseError::status_code(&error);
    if status.is_server_error() {
        return Err(error);
    }
    let language = Chrome::of(request)?.language;
    let key = if step == Step::Code { "console-wrong-code" } else { "console-wrong-password" };
    let said = if is_wrong { app.texts.get(language, key, &[]) } else { words(app, language, request, &error).detail };
    show_step(request, status, step, (email, said), next)
}

pub(super) async fn go_in(app: &AppData, value: String, next: &str) -> Result<HttpResponse, ApiError> {
    let home = match next_page(next) {
        Some(next) => next.to_owned(),
        None => home_of(&member_of_browser(app, &value, true).await?).to_owned(),
    };
    let mut answer = see_other(&home);
    answer.add_cookie(&cookie(app, value)).map_err(|_| cookie_failed())?;
    answer.add_cookie(&guard::no_cookie(app, TICKET)).map_err(|_| cookie_failed())?;
    Ok(answer)
}

/// Ends the session, and has the browser forget the pages that it keeps for its back button.
pub(super) async fn leave(app: AppData, member: Staff, _: Fields) -> Result<HttpResponse, ApiError> {
    end_session(&app, &member.0, &member.0.session_id).await?;
    let mut answer = see_other("/staff/sign-in");
    answer.add_cookie(&no_cookie(&app)).map_err(|_| cookie_failed())?;
    answer.headers_mut().insert(
        actix_web::http::header::HeaderName::from_static("clear-site-data"),
        actix_web::http::header::HeaderValue::from_static("\"cache\""),
    );
    Ok(answer)
}
