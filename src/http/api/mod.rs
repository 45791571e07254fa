//! The REST API under `/api/v1`.

pub mod absences;
pub mod attachments;
pub mod audit;
pub mod auth;
pub mod bulk;
pub mod calendar;
pub mod outbox;
pub mod public;
pub mod reports;
pub mod requester;
pub mod responses;
pub mod second_factor;
pub mod sessions;
pub mod staff;
pub mod users;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Serialize;

use super::headers::IdempotencyKeyHeader;
use crate::app::App;
use crate::services::idempotency::IdempotencyKey;

/// The application as handlers get it.
pub type AppData = Data<App>;

/// Registers all routes.
pub fn configure(config: &mut ServiceConfig) {
    config.service(
        web::scope("/api/v1")
            .configure(public::configure)
            .configure(requester::configure)
            .configure(auth::configure)
            .configure(second_factor::configure)
            .configure(sessions::configure)
            // Before the actions of staff, whose address has a name of any kind at its end.
            .configure(attachments::configure)
            .configure(staff::configure)
            .configure(bulk::configure)
            .configure(audit::configure)
            .configure(reports::configure)
            .configure(outbox::configure)
            .configure(users::configure)
            .configure(calendar::configure)
            .configure(absences::configure),
    );
}

/// The key of a creating call, as keyed hashes: `scope` tells apart who calls what.
pub(in crate::http) fn idempotency(
    app: &App,
    header: IdempotencyKeyHeader,
    scope: &str,
    canonical: &[u8],
) -> Option<IdempotencyKey> {
    let key = header.0?;
    Some(IdempotencyKey {
        key_hash: app.vault.fingerprint(&format!("idempotency key/{scope}"), key.as_bytes()),
        fingerprint: app.vault.fingerprint(&format!("idempotency body/{scope}"), canonical),
    })
}

/// The answer to a creating call.
fn created<T: Serialize>(location: Option<String>, replayed: bool, body: &T) -> HttpResponse {
    let mut response = HttpResponse::Created();
    if let Some(location) = location {
        response.insert_header((header::LOCATION, location));
    }
    if replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
    response.json(body)
}
