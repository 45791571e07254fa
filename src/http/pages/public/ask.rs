//! The form by which a person asks: one thing at a time, and always the date by which the answer comes.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::draft::{Draft, question_of, step_of};
use super::request::open_cookie;
use super::steps::{Group, Steps};
use crate::domain::almaty;
use crate::domain::intake::{Circumstances, FieldError, RequestForm, check};
use crate::domain::operator::Operator;
use crate::domain::vocabulary::{Channel, Language};
use crate::http::api::{AppData, idempotency};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::json::{Query, from_value};
use crate::http::pages::around::language_cookie;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::input::Control;
use crate::http::problem::ApiError;
use crate::ids::new_id;
use crate::locale::dates;
use crate::services::calendar::latest;
use crate::services::deadlines::{Books, DeadlineQuery, deadlines};
use crate::services::error::ServiceError;
use crate::services::submit::{Origin, submit};

/// The last step: check and send.
const LAST: u8 = 4;

/// Which right a person came for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    kind: Option<String>,
}

/// By when the answer comes, and how that was counted.
struct Promise {
    by: String,
    explanation: String,
}

/// Questions and answers of a step, to be looked over.
struct Checked {
    step: u8,
    title: String,
    answers: Vec<(String, Vec<String>)>,
}

#[derive(Template)]
#[template(path = "pages/ask.html")]
struct Page {
    p: Chrome,
    operator: String,
    operator_name: String,
    key: String,
    step: u8,
    title: String,
    hidden: Vec<(String, String)>,
    groups: Vec<Group>,
    /// Link and text of each mistake.
    mistakes: Vec<(String, String)>,
    checked: Vec<Checked>,
    promise: Option<Promise>,
    hint: String,
}

impl Page {
    const fn is_first(&self) -> bool {
        self.step == 1
    }

    const fn is_last(&self) -> bool {
        self.step == LAST
    }

    /// Which steps were begun.
    fn progress(&self) -> Vec<bool> {
        (1..=LAST).map(|step| step <= self.step).collect()
    }

    fn step_of(&self) -> String {
        let which = self.p.tn("page-step-of", "step", i64::from(self.step));
        format!("{which} {}", self.p.t(&format!("page-step-hint-{}", self.step)))
    }
}

/// The first step.
pub(super) async fn begin(
    app: AppData,
    request: HttpRequest,
    path: Path<String>,
    query: Query<Start>,
) -> Result<HttpResponse, ApiError> {
    let operator = app.operator(&path).ok_or(ServiceError::NotFound)?;
    let kind = query.0.kind.map(|kind| ("kind".to_owned(), kind));
    let draft = Draft::read(&Fields::new(kind.into_iter().collect()));
    let draft = if draft.kind().is_some() { draft } else { Draft::default() };
    let key = new_id(app.clock.now());
    show(&request, operator, &draft, 1, &key, &BTreeMap::new()).await
}

/// An answered step.
pub(super) async fn go_on(
    app: AppData,
    request: HttpRequest,
    path: Path<String>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let operator = app.operator(&path).ok_or(ServiceError::NotFound)?;
    let draft = Draft::read(&fields);
    let step = fields.get("step").parse().unwrap_or(1).clamp(1, LAST);
    let key = fields.some("key").map_or_else(|| new_id(app.clock.now()), ToOwned::to_owned);
    if let Some(language) = Language::parse(fields.get("lang")) {
        let mut answer = show_in(&request, operator, &draft, step, &key, &BTreeMap::new(), Some(language)).await?;
        let _ = answer.add_cookie(&language_cookie(&app, language));
        return Ok(answer);
    }
    let goal = match fields.get("go") {
        "back" => step.saturating_sub(1).max(1),
        "1" => 1,
        "2" => 2,
        "3" => 3,
        "send" => return send(&app, &request, operator, &draft, &key).await,
        _ => {
            let mistakes = mistakes_up_to(&app, operator, &draft, step, &request)?;
            if !mistakes.is_empty() {
                return show(&request, operator, &draft, first_step(&mistakes), &key, &mistakes).await;
            }
            (step + 1).min(LAST)
        }
    };
    show(&request, operator, &draft, goal, &key, &BTreeMap::new()).await
}

async fn send(
    app: &AppData,
    request: &HttpRequest,
    operator: &Operator,
    draft: &Draft,
    key: &str,
) -> Result<HttpResponse, ApiError> {
    let language = Chrome::of(request)?.language;
    let document = draft.document(LAST, language);
    let sent = async {
        let form: RequestForm = from_value(document.clone())?;
        let scope = format!("submit/{}", operator.id);
        let body = serde_json::to_vec(&document).map_err(ServiceError::from)?;
        let key = idempotency(app, IdempotencyKeyHeader(Some(key.to_owned())), &scope, &body);
        submit(app, &operator.id, form, Origin::Web, language, key).await
    };
    let receipt = match sent.await {
        Ok(submitted) => submitted.receipt,
        Err(ServiceError::Invalid(errors)) => {
            let mistakes = texts_of(app, language, &errors, LAST);
            return show(request, operator, draft, first_step(&mistakes), key, &mistakes).await;
        }
        Err(error) => return Err(error.into()),
    };
    let mut answer = see_other(&format!("/requests/{}/receipt", receipt.reference));
    let token = receipt.token.unwrap_or_default();
    answer.add_cookie(&open_cookie(app, &receipt.reference, token)).map_err(|_| cookie_failed())?;
    Ok(answer)
}

