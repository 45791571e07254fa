//! Pages for people without an account.

mod answer;
pub(in crate::http::pages) mod ask;
pub(in crate::http::pages) mod bars;
mod code;
pub(in crate::http::pages) mod draft;
mod embed;
mod files;
mod operator;
mod proof;
mod receipt;
mod request;
pub(in crate::http::pages) mod steps;

pub use ask::cookie_failed;
pub use files::first_field;
pub use operator::render;
pub(super) use request::shown;

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, Route};

use super::around::around;
use super::chrome::Chrome;
use super::compress::careful;
use super::frame::framed;
use crate::locale::dates;
use crate::services::views::HeadlineView;

/// What is promised by the deadline that leads, in the words of the mails.
fn promised(p: &Chrome, lead: &HeadlineView) -> String {
    let by = dates::date_by_opening(&p.app.texts, p.language, lead.due_on);
    p.t1(&format!("mail-promise-{}", lead.clock.as_str()), "by", &by)
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/operators/{operator}/embed")
                .wrap(from_fn(framed))
                .wrap(Compress::default())
                .wrap(from_fn(careful))
                .route(web::get().to(ask::begin))
                .route(web::post().to(embed::go_on)),
        )
        .service(
            web::scope("/operators")
                .wrap(from_fn(around))
                .wrap(Compress::default())
                .wrap(from_fn(careful))
                .route("/{operator}", web::get().to(operator::show))
                .service(
                    web::resource("/{operator}/request")
                        .route(web::get().to(ask::begin))
                        .route(web::post().to(ask::go_on)),
                ),
        )
        .service(
            web::scope("/requests")
                .wrap(from_fn(around))
                .wrap(Compress::default())
                .wrap(from_fn(careful))
                .service(
                    web::resource("").route(web::get().to(request::ask_secret)).route(web::post().to(request::open)),
                )
                .route("/{reference}", web::get().to(request::show))
                .route("/{reference}/receipt", web::get().to(receipt::show))
                .service(sent_to("/{reference}/confirm", web::post().to(request::confirm)))
                .service(sent_to("/{reference}/resend", web::post().to(request::resend)))
                .service(sent_to("/{reference}/messages", web::post().to(request::message)))
                .service(sent_to("/{reference}/cancel", web::post().to(request::cancel)))
                .service(sent_to("/{reference}/leave", web::post().to(request::leave)))
                .service(sent_to("/{reference}/files", web::post().to(files::send)))
                .route("/{reference}/files/{id}", web::get().to(files::fetch))
                .route("/{reference}/answer", web::get().to(answer::show))
                .route("/{reference}/proof", web::get().to(proof::fetch)),
        );
}

/// What a form is sent to. Whoever asks for it by its address, as after going back, is led to the page of the form.
fn sent_to(path: &str, route: Route) -> Resource {
    web::resource(path).route(web::get().to(request::back)).route(route)
}
