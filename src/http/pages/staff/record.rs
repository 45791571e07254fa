//! Recording a request that came on paper, in person or by mail: two short pages, with the questions of the public form.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};

use super::ask::Ask;
use super::nav::Nav;
use super::queue::operator_name;
use super::session::Staff;
use crate::domain::almaty;
use crate::domain::intake::{FieldError, RequestForm};
use crate::domain::operator::Operator;
use crate::domain::permission::Permission;
use crate::domain::vocabulary::{Channel, Kind, Language};
use crate::http::api::{AppData, idempotency};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::json::from_value;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::input::{Control, Input};
use crate::http::pages::public::ask::summary;
use crate::http::pages::public::draft::{Draft, question_of, step_of};
use crate::http::pages::public::steps::{Group, Steps};
use crate::http::problem::{ApiError, words};
use crate::ids::new_id;
use crate::services::error::ServiceError;
use crate::services::sign_in::Member;
use crate::services::submit::{Origin, RecordPart, submit};

/// What staff say of how it came, asked first.
const FIRST: [&str; 5] = ["operator", "channel", "received_on", "received_time", "language"];

#[derive(Template)]
#[template(path = "pages/staff/record.html")]
struct Page {
    p: Chrome,
    nav: Nav,
    key: String,
    step: u8,
    /// What the first page was answered, in short; empty on it.
    so_far: String,
    hidden: Vec<(String, String)>,
    groups: Vec<Group>,
    mistakes: Vec<(String, String)>,
}

/// What went wrong, by question, and as a whole.
#[derive(Default)]
struct Wrong {
    questions: BTreeMap<String, String>,
    failure: Option<(StatusCode, String)>,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(web::resource("/record").route(web::get().to(begin)).route(web::post().to(go_on)));
}

/// The operators at which the member may record.
fn operators_of(member: &Member) -> Result<Vec<String>, ServiceError> {
    let operators = member.operators_with(Permission::Record);
    if operators.is_empty() { Err(ServiceError::forbidden()) } else { Ok(operators) }
}

async fn begin(app: AppData, request: HttpRequest, member: Staff) -> Result<HttpResponse, ApiError> {
    let today = almaty::local_date(app.clock.now()).to_string();
    let fields = Fields::new(vec![
        ("received_on".to_owned(), today),
        ("channel".to_owned(), Channel::Paper.as_str().to_owned()),
        ("language".to_owned(), Language::Ru.as_str().to_owned()),
        ("key".to_owned(), new_id(app.clock.now())),
    ]);
    show(&app, &request, &member.0, &fields, 1, Wrong::default())
}

async fn go_on(app: AppData, request: HttpRequest, member: Staff, fields: Fields) -> Result<HttpResponse, ApiError> {
    let member = member.0;
    let wrong = first_mistakes(&app, Chrome::of(&request)?.language, &fields);
    let is_right = wrong.questions.is_empty();
    if fields.get("go") == "back" || !is_right {
        let wrong = if fields.get("go") == "back" { Wrong::default() } else { wrong };
        return show(&app, &request, &member, &fields, 1, wrong);
    }
    if fields.get("step") != "2" {
        return show(&app, &request, &member, &fields, 2, Wrong::default());
    }
    record(&app, &request, &member, &fields).await
}

/// What is to correct on the first page before the second one can be shown.
fn first_mistakes(app: &AppData, language: Language, fields: &Fields) -> Wrong {
    let mut mistakes = Vec::new();
    if Draft::read(fields).kind().is_none() {
        mistakes.push(FieldError::new("/kind", "required"));
    }
    if let Err(ServiceError::Invalid(errors)) = received_at(fields, app.clock.now()) {
        mistakes.extend(errors);
    }
    Wrong { questions: by_question(app, language, &mistakes), failure: None }
}

/// The texts of mistakes, by the question that each belongs to.
fn by_question(app: &AppData, language: Language, mistakes: &[FieldError]) -> BTreeMap<String, String> {
    let text = |mistake: &FieldError| app.texts.field(language, mistake.code, &mistake.args);
    // Of several at one question the first is told.
    mistakes.iter().rev().map(|mistake| (question(mistake), text(mistake))).collect()
}

/// The moment of receipt. Of an earlier day without an hour it is noon: terms are counted by days.
fn received_at(fields: &Fields, now: DateTime<Utc>) -> Result<DateTime<Utc>, ServiceError> {
    let day = fields.day("received_on")?;
    let today = almaty::local_date(now);
    if day > today {
        return Err(ServiceError::field("/received_on", "date_in_future"));
    }
    let Some(typed) = fields.some("received_time") else {
        return Ok(if day == today { now } else { almaty::at_local(day, 12, 0) });
    };
    let time = NaiveTime::parse_from_str(typed, "%H:%M").ok();
    let time = time.ok_or_else(|| ServiceError::field("/received_time", "time_format"))?;
    let at = almaty::at_local(day, time.hour(), time.minute());
    if at > now { Err(ServiceError::field("/received_time", "date_in_future")) } else { Ok(at) }
}

