//! An operator's page: what one can ask of it, in plain words.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::draft::COOKIES;
use crate::domain::operator::Operator;
use crate::domain::vocabulary::{Kind, Language};
use crate::http::api::AppData;
use crate::http::pages::chrome::{Chrome, page};
use crate::http::problem::ApiError;
use crate::services::error::ServiceError;

/// A right: its name for the form, its title, its words, its article.
struct Right {
    kind: &'static str,
    title: String,
    words: String,
    article: String,
}

#[derive(Template)]
#[template(path = "pages/operator.html")]
struct Page {
    p: Chrome,
    id: String,
    name: String,
    rights: Vec<Right>,
    /// Where the law can be read.
    law: &'static str,
    email: String,
    phone: String,
    address: String,
    responsible: String,
    fictitious: bool,
}

pub(super) async fn show(app: AppData, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let operator = app.operator(&path).ok_or(ServiceError::NotFound)?;
    render(Chrome::of(&request)?, operator)
}

/// An operator's page.
///
/// # Errors
/// When it cannot be written.
pub fn render(p: Chrome, operator: &Operator) -> Result<HttpResponse, ApiError> {
    let address = operator.contacts.postal_address.as_ref().map(|address| address.get(p.language).to_owned());
    let template = Page {
        id: operator.id.clone(),
        name: operator.names.get(p.language).to_owned(),
        rights: rights(&p, operator),
        law: law(p.language),
        email: operator.contacts.email.clone(),
        phone: operator.contacts.phone.clone().unwrap_or_default(),
        address: address.unwrap_or_default(),
        responsible: operator.responsible_person.name.get(p.language).to_owned(),
        fictitious: operator.fictitious,
        p,
    };
    page(StatusCode::OK, &template)
}

/// The text of Law 94-V in the state's register of acts.
const fn law(language: Language) -> &'static str {
    match language {
        Language::Kk => "https://adilet.zan.kz/kaz/docs/Z1300000094",
        Language::Ru => "https://adilet.zan.kz/rus/docs/Z1300000094",
        Language::En => "https://adilet.zan.kz/eng/docs/Z1300000094",
    }
}

fn rights(p: &Chrome, operator: &Operator) -> Vec<Right> {
    let mut rights: Vec<Right> = Kind::ALL
        .iter()
        .map(|kind| Right {
            kind: kind.as_str(),
            title: p.word("kind", kind.as_str()),
            words: p.word("page-kind", kind.as_str()),
            article: p.word("page-article", kind.as_str()),
        })
        .collect();
    if !operator.cookie_categories.is_empty() {
        rights.push(Right {
            kind: COOKIES,
            title: p.t("page-kind-title-cookies"),
            words: p.t("page-kind-cookies"),
            article: p.t("page-article-consent_withdrawal"),
        });
    }
    rights
}
