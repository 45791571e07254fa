//! An action: its questions, what it would send, and only then the action itself.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::act_fields::{body, digest};
use super::compose::{composed, joined, unfilled};
use super::nav::Nav;
use super::panel::{Wrongs, fits};
use super::questions::Questions;
use super::session::Staff;
use crate::http::api::AppData;
use crate::http::api::staff::action;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::input::{Control, Input};
use crate::http::pages::public::steps::Group;
use crate::http::problem::ApiError;
use crate::services::actions::{PlannedMail, act, preview};
use crate::services::desk;
use crate::services::error::{Refusal, ServiceError};
use crate::services::requester::reference;
use crate::services::sign_in::Member;
use crate::services::views::StaffView;

/// What these say goes to nobody outside, so there is nothing to look at before.
const DIRECT: &[&str] = &["note", "mark_consumer", "hold", "release_hold", "waive_documents", "documents_received"];

#[derive(Template)]
#[template(path = "pages/staff/act.html")]
struct Page {
    p: Chrome,
    nav: Nav,
    reference: String,
    kind: String,
    title: String,
    lead: String,
    action: String,
    /// The version that the member saw: whoever sends it says that they know what stood there.
    version: i64,
    /// What was looked at before sending, as a digest; empty while nothing was.
    shown: String,
    /// That what was to be sent is not what was looked at; empty where it is.
    changed: String,
    groups: Vec<Group>,
    /// Link and text of each mistake.
    mistakes: Vec<(String, String)>,
    stale: String,
    /// What would be sent; none before that was asked for.
    mails: Option<Vec<Mail>>,
    /// The answer that is to be approved.
    answer: Vec<(String, String)>,
    is_answer: bool,
    is_direct: bool,
    /// More has to be answered before anything can be done.
    is_first_part: bool,
}

/// A mail as it would leave.
struct Mail {
    to: String,
    subject: String,
    text: String,
}

/// What stands beside the questions when a form is shown.
#[derive(Default)]
struct Beside {
    /// What to correct, by question.
    mistakes: BTreeMap<String, String>,
    /// What stands in the way as a whole.
    failure: Option<(StatusCode, String)>,
    /// Somebody was faster.
    is_stale: bool,
    /// The version that was posted with the form.
    version: Option<i64>,
    /// What was to be sent is not what was looked at.
    is_changed: bool,
    mails: Option<Vec<PlannedMail>>,
}

/// A form in hand.
struct Form<'a> {
    app: &'a AppData,
    request: &'a HttpRequest,
    member: &'a Member,
    reference: String,
    action: String,
    fields: Fields,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(
        web::resource("/requests/{reference}/do/{action}").route(web::get().to(ask)).route(web::post().to(go_on)),
    );
}

/// The questions of an action.
async fn ask(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (typed, action) = path.into_inner();
    let fields = Fields::of_query(&request);
    let reference = reference(&typed)?;
    let form = Form { app: &app, request: &request, member: &member.0, reference, action, fields };
    let view = desk::view(&app, member.0.clone(), form.reference.clone()).await?;
    if !view.actions.contains(&form.action.as_str()) {
        return Ok(see_other(&form.home()));
    }
    let mut beside = Beside::default();
    // What asks nothing shows at once what it would send.
    if form.asks_nothing(&view)? && !DIRECT.contains(&form.action.as_str()) {
        match form.planned(view.version).await {
            Ok(mails) => beside.mails = Some(mails),
            Err(error) => form.take(&mut beside, error.into())?,
        }
    }
    form.show(&view, beside).await
}

/// Shows what would be sent, or does it.
async fn go_on(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    path: Path<(String, String)>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let (typed, action_name) = path.into_inner();
    let reference = reference(&typed)?;
    let mut form = Form { app: &app, request: &request, member: &member.0, reference, action: action_name, fields };
    let version = form.fields.get("version").parse().unwrap_or_default();
    let mut beside = Beside { version: Some(version), ..Beside::default() };
    let go = form.fields.get("go").to_owned();
    match go.as_str() {
        "compose" => form.compose().await?,
        "next" => {}
        _ if form.has_unfilled(&mut beside).await? => {}
        "send" if form.was_shown() => match form.send(version).await {
            Ok(()) => return Ok(see_other(&form.home())),
            Err(error) => form.take(&mut beside, error.into())?,
        },
        _ => match form.planned(version).await {
            Ok(mails) => {
                beside.is_changed = go == "send";
                beside.mails = Some(mails);
            }
            Err(error) => form.take(&mut beside, error.into())?,
        },
    }
    let view = desk::view(&app, member.0.clone(), form.reference.clone()).await?;
    form.show(&view, beside).await
}

