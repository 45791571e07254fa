//! The fields of an action's form as the body that the API takes for it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::domain::almaty;
use crate::http::pages::form::Fields;
use crate::http::pages::public::draft::Draft;

/// Rows for decisions on single items.
pub const DECISIONS: usize = 4;

/// The body of an action.
#[must_use]
pub fn body(action: &str, fields: &Fields) -> Value {
    let mut body = Map::new();
    let mut put = |name: &str| {
        if let Some(value) = fields.some(name) {
            body.insert(name.to_owned(), json!(value));
        }
    };
    match action {
        "assign" => {
            let assignee = fields.some("assignee").filter(|assignee| *assignee != "none");
            body.insert("assignee".to_owned(), json!(assignee));
        }
        "verify" => {
            ["result", "method", "note", "letter"].into_iter().for_each(&mut put);
            let checked: Map<_, _> = fields.all("checked").map(|what| (what.to_owned(), json!(true))).collect();
            if !checked.is_empty() {
                body.insert("checked".to_owned(), Value::Object(checked));
            }
        }
        "propose" => return proposal(fields),
        "complete" => ["text", "done_on"].into_iter().for_each(put),
        "documents_received" => moment(&mut body, fields),
        "amend_receipt" => {
            put("reason");
            moment(&mut body, fields);
        }
        "mark_consumer" => {
            body.insert("consumer".to_owned(), json!(fields.get("consumer") == "yes"));
        }
        "reclassify" => return reclassify(fields),
        "start" | "approve" | "confirm_violation" | "dismiss_violation" | "waive_documents" => {}
        "ask" | "reply" | "send_back" | "reopen" | "note" => {
            body.insert("text".to_owned(), json!(fields.get("text")));
        }
        _ => {
            body.insert("reason".to_owned(), json!(fields.get("reason")));
        }
    }
    Value::Object(body)
}

/// What an action's form says, as a short text: by it is known whether that is what was looked at.
#[must_use]
pub fn digest(action: &str, fields: &Fields) -> String {
    let said = body(action, fields).to_string();
    // Browsers send each end of a line as two characters.
    URL_SAFE_NO_PAD.encode(Sha256::digest(said.replace("\\r\\n", "\\n").as_bytes()))
}

/// A local day and time in Almaty as the instant that it is. What is neither is sent on, so that it is told.
fn moment(body: &mut Map<String, Value>, fields: &Fields) {
    let Some(typed) = fields.some("received_at") else { return };
    let local =
        ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].iter().find_map(|form| NaiveDateTime::parse_from_str(typed, form).ok());
    let instant = local.map(|local| {
        use chrono::Timelike;
        almaty::at_local(local.date(), local.hour(), local.minute()).to_rfc3339()
    });
    body.insert("received_at".to_owned(), json!(instant.unwrap_or_else(|| typed.to_owned())));
}

fn proposal(fields: &Fields) -> Value {
    let mut body = Map::new();
    for name in ["outcome", "letter"] {
        if let Some(value) = fields.some(name) {
            body.insert(name.to_owned(), json!(value));
        }
    }
    let grounds: Vec<Value> =
        fields.all("ground").map(|code| ground(fields, code, &format!("ground_text.{code}"))).collect();
    if !grounds.is_empty() {
        body.insert("grounds".to_owned(), json!(grounds));
    }
    let decisions: Vec<Value> = (0..DECISIONS).filter_map(|row| decision(fields, row)).collect();
    if !decisions.is_empty() {
        body.insert("decisions".to_owned(), json!(decisions));
    }
    Value::Object(body)
}

fn ground(fields: &Fields, code: &str, text: &str) -> Value {
    json!({"code": code, "text": fields.some(text)})
}

fn decision(fields: &Fields, row: usize) -> Option<Value> {
    let name = |field: &str| format!("decisions.{row}.{field}");
    let about = fields.some(&name("about"));
    let text = fields.some(&name("text"));
    if about.is_none() && text.is_none() {
        return None;
    }
    let mut decision = Map::new();
    decision.insert("about".to_owned(), json!(about.unwrap_or_default()));
    decision.insert("result".to_owned(), json!(fields.get(&name("result"))));
    if let Some(text) = text {
        decision.insert("text".to_owned(), json!(text));
    }
    if let Some(code) = fields.some(&name("grounds")) {
        decision.insert("grounds".to_owned(), json!([code]));
    }
    Some(Value::Object(decision))
}

fn reclassify(fields: &Fields) -> Value {
    let draft = Draft::read(fields);
    let Value::Object(mut body) = draft.document(3, crate::domain::vocabulary::Language::Ru) else { return json!({}) };
    for name in ["language", "service", "subject", "submitted_by"] {
        body.remove(name);
    }
    if let Some(reason) = fields.some("reason") {
        body.insert("reason".to_owned(), json!(reason));
    }
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_proposal_has_only_what_was_filled_in() {
        let sent = fields(&[
            ("outcome", "partly_granted"),
            ("letter", "In part."),
            ("ground", "wrong_operator"),
            ("ground_text.wrong_operator", "Not ours."),
            ("ground_text.other", "left over"),
            ("decisions.0.about", "Phone"),
            ("decisions.0.result", "granted"),
            ("decisions.1.about", ""),
            ("decisions.1.result", "granted"),
            ("decisions.2.about", "Video"),
            ("decisions.2.result", "refused"),
            ("decisions.2.grounds", "wrong_operator"),
            ("decisions.2.text", "No camera."),
        ]);
        assert_eq!(
            body("propose", &sent),
            json!({
                "outcome": "partly_granted", "letter": "In part.",
                "grounds": [{"code": "wrong_operator", "text": "Not ours."}],
                "decisions": [
                    {"about": "Phone", "result": "granted"},
                    {"about": "Video", "result": "refused", "text": "No camera.", "grounds": ["wrong_operator"]},
                ],
            })
        );
    }

    #[test]
    fn what_is_said_has_the_same_digest_and_anything_else_another() {
        let letter =
            |text: &str| digest("propose", &fields(&[("outcome", "granted"), ("letter", text), ("go", "send")]));
        assert_eq!(letter("One.\nTwo."), letter("One.\r\nTwo.\r\n"));
        assert_ne!(letter("One.\nTwo."), letter("One. Two."));
        assert_ne!(digest("assign", &fields(&[("assignee", "me")])), digest("assign", &fields(&[])));
    }

    #[test]
    fn a_local_time_is_one_of_almaty_and_nobody_is_null() {
        let sent = fields(&[("received_at", "2026-11-20T09:30"), ("reason", "As stamped.")]);
        let expected = json!({"received_at": "2026-11-20T04:30:00+00:00", "reason": "As stamped."});
        assert_eq!(body("amend_receipt", &sent), expected);
        assert_eq!(body("documents_received", &fields(&[("received_at", "soon")])), json!({"received_at": "soon"}));
        assert_eq!(body("assign", &fields(&[("assignee", "none")])), json!({"assignee": null}));
    }
}
