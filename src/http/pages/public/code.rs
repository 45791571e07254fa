//! The code of a mailed link, until the person presses the button: opening a link confirms nothing, since mail programs open links too.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;

use crate::app::App;
use crate::http::pages::guard;
use crate::services::case::CODE_MINUTES;

fn name(reference: &str) -> String {
    format!("otinish_code_{reference}")
}

fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The cookie that keeps the code of a link for as long as a code holds; none for what is no code.
pub(super) fn keep(app: &App, reference: &str, code: &str) -> Option<Cookie<'static>> {
    let mut cookie = guard::cookie(app, &name(reference), code.to_owned());
    cookie.set_max_age(Duration::minutes(i64::from(CODE_MINUTES)));
    is_code(code).then_some(cookie)
}

/// The code that this browser has by a link.
pub(super) fn kept(app: &App, request: &HttpRequest, reference: &str) -> Option<String> {
    let cookie = request.cookie(&guard::cookie_name(app, &name(reference)))?;
    Some(cookie.value().to_owned()).filter(|code| is_code(code))
}

/// The cookie that takes it away.
pub(super) fn forget(app: &App, reference: &str) -> Cookie<'static> {
    guard::no_cookie(app, &name(reference))
}
