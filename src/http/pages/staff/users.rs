//! Accounts of the staff, for administrators.

use actix_web::http::StatusCode;
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::account::done_text;
use super::ask::Ask;
use super::nav::Nav;
use super::panel::{Panel, Wrongs};
use super::queue::operator_name;
use super::session::Staff;
use crate::domain::vocabulary::{Language, Role};
use crate::http::api::AppData;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::input::{Control, Input};
use crate::http::problem::ApiError;
use crate::services::error::ServiceError;
use crate::services::sign_in::{self, Member, SignInPolicy};
use crate::services::users::{self, RoleAt, UserForm, UserPatch, UserView};

/// Accounts on a page.
const PAGE: usize = 50;

struct Row {
    user: UserView,
    roles: Vec<String>,
    since: String,
    away: String,
}

#[derive(Template)]
#[template(path = "pages/staff/users.html")]
struct List {
    p: Chrome,
    nav: Nav,
    done: String,
    rows: Vec<Row>,
    next: String,
    panels: Vec<Panel>,
}

#[derive(Template)]
#[template(path = "pages/staff/user.html")]
struct One {
    p: Chrome,
    nav: Nav,
    user: UserView,
    done: String,
    /// A password that is shown this once.
    password: String,
    panels: Vec<Panel>,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(web::resource("/users").route(web::get().to(list)).route(web::post().to(create)))
        .route("/users/sign-in-policy", web::post().to(set_policy))
        .service(web::resource("/users/{id}").route(web::get().to(show)).route(web::post().to(change)))
        .route("/users/{id}/{part}", web::post().to(reset));
}

async fn list(app: AppData, request: HttpRequest, member: Staff) -> Result<HttpResponse, ApiError> {
    render_list(&app, &request, &member.0, &Fields::of_query(&request), None).await
}

