//! The form by which a person asks: one thing at a time, and always the date by which the answer comes.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use serde_json::Value;

use super::draft::{Draft, question_of, step_of};
use super::embed;
use super::promised;
use super::request::open_cookie;
use super::steps::{Group, Steps};
use crate::domain::almaty;
use crate::domain::intake::{Circumstances, FieldError, RequestForm, check};
use crate::domain::operator::Operator;
use crate::domain::vocabulary::{Channel, Language};
use crate::http::api::{AppData, idempotency};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::json::from_value;
use crate::http::limit;
use crate::http::pages::around::language_cookie;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::frame;
use crate::http::pages::input::Control;
use crate::http::problem::{ApiError, say_language, words};
use crate::ids::new_id;
use crate::services::calendar::latest;
use crate::services::deadlines::{Books, DeadlineQuery, deadlines};
use crate::services::error::{Refusal, ServiceError};
use crate::services::submit::{Origin, submit};

/// The last step: check and send.
const LAST: u8 = 4;

/// By when the answer comes, and how that was counted.
struct Promise {
    text: String,
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
    /// Where the form is sent to.
    action: String,
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

/// A step that is to be shown.
struct Step<'a> {
    request: &'a HttpRequest,
    operator: &'a Operator,
    draft: &'a Draft,
    number: u8,
    /// Sees to it that a form that is sent twice makes one request.
    key: String,
    /// What to correct, by question.
    mistakes: BTreeMap<String, String>,
    /// What went wrong with the form as a whole, with its status.
    failure: Option<(StatusCode, String)>,
    /// The language that was just chosen.
    language: Option<Language>,
}

/// The first step.
pub(super) async fn begin(app: AppData, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let operator = app.operator(&path).ok_or(ServiceError::NotFound)?;
    // A link may say what is asked for, and nothing else: who asks and what they agree to they answer themselves.
    let kind = Fields::of_query(&request).get("kind").to_owned();
    let draft = Draft::read(&Fields::new(vec![("kind".to_owned(), kind)]));
    let draft = if draft.kind().is_some() { draft } else { Draft::default() };
    Step::new(&request, operator, &draft, new_id(app.clock.now())).show().await
}

/// An answered step.
pub(super) async fn go_on(
    app: AppData,
    request: HttpRequest,
    path: Path<String>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let operator = app.operator(&path).ok_or(ServiceError::NotFound)?;
    answered(&app, &request, operator, &fields, true).await
}

/// The next thing to show after a step was answered. A form that is too old is shown as it is, to be sent once more.
pub(super) async fn answered(
    app: &AppData,
    request: &HttpRequest,
    operator: &Operator,
    fields: &Fields,
    is_fresh: bool,
) -> Result<HttpResponse, ApiError> {
    let draft = Draft::read(fields);
    let number = fields.get("step").parse().unwrap_or(1).clamp(1, LAST);
    let key = fields.some("key").map_or_else(|| new_id(app.clock.now()), ToOwned::to_owned);
    let mut step = Step { number, ..Step::new(request, operator, &draft, key) };
    if !is_fresh {
        let language = Chrome::of(request)?.language;
        return step.fail(app, language, Refusal::new("form_expired", 403).into()).await;
    }
    if let Some(language) = Language::parse(fields.get("lang")) {
        step.language = Some(language);
        let is_framed = Chrome::of(request)?.framed;
        let mut answer = step.show().await?;
        if !is_framed {
            answer.add_cookie(&language_cookie(app, language)).map_err(|_| cookie_failed())?;
        }
        return Ok(answer);
    }
    match fields.get("go") {
        "back" => step.number = number.saturating_sub(1).max(1),
        "1" => step.number = 1,
        "2" => step.number = 2,
        "3" => step.number = 3,
        "send" => return send(app, step).await,
        _ => {
            let language = Chrome::of(request)?.language;
            let errors = mistakes_up_to(app, operator, &draft, number, language)?;
            let is_right = step.take(app, language, &errors, number);
            if is_right {
                step.number = (number + 1).min(LAST);
            }
        }
    }
    step.show().await
}

