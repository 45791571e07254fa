//! What stands behind the link in a problem's `type`: the same words, for whoever follows it.

use actix_web::http::header::{ACCEPT, CONTENT_TYPE};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::ApiError;
use super::render::{say_language, type_link};
use crate::app::App;
use crate::http::locale::Locale;
use crate::locale::Value;
use crate::services::error::ServiceError;

/// Longest code that is looked up.
const LONGEST_CODE: usize = 64;

/// Adds `GET /problems/{code}`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(web::resource("/problems/{code}").route(web::get().to(explain)));
}

/// JSON for programs that ask for it, plain text for everybody else.
async fn explain(
    app: Data<App>,
    code: Path<String>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let Locale(language) = locale;
    let is_name = code.len() <= LONGEST_CODE && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let title_key = format!("problem-{code}-title");
    if !is_name || !app.texts.has(&title_key) {
        return Err(ServiceError::NotFound.into());
    }
    let text = |key: &str| {
        // Nobody's own numbers are known here.
        let values: Vec<(&str, Value<'_>)> = app.texts.variables(key).map(|name| (name, Value::Text("…"))).collect();
        app.texts.get(language, key, &values)
    };
    let (title, detail) = (text(&title_key), text(&format!("problem-{code}-detail")));
    let mut response = HttpResponse::Ok();
    let mut response = if wants_json(&request) {
        let document = json!({ "type": type_link(&app, &code), "title": title, "detail": detail, "code": *code });
        response.insert_header((CONTENT_TYPE, "application/json")).body(document.to_string())
    } else {
        response.insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(format!("{title}\n\n{detail}\n"))
    };
    say_language(response.headers_mut(), language);
    Ok(response)
}

fn wants_json(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.contains("json") && !accepted.contains("text/html")
}
