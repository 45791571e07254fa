//! The proof of a request's history, as a file to keep.

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::request::Opened;
use crate::http::api::AppData;
use crate::http::problem::ApiError;
use crate::services::proof;

/// Hands the proof out.
pub(super) async fn fetch(app: AppData, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let Opened { app, reference, token, .. } = Opened::of(app, request, &path)?;
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(format!("{reference}-proof.json"))],
    };
    let proof = proof::of_request(&app, reference, token).await?;
    Ok(HttpResponse::Ok().insert_header(disposition).json(proof))
}
