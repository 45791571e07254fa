//! One's own account: password, second factor, sessions, and the days on which one is away.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::ask::Ask;
use super::nav::Nav;
use super::panel::{Panel, Wrongs};
use super::session::Staff;
use crate::domain::permission::Permission;
use crate::http::api::AppData;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::input::Control;
use crate::http::problem::ApiError;
use crate::services::absence::{self, AbsenceForm};
use crate::services::desk::colleagues;
use crate::services::error::ServiceError;
use crate::services::sign_in::{self, Hold, Member, TotpSecret};

/// A session in words.
struct Session {
    id: String,
    client: String,
    began: String,
    used: String,
    is_current: bool,
}

/// An absence in words.
struct Absence {
    id: String,
    days: String,
    deputy: String,
}

#[derive(Template)]
#[template(path = "pages/staff/account.html")]
struct Page {
    p: Chrome,
    nav: Nav,
    email: String,
    roles: Vec<String>,
    done: String,
    hold: String,
    password: Panel,
    /// What is possible with the second factor now.
    factor: Vec<Panel>,
    factor_state: String,
    secret: Option<TotpSecret>,
    codes: Vec<String>,
    sessions: Vec<Session>,
    has_others: bool,
    absences: Vec<Absence>,
    absence: Option<Panel>,
}

