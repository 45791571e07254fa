//! Pages for people without an account.

mod answer;
pub(in crate::http::pages) mod ask;
pub(in crate::http::pages) mod bars;
mod code;
pub(in crate::http::pages) mod draft;
mod files;
mod operator;
mod proof;
mod receipt;
mod request;
pub(in crate::http::pages) mod steps;

pub use ask::cookie_failed;
pub use files::first_field;
pub(super) use request::shown;

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};

use super::around::around;

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            web::scope("/operators").wrap(from_fn(around)).route("/{operator}", web::get().to(operator::show)).service(
                web::resource("/{operator}/request").route(web::get().to(ask::begin)).route(web::post().to(ask::go_on)),
            ),
        )
        .service(
            web::scope("/requests")
                .wrap(from_fn(around))
                .service(
                    web::resource("").route(web::get().to(request::ask_secret)).route(web::post().to(request::open)),
                )
                .route("/{reference}", web::get().to(request::show))
                .route("/{reference}/receipt", web::get().to(receipt::show))
                .route("/{reference}/confirm", web::post().to(request::confirm))
                .route("/{reference}/resend", web::post().to(request::resend))
                .route("/{reference}/messages", web::post().to(request::message))
                .route("/{reference}/cancel", web::post().to(request::cancel))
                .route("/{reference}/leave", web::post().to(request::leave))
                .route("/{reference}/files", web::post().to(files::send))
                .route("/{reference}/files/{id}", web::get().to(files::fetch))
                .route("/{reference}/answer", web::get().to(answer::show))
                .route("/{reference}/proof", web::get().to(proof::fetch)),
        );
}