/// Sends the request. Whatever stands in the way, no answer is lost.
async fn send(app: &AppData, mut step: Step<'_>) -> Result<HttpResponse, ApiError> {
    let language = Chrome::of(step.request)?.language;
    let (operator, document) = (step.operator, step.draft.document(LAST, language));
    step.number = LAST;
    let key = step.key.clone();
    let address = ["/submitted_by/email", "/subject/email"].iter().find_map(|place| document.pointer(place)?.as_str());
    if let Some(address) = address
        && let Err(error) = limit::mail_address(step.request, app, address)
    {
        return step.fail(app, language, error).await;
    }
    let sent = async {
        let body = serde_json::to_vec(&document).map_err(ServiceError::from)?;
        let form: RequestForm = from_value(document)?;
        let key = idempotency(app, IdempotencyKeyHeader(Some(key)), &format!("submit/{}", operator.id), &body);
        submit(app, &operator.id, form, Origin::Web, language, key).await
    };
    let receipt = match sent.await {
        Ok(submitted) => submitted.receipt,
        Err(ServiceError::Invalid(errors)) => {
            step.take(app, language, &errors, LAST);
            return step.show().await;
        }
        Err(ServiceError::Refused(refusal)) if refusal.code == "idempotency_conflict" => {
            // Sent already, gone back and changed: that is another request, if the person wants it.
            step.key = new_id(app.clock.now());
            step.failure = Some((StatusCode::CONFLICT, app.texts.get(language, "page-sent-before", &[])));
            return step.show().await;
        }
        Err(error) => return step.fail(app, language, error.into()).await,
    };
    let token = receipt.token.unwrap_or_default();
    if Chrome::of(step.request)?.framed {
        return embed::receipt(app, step.request, receipt.reference, token).await;
    }
    let mut answer = see_other(&format!("/requests/{}/receipt", receipt.reference));
    answer.add_cookie(&open_cookie(app, &receipt.reference, token)).map_err(|_| cookie_failed())?;
    Ok(answer)
}

/// That a cookie could not be written.
#[must_use]
pub fn cookie_failed() -> ApiError {
    ServiceError::Internal("a cookie could not be written".to_owned()).into()
}

/// What is to correct in the steps up to one.
fn mistakes_up_to(
    app: &AppData,
    operator: &Operator,
    draft: &Draft,
    step: u8,
    language: Language,
) -> Result<Vec<FieldError>, ApiError> {
    let received_on = almaty::local_date(app.clock.now());
    match from_value::<RequestForm>(draft.document(step, language)) {
        Ok(form) => {
            let circumstances = Circumstances { operator, channel: Channel::Web, received_on, language };
            Ok(check(&form, &circumstances).err().unwrap_or_default())
        }
        Err(ServiceError::Invalid(errors)) => Ok(errors),
        Err(error) => Err(error.into()),
    }
}

impl<'a> Step<'a> {
    fn new(request: &'a HttpRequest, operator: &'a Operator, draft: &'a Draft, key: String) -> Self {
        let mistakes = BTreeMap::new();
        Self { request, operator, draft, number: 1, key, mistakes, failure: None, language: None }
    }

    /// Takes the mistakes of the steps up to `last` and goes to the first step that has one; true without any.
    fn take(&mut self, app: &AppData, language: Language, errors: &[FieldError], last: u8) -> bool {
        for error in errors {
            let question = question_of(error);
            if step_of(&question).is_some_and(|step| step <= last) {
                let text = || app.texts.field(language, error.code, &error.args);
                self.mistakes.entry(question).or_insert_with(text);
            }
        }
        let first = self.mistakes.keys().filter_map(|question| step_of(question)).min();
        self.number = first.unwrap_or(self.number);
        first.is_none()
    }

