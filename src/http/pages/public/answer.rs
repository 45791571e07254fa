//! The answer to a request, as a letter that can be printed.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::request::Opened;
use crate::http::api::AppData;
use crate::http::pages::chrome::{Chrome, page};
use crate::http::problem::ApiError;
use crate::locale::dates;
use crate::services::requester;
use crate::services::views::AnswerView;

#[derive(Template)]
#[template(path = "pages/answer.html")]
struct Page {
    p: Chrome,
    reference: String,
    answer: AnswerView,
    outcome: String,
    answered: String,
    /// What was asked for, what was decided, why.
    decisions: Vec<Decision>,
}

struct Decision {
    about: String,
    result: String,
    is_granted: bool,
    text: String,
    grounds: Vec<(String, String)>,
}

/// The answer.
pub(super) async fn show(app: AppData, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let p = Chrome::of(&request)?;
    let Opened { app, reference, token, .. } = Opened::of(app, request, &path)?;
    let answer = requester::answer(&app, reference.clone(), token).await?;
    let decisions = answer.decisions.iter().map(|one| Decision {
        about: one.about.clone(),
        result: p.word("page-decision", &one.result),
        is_granted: one.result == "granted",
        text: one.text.clone().unwrap_or_default(),
        grounds: one.grounds.iter().map(|ground| (ground.text.clone(), ground.citation.clone())).collect(),
    });
    let template = Page {
        decisions: decisions.collect(),
        outcome: p.word("outcome", answer.outcome.as_str()),
        answered: dates::date_time(&app.texts, p.language, answer.answered_at),
        reference,
        answer,
        p,
    };
    page(StatusCode::OK, &template)
}