fn part_of(fields: &Fields, now: DateTime<Utc>) -> Result<RecordPart, ServiceError> {
    let received_at = received_at(fields, now)?;
    let documents_on = fields.some("documents_on").map(|_| fields.day("documents_on")).transpose()?;
    Ok(RecordPart {
        channel: Channel::parse(fields.get("channel")).unwrap_or(Channel::Paper),
        received_at: Some(received_at),
        identity_confirmed: fields.some("identity_confirmed").is_some(),
        documents_at: documents_on.map(|day| documents_at(day, received_at, now)),
        consumer: fields.some("consumer").is_some(),
    })
}

/// Noon of the day; not before the receipt of the same day, and not after now.
fn documents_at(day: NaiveDate, received_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    let noon = almaty::at_local(day, 12, 0);
    let at = if day == almaty::local_date(received_at) { noon.max(received_at) } else { noon };
    if day == almaty::local_date(now) { at.min(now) } else { at }
}

async fn record(
    app: &AppData,
    request: &HttpRequest,
    member: &Member,
    fields: &Fields,
) -> Result<HttpResponse, ApiError> {
    let operator = operator_of(app, member, fields)?.id.clone();
    let language = Language::parse(fields.get("language")).unwrap_or(Language::Ru);
    let document = Draft::read(fields).document(3, language);
    let sent = async {
        let body = serde_json::to_vec(&document).map_err(ServiceError::from)?;
        let form: RequestForm = from_value(document)?;
        let part = part_of(fields, app.clock.now())?;
        let key = Some(fields.get("key").to_owned()).filter(|key| !key.is_empty());
        let scope = format!("record/{operator}/{}", member.id);
        let key = idempotency(app, IdempotencyKeyHeader(key), &scope, &body);
        let origin = Origin::Staff { staff_id: member.id.clone(), part };
        submit(app, &operator, form, origin, language, key).await
    };
    match sent.await {
        Ok(submitted) => Ok(see_other(&format!("/staff/requests/{}?done=recorded", submitted.receipt.reference))),
        Err(error) => {
            let error = ApiError::from(error);
            if error.status_code().is_server_error() {
                return Err(error);
            }
            let wrong = told(app, request, &error)?;
            let is_first =
                wrong.questions.keys().any(|name| FIRST.contains(&name.as_str()) || step_of(name) == Some(1));
            show(app, request, member, fields, if is_first { 1 } else { 2 }, wrong)
        }
    }
}

/// What went wrong, in the words of the member's language.
fn told(app: &AppData, request: &HttpRequest, error: &ApiError) -> Result<Wrong, ApiError> {
    let language = Chrome::of(request)?.language;
    let mut wrong = Wrong { questions: by_question(app, language, error.errors()), failure: None };
    if wrong.questions.is_empty() {
        let said = words(app, language, request, error);
        wrong.failure = Some((error.status_code(), format!("{} {}", said.title, said.detail)));
    }
    Ok(wrong)
}

fn question(mistake: &FieldError) -> String {
    match mistake.pointer.as_str() {
        "/received_at" => "received_on".to_owned(),
        "/documents_at" => "documents_on".to_owned(),
        _ => question_of(mistake),
    }
}

/// The operator that was chosen; the only one where there is one.
fn operator_of<'a>(app: &'a AppData, member: &Member, fields: &Fields) -> Result<&'a Operator, ServiceError> {
    let own = operators_of(member)?;
    let chosen = fields.some("operator").map_or_else(|| own.first().cloned(), |id| Some(id.to_owned()));
    let id = chosen.filter(|id| own.contains(id)).ok_or(ServiceError::NotFound)?;
    app.operator(&id).ok_or(ServiceError::NotFound)
}

fn show(
    app: &AppData,
    request: &HttpRequest,
    member: &Member,
    fields: &Fields,
    step: u8,
    wrong: Wrong,
) -> Result<HttpResponse, ApiError> {
    let mut p = Chrome::of(request)?;
    "/staff/record".clone_into(&mut p.path);
    p.query = String::new();
    let operator = operator_of(app, member, fields)?;
    let draft = Draft::read(fields);
    let steps = Steps { p: &p, operator, draft: &draft, mistakes: &wrong.questions };
    let ask = Ask { p: &p, fields };
    let mut groups = if step == 1 { first(&ask, member, &steps)? } else { second(&ask, &steps) };
    for input in groups.iter_mut().flat_map(|group| &mut group.inputs) {
        if let Some(mistake) = wrong.questions.get(&input.name) {
            input.mistake.clone_from(mistake);
        }
    }
    let is_asked = |name: &str| groups.iter().any(|group| group.inputs.iter().any(|input| input.name == name));
    let mut hidden = draft.beside(0);
    hidden.extend(fields.pairs().iter().filter(|(name, _)| FIRST.contains(&name.as_str())).cloned());
    hidden.retain(|(name, value)| !is_asked(name) && !value.trim().is_empty());
    let mistakes = summary(&groups, &wrong.questions, wrong.failure.as_ref());
    let plain = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let so_far = draft.kind().filter(|_| step == 2).map(|kind| so_far(&p, operator, kind, fields));
    let template = Page {
        key: fields.get("key").to_owned(),
        step,
        so_far: so_far.unwrap_or_default(),
        hidden,
        groups,
        mistakes,
        nav: Nav::of(&p, member, "/staff/record"),
        p,
    };
    page(wrong.failure.map_or(plain, |(status, _)| status), &template)
}

