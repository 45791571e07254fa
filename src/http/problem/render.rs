//! The middleware that writes problem documents.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
    VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use serde_json::Value as Json;

use super::{ApiError, Failure, MEDIA_TYPE, Methods, Problem, ProblemField};
use crate::app::App;
use crate::domain::vocabulary::Language;
use crate::http::locale;
use crate::http::pages::around::language as page_language;
use crate::http::pages::chrome::Chrome;
use crate::http::pages::error::{html, is_wanted};
use crate::http::trace::TraceId;
use crate::locale::{Texts, Value};

/// Left in a response for the log line.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct ProblemCode(pub &'static str);

/// The media type of pages.
const PAGE_TYPE: &str = "text/html; charset=utf-8";

/// Members that a refusal's own ones never replace.
const MEMBERS: &[&str] = &["type", "title", "status", "detail", "code", "trace_id", "errors"];

/// What a document needs to know of its request. Taken before the request is handled: a panic leaves none behind.
struct Context {
    app: Option<web::Data<App>>,
    language: Language,
    trace_id: String,
    method: Method,
    /// What the address takes instead, when the method is a wrong one.
    instead: Option<String>,
    for_staff: bool,
    /// A browser asks for a page: path and query, and whether it only reads.
    page: Option<(String, String, bool)>,
}

/// Middleware: every error becomes a problem document in the caller's language. Pages that a handler wrote itself
/// (`text/html`) and documents of other kinds stay as they are.
///
/// # Errors
/// Carry a whole answer, where what failed left no request that an answer could be bound to.
pub async fn problems<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let context = Context::of(&request);
    match next.call(request).await {
        Ok(answer) => {
            let (request, response) = answer.into_parts();
            Ok(ServiceResponse::new(request, context.finish(response.map_into_boxed_body())))
        }
        Err(error) => {
            let response = context.finish(HttpResponse::from_error(error));
            Err(InternalError::from_response("answered", response).into())
        }
    }
}

impl Context {
    fn of(request: &ServiceRequest) -> Self {
        let app = request.app_data::<web::Data<App>>().cloned();
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let page = is_wanted(request.path(), request.headers())
            .then(|| (request.path().to_owned(), request.query_string().to_owned(), is_read));
        let remembered = app.as_ref().filter(|_| page.is_some()).map(|app| page_language(app, request));
        Self {
            app,
            page,
            language: remembered.unwrap_or_else(|| locale::negotiate(request.headers())),
            trace_id: request.extensions().get::<TraceId>().map(|id| id.0.clone()).unwrap_or_default(),
            method: request.method().clone(),
            instead: request
                .app_data::<web::Data<Methods>>()
                .and_then(|methods| methods.instead_of(&request.match_pattern()?, request.method().as_str())),
            for_staff: is_of_staff(request.path()),
        }
    }