async fn render_list(
    app: &AppData,
    request: &HttpRequest,
    member: &Member,
    fields: &Fields,
    wrong: Option<(&'static str, Wrongs)>,
) -> Result<HttpResponse, ApiError> {
    let after = fields.some("cursor").map(ToOwned::to_owned);
    let found = users::list(app, member, after, PAGE).await?;
    let policy = sign_in::policy(app, member).await?;
    let mut p = Chrome::of(request)?;
    "/staff/users".clone_into(&mut p.path);
    p.query = String::new();
    let rows = found.items.into_iter().map(|user| Row {
        roles: user.roles.iter().map(|role| role_name(&p, role)).collect(),
        since: p.moment(&user.created_at),
        away: user.absence.as_ref().map(|away| p.day_month(&away.until)).unwrap_or_default(),
        user,
    });
    let wrongs = |id: &str| wrong.as_ref().filter(|(panel, _)| *panel == id).map(|(_, wrongs)| wrongs);
    let ask = Ask { p: &p, fields };
    let inputs = vec![ask.line("email", "email"), ask.line("name", "text"), ask.language("language"), roles(&ask)];
    let new = Panel::new(&p, "user-new", "/staff/users".to_owned(), inputs).folded().wrong(wrongs("user-new"));
    let chosen = Fields::new(of_policy(&policy));
    let ask = Ask { p: &p, fields: if wrongs("policy").is_some() { fields } else { &chosen } };
    let names: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
    let inputs = vec![ask.choice("totp_required_roles", true, ask.worded("role", &names)).optional()];
    let policy = Panel::new(&p, "policy", "/staff/users/sign-in-policy".to_owned(), inputs).folded();
    let template = List {
        rows: rows.collect(),
        done: done_text(&p, fields),
        next: found.next.map(|next| format!("/staff/users?cursor={next}")).unwrap_or_default(),
        panels: vec![new, policy.wrong(wrongs("policy"))],
        nav: Nav::of(&p, member, "/staff/users"),
        p,
    };
    page(wrong.as_ref().map_or(StatusCode::OK, |(_, wrongs)| wrongs.status), &template)
}

fn of_policy(policy: &SignInPolicy) -> Vec<(String, String)> {
    policy.totp_required_roles.iter().map(|role| ("totp_required_roles".to_owned(), role.to_string())).collect()
}

fn role_name(p: &Chrome, at: &RoleAt) -> String {
    let role = p.word("role", at.role.as_str());
    at.operator.as_ref().map_or_else(|| role.clone(), |id| format!("{}: {role}", operator_name(p, id)))
}

fn role_value(at: &RoleAt) -> String {
    at.operator.as_ref().map_or_else(|| at.role.to_string(), |id| format!("{id}:{}", at.role))
}

/// All roles at all operators, and that of the deployment.
fn roles(ask: &Ask<'_>) -> Input {
    let admin = RoleAt { operator: None, role: Role::Admin };
    let of = |id: &str| {
        let id = id.to_owned();
        [Role::Agent, Role::Dpo, Role::Auditor].map(|role| RoleAt { operator: Some(id.clone()), role })
    };
    let at = ask.p.app.operators.iter().flat_map(|operator| of(&operator.id));
    let option = |at: RoleAt| (role_value(&at), role_name(ask.p, &at), String::new());
    ask.choice("role", true, std::iter::once(admin).chain(at).map(option).collect())
}

/// The roles that were ticked.
fn ticked(fields: &Fields) -> Result<Vec<RoleAt>, ServiceError> {
    let role = |value: &str| match value.split_once(':') {
        Some((operator, role)) => Some(RoleAt { operator: Some(operator.to_owned()), role: Role::parse(role)? }),
        None => Some(RoleAt { operator: None, role: Role::parse(value)? }),
    };
    let all: Option<Vec<_>> = fields.all("role").map(role).collect();
    all.ok_or_else(|| ServiceError::field("/roles", "invalid_value"))
}

async fn create(app: AppData, request: HttpRequest, member: Staff, fields: Fields) -> Result<HttpResponse, ApiError> {
    let form = ticked(&fields).map(|roles| UserForm {
        email: fields.get("email").to_owned(),
        name: fields.get("name").to_owned(),
        language: Language::parse(fields.get("language")),
        password: None,
        roles,
    });
    let created = match form {
        Ok(form) => users::create(&app, &member.0, form).await,
        Err(error) => Err(error),
    };
    match created {
        Ok(made) => {
            let password = made.initial_password.unwrap_or_default();
            render(&request, &member.0, (made.user, password), None)
        }
        Err(error) => {
            let wrong = Wrongs::of(&app, &request, error)?;
            render_list(&app, &request, &member.0, &fields, Some(("user-new", wrong))).await
        }
    }
}

async fn set_policy(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let roles: Option<Vec<_>> = fields.all("totp_required_roles").map(Role::parse).collect();
    let wished = roles.ok_or_else(|| ServiceError::field("/totp_required_roles", "invalid_value"));
    let set = match wished {
        Ok(totp_required_roles) => {
            sign_in::set_policy(&app, &member.0, SignInPolicy { totp_required_roles }).await.map(drop)
        }
        Err(error) => Err(error),
    };
    match set {
        Ok(()) => Ok(see_other("/staff/users?done=policy")),
        Err(error) => {
            let wrong = Wrongs::of(&app, &request, error)?;
            render_list(&app, &request, &member.0, &fields, Some(("policy", wrong))).await
        }
    }
}

async fn show(app: AppData, request: HttpRequest, member: Staff, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let user = users::one(&app, &member.0, &path).await?;
    render(&request, &member.0, (user, String::new()), None)
}

/// An account as the fields of its form.
fn fields_of(user: &UserView) -> Fields {
    let mut pairs = vec![
        ("name".to_owned(), user.name.clone()),
        ("language".to_owned(), user.language.to_string()),
        ("disabled".to_owned(), if user.disabled { "yes" } else { "no" }.to_owned()),
    ];
    pairs.extend(user.roles.iter().map(|role| ("role".to_owned(), role_value(role))));
    Fields::new(pairs)
}

fn render(
    request: &HttpRequest,
    member: &Member,
    (user, password): (UserView, String),
    wrong: Option<&(&'static str, Wrongs, Fields)>,
) -> Result<HttpResponse, ApiError> {
    let mut p = Chrome::of(request)?;
    let home = format!("/staff/users/{}", user.id);
    p.path.clone_from(&home);
    p.query = String::new();
    let stands = fields_of(&user);
    let wrongs = |id: &str| wrong.filter(|(panel, ..)| *panel == id).map(|(_, wrongs, _)| wrongs);
    let typed = wrong.map(|(.., fields)| fields).filter(|fields| fields.some("name").is_some());
    let ask = Ask { p: &p, fields: typed.unwrap_or(&stands) };
    let inputs = vec![
        ask.line("name", "text"),
        ask.language("language"),
        roles(&ask),
        ask.choice("disabled", false, ask.worded("console-disabled", &["no", "yes"])),
    ];
    let mut panels = vec![Panel::new(&p, "user", home.clone(), inputs).wrong(wrongs("user"))];
    // The own account is kept up by knowing its password.
    if user.id != member.id {
        let reset =
            |id, part: &str| Panel::new(&p, id, format!("{home}/{part}"), Vec::new()).folded().wrong(wrongs(id));
        panels.extend([reset("user-password", "password"), reset("user-totp", "totp")]);
        panels.extend(p.app.oidc.as_ref().map(|_| reset("user-external", "external")));
    }
    let template = One {
        done: done_text(&p, &Fields::of_query(request)),
        nav: Nav::of(&p, member, "/staff/users"),
        user,
        password,
        panels,
        p,
    };
    page(wrong.map_or(StatusCode::OK, |(_, wrongs, _)| wrongs.status), &template)
}

async fn change(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    path: Path<String>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let wished = ticked(&fields).map(|roles| UserPatch {
        disabled: Some(fields.get("disabled") == "yes"),
        roles: Some(roles),
        name: Some(fields.get("name").to_owned()),
        language: Language::parse(fields.get("language")),
    });
    let changed = match wished {
        Ok(form) => users::change(&app, &member.0, &path, form).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(user) => Ok(see_other(&format!("/staff/users/{}?done=user", user.id))),
        Err(error) => {
            let user = users::one(&app, &member.0, &path).await?;
            let wrong = Wrongs::of(&app, &request, error)?;
            render(&request, &member.0, (user, String::new()), Some(&("user", wrong, fields)))
        }
    }
}

/// Takes a factor of a member away, or gives them a temporary password, which is shown this once.
async fn reset(
    app: AppData,
    request: HttpRequest,
    member: Staff,
    path: Path<(String, String)>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let (admin, (id, part)) = (&member.0, path.into_inner());
    let (panel, did) = match part.as_str() {
        "password" => {
            let given = users::reset_password(&app, admin, &id).await;
            ("user-password", given.map(|given| Some(given.temporary_password)))
        }
        "totp" => ("user-totp", sign_in::reset_totp(&app, admin, &id).await.map(|()| None)),
        "external" => ("user-external", sign_in::reset_external(&app, admin, &id).await.map(|()| None)),
        _ => return Err(ServiceError::NotFound.into()),
    };
    if let Ok(None) = did {
        return Ok(see_other(&format!("/staff/users/{id}?done={part}-reset")));
    }
    let user = users::one(&app, admin, &id).await?;
    match did {
        Ok(password) => render(&request, admin, (user, password.unwrap_or_default()), None),
        Err(error) => {
            let wrong = Wrongs::of(&app, &request, error)?;
            render(&request, admin, (user, String::new()), Some(&(panel, wrong, fields)))
        }
    }
}