fn so_far(p: &Chrome, operator: &Operator, kind: Kind, fields: &Fields) -> String {
    let day = fields.get("received_on").parse().map(|day| p.date(&day)).unwrap_or_default();
    let channel = p.word("channel", fields.get("channel"));
    format!("{} · {} · {channel}, {day}", operator.names.get(p.language), p.word("kind-short", kind.as_str()))
}

/// How it came, and what it asks for.
fn first(ask: &Ask<'_>, member: &Member, steps: &Steps<'_>) -> Result<Vec<Group>, ServiceError> {
    let operators = operators_of(member)?;
    let mut inputs = Vec::new();
    if operators.len() > 1 {
        let named = operators.into_iter().map(|id| (id.clone(), operator_name(ask.p, &id), String::new()));
        inputs.push(ask.select("operator", named.collect()));
    }
    let channels: Vec<_> = [Channel::Paper, Channel::InPerson, Channel::Email].map(Channel::as_str).to_vec();
    inputs.push(ask.choice("channel", false, ask.worded("channel", &channels)));
    inputs.push(ask.line("received_on", "date"));
    inputs.push(ask.line("received_time", "time").optional());
    inputs.push(Input { label: ask.p.t("console-language-of-request"), ..ask.language("language") });
    let mut groups = vec![Group { inputs, ..Group::default() }];
    groups.extend(steps.groups(1));
    for input in groups.iter_mut().flat_map(|group| &mut group.inputs) {
        in_words_of_the_office(ask.p, input);
    }
    Ok(groups)
}

/// The public form speaks to the person who asks; here somebody else fills it in.
fn in_words_of_the_office(p: &Chrome, input: &mut Input) {
    let Control::Choice { options, .. } = &mut input.control else { return };
    match input.name.as_str() {
        "kind" => options.iter_mut().for_each(|option| option.hint.clear()),
        "capacity" => {
            input.label = p.t("console-who-asked");
            for option in options {
                option.label = p.word("console-who-asked", &option.value);
            }
        }
        _ => {}
    }
}

/// Who asks, and what exactly.
fn second(ask: &Ask<'_>, steps: &Steps<'_>) -> Vec<Group> {
    let mut groups = steps.groups(2);
    // Who came by letter may have no mail address; the answer then goes by post.
    for input in groups.iter_mut().flat_map(|group| &mut group.inputs) {
        input.optional |= matches!(input.name.as_str(), "subject.email" | "submitted_by.email");
    }
    let address = if steps.draft.is_for_another() { "submitted_by.postal_address" } else { "subject.postal_address" };
    if let Some(group) = groups.first_mut() {
        group.inputs.push(ask.line(address, "text").optional());
    }
    groups.extend(steps.groups(3));
    let yes = |name: &str, key: &str| -> Input {
        ask.choice(name, true, vec![("yes".to_owned(), ask.p.t(key), String::new())]).optional()
    };
    let mut inputs = vec![yes("identity_confirmed", "console-identity-seen")];
    match steps.draft.kind() {
        Some(Kind::Correction) => inputs.push(ask.line("documents_on", "date").optional()),
        Some(Kind::Claim) => inputs.push(yes("consumer", "console-consumer-claim")),
        _ => {}
    }
    groups.push(Group { heading: ask.p.t("console-record-office"), inputs, folded: false });
    for input in groups.iter_mut().flat_map(|group| &mut group.inputs) {
        // A browser would fill in the member's own name and address.
        if let Control::Line { autocomplete, .. } = &mut input.control {
            *autocomplete = "off";
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_of_the_day_of_receipt_came_with_it_and_those_of_another_day_at_noon() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let at = |text: &str, hour| almaty::at_local(day(text), hour, 0);
        let now = at("2026-11-25", 9);
        let received = at("2026-11-20", 15);
        assert_eq!(documents_at(day("2026-11-20"), received, now), received);
        assert_eq!(documents_at(day("2026-11-23"), received, now), at("2026-11-23", 12));
        assert_eq!(documents_at(day("2026-11-25"), received, now), now);
        // What cannot be is left for the check to refuse.
        assert!(documents_at(day("2026-11-19"), received, now) < received);
        assert!(documents_at(day("2026-11-26"), received, now) > now);
    }
}
