//! HTTP: the server, its problems and logs, and the API.

pub mod api;
pub mod auth;
pub mod client;
pub mod cors;
pub mod docs;
mod files;
pub mod headers;
pub mod health;
pub mod json;
pub mod limit;
pub mod locale;
pub mod metrics;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod server;
pub mod tls;
pub mod trace;
mod unread;

#[cfg(test)]
mod testing;

use actix_web::web::ServiceConfig;

/// All routes of a server.
pub fn configure(config: &mut ServiceConfig) {
    config
        .configure(api::configure)
        .configure(health::configure)
        .configure(metrics::configure)
        .configure(problem::configure)
        .configure(pages::configure);
    if let Err(error) = docs::configure(config, &openapi::description()) {
        tracing::error!(%error, "the description of the API cannot be written");
    }
}
