//! The API's description and a page to browse it, which loads nothing from other hosts.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use actix_web::middleware::Compress;
use actix_web::web::{self, Bytes, Data, Path, ServiceConfig};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

use super::problem::{ApiError, Methods};
use crate::services::error::ServiceError;

/// The page styles its elements one by one and draws its icons from `data:`; everything else comes from this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The description, written once.
struct Description(Bytes);

/// How the page is set up.
struct Page(Arc<Config<'static>>);

/// Adds `GET /openapi.json` and `GET /docs/`, and lets wrong methods be told from wrong addresses by the description.
///
/// # Errors
/// When the description cannot be written, which a test of it would show.
pub fn configure(config: &mut ServiceConfig, description: &OpenApi) -> Result<(), serde_json::Error> {
    let json = Bytes::from(serde_json::to_vec(description)?);
    // Relative, so that the page also works behind a path of a proxy. The validator would be another host.
    let page = Config::from("../openapi.json").validator_url("none").try_it_out_enabled(true).filter(true);
    config
        .app_data(Data::new(Description(json)))
        .app_data(Data::new(Page(Arc::new(page))))
        .app_data(Data::new(Methods::of(description)))
        .service(web::resource("/openapi.json").wrap(Compress::default()).route(web::get().to(document)))
        .service(web::resource("/docs").route(web::get().to(to_page)))
        .service(web::resource("/docs/{file:.*}").wrap(Compress::default()).route(web::get().to(file)));
    Ok(())
}

async fn document(description: Data<Description>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(description.0.clone())
}

async fn to_page() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "docs/")).finish()
}

async fn file(page: Data<Page>, file: Path<String>) -> Result<HttpResponse, ApiError> {
    let found = utoipa_swagger_ui::serve(&file, Arc::clone(&page.0));
    let found = found.map_err(|error| ServiceError::Internal(error.to_string()))?.ok_or(ServiceError::NotFound)?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, found.content_type))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, "no-cache"));
    if found.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(found.bytes.into_owned()))
}

#[cfg(test)]
mod tests;