    fn finish(&self, mut response: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
        if let Some(methods) = &self.instead
            && response.status() == StatusCode::NOT_FOUND
            && response.error().is_none()
        {
            response = HttpResponse::MethodNotAllowed().insert_header((ALLOW, methods.as_str())).finish();
        }
        if response.status() == StatusCode::METHOD_NOT_ALLOWED && self.method == Method::OPTIONS {
            return options(&response);
        }
        let Some(error) = error_of(&response) else { return response };
        self.log(&error);
        let (media_type, body) = match self.page(&error) {
            Some(page) => (PAGE_TYPE, page.into_bytes()),
            None => (MEDIA_TYPE, serde_json::to_vec(&self.document(&error)).unwrap_or_default()),
        };
        let (mut response, _) = response.into_parts();
        let headers = response.headers_mut();
        headers.remove(CONTENT_LENGTH);
        headers.remove(CONTENT_ENCODING);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        if media_type == PAGE_TYPE {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        say_language(headers, self.language);
        if let Some(allowed) = headers.get(ALLOW).and_then(allowed) {
            headers.insert(ALLOW, allowed);
        }
        response.extensions_mut().insert(ProblemCode(error.code));
        response.set_body(BoxBody::new(body))
    }

    /// The same as a page, where a browser asks for one.
    fn page(&self, error: &Failure) -> Option<String> {
        let (path, query, is_read) = self.page.as_ref()?;
        let app = self.app.as_ref()?;
        let (title, detail) = self.page_texts(app, error);
        let said = Words { title, detail, trace_id: self.trace_id.clone(), fields: Vec::new() };
        let chrome = Chrome::bare(app.clone(), self.language, *is_read, if *is_read { path } else { "/" }, query);
        html(chrome, error.status.as_u16(), said)
    }

    fn document(&self, error: &Failure) -> Problem {
        let (kind, title, detail) = match &self.app {
            Some(app) => self.texts(app, error),
            // Only a server that was put together wrongly has no process behind it.
            None => ("about:blank".to_owned(), error.code.to_owned(), String::new()),
        };
        let errors = self.app.as_ref().filter(|_| !error.errors.is_empty()).map(|app| self.fields(&app.texts, error));
        let mut extra = error.extra.clone();
        extra.retain(|name, _: &mut Json| !MEMBERS.contains(&name.as_str()));
        Problem {
            kind,
            title,
            status: error.status.as_u16(),
            detail,
            code: error.code.to_owned(),
            trace_id: self.trace_id.clone(),
            errors,
            extra,
        }
    }

    fn texts(&self, app: &App, error: &Failure) -> (String, String, String) {
        let code = text_code(&app.texts, error);
        let text = |part: &str| self.text(app, error, &format!("problem-{code}-{part}"));
        (type_link(app, error.code), text("title"), text("detail"))
    }

    /// Title and detail for people: in other words where those of the problem are for programmers.
    fn page_texts(&self, app: &App, error: &Failure) -> (String, String) {
        let code = text_code(&app.texts, error);
        let text = |part: &str| {
            let own = format!("page-problem-{code}-{part}");
            let key = if app.texts.has(&own) { own } else { format!("problem-{code}-{part}") };
            self.text(app, error, &key)
        };
        (text("title"), text("detail"))
    }

    fn text(&self, app: &App, error: &Failure, key: &str) -> String {
        let values: Vec<(&str, String)> = self.values(&app.texts, error);
        let values: Vec<(&str, Value<'_>)> = values.iter().map(|(name, value)| (*name, Value::read(value))).collect();
        app.texts.get(self.language, key, &values)
    }

    /// What came with the error, with statuses and actions in words, and the seconds to wait.
    fn values(&self, texts: &Texts, error: &Failure) -> Vec<(&'static str, String)> {
        let prefixes = |name: &str| match name {
            "status" if self.for_staff => &["status-staff-", "status-"][..],
            "status" => &["status-"],
            "action" => &["action-"],
            _ => &[],
        };
        let word = |name: &str, value: &str| {
            let mut keys = prefixes(name).iter().map(|prefix| format!("{prefix}{value}"));
            keys.find(|key| texts.has(key)).map(|key| texts.get(self.language, &key, &[]))
        };
        let mut values: Vec<(&'static str, String)> = error
            .args
            .iter()
            .map(|(name, value)| (*name, word(name, value).unwrap_or_else(|| value.clone())))
            .collect();
        if let Some(seconds) = error.retry_after
            && !values.iter().any(|(name, _)| *name == "seconds")
        {
            values.push(("seconds", seconds.to_string()));
        }
        values
    }

    fn fields(&self, texts: &Texts, error: &Failure) -> Vec<ProblemField> {
        let field = |mistake: &crate::domain::intake::FieldError| ProblemField {
            pointer: mistake.pointer.clone(),
            code: mistake.code.to_owned(),
            message: texts.field(self.language, mistake.code, &mistake.args),
        };
        error.errors.iter().map(field).collect()
    }

    fn log(&self, error: &Failure) {
        let cause = error.cause.as_deref().unwrap_or("not stated");
        if error.code == "internal" || error.status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(trace_id = self.trace_id, cause, "a request failed");
        } else if error.cause.is_some() {
            tracing::warn!(trace_id = self.trace_id, cause, "a request could not be carried out now");
        }
    }
}

/// The document of a failure that is only a part of an answer, as of one item among many: like any other, in the caller's language,
/// but for the trace id, which is the answer's own.
#[must_use]
pub fn part_of_answer(request: &HttpRequest, error: &ApiError) -> Json {
    let context = Context {
        app: request.app_data::<web::Data<App>>().cloned(),
        language: locale::negotiate(request.headers()),
        trace_id: request.extensions().get::<TraceId>().map(|id| id.0.clone()).unwrap_or_default(),
        method: request.method().clone(),
        instead: None,
        for_staff: is_of_staff(request.path()),
        page: None,
    };
    context.log(&error.0);
    let mut document = serde_json::to_value(context.document(&error.0)).unwrap_or_default();
    if let Some(members) = document.as_object_mut() {
        members.remove("trace_id");
    }
    document
}

/// What a page says of a failure.
#[derive(Debug, Clone)]
pub struct Words {
    /// What it is, in a few words.
    pub title: String,
    /// What to do about it.
    pub detail: String,
    /// Under this number the request is found in the logs.
    pub trace_id: String,
    /// Pointer and text of each field with a mistake.
    pub fields: Vec<(String, String)>,
}

/// The words of a failure for a page, which is logged as it would be for the API.
#[must_use]
pub fn words(app: &web::Data<App>, language: Language, request: &HttpRequest, error: &ApiError) -> Words {
    let context = Context {
        app: Some(app.clone()),
        language,
        trace_id: request.extensions().get::<TraceId>().map(|id| id.0.clone()).unwrap_or_default(),
        method: request.method().clone(),
        instead: None,
        for_staff: is_of_staff(request.path()),
        page: None,
    };
    context.log(&error.0);
    let (title, detail) = context.page_texts(app, &error.0);
    let fields = context.fields(&app.texts, &error.0);
    let fields = fields.into_iter().map(|field| (field.pointer, field.message)).collect();
    Words { title, detail, trace_id: context.trace_id, fields }
}

fn is_of_staff(path: &str) -> bool {
    path.starts_with("/api/v1/staff") || path == "/staff" || path.starts_with("/staff/")
}

/// The link to the explanation of a code.
pub(super) fn type_link(app: &App, code: &str) -> String {
    format!("{}/problems/{code}", app.settings.public_url)
}

/// The code whose texts are shown: its own, or those of the status where it has none.
fn text_code(texts: &Texts, error: &Failure) -> &'static str {
    if texts.has(&format!("problem-{}-title", error.code)) {
        return error.code;
    }
    tracing::error!(code = error.code, "a problem has no text");
    if error.status.is_server_error() { "internal" } else { "bad_request" }
}

/// The problem in a response; `None` when it is no error or the handler wrote the page itself.
fn error_of(response: &HttpResponse<BoxBody>) -> Option<Failure> {
    if response.status().as_u16() < 400 {
        return None;
    }
    if let Some(error) = response.error().and_then(Error::as_error::<ApiError>) {
        return Some((*error.0).clone());
    }
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_empty = matches!(response.body().size(), BodySize::None | BodySize::Sized(0));
    let is_plain = media_type.is_none_or(|media_type| media_type.starts_with("text/plain")) || is_empty;
    if !is_plain {
        return None;
    }
    let mut error = Failure::of_status(response.status());
    // The texts of the server's own failures name what was not set up, never what was sent.
    error.cause = response.error().filter(|_| response.status().is_server_error()).map(ToString::to_string);
    Some(error)
}

/// The answer to OPTIONS: which methods the address takes. Nothing is said to other origins.
fn options(refused: &HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
    let mut response = HttpResponse::NoContent();
    if let Some(allowed) = refused.headers().get(ALLOW).and_then(allowed) {
        response.insert_header((ALLOW, allowed));
    }
    response.finish()
}

/// The methods of the routes, with those that the server answers by itself.
fn allowed(routes: &HeaderValue) -> Option<HeaderValue> {
    let mut methods: Vec<&str> = routes.to_str().ok()?.split(',').map(str::trim).collect();
    if methods.contains(&"GET") && !methods.contains(&"HEAD") {
        methods.push("HEAD");
    }
    if !methods.contains(&"OPTIONS") {
        methods.push("OPTIONS");
    }
    HeaderValue::from_str(&methods.join(", ")).ok()
}

/// Names the language of an answer that depends on the caller's.
pub(in crate::http) fn say_language(headers: &mut HeaderMap, language: Language) {
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
    headers.append(VARY, HeaderValue::from_static("accept-language"));
}
