//! Sign-in by an external service: the browser goes there and comes back.

use actix_web::cookie::Cookie;
use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse};

use super::session::{in_query, next_page};
use super::sign_in::{TICKET, go_in, refused_page};
use crate::domain::user_agent;
use crate::http::api::AppData;
use crate::http::pages::chrome::see_other;
use crate::http::pages::form::Fields;
use crate::http::pages::guard;
use crate::http::pages::public::cookie_failed;
use crate::http::problem::ApiError;
use crate::services::error::ServiceError;
use crate::services::sign_in::{Entered, Returned, begin_external, enter_external};

/// The cookie that knows which sign-in was begun in this browser.
const BEGUN: &str = "otinish_external";

/// Sends the browser to the service.
pub(super) async fn begin(app: AppData, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let query = Fields::of_query(&request);
    let next = next_page(query.get("next")).unwrap_or_default();
    match begin_external(&app, next).await {
        Ok(begun) => with(see_other(&begun.address), &guard::cookie(&app, BEGUN, begun.ticket)),
        Err(error) => shown(&app, &request, next, error),
    }
}

/// Takes the browser back.
pub(super) async fn back(app: AppData, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let client = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).map(user_agent::family);
    let ticket = request.cookie(&guard::cookie_name(&app, BEGUN)).map(|cookie| cookie.value().to_owned());
    let query = Fields::of_query(&request);
    let returned = Returned {
        code: query.get("code"),
        state: query.get("state"),
        error: query.get("error"),
        issuer: query.get("iss"),
    };
    let answer = match enter_external(&app, &ticket.unwrap_or_default(), returned, client).await {
        Ok((Entered::In(value), next)) => go_in(&app, value, &next).await?,
        Ok((Entered::CodeNeeded(ticket), next)) => {
            // Led on, so that the address with the code does not stay in the browser.
            let answer = see_other(&format!("/staff/sign-in?step=code&next={}", in_query(&next)));
            with(answer, &guard::cookie(&app, TICKET, ticket))?
        }
        Err(error) => shown(&app, &request, "", error)?,
    };
    with(answer, &guard::no_cookie(&app, BEGUN))
}

fn with(mut answer: HttpResponse, cookie: &Cookie<'static>) -> Result<HttpResponse, ApiError> {
    answer.add_cookie(cookie).map_err(|_| cookie_failed())?;
    Ok(answer)
}

/// The page to sign in at, with what went wrong: the password still works there.
fn shown(app: &AppData, request: &HttpRequest, next: &str, error: ServiceError) -> Result<HttpResponse, ApiError> {
    if !matches!(error, ServiceError::Refused(_)) {
        return Err(error.into());
    }
    refused_page(app, request, next, &ApiError::from(error))
}
