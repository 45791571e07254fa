//! Sign-in of staff.

use actix_web::http::header::USER_AGENT;
use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::AppData;
use super::responses::{Body, Changing, Public, Signed};
use crate::domain::user_agent;
use crate::http::auth::{SignedIn, SignedInFirst};
use crate::http::json::Json;
use crate::http::limit;
use crate::http::problem::ApiError;
use crate::services::absence;
use crate::services::error::ServiceError;
use crate::services::sign_in::{self, MeView, Tokens};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(login).service(refresh).service(logout).service(change_password).service(me);
}

/// Who signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginForm {
    /// Mail address of the account.
    pub email: String,
    /// Password.
    pub password: String,
    /// Six digits of the authenticator app or a recovery code, for accounts with a second factor; without one it is not looked at.
    pub totp: Option<String>,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshForm {
    /// The refresh token that was given last; it holds once.
    pub refresh_token: String,
}

/// A change of password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    /// The password until now.
    pub current_password: String,
    /// The password from now on, 12 characters or more.
    pub new_password: String,
}

/// Signs a member in. Where a second factor is on, 401 `totp_required` asks for its code. From the fifth failure in a row the account is locked for a growing time.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", request_body = LoginForm,
    responses((status = 200, body = Tokens), Public, Signed, Body, Changing)
)]
#[post("/auth/login")]
pub(crate) async fn login(app: AppData, request: HttpRequest, body: Json<LoginForm>) -> Result<HttpResponse, ApiError> {
    let form = body.value;
    let client = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).map(user_agent::family);
    let tokens = sign_in::login_from(&app, &form.email, &form.password, form.totp.as_deref(), client).await;
    if matches!(tokens, Err(ServiceError::Unauthorized)) {
        limit::failed_sign_in(&request, &app).await;
    }
    let tokens = tokens?;
    Ok(HttpResponse::Ok().json(tokens))
}

/// Exchanges a refresh token for new tokens. A token that was used before ends the whole session.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", request_body = RefreshForm,
    responses((status = 200, body = Tokens), Public, Signed, Body, Changing)
)]
#[post("/auth/refresh")]
pub(crate) async fn refresh(app: AppData, body: Json<RefreshForm>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(sign_in::refresh(&app, &body.value.refresh_token).await?))
}

/// Ends a session.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", request_body = RefreshForm,
    responses((status = 204, description = "The session is over"), Public, Signed, Body, Changing)
)]
#[post("/auth/logout")]
pub(crate) async fn logout(app: AppData, body: Json<RefreshForm>) -> Result<HttpResponse, ApiError> {
    sign_in::logout(&app, &body.value.refresh_token).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes one's password and ends one's other sessions.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), request_body = PasswordForm,
    responses((status = 204, description = "The password was changed"), Public, Signed, Body, Changing)
)]
#[post("/auth/password")]
pub(crate) async fn change_password(
    app: AppData,
    member: SignedInFirst,
    body: Json<PasswordForm>,
) -> Result<HttpResponse, ApiError> {
    let form = body.value;
    sign_in::change_password(&app, &member.0, &form.current_password, &form.new_password).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who is signed in.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])),
    responses((status = 200, body = MeView), Public, Signed)
)]
#[get("/staff/me")]
pub(crate) async fn me(app: AppData, member: SignedIn) -> Result<HttpResponse, ApiError> {
    let absence = absence::current_of(&app, &member.0).await?;
    Ok(HttpResponse::Ok().json(member.0.view(absence)))
}
