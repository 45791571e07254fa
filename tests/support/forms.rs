//! Requests as people send them. All people are invented; their numbers only have right control digits.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

/// A made-up IIN: born 1 January 1990.
pub const IIN: &str = "900101400023";
/// Another.
pub const OTHER_IIN: &str = "900101400033";
/// The requester's mail address.
pub const EMAIL: &str = "aigul@mail.example.kz";

/// Айгүл asks for her data.
pub fn access() -> Value {
    json!({
        "kind": "access", "language": "en",
        "subject": {"full_name": "Айгүл Сәрсенова", "iin": IIN, "email": EMAIL, "phone": "+77010000000"},
        "submitted_by": {"capacity": "subject"}
    })
}

/// The same person, another kind, with its parts.
pub fn of_kind(kind: &str) -> Value {
    let mut form = access();
    form["kind"] = json!(kind);
    match kind {
        "correction" => form["corrections"] = json!([{"field": "phone", "current": "old", "desired": "new"}]),
        "blocking" => form["grounds"] = json!(["inaccurate"]),
        "deletion" => form["grounds"] = json!(["purpose_reached"]),
        "consent_withdrawal" => {
            form["withdrawal"] = json!({"scope": "all"});
            form["acknowledged"] = json!(["agreement_may_end"]);
        }
        "objection" => form["objection"] = json!({"to": "a score that refuses me a contract"}),
        "claim" => form["claim"] = json!({"remedy": "an apology in writing"}),
        _ => {}
    }
    form
}

/// All kinds.
pub const KINDS: [&str; 7] =
    ["access", "correction", "blocking", "deletion", "consent_withdrawal", "objection", "claim"];

/// The body of a change of kind to a correction.
pub fn corrections_only() -> Value {
    json!({"kind": "correction", "corrections": of_kind("correction")["corrections"]})
}

/// A call with fields and one file, as browsers send a form with a file.
pub fn with_file(
    call: RequestBuilder,
    fields: &[(String, String)],
    name: &str,
    media_type: &str,
    content: &[u8],
) -> RequestBuilder {
    let boundary = "----form";
    let mut body = Vec::new();
    for (field, value) in fields {
        body.extend(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let disposition = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
    body.extend(format!("--{boundary}\r\n{disposition}\r\nContent-Type: {media_type}\r\n\r\n").bytes());
    body.extend_from_slice(content);
    body.extend(format!("\r\n--{boundary}--\r\n").bytes());
    call.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body)
}
