//! What all templates share: texts, language, address, the token of forms.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::assets;
use super::frame::Framed;
use super::guard;
use crate::app::App;
use crate::domain::almaty;
use crate::domain::vocabulary::Language;
use crate::http::problem::ApiError;
use crate::locale::{Value, dates};
use crate::services::error::ServiceError;

/// The language of a page, put into the request's extensions by [`super::around::around`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLanguage(pub Language);

/// What every template is given.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// The process.
    pub app: Data<App>,
    /// The language of the page.
    pub language: Language,
    /// The address of the page without its query.
    pub path: String,
    /// Its query, without a question mark; empty without one.
    pub query: String,
    /// For the hidden field of every form.
    pub csrf: String,
    /// The id of the form on the page that must survive a change of language; empty without one. The links of the switch become
    /// buttons of this form, named `lang`.
    pub kept_form: String,
    /// What the Enter key does in that form: the value of the button that stands before those of the switch, `next` or `send`. Browsers
    /// press the first button of a form.
    pub kept_go: &'static str,
    /// Whether the page was asked for, and not a form sent to it.
    pub is_read: bool,
    /// Whether the page stands in a frame of another site, where links to our other pages make no sense.
    pub framed: bool,
}

impl Chrome {
    /// That of a request.
    ///
    /// # Errors
    /// When the server was built without its app.
    pub fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let app = request.app_data::<Data<App>>().cloned();
        let app = app.ok_or_else(|| ServiceError::Internal("the server was built without its app".to_owned()))?;
        let language = request
            .extensions()
            .get::<PageLanguage>()
            .map_or_else(|| crate::http::locale::negotiate(request.headers()), |language| language.0);
        let csrf = guard::token(&app, request)?;
        // What a form was sent to is no page that a link could lead to.
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let framed = request.extensions().get::<Framed>().is_some();
        let (path, query) = if is_read || framed { (request.path(), request.query_string()) } else { ("/", "") };
        Ok(Self { csrf, framed, ..Self::bare(app, language, is_read, path, query) })
    }

    /// That of a page without forms.
    #[must_use]
    pub fn bare(app: Data<App>, language: Language, is_read: bool, path: &str, query: &str) -> Self {
        let (path, query) = (path.to_owned(), query.to_owned());
        let (csrf, kept_form, kept_go) = (String::new(), String::new(), "");
        Self { app, language, path, query, csrf, kept_form, kept_go, is_read, framed: false }
    }

    /// The text of a key.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.app.texts.get(self.language, key, &[])
    }

    /// The text of a key with one variable.
    #[must_use]
    pub fn t1(&self, key: &str, name: &str, value: &str) -> String {
        self.app.texts.get(self.language, key, &[(name, Value::read(value))])
    }

    /// The text of a key with a number, by which it chooses its form.
    #[must_use]
    pub fn tn(&self, key: &str, name: &str, number: i64) -> String {
        self.app.texts.get(self.language, key, &[(name, Value::Number(number))])
    }

    /// A word of the vocabulary: `kind` and `access` give "Access to personal data".
    #[must_use]
    pub fn word(&self, prefix: &str, name: &str) -> String {
        self.app.texts.get(self.language, &format!("{prefix}-{name}"), &[])
    }

    /// «25 ноября 2026 года».
    #[must_use]
    pub fn date(&self, date: &NaiveDate) -> String {
        dates::date(&self.app.texts, self.language, *date)
    }

    /// «25 ноября».
    #[must_use]
    pub fn day_month(&self, date: &NaiveDate) -> String {
        dates::day_month(&self.app.texts, self.language, *date)
    }

    /// An instant in Almaty, short: «25 ноября, 15:08»; of another year with the year.
    #[must_use]
    pub fn moment(&self, at: &DateTime<Utc>) -> String {
        let local = almaty::local_time(*at);
        let (day, today) = (local.date(), almaty::local_date(self.app.clock.now()));
        let date = if day.year() == today.year() { self.day_month(&day) } else { self.date(&day) };
        format!("{date}, {}", local.format("%H:%M"))
    }

    /// Whether the language can be changed here: what a frame shows at the end of its form has no address to be asked for again.
    #[must_use]
    pub const fn has_languages(&self) -> bool {
        self.is_read || !self.framed || !self.kept_form.is_empty()
    }

    /// The languages of the switch: code, its own name, whether it is the page's, the address that changes to it.
    #[must_use]
    pub fn languages(&self) -> Vec<(&'static str, &'static str, bool, String)> {
        let query = self.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        let and: String = query.flat_map(|pair| [pair, "&"]).collect();
        [(Language::Kk, "Қаз"), (Language::Ru, "Рус"), (Language::En, "Eng")]
            .into_iter()
            .map(|(language, name)| {
                let code = language.as_str();
                (code, name, language == self.language, format!("{}?{and}lang={code}", self.path))
            })
            .collect()
    }

    /// The style sheet.
    #[must_use]
    pub fn style(&self) -> &'static str {
        &assets::STYLE.href
    }

    /// The style sheet of the console.
    #[must_use]
    pub fn staff_style(&self) -> &'static str {
        &assets::STAFF_STYLE.href
    }

    /// The script of the console, without which everything works too.
    #[must_use]
    pub fn script(&self) -> &'static str {
        &assets::SCRIPT.href
    }

    /// The sign of the product.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        &assets::ICON.href
    }
}

/// The answer that shows a template.
///
/// # Errors
/// When the template cannot be filled in, which a test of it would have found.
pub fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, ApiError> {
    let html =
        template.render().map_err(|error| ServiceError::Internal(format!("a page could not be written: {error}")))?;
    Ok(HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html))
}

/// The answer that leads to another page of ours; the browser asks for it by GET.
#[must_use]
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((actix_web::http::header::LOCATION, path)).finish()
}
