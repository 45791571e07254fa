//! Whether the process lives, and whether it can do its work.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::{ApiError, Problem};
use crate::app::App;
use crate::services::error::ServiceError;
use crate::storage::{self, StorageError};

/// A database that has not answered by then is not there.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Live {
    /// Always `live`.
    #[schema(example = "live")]
    pub status: &'static str,
}

/// The process can do its work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    /// Always `ready`.
    #[schema(example = "ready")]
    pub status: &'static str,
    /// Always `ok`.
    #[schema(example = "ok")]
    pub database: &'static str,
    /// The newest change of the tables.
    pub schema: String,
    /// Age of the oldest mail that still waits, in seconds; null when none does. It says nothing about readiness.
    pub mail_queue_age_seconds: Option<i64>,
}

/// Adds `GET /health/live` and `GET /health/ready`.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(web::resource("/health/live").route(web::get().to(live)))
        .service(web::resource("/health/ready").route(web::get().to(ready)));
}

/// Says that the process answers.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "operations",
    responses((status = 200, description = "The process answers", body = Live))
)]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Live { status: "live" })
}

/// Says whether the process can do its work: the database answers and its tables are those of this version.
///
/// # Errors
/// 503 when the database does not answer within two seconds or its tables are of another version.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "operations",
    responses(
        (status = 200, description = "The process can do its work", body = Ready),
        (status = 503, description = "It cannot, now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn ready(app: Data<App>) -> Result<HttpResponse, ApiError> {
    let unavailable = |cause: &str| ApiError::from(ServiceError::Unavailable(cause.to_owned()));
    let expected = storage::latest().ok().flatten().ok_or_else(|| unavailable("this version knows no tables"))?;
    let asked = app.db.read("health", |connection| {
        let schema = storage::newest_applied(connection)?;
        let oldest = storage::outbox::oldest_pending(connection)?;
        Ok::<_, StorageError>((schema, oldest))
    });
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    let (schema, oldest) = answer
        .map_err(|_| unavailable("the database does not answer"))?
        .map_err(|error| unavailable(&error.to_string()))?;
    if schema.as_deref() != Some(expected.as_str()) {
        return Err(unavailable("the tables are of another version"));
    }
    let now = app.clock.now().naive_utc();
    let age = oldest.map(|oldest| now.signed_duration_since(oldest).num_seconds().max(0));
    Ok(HttpResponse::Ok().json(Ready {
        status: "ready",
        database: "ok",
        schema: expected,
        mail_queue_age_seconds: age,
    }))
}

#[cfg(test)]
mod tests;