impl Form<'_> {
    fn home(&self) -> String {
        format!("/staff/requests/{}", self.reference)
    }

    fn asks_nothing(&self, view: &StaffView) -> Result<bool, ApiError> {
        let p = Chrome::of(self.request)?;
        let questions = Questions { p: &p, view, fields: &self.fields, colleagues: &[], me: &self.member.id };
        Ok(questions.groups(&self.action).is_empty())
    }

    fn action(&self) -> Result<crate::services::actions::StaffAction, ServiceError> {
        action(&self.action, body(&self.action, &self.fields))
    }

    async fn planned(&self, version: i64) -> Result<Vec<PlannedMail>, ServiceError> {
        preview(self.app, self.member.clone(), self.reference.clone(), version, self.action()?).await
    }

    async fn send(&self, version: i64) -> Result<(), ServiceError> {
        act(self.app, self.member.clone(), self.reference.clone(), version, self.action()?).await.map(drop)
    }

    /// Whether what the form says is what was looked at, where there is something to look at.
    fn was_shown(&self) -> bool {
        self.is_direct() || self.fields.get("shown") == digest(&self.action, &self.fields)
    }

    /// Puts the text for the chosen outcome into the letter, below what is written there.
    async fn compose(&mut self) -> Result<(), ApiError> {
        let view = desk::view(self.app, self.member.clone(), self.reference.clone()).await?;
        let text = composed(&self.app.texts, &view, self.fields.get("outcome"));
        let letter = joined(self.fields.get("letter"), &text);
        let mut pairs: Vec<_> = self.fields.pairs().iter().filter(|(name, _)| name != "letter").cloned().collect();
        pairs.push(("letter".to_owned(), letter));
        self.fields = Fields::new(pairs);
        Ok(())
    }

    /// Whether the letter of an answer still holds a place that is to be filled in.
    async fn has_unfilled(&self, beside: &mut Beside) -> Result<bool, ApiError> {
        if self.action != "propose" || !self.fields.get("letter").contains('[') {
            return Ok(false);
        }
        let view = desk::view(self.app, self.member.clone(), self.reference.clone()).await?;
        let Some(place) = unfilled(&self.app.texts, &view, self.fields.get("letter")) else { return Ok(false) };
        let text = Chrome::of(self.request)?.t1("console-letter-unfilled", "place", &place);
        beside.failure = Some((StatusCode::UNPROCESSABLE_ENTITY, text.clone()));
        beside.mistakes.insert("letter".to_owned(), text);
        Ok(true)
    }

    /// What went wrong, for the page of the form.
    fn take(&self, beside: &mut Beside, error: ApiError) -> Result<(), ApiError> {
        let wrongs = Wrongs::of(self.app, self.request, error)?;
        beside.is_stale = wrongs.code == "stale_version";
        beside.failure = Some((wrongs.status, wrongs.detail));
        beside.mistakes.extend(wrongs.fields);
        Ok(())
    }

    async fn show(&self, view: &StaffView, beside: Beside) -> Result<HttpResponse, ApiError> {
        let mut p = Chrome::of(self.request)?;
        p.path = self.home();
        p.query = String::new();
        let colleagues = desk::colleagues(self.app, self.member, &view.operator).await?;
        let questions = Questions { p: &p, view, fields: &self.fields, colleagues: &colleagues, me: &self.member.id };
        let mut groups = questions.groups(&self.action);
        let mistakes = place(&mut groups, &beside);
        if groups.is_empty() && beside.mails.is_none() && mistakes.is_empty() && !self.is_direct() && !beside.is_stale {
            return Err(Refusal::new("not_found", 404).into());
        }
        let status = beside.failure.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
        let lead = format!("console-lead-{}", self.action);
        let template = Page {
            nav: Nav::of(&p, self.member, "/staff/requests"),
            reference: self.reference.clone(),
            kind: p.word("kind-short", view.kind.as_str()),
            title: p.t(&format!("action-{}", self.action)),
            lead: if self.app.texts.has(&lead) { p.t(&lead) } else { String::new() },
            version: beside.version.filter(|_| !beside.is_stale).unwrap_or(view.version),
            shown: beside.mails.as_ref().map(|_| digest(&self.action, &self.fields)).unwrap_or_default(),
            changed: if beside.is_changed { p.t("console-preview-changed") } else { String::new() },
            answer: if self.action == "approve" { super::facts::answer(&p, view) } else { Vec::new() },
            is_answer: self.action == "propose",
            is_direct: self.is_direct(),
            is_first_part: self.action == "reclassify" && self.fields.some("kind").is_none(),
            stale: if beside.is_stale { stale(&p, view) } else { String::new() },
            mails: beside.mails.map(|mails| mails.into_iter().map(|mail| shown(&p, mail)).collect()),
            action: self.action.clone(),
            groups,
            mistakes,
            p,
        };
        page(status, &template)
    }

    fn is_direct(&self) -> bool {
        DIRECT.contains(&self.action.as_str())
    }
}

/// What stands now, after somebody was faster.
fn stale(p: &Chrome, view: &StaffView) -> String {
    let status = p.word("status-staff", view.status.as_str());
    let who = view.assignee.as_ref().map_or_else(|| p.t("console-nobody"), |assignee| assignee.name.clone());
    format!("{} {status}. {}: {who}.", p.t("console-stale"), p.t("console-fact-assignee"))
}

/// Puts what is to correct beside its question; link and text of all.
fn place(groups: &mut [Group], beside: &Beside) -> Vec<(String, String)> {
    let mut listed = Vec::new();
    for (question, text) in &beside.mistakes {
        let inputs = groups.iter_mut().flat_map(|group| group.inputs.iter_mut());
        match inputs.into_iter().find(|input| fits(input, question)) {
            Some(input) => {
                input.mistake.clone_from(text);
                listed.push((input.target(), format!("{}: {text}", input.label)));
            }
            None => listed.push(("act".to_owned(), text.clone())),
        }
    }
    for group in groups {
        group.folded &= group.inputs.iter().all(|input| input.mistake.is_empty() && is_empty(input));
    }
    if listed.is_empty() && !beside.is_stale {
        listed.extend(beside.failure.as_ref().map(|(_, text)| ("act".to_owned(), text.clone())));
    }
    listed
}

fn is_empty(input: &Input) -> bool {
    matches!(input.control, Control::Select { .. }) || input.answer().is_empty()
}

fn shown(p: &Chrome, mail: PlannedMail) -> Mail {
    let to = match (&mail.member, mail.to_head) {
        (Some(name), _) => p.t1("console-mail-to-colleague", "name", name),
        (None, true) => p.t("console-mail-to-head"),
        (None, false) if mail.by_post => p.t("console-mail-by-post"),
        (None, false) => p.t("console-mail-to-requester"),
    };
    Mail { to, subject: mail.subject, text: mail.text }
}