/// What a form left to show.
#[derive(Default)]
struct Left {
    secret: Option<TotpSecret>,
    codes: Vec<String>,
    /// The panel that something is wrong with.
    wrong: Option<(&'static str, Wrongs)>,
    /// The code of a new secret is waited for.
    waits: bool,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .route("/account", web::get().to(show))
        .route("/account/password", web::post().to(change_password))
        .route("/account/totp", web::post().to(begin_totp))
        .route("/account/totp/confirm", web::post().to(confirm_totp))
        .route("/account/totp/off", web::post().to(end_totp))
        .route("/account/totp/codes", web::post().to(renew_codes))
        .route("/account/sessions/others", web::post().to(end_others))
        .route("/account/sessions/{id}", web::post().to(end_session))
        .route("/account/absences", web::post().to(mark_absence))
        .route("/account/absences/{id}", web::post().to(end_absence));
}

/// Where a form that was done leads: the page says so.
fn done(what: &str) -> HttpResponse {
    see_other(&format!("/staff/account?done={what}"))
}

/// What a page says was done, by its address; empty for what it knows nothing of.
pub(super) fn done_text(p: &Chrome, fields: &Fields) -> String {
    let what = fields.get("done");
    let is_plain = !what.is_empty() && what.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let key = format!("console-done-{what}");
    if is_plain && p.app.texts.has(&key) { p.t(&key) } else { String::new() }
}

async fn show(app: AppData, request: HttpRequest, member: Staff) -> Result<HttpResponse, ApiError> {
    render(&app, &request, &member.0, &Fields::of_query(&request), Left::default()).await
}

/// The page again, with what went wrong in one of its panels.
async fn again(
    app: &AppData,
    request: &HttpRequest,
    member: &Member,
    fields: &Fields,
    (panel, error): (&'static str, ServiceError),
) -> Result<HttpResponse, ApiError> {
    let wrong = Wrongs::of(app, request, error)?;
    let waits = panel == "totp-confirm";
    render(app, request, member, fields, Left { wrong: Some((panel, wrong)), waits, ..Left::default() }).await
}

/// The value of a field as it was typed: passwords may begin and end with a space.
fn exact<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.pairs().iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

async fn change_password(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let (current, new) = (exact(&fields, "current_password"), exact(&fields, "new_password"));
    match sign_in::change_password(&app, &member.0, current, new).await {
        Ok(()) => Ok(done("password")),
        Err(error) => again(&app, &request, &member.0, &fields, ("password", error)).await,
    }
}

async fn begin_totp(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    match sign_in::begin_totp(&app, &member.0, exact(&fields, "password")).await {
        Ok(secret) => {
            let left = Left { secret: Some(secret), waits: true, ..Left::default() };
            render(&app, &request, &member.0, &Fields::default(), left).await
        }
        Err(error) => again(&app, &request, &member.0, &fields, ("totp", error)).await,
    }
}

async fn confirm_totp(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    match sign_in::confirm_totp(&app, &member.0, fields.get("code")).await {
        Ok(given) => with_codes(&app, &request, &member.0, given.recovery_codes).await,
        Err(error) => again(&app, &request, &member.0, &fields, ("totp-confirm", error)).await,
    }
}

async fn end_totp(app: AppData, request: HttpRequest, member: Staff, fields: Fields) -> Result<HttpResponse, ApiError> {
    match sign_in::end_totp(&app, &member.0, exact(&fields, "password"), fields.get("code")).await {
        Ok(()) => Ok(done("totp-off")),
        Err(error) => again(&app, &request, &member.0, &fields, ("totp-off", error)).await,
    }
}

async fn renew_codes(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    match sign_in::renew_recovery_codes(&app, &member.0, exact(&fields, "password"), fields.get("code")).await {
        Ok(given) => with_codes(&app, &request, &member.0, given.recovery_codes).await,
        Err(error) => again(&app, &request, &member.0, &fields, ("totp-codes", error)).await,
    }
}

/// Shows recovery codes, this once.
async fn with_codes(
    app: &AppData,
    request: &HttpRequest,
    member: &Member,
    codes: Vec<String>,
) -> Result<HttpResponse, ApiError> {
    // The second factor is there now.
    let mut member = member.clone();
    member.hold = member.hold.filter(|hold| *hold != Hold::Totp);
    render(app, request, &member, &Fields::default(), Left { codes, ..Left::default() }).await
}

async fn end_session(app: AppData, member: Staff, path: Path<String>, _: Fields) -> Result<HttpResponse, ApiError> {
    sign_in::end_session(&app, &member.0, &path).await?;
    Ok(done("session"))
}

async fn end_others(app: AppData, member: Staff, _: Fields) -> Result<HttpResponse, ApiError> {
    sign_in::end_other_sessions(&app, &member.0).await?;
    Ok(done("sessions"))
}

async fn mark_absence(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let member = member.0;
    member.check_free()?;
    let deputy_id = || fields.get("deputy_id").to_owned();
    let sent = fields
        .day("from")
        .and_then(|from| Ok(AbsenceForm { from, until: fields.day("until")?, deputy_id: deputy_id() }));
    let marked = match sent {
        Ok(form) => absence::mark(&app, member.clone(), member.id.clone(), form, None).await.map(drop),
        Err(error) => Err(error),
    };
    match marked {
        Ok(()) => Ok(done("absence")),
        Err(error) => again(&app, &request, &member, &fields, ("absence", error)).await,
    }
}

async fn end_absence(app: AppData, member: Staff, path: Path<String>, _: Fields) -> Result<HttpResponse, ApiError> {
    member.0.check_free()?;
    let id = member.0.id.clone();
    absence::end(&app, member.0, id, path.into_inner()).await?;
    Ok(done("absence-over"))
}

async fn render(
    app: &AppData,
    request: &HttpRequest,
    member: &Member,
    fields: &Fields,
    left: Left,
) -> Result<HttpResponse, ApiError> {
    let mut p = Chrome::of(request)?;
    "/staff/account".clone_into(&mut p.path);
    p.query = String::new();
    let status = left.wrong.as_ref().map_or(StatusCode::OK, |(_, wrongs)| wrongs.status);
    let is_free = member.hold.is_none();
    let (factor_state, factor) = factor(app, &p, member, &left).await?;
    let sessions = sessions(app, &p, member).await?;
    let ask = Ask { p: &p, fields };
    let inputs = vec![
        ask.secret("current_password", "password", "current-password"),
        ask.secret("new_password", "password", "new-password"),
    ];
    let password = Panel::new(&p, "password", "/staff/account/password".to_owned(), inputs);
    let deputies = if is_free { deputies(app, member).await? } else { Vec::new() };
    let absence = (!deputies.is_empty()).then(|| {
        let inputs =
            vec![ask.line("from", "date"), ask.line("until", "date"), ask.select("deputy_id", deputies.clone())];
        Panel::new(&p, "absence", "/staff/account/absences".to_owned(), inputs).wrong(wrongs_of(&left, "absence"))
    });
    let template = Page {
        email: member.email.clone(),
        roles: roles(&p, member),
        done: done_text(&p, fields),
        hold: match member.hold {
            Some(Hold::Password) => p.t("console-hold-password"),
            Some(Hold::Totp) => p.t("console-hold-totp"),
            None => String::new(),
        },
        password: password.wrong(wrongs_of(&left, "password")),
        factor,
        factor_state,
        secret: left.secret,
        codes: left.codes,
        has_others: sessions.len() > 1,
        sessions,
        absences: if is_free { absences(app, &p, member).await? } else { Vec::new() },
        absence,
        nav: Nav::of(&p, member, "/staff/account"),
        p,
    };
    page(status, &template)
}

fn wrongs_of<'l>(left: &'l Left, panel: &str) -> Option<&'l Wrongs> {
    left.wrong.as_ref().filter(|(id, _)| *id == panel).map(|(_, wrongs)| wrongs)
}

