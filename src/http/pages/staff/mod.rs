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

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use self::session::{Staff, next_page, sign_in_before};
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

/// Where whoever meets an error at a page of the console goes on: an address, and the key of its words. None elsewhere.
pub(super) fn way_on(request: &HttpRequest) -> Option<(String, &'static str)> {
    let path = request.path();
    if path != "/staff" && !path.starts_with("/staff/") {
        return None;
    }
    let home = request.extensions().get::<Staff>().map(|member| nav::home_of(&member.0));
    Some(match home {
        Some("/staff/requests") => ("/staff/requests".to_owned(), "console-to-queue-link"),
        Some(home) => (home.to_owned(), "console-nav-users"),
        None => (sign_in_before(next_page(page_of(path)).unwrap_or("/staff")), "console-sign-in-title"),
    })
}

/// The page on which the form stood that was sent to an address.
fn page_of(path: &str) -> &str {
    let parts: Vec<usize> = path.match_indices('/').map(|(place, _)| place).collect();
    let upto = |count: usize| parts.get(count).and_then(|end| path.get(..*end)).unwrap_or(path);
    match path.strip_prefix("/staff/").map(|rest| rest.split('/').next().unwrap_or_default()) {
        // A request with its actions, of which each has a page.
        Some("requests") if path.contains("/do/") => path,
        Some("users") if path.ends_with("/sign-in-policy") => upto(2),
        Some("requests" | "mails" | "users") => upto(3),
        Some("account" | "calendar" | "record" | "reports" | "operators") => upto(2),
        Some("search") => "/staff/requests",
        _ => "/staff",
    }
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_form_leads_back_to_the_page_on_which_it_stood() {
        for (sent_to, page) in [
            ("/staff/requests/DEM-1/do/note", "/staff/requests/DEM-1/do/note"),
            ("/staff/requests/DEM-1/files", "/staff/requests/DEM-1"),
            ("/staff/requests/DEM-1", "/staff/requests/DEM-1"),
            ("/staff/account/sessions/others", "/staff/account"),
            ("/staff/calendar/day", "/staff/calendar"),
            ("/staff/users", "/staff/users"),
            ("/staff/users/sign-in-policy", "/staff/users"),
            ("/staff/users/0192/password", "/staff/users/0192"),
            ("/staff/search", "/staff/requests"),
            ("/staff/sign-out", "/staff"),
            ("/staff", "/staff"),
        ] {
            assert_eq!(page_of(sent_to), page, "{sent_to}");
        }
    }
}
