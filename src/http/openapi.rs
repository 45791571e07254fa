//! The description of the API (OpenAPI 3.1), made from the code.

use utoipa::openapi::OpenApi as Description;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::api::{
    absences, attachments, audit, auth, bulk, calendar, outbox, public, reports, requester, second_factor, sessions,
    staff, users,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Otinish",
        description = "Requests about personal data under Law of the Republic of Kazakhstan No. 94-V. Errors are problem documents \
                       (RFC 9457); instants are UTC, local dates are those of Asia/Almaty."
    ),
    servers((url = "/")),
    tags(
        (name = "Public", description = "For anybody"),
        (name = "Requester", description = "For the person who asks, with the secret of the request"),
        (name = "Sign-in", description = "Of staff"),
        (name = "Review desk", description = "For agents, DPOs and auditors"),
        (name = "Outbox", description = "Mails"),
        (name = "Reports", description = "For DPOs and auditors; counts for agents too"),
        (name = "Administration", description = "For administrators"),
        (name = "operations", description = "For those who run it"),
    ),
    paths(
        public::list_operators, public::show_operator, public::count_deadlines, public::show_calendar, public::submit_request,
        requester::show_request, requester::confirm_email, requester::resend_code, requester::send_message,
        requester::cancel_request, requester::show_answer, requester::show_proof,
        attachments::send_file, attachments::fetch_file, attachments::add_file, attachments::open_file,
        auth::login, auth::refresh, auth::logout, auth::change_password, auth::me,
        second_factor::show_totp, second_factor::begin_totp, second_factor::confirm_totp, second_factor::end_totp,
        second_factor::renew_recovery_codes, second_factor::reset_totp, second_factor::reset_external, second_factor::show_policy, second_factor::set_policy,
        sessions::list_sessions, sessions::end_session, sessions::end_other_sessions,
        staff::list_requests, staff::search_requests, staff::count_requests, staff::show_request, staff::show_events,
        staff::record_request, staff::act_on_request,
        bulk::act_on_many, audit::list_audit, reports::report_summary, reports::report_table,
        outbox::list_mails, outbox::resend_mail, outbox::print_mail, outbox::mark_posted, outbox::mark_returned,
        absences::list_own_absences, absences::mark_own_absence, absences::end_own_absence, absences::list_absences,
        absences::mark_absence, absences::end_absence,
        users::list_users, users::create_user, users::change_user, users::reset_password,
        calendar::list_revisions, calendar::change_day, calendar::confirm_days,
        super::health::live, super::health::ready, super::metrics::show,
    ),
    components(schemas(staff::ActionBody, bulk::BulkBody)),
    modifiers(&Security)
)]
struct Api;

struct Security;

impl Modify for Security {
    fn modify(&self, description: &mut Description) {
        let components = description.components.get_or_insert_default();
        let bearer = || SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("staff", bearer());
        components.add_security_scheme("requester", bearer());
        components.add_security_scheme("metrics", bearer());
    }
}

/// The description of the whole API.
#[must_use]
pub fn description() -> Description {
    Api::openapi()
}

/// The same as the committed file has it.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn as_json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&description()).map(|json| json + "\n")
}