/// How the second factor stands, in words, and the forms that change it.
async fn factor(app: &AppData, p: &Chrome, member: &Member, left: &Left) -> Result<(String, Vec<Panel>), ApiError> {
    if member.hold == Some(Hold::Password) {
        return Ok((String::new(), Vec::new()));
    }
    let stands = sign_in::totp(app, member).await?;
    let none = Fields::default();
    let ask = Ask { p, fields: &none };
    let password = || ask.secret("password", "password", "current-password");
    let ask_code = || ask.secret("code", "text", "one-time-code");
    let panel = |id: &'static str, part: &str, inputs| {
        Panel::new(p, id, format!("/staff/account/totp{part}"), inputs).wrong(wrongs_of(left, id))
    };
    if !stands.enabled {
        let panels = if left.waits {
            vec![panel("totp-confirm", "/confirm", vec![ask_code()])]
        } else {
            vec![panel("totp", "", vec![password()])]
        };
        return Ok((p.t(if stands.required { "console-totp-needed" } else { "console-totp-is-off" }), panels));
    }
    let count = i64::try_from(stands.recovery_codes_left).unwrap_or_default();
    let mut panels = vec![panel("totp-codes", "/codes", vec![password(), ask_code()])];
    if !stands.required {
        panels.push(panel("totp-off", "/off", vec![password(), ask_code()]));
    }
    for one in &mut panels {
        one.folded = one.mistake.is_empty() && one.inputs.iter().all(|input| input.mistake.is_empty());
    }
    Ok((p.tn("console-totp-is-on", "codes", count), panels))
}

async fn sessions(app: &AppData, p: &Chrome, member: &Member) -> Result<Vec<Session>, ApiError> {
    let all = sign_in::sessions(app, member).await?.items;
    let session = |one: sign_in::SessionView| Session {
        client: if one.client == "other" { p.t("console-session-other") } else { one.client },
        began: p.moment(&one.created_at),
        used: p.moment(&one.last_used_at),
        is_current: one.current,
        id: one.id,
    };
    Ok(all.into_iter().map(session).collect())
}

fn roles(p: &Chrome, member: &Member) -> Vec<String> {
    let admin = member.is_admin.then(|| p.word("role", "admin"));
    let at = member.roles.iter().map(|(operator, roles)| {
        let words: Vec<_> = roles.iter().map(|role| p.word("role", role.as_str())).collect();
        format!("{}: {}", super::queue::operator_name(p, operator), words.join(", "))
    });
    admin.into_iter().chain(at).collect()
}

/// Who can stand in: whoever works requests at each operator at which the member does.
async fn deputies(app: &AppData, member: &Member) -> Result<Vec<(String, String, String)>, ApiError> {
    let operators = member.operators_with(Permission::Take);
    let mut counted: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for operator in &operators {
        for colleague in colleagues(app, member, operator).await? {
            counted.entry(colleague.id).or_insert((colleague.name, 0)).1 += 1;
        }
    }
    counted.retain(|id, (_, count)| *id != member.id && *count == operators.len());
    let mut fit: Vec<_> = counted.into_iter().map(|(id, (name, _))| (id, name, String::new())).collect();
    fit.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(fit)
}

/// The absences that are not over.
async fn absences(app: &AppData, p: &Chrome, member: &Member) -> Result<Vec<Absence>, ApiError> {
    let today = crate::domain::almaty::local_date(app.clock.now());
    let all = absence::list(app, member.clone(), member.id.clone(), None, 50).await?;
    let open = all.items.into_iter().filter(|one| one.ended_at.is_none() && one.until >= today);
    let words = |one: absence::AbsenceView| Absence {
        id: one.id,
        days: format!("{} – {}", p.date(&one.from), p.date(&one.until)),
        deputy: one.deputy.name,
    };
    Ok(open.map(words).collect())
}