    /// Shows the step with what stands in the way.
    async fn fail(mut self, app: &AppData, language: Language, error: ApiError) -> Result<HttpResponse, ApiError> {
        let said = words(app, language, self.request, &error);
        self.failure = Some((error.status_code(), format!("{} {}", said.title, said.detail)));
        self.show().await.map_err(|_| error)
    }

    async fn show(self) -> Result<HttpResponse, ApiError> {
        let mut p = Chrome::of(self.request)?;
        p.language = self.language.unwrap_or(p.language);
        "ask".clone_into(&mut p.kept_form);
        let is_last = self.number == LAST;
        p.kept_go = if is_last { "send" } else { "next" };
        let mut action = format!("/operators/{}/request", self.operator.id);
        if p.framed {
            action = embed::address(&self.operator.id, p.language);
            p.csrf = frame::token(&p.app, &self.operator.id, &self.key);
        }
        let promise = promise(&p, self.operator, self.draft).await?;
        let steps = Steps { p: &p, operator: self.operator, draft: self.draft, mistakes: &self.mistakes };
        let groups = if is_last { Vec::new() } else { steps.groups(self.number) };
        let checked = if is_last { (1..LAST).map(|of| look_over(&p, &steps, of)).collect() } else { Vec::new() };
        let hint = self.operator.form_hint.as_ref().filter(|_| self.number == 3);
        let template = Page {
            operator: self.operator.id.clone(),
            operator_name: self.operator.names.get(p.language).to_owned(),
            action,
            key: self.key,
            step: self.number,
            title: p.t(&format!("page-step-{}", self.number)),
            hidden: self.draft.beside(self.number),
            mistakes: summary(&groups, &self.mistakes, self.failure.as_ref()),
            groups,
            checked,
            promise,
            hint: hint.map(|hint| hint.get(p.language).to_owned()).unwrap_or_default(),
            p,
        };
        let is_wrong = !template.mistakes.is_empty();
        let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let mut answer = page(self.failure.map_or(status, |(status, _)| status), &template)?;
        if let Some(language) = self.language {
            say_language(answer.headers_mut(), language);
        }
        Ok(answer)
    }
}

/// Link and text of all that is to correct: what stands at a question of the step, and below it what has no question there.
pub(in crate::http::pages) fn summary(
    groups: &[Group],
    mistakes: &BTreeMap<String, String>,
    failure: Option<&(StatusCode, String)>,
) -> Vec<(String, String)> {
    let inputs: Vec<_> = groups.iter().flat_map(|group| &group.inputs).collect();
    let wrong = inputs.iter().filter(|input| !input.mistake.is_empty());
    let mut listed: Vec<_> =
        wrong.map(|input| (input.target(), format!("{}: {}", input.label, input.mistake))).collect();
    let elsewhere = mistakes.iter().filter(|(question, _)| !inputs.iter().any(|input| input.name == **question));
    listed.extend(elsewhere.map(|(_, text)| ("ask".to_owned(), text.clone())));
    listed.extend(failure.map(|(_, text)| ("ask".to_owned(), text.clone())));
    listed
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
    // As it stands when it is sent: some grounds, and links to what is published, have terms of their own.
    let document = draft.document(LAST - 1, p.language);
    let texts = |name: &str| document.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let grounds: Vec<String> = texts("grounds").iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect();
    let query = DeadlineQuery {
        operator: Some(operator.id.clone()),
        kind: Some(kind),
        received_at: None,
        documents_at: None,
        grounds: (!grounds.is_empty()).then(|| grounds.join(",")),
        published: Some(!texts("published_at").is_empty()),
        consumer: None,
    };
    let calendar = latest(&p.app).await?;
    // Where the calendar ends too early there is no promise; sending says why.
    let Ok(all) = deadlines(&Books::of(&p.app, &calendar), p.language, &query) else { return Ok(None) };
    Ok(all.headline.map(|headline| Promise {
        text: promised(p, &headline),
        explanation: all
            .clocks
            .iter()
            .find(|clock| clock.name == headline.clock)
            .map(|clock| clock.explanation.clone())
            .unwrap_or_default(),
    }))
}
