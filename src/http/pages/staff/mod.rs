//! The console: the pages of the staff. They call the same services as the API and show what those allow, no more.

mod account;
mod act;
mod act_fields;
mod ask;
mod calendar;
mod compose;
mod external;
mod facts;
mod mails;
mod nav;
mod operators;
mod panel;
mod questions;
mod queue;
mod record;
mod reports;
mod request;
mod session;
mod sign_in;
mod users;

use actix_web::HttpResponse;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};

use self::session::Staff;
use super::around::around;
use super::chrome::see_other;
use super::compress::careful;
use crate::services::sign_in::CALLBACK;

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/staff/sign-in")
                .wrap(from_fn(around))
                .wrap(Compress::default())
                .wrap(from_fn(careful))
                .route(web::get().to(sign_in::show))
                .route(web::post().to(sign_in::enter)),
        )
        .service(web::resource("/staff/oidc").wrap(from_fn(around)).route(web::get().to(external::begin)))
        .service(web::resource(CALLBACK).wrap(from_fn(around)).route(web::get().to(external::back)))
        .service(
            // The last one is the outermost.
            web::scope("/staff")
                .wrap(from_fn(session::signed_in))
                .wrap(from_fn(around))
                .wrap(Compress::default())
                .wrap(from_fn(careful))
                .route("", web::get().to(home))
                .route("/sign-out", web::post().to(sign_in::leave))
                .configure(queue::configure)
                .configure(request::configure)
                .configure(act::configure)
                .configure(account::configure)
                .configure(calendar::configure)
                .configure(mails::configure)
                .configure(operators::configure)
                .configure(record::configure)
                .configure(reports::configure)
                .configure(users::configure),
        );
}

/// Leads to what the member has to do.
async fn home(member: Staff) -> HttpResponse {
    see_other(nav::home_of(&member.0))
}