pub(super) fn cookie_failed() -> ApiError {
    ServiceError::Internal("a cookie could not be written".to_owned()).into()
}

/// What is to correct in the steps up to one, by question, in words.
fn mistakes_up_to(
    app: &AppData,
    operator: &Operator,
    draft: &Draft,
    step: u8,
    request: &HttpRequest,
) -> Result<BTreeMap<String, String>, ApiError> {
    let language = Chrome::of(request)?.language;
    let received_on = almaty::local_date(app.clock.now());
    let errors = match from_value::<RequestForm>(draft.document(step, language)) {
        Ok(form) => check(&form, &Circumstances { operator, channel: Channel::Web, received_on, language })
            .err()
            .unwrap_or_default(),
        Err(ServiceError::Invalid(errors)) => errors,
        Err(error) => return Err(error.into()),
    };
    Ok(texts_of(app, language, &errors, step))
}

fn texts_of(app: &AppData, language: Language, errors: &[FieldError], step: u8) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for error in errors {
        let question = question_of(error);
        if step_of(&question).is_some_and(|of| of <= step) {
            texts.entry(question).or_insert_with(|| app.texts.field(language, error.code, &error.args));
        }
    }
    texts
}

fn first_step(mistakes: &BTreeMap<String, String>) -> u8 {
    mistakes.keys().filter_map(|question| step_of(question)).min().unwrap_or(1)
}

async fn show(
    request: &HttpRequest,
    operator: &Operator,
    draft: &Draft,
    step: u8,
    key: &str,
    mistakes: &BTreeMap<String, String>,
) -> Result<HttpResponse, ApiError> {
    show_in(request, operator, draft, step, key, mistakes, None).await
}

async fn show_in(
    request: &HttpRequest,
    operator: &Operator,
    draft: &Draft,
    step: u8,
    key: &str,
    mistakes: &BTreeMap<String, String>,
    language: Option<Language>,
) -> Result<HttpResponse, ApiError> {
    let mut p = Chrome::of(request)?;
    p.language = language.unwrap_or(p.language);
    "ask".clone_into(&mut p.kept_form);
    let promise = promise(&p, operator, draft).await?;
    let steps = Steps { p: &p, operator, draft, mistakes };
    let (groups, checked) = if step == LAST {
        (Vec::new(), (1..LAST).map(|of| look_over(&p, &steps, of)).collect())
    } else {
        (steps.groups(step), Vec::new())
    };
    let inputs = || groups.iter().flat_map(|group| &group.inputs);
    let wrong = inputs().filter(|input| !input.mistake.is_empty());
    let listed: Vec<(String, String)> =
        wrong.map(|input| (input.target(), format!("{}: {}", input.label, input.mistake))).collect();
    let hint = operator.form_hint.as_ref().filter(|_| step == 3).map(|hint| hint.get(p.language).to_owned());
    let page_of = Page {
        operator: operator.id.clone(),
        operator_name: operator.names.get(p.language).to_owned(),
        key: key.to_owned(),
        step,
        title: p.t(&format!("page-step-{step}")),
        hidden: draft.beside(step),
        groups,
        mistakes: listed,
        checked,
        promise,
        hint: hint.unwrap_or_default(),
        p,
    };
    let status = if page_of.mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut answer = page(status, &page_of)?;
    if let Some(language) = language {
        crate::http::problem::say_language(answer.headers_mut(), language);
    }
    Ok(answer)
}

/// The questions and answers of a step, in words. What was left empty and may be is left out.
fn look_over(p: &Chrome, steps: &Steps<'_>, step: u8) -> Checked {
    let inputs = steps.groups(step).into_iter().flat_map(|group| group.inputs);
    let answers = inputs
        .map(|input| (input.label.clone(), input.answer(), matches!(input.control, Control::Line { kind: "date", .. })))
        .filter(|(_, answer, _)| !answer.is_empty())
        .map(|(label, answer, is_date)| (label, if is_date { in_words(p, answer) } else { answer }))
        .collect();
    Checked { step, title: p.t(&format!("page-step-{step}")), answers }
}

fn in_words(p: &Chrome, dates: Vec<String>) -> Vec<String> {
    dates.into_iter().map(|date| date.parse().map(|day| p.date(&day)).unwrap_or(date)).collect()
}

async fn promise(p: &Chrome, operator: &Operator, draft: &Draft) -> Result<Option<Promise>, ApiError> {
    let Some(kind) = draft.kind() else { return Ok(None) };
    let query = DeadlineQuery {
        operator: Some(operator.id.clone()),
        kind: Some(kind),
        received_at: None,
        documents_at: None,
        grounds: None,
        published: None,
        consumer: None,
    };
    let calendar = latest(&p.app).await?;
    // Where the calendar ends too early there is no promise; sending says why.
    let Ok(all) = deadlines(&Books::of(&p.app, &calendar), p.language, &query) else { return Ok(None) };
    Ok(all.headline.map(|headline| Promise {
        by: dates::date_by(&p.app.texts, p.language, headline.due_on),
        explanation: all
            .clocks
            .iter()
            .find(|clock| clock.name == headline.clock)
            .map(|clock| clock.explanation.clone())
            .unwrap_or_default(),
    }))
}
