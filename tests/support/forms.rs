//! Requests as people send them. All people are invented; their numbers only have right control digits.

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
