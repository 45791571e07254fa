//! Who sits at the console: the session by its cookie, asked for before every page.

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::Cookie;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse};

use crate::app::App;
use crate::http::limit;
use crate::http::pages::around::{has_language, tell_language};
use crate::http::pages::chrome::{PageLanguage, see_other};
use crate::http::pages::guard;
use crate::http::problem::ApiError;
use crate::http::trace::MemberId;
use crate::services::error::ServiceError;
use crate::services::sign_in::{Member, member_of_browser};

/// The cookie of a session.
const COOKIE: &str = "otinish_staff";

/// The header by which the script of the console says that it looks for news by itself: nobody did anything, so the session does not go on
/// longer by it.
const REFRESH: &str = "x-refresh";

/// The member who is signed in in this browser.
#[derive(Debug, Clone)]
pub struct Staff(pub Member);

impl FromRequest for Staff {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(|| ServiceError::Unauthorized.into()))
    }
}

/// The cookie that keeps a session open in this browser.
#[must_use]
pub fn cookie(app: &App, value: String) -> Cookie<'static> {
    guard::cookie(app, COOKIE, value)
}

/// The cookie that takes it away.
#[must_use]
pub fn no_cookie(app: &App) -> Cookie<'static> {
    guard::no_cookie(app, COOKIE)
}

/// Middleware of the console: lets nobody in who is not signed in, and leads whoever has to do something first to where it is done.
///
/// # Errors
/// Those of what is behind it.
pub async fn signed_in<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let app =
        app.ok_or_else(|| ApiError::from(ServiceError::Internal("the server was built without its app".into())))?;
    let app = app.into_inner();
    let name = guard::cookie_name(&app, COOKIE);
    let sent = request.cookie(&name).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let is_read = *request.method() == Method::GET;
    let is_use = !is_read || !request.headers().contains_key(REFRESH);
    let mut member = match member_of_browser(&app, &sent, is_use).await {
        Ok(member) => member,
        Err(ServiceError::Unauthorized) if is_read => {
            let answer = see_other(&sign_in_address(&request));
            return Ok(request.into_response(answer));
        }
        Err(error) => return Ok(request.into_response(HttpResponse::from_error(ApiError::from(error)))),
    };
    if let Err(error) = limit::account(request.request(), &app, &member.id) {
        return Ok(request.into_response(HttpResponse::from_error(error)));
    }
    let is_open = ["/staff/account", "/staff/sign-out"].iter().any(|path| request.path().starts_with(path));
    if member.hold.is_some() && !is_open {
        return Ok(request.into_response(see_other("/staff/account")));
    }
    let own_language = (!has_language(&app, &request)).then_some(member.language);
    let chosen = request.extensions().get::<PageLanguage>().map(|language| language.0);
    match (own_language, chosen) {
        (Some(language), _) => drop(request.extensions_mut().insert(PageLanguage(language))),
        // What services put into words, as a history, is in the language of the page as well.
        (None, Some(language)) => member.language = language,
        (None, None) => {}
    }
    request.extensions_mut().insert(MemberId(member.id.clone()));
    request.extensions_mut().insert(Staff(member));
    let mut answer = next.call(request).await?.map_into_boxed_body();
    if let Some(language) = own_language {
        tell_language(answer.headers_mut(), language);
    }
    Ok(answer)
}

/// The page to sign in at, which leads back to what was asked for, with its query.
fn sign_in_address(request: &ServiceRequest) -> String {
    let (path, query) = (request.path(), request.query_string());
    let whole = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    sign_in_before(next_page(&whole).unwrap_or(path))
}

/// The page to sign in at, which leads to a page of the console.
#[must_use]
pub fn sign_in_before(page: &str) -> String {
    let is_home = matches!(page, "/staff" | "/staff/" | "/staff/sign-in");
    if is_home { "/staff/sign-in".to_owned() } else { format!("/staff/sign-in?next={}", in_query(page)) }
}

/// An address as a part of the query of another one.
#[must_use]
pub fn in_query(address: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let written = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    address.bytes().map(written).collect()
}

/// Where a sign-in leads: to a page of the console, whatever stands in the address.
#[must_use]
pub fn next_page(typed: &str) -> Option<&str> {
    let (path, query) = typed.split_once('?').unwrap_or((typed, ""));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_".contains(&byte);
    let is_of_query = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~=&%+:,".contains(&byte);
    let is_ours = path.starts_with("/staff/") && !path.contains("//") && path.bytes().all(is_plain);
    (is_ours && query.bytes().all(is_of_query)).then_some(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_leads_to_pages_of_the_console_only() {
        assert_eq!(next_page("/staff/requests/CIT-1-2-3"), Some("/staff/requests/CIT-1-2-3"));
        let filtered = "/staff/requests?due=overdue&cursor=a%2Bb&received_from=2026-11-24";
        assert_eq!(next_page(filtered), Some(filtered));
        assert_eq!(
            sign_in_before("/staff/requests?a=b&c=%D2"),
            "/staff/sign-in?next=/staff/requests%3Fa%3Db%26c%3D%25D2"
        );
        assert_eq!(sign_in_before("/staff/"), "/staff/sign-in");
        for other in ["/staff/requests?a=//b", "/staff/requests?a=\r\nx", "https://evil.example/?/staff/"] {
            assert_eq!(next_page(other), None, "{other}");
        }
        for other in ["", "/", "//evil.example", "/staff//evil", "https://evil.example", "/staff/\r\nx", "/staff/../x"]
        {
            assert_eq!(next_page(other), None, "{other}");
        }
    }
}
