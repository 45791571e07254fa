//! The description of the API (OpenAPI 3.1), made from the code.

use utoipa::openapi::schema::AnyOf;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{OpenApi as Description, RefOr, Schema};
use utoipa::{Modify, OpenApi};

use super::api::{
    absences, attachments, audit, auth, bulk, calendar, outbox, public, reports, requester, second_factor, sessions,
    staff, users,
};
use crate::services::desk::{Due, SortBy};
use crate::services::mail_desk::MailState;

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
    components(schemas(staff::ActionBody, bulk::BulkBody, Due, SortBy, MailState)),
    modifiers(&Security, &Bodies)
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

/// Mends bodies that the derived description would refuse.
struct Bodies;

impl Modify for Bodies {
    fn modify(&self, description: &mut Description) {
        let schemas = &mut description.components.get_or_insert_default().schemas;
        // A body may fit the forms of several actions, and `oneOf` wants exactly one.
        for name in ["ActionBody", "BulkBody"] {
            if let Some(RefOr::T(Schema::OneOf(forms))) = schemas.get(name) {
                let (items, description) = (forms.items.clone(), forms.description.clone());
                schemas.insert(name.to_owned(), Schema::AnyOf(AnyOf { items, description, ..AnyOf::new() }).into());
            }
        }
        // Each part allows its own fields alone, so that together they would allow none.
        let parts = ["RequestForm", "RecordPart"].map(|name| schemas.get(name).cloned());
        if let [Some(RefOr::T(Schema::Object(mut form))), Some(RefOr::T(Schema::Object(part)))] = parts {
            form.properties.extend(part.properties);
            form.required.extend(part.required);
            form.description = Some("The public body, and how the request came.".to_owned());
            schemas.insert("RecordForm".to_owned(), Schema::Object(form).into());
        }
        // These may come without a body, too.
        for path in ["/api/v1/staff/requests/{reference}/{action}", "/api/v1/requests/{reference}/cancel"] {
            let call = description.paths.paths.get_mut(path).and_then(|calls| calls.post.as_mut());
            if let Some(RefOr::T(body)) = call.and_then(|call| call.request_body.as_mut()) {
                body.required = None;
            }
        }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::domain::vocabulary::Kind;

    fn json() -> Value {
        serde_json::from_str(&as_json().unwrap()).unwrap()
    }

    /// All values of a member, wherever it stands.
    fn all<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v Value>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get(name));
                members.values().for_each(|member| all(member, name, found));
            }
            Value::Array(items) => items.iter().for_each(|item| all(item, name, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let json = json();
        let mut references = Vec::new();
        all(&json, "$ref", &mut references);
        assert!(references.len() > 100);
        for reference in references {
            let pointer = reference.as_str().unwrap().trim_start_matches('#');
            assert!(json.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn names_stand_as_they_are_sent() {
        let json = json();
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(json["components"]["schemas"]["Kind"]["enum"], serde_json::json!(names));
        let mut lists = Vec::new();
        all(&json, "enum", &mut lists);
        for list in lists {
            let is_plain = |name: &Value| name.as_str().is_none_or(|name| name == name.to_lowercase());
            assert!(list.as_array().unwrap().iter().all(is_plain), "{list}");
        }
    }

    /// The types that are described, under the names by which the description knows them.
    fn described(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                described(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for derived in text.split("ToSchema)]").skip(1) {
                let marks = ["schema(as = ", "struct ", "enum "];
                let first = marks.iter().filter_map(|mark| Some((derived.find(mark)?, mark.len()))).min();
                let name = first.and_then(|(at, length)| derived.get(at + length..));
                found
                    .extend(name.and_then(|name| name.split(|c: char| !c.is_alphanumeric()).next()).map(str::to_owned));
            }
        }
    }

    #[test]
    fn no_two_types_share_a_name() {
        let mut names = Vec::new();
        described(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
        assert!(names.len() > 60, "{names:?}");
        // This file itself speaks of the marks.
        names.retain(|name| !name.is_empty());
        names.sort();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "one would hide the other; give it another name by schema(as = …): {twice:?}");
    }

    #[test]
    fn every_call_has_a_name_of_its_own() {
        let json = json();
        let mut names = Vec::new();
        all(&json, "operationId", &mut names);
        let distinct: BTreeSet<&str> = names.iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn what_staff_record_has_the_fields_of_both_parts() {
        let json = json();
        let schemas = &json["components"]["schemas"];
        for part in ["RequestForm", "RecordPart"] {
            for name in schemas[part]["properties"].as_object().unwrap().keys() {
                assert!(schemas["RecordForm"]["properties"].get(name).is_some(), "{name}");
            }
        }
    }
}
