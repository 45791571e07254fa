//! The style sheets, the script and the sign, inside the binary. Their names hold a hash of the content, so that browsers keep them for good.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::middleware::Compress;
use actix_web::web::{self, Path, ServiceConfig};
use sha2::{Digest, Sha256};

use crate::domain::event_chain::hex;
use crate::http::problem::ApiError;
use crate::services::error::ServiceError;

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    name: &'static str,
    end: &'static str,
    media_type: &'static str,
    content: String,
    /// Its address, with the hash of its content.
    pub href: String,
}

impl Asset {
    fn new(name: &'static str, end: &'static str, media_type: &'static str, parts: &[&str]) -> Self {
        let content = parts.concat();
        let hash: String = hex(&Sha256::digest(content.as_bytes())).chars().take(12).collect();
        let href = format!("/assets/{name}.{hash}.{end}");
        Self { name, end, media_type, content, href }
    }
}

const BASE: &str = include_str!("../../../templates/pages/base.css");
/// What pages are put together of: steps, bars of deadlines, timelines, messages.
const PARTS: &str = include_str!("../../../templates/pages/public.css");
const CSS: &str = "text/css; charset=utf-8";

/// The style of all pages.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| Asset::new("style", "css", CSS, &[BASE, PARTS]));
/// The style of the console.
pub static STAFF_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("console", "css", CSS, &[BASE, PARTS, include_str!("../../../templates/pages/console.css")])
});
/// What the console does better with a script.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "console",
        "js",
        "text/javascript; charset=utf-8",
        &[include_str!("../../../templates/pages/console.js")],
    )
});
/// The sign of the product.
pub static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", &[include_str!("../../../templates/pages/icon.svg")]));

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(web::resource("/assets/{file}").wrap(Compress::default()).route(web::get().to(show)));
}

async fn show(file: Path<String>) -> Result<HttpResponse, ApiError> {
    let all = [&STYLE, &STAFF_STYLE, &SCRIPT, &ICON];
    // A page of an older version that is still open gets today's file rather than none.
    let found = all.into_iter().find(|asset| {
        let mut parts = file.split('.');
        parts.next() == Some(asset.name) && parts.nth(1) == Some(asset.end) && parts.next().is_none()
    });
    let asset = found.ok_or(ServiceError::NotFound)?;
    let is_current = asset.href.strip_prefix("/assets/") == Some(file.as_str());
    let keep = if is_current { "public, max-age=31536000, immutable" } else { "no-store" };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.media_type))
        .insert_header((CACHE_CONTROL, keep))
        .body(asset.content.clone()))
}
