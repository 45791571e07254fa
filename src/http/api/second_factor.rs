//! The second factor of sign-in.

use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, delete, get, post, put};
use serde::Deserialize;
use utoipa::ToSchema;

use super::AppData;
use super::responses::{Body, Changing, Public, Signed};
use crate::http::auth::{SignedIn, SignedInFirst};
use crate::http::json::Json;
use crate::http::problem::ApiError;
use crate::services::sign_in::{self, RecoveryCodes, SignInPolicy, TotpSecret, TotpView};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(show_totp)
        .service(begin_totp)
        .service(confirm_totp)
        .service(end_totp)
        .service(renew_recovery_codes)
        .service(reset_totp)
        .service(reset_external)
        .service(show_policy)
        .service(set_policy);
}

/// Proof that the member knows the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpBeginForm {
    /// The password.
    pub password: String,
}

/// The first code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpConfirmForm {
    /// Six digits, as the app shows them.
    pub code: String,
}

/// Proof of both factors.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpProofForm {
    /// The password.
    pub password: String,
    /// Six digits, or a recovery code.
    pub code: String,
}

/// Shows whether the second factor is on, whether it has to be, and how many recovery codes are left.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])),
    responses((status = 200, body = TotpView), Public, Signed)
)]
#[get("/auth/totp")]
pub(crate) async fn show_totp(app: AppData, member: SignedInFirst) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(sign_in::totp(&app, &member.0).await?))
}

/// Makes a new secret. It counts once a code of it was shown, within half an hour.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), request_body = TotpBeginForm,
    responses((status = 200, body = TotpSecret), Public, Signed, Body, Changing)
)]
#[post("/auth/totp")]
pub(crate) async fn begin_totp(
    app: AppData,
    member: SignedInFirst,
    body: Json<TotpBeginForm>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(sign_in::begin_totp(&app, &member.0, &body.value.password).await?))
}

/// Turns the second factor on, gives recovery codes, and ends one's other sessions.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), request_body = TotpConfirmForm,
    responses((status = 200, body = RecoveryCodes), Public, Signed, Body, Changing)
)]
#[post("/auth/totp/confirm")]
pub(crate) async fn confirm_totp(
    app: AppData,
    member: SignedInFirst,
    body: Json<TotpConfirmForm>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(sign_in::confirm_totp(&app, &member.0, &body.value.code).await?))
}

/// Turns the second factor off, and ends one's other sessions.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), request_body = TotpProofForm,
    responses((status = 204, description = "The second factor is off"), Public, Signed, Body, Changing)
)]
#[delete("/auth/totp")]
pub(crate) async fn end_totp(
    app: AppData,
    member: SignedInFirst,
    body: Json<TotpProofForm>,
) -> Result<HttpResponse, ApiError> {
    sign_in::end_totp(&app, &member.0, &body.value.password, &body.value.code).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives new recovery codes; the old ones no longer work.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), request_body = TotpProofForm,
    responses((status = 200, body = RecoveryCodes), Public, Signed, Body, Changing)
)]
#[post("/auth/totp/recovery-codes")]
pub(crate) async fn renew_recovery_codes(
    app: AppData,
    member: SignedIn,
    body: Json<TotpProofForm>,
) -> Result<HttpResponse, ApiError> {
    let form = &body.value;
    let codes = sign_in::renew_recovery_codes(&app, &member.0, &form.password, &form.code).await?;
    Ok(HttpResponse::Ok().json(codes))
}

/// Takes the second factor of a member away who lost it, and ends their sessions.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    responses((status = 204, description = "The second factor is off"), Public, Signed, Changing)
)]
#[post("/staff/users/{id}/totp-reset")]
pub(crate) async fn reset_totp(app: AppData, member: SignedIn, path: Path<String>) -> Result<HttpResponse, ApiError> {
    sign_in::reset_totp(&app, &member.0, &path).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Forgets who a member is at the external sign-in service, and ends their sessions. The next sign-in there binds the account anew.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    responses((status = 204, description = "Nobody is bound to the account"), Public, Signed, Changing)
)]
#[post("/staff/users/{id}/external-reset")]
pub(crate) async fn reset_external(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    sign_in::reset_external(&app, &member.0, &path).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Shows which roles need a second factor.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])),
    responses((status = 200, body = SignInPolicy), Public, Signed)
)]
#[get("/staff/sign-in-policy")]
pub(crate) async fn show_policy(app: AppData, member: SignedIn) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(sign_in::policy(&app, &member.0).await?))
}

/// Says which roles need a second factor: their members can do nothing but set it up until they have.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), request_body = SignInPolicy,
    responses((status = 200, body = SignInPolicy), Public, Signed, Body, Changing)
)]
#[put("/staff/sign-in-policy")]
pub(crate) async fn set_policy(
    app: AppData,
    member: SignedIn,
    body: Json<SignInPolicy>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(sign_in::set_policy(&app, &member.0, body.value).await?))
}
