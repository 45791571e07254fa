//! The answers that a person gave so far, carried from step to step in the form itself: nothing is stored before it is sent.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::domain::intake::FieldError;
use crate::domain::vocabulary::{Kind, Language};
use crate::http::pages::form::Fields;

/// What stands for a withdrawal of consent that is about cookies alone: a contact is enough for it.
pub const COOKIES: &str = "cookies";

/// The rows for corrections on the form.
pub const CORRECTIONS: usize = 3;

/// More answers than the form has are no answers.
const MOST_FIELDS: usize = 200;

/// The answers so far.
#[derive(Debug, Clone, Default)]
pub struct Draft(Fields);

impl Draft {
    /// From a form that was sent; whatever the form does not have is left out.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        let known = fields.pairs().iter().filter(|(name, value)| step_of(name).is_some() && !value.trim().is_empty());
        let mut pairs: Vec<_> = known.take(MOST_FIELDS).cloned().collect();
        move_up(&mut pairs);
        Self(Fields::new(pairs))
    }

    /// The first answer to a question.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name)
    }

    /// Whether this is one of the answers.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0.all(name).any(|answer| answer == value)
    }

    /// The answers of other steps, which a step carries along.
    #[must_use]
    pub fn beside(&self, step: u8) -> Vec<(String, String)> {
        self.0.pairs().iter().filter(|(name, _)| step_of(name) != Some(step)).cloned().collect()
    }

    /// The kind of request.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        match self.get("kind") {
            COOKIES => Some(Kind::ConsentWithdrawal),
            kind => Kind::parse(kind),
        }
    }

    /// Whether it is about cookies alone.
    #[must_use]
    pub fn is_about_cookies(&self) -> bool {
        self.get("kind") == COOKIES
    }

    /// Whether it is handed in for another person.
    #[must_use]
    pub fn is_for_another(&self) -> bool {
        self.get("capacity") == "representative"
    }

    /// The body that the API would be sent, with the answers of the steps up to `step`.
    #[must_use]
    pub fn document(&self, step: u8, language: Language) -> Value {
        let mut root = Map::new();
        root.insert("language".to_owned(), json!(language.as_str()));
        if let Some(kind) = self.kind() {
            root.insert("kind".to_owned(), json!(kind.as_str()));
        }
        self.put(&mut root, "service", "service");
        root.insert("subject".to_owned(), Value::Object(self.people("subject.")));
        let mut submitter = self.people("submitted_by.");
        let capacity = if self.is_for_another() { "representative" } else { "subject" };
        if !self.is_for_another() {
            submitter.clear();
        }
        submitter.insert("capacity".to_owned(), json!(capacity));
        root.insert("submitted_by".to_owned(), Value::Object(submitter));
        if step >= 3 {
            self.details(&mut root);
        } else if self.is_about_cookies() {
            root.insert("withdrawal".to_owned(), json!({"scope": COOKIES}));
        }
        Value::Object(root)
    }

    fn put(&self, object: &mut Map<String, Value>, key: &str, name: &str) {
        if let Some(value) = self.0.some(name) {
            object.insert(key.to_owned(), json!(value));
        }
    }

    /// The answers below a prefix, one level deep and once more for what is a part of its own.
    fn people(&self, prefix: &str) -> Map<String, Value> {
        let mut object = Map::new();
        for (name, value) in self.0.pairs() {
            let Some(rest) = name.strip_prefix(prefix) else { continue };
            match rest.split_once('.') {
                None => {
                    object.insert(rest.to_owned(), json!(value.trim()));
                }
                Some((part, field)) => {
                    let inner = object.entry(part.to_owned()).or_insert_with(|| json!({}));
                    if let Some(inner) = inner.as_object_mut() {
                        inner.insert(field.to_owned(), json!(value.trim()));
                    }
                }
            }
        }
        Self::whole_other_id(&mut object);
        object
    }

    /// A document of another country is needed as a whole, so that what is missing is named.
    fn whole_other_id(object: &mut Map<String, Value>) {
        if let Some(Value::Object(id)) = object.get_mut("other_id") {
            for field in ["type", "country", "number"] {
                id.entry(field).or_insert_with(|| json!(""));
            }
        }
    }

    fn details(&self, root: &mut Map<String, Value>) {
        self.put(root, "details", "details");
        self.list(root, "grounds", "grounds");
        let links: Vec<&str> =
            self.get("published_at").lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if !links.is_empty() {
            root.insert("published_at".to_owned(), json!(links));
        }
        let mut part = Map::new();
        match self.kind() {
            Some(Kind::Correction) => {
                root.insert("corrections".to_owned(), Value::Array(self.corrections()));
            }
            Some(Kind::Deletion) => {
                self.put(&mut part, "desired_result", "deletion.desired_result");
                self.list(&mut part, "data_categories", "deletion.data_categories");
                if !part.is_empty() {
                    root.insert("deletion".to_owned(), Value::Object(part));
                }
            }
            Some(Kind::ConsentWithdrawal) => {
                self.withdrawal(&mut part);
                root.insert("withdrawal".to_owned(), Value::Object(part));
                if self.has("acknowledged", "agreement_may_end") {
                    root.insert("acknowledged".to_owned(), json!(["agreement_may_end"]));
                }
            }
            Some(Kind::Objection) => {
                root.insert("objection".to_owned(), json!({"to": self.get("objection.to")}));
            }
            Some(Kind::Claim) => {
                part.insert("remedy".to_owned(), json!(self.get("claim.remedy")));
                self.put(&mut part, "about", "claim.about");
                root.insert("claim".to_owned(), Value::Object(part));
            }
            Some(Kind::Access | Kind::Blocking) | None => {}
        }
    }

    fn withdrawal(&self, part: &mut Map<String, Value>) {
        let scope = if self.is_about_cookies() { COOKIES } else { self.get("withdrawal.scope") };
        if !scope.is_empty() {
            part.insert("scope".to_owned(), json!(scope));
        }
        match scope {
            "purposes" => self.list(part, "purposes", "withdrawal.purposes"),
            COOKIES => {
                self.list(part, "cookie_categories", "withdrawal.cookie_categories");
                self.put(part, "device", "withdrawal.device");
            }
            _ => {}
        }
    }

    fn list(&self, object: &mut Map<String, Value>, key: &str, name: &str) {
        let values: Vec<&str> = self.0.all(name).collect();
        if !values.is_empty() {
            object.insert(key.to_owned(), json!(values));
        }
    }

    /// The rows that hold anything.
    fn corrections(&self) -> Vec<Value> {
        let is_filled =
            |row: &usize| ["field", "current", "desired"].iter().any(|field| !self.row(*row, field).is_empty());
        (0..CORRECTIONS)
            .take_while(is_filled)
            .map(|row| {
                let mut item = Map::new();
                item.insert("field".to_owned(), json!(self.row(row, "field")));
                if !self.row(row, "current").is_empty() {
                    item.insert("current".to_owned(), json!(self.row(row, "current")));
                }
                item.insert("desired".to_owned(), json!(self.row(row, "desired")));
                Value::Object(item)
            })
            .collect()
    }

    fn row(&self, row: usize, field: &str) -> &str {
        self.0.get(&format!("corrections.{row}.{field}"))
    }
}

/// Moves rows of corrections up over empty ones, so that the rows of the form and the items of the body have the same numbers.
fn move_up(pairs: &mut [(String, String)]) {
    let row_of = |name: &str| name.strip_prefix("corrections.")?.split_once('.')?.0.parse::<usize>().ok();
    let filled: BTreeSet<usize> = pairs.iter().filter_map(|(name, _)| row_of(name)).collect();
    for (name, _) in pairs {
        let Some(row) = row_of(name) else { continue };
        let place = filled.iter().position(|one| *one == row).unwrap_or(row);
        *name = name.replacen(&row.to_string(), &place.to_string(), 1);
    }
}

/// The step that asks a question; none for what is no question of the form.
#[must_use]
pub fn step_of(name: &str) -> Option<u8> {
    match name.split('.').next().unwrap_or_default() {
        "kind" | "service" | "capacity" => Some(1),
        "subject" | "submitted_by" => Some(2),
        "details" | "grounds" | "published_at" | "corrections" | "deletion" | "withdrawal" | "objection" | "claim"
        | "acknowledged" => Some(3),
        _ => None,
    }
}

/// The question that a mistake belongs to.
#[must_use]
pub fn question_of(mistake: &FieldError) -> String {
    let mut parts: Vec<&str> = mistake.pointer.split('/').skip(1).collect();
    let is_row = parts.first() == Some(&"corrections");
    parts.retain(|part| is_row || !part.bytes().all(|byte| byte.is_ascii_digit()));
    match parts.as_slice() {
        ["corrections"] => "corrections.0.field".to_owned(),
        ["withdrawal"] => "withdrawal.scope".to_owned(),
        ["objection"] => "objection.to".to_owned(),
        ["claim"] => "claim.remedy".to_owned(),
        ["subject"] => "subject.email".to_owned(),
        ["subject", "other_id"] => "subject.other_id.type".to_owned(),
        ["submitted_by", "document"] => "submitted_by.document.type".to_owned(),
        ["submitted_by"] | ["submitted_by", "capacity"] => "capacity".to_owned(),
        _ => parts.join("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(pairs: &[(&str, &str)]) -> Draft {
        Draft::read(&Fields::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
    }

    #[test]
    fn answers_become_the_body_that_the_api_takes() {
        let draft = draft(&[
            ("csrf", "x"),
            ("kind", "correction"),
            ("service", "all"),
            ("subject.full_name", " Ахметова Айгүл "),
            ("subject.iin", ""),
            ("submitted_by.full_name", "left over"),
            ("corrections.1.field", "phone"),
            ("corrections.1.desired", "+77010000000"),
            ("published_at", "https://a.example.kz\n\n https://b.example.kz "),
        ]);
        assert_eq!(
            draft.document(3, Language::Kk),
            json!({
                "kind": "correction", "language": "kk", "service": "all",
                "subject": {"full_name": "Ахметова Айгүл"}, "submitted_by": {"capacity": "subject"},
                "corrections": [{"field": "phone", "desired": "+77010000000"}],
                "published_at": ["https://a.example.kz", "https://b.example.kz"],
            })
        );
        assert!(draft.document(2, Language::Kk).get("corrections").is_none());
    }

    #[test]
    fn cookies_alone_are_a_withdrawal_of_that_scope() {
        let draft = draft(&[("kind", "cookies"), ("withdrawal.device", "abc"), ("withdrawal.purposes", "news")]);
        assert_eq!(draft.kind(), Some(Kind::ConsentWithdrawal));
        assert_eq!(draft.document(3, Language::Ru)["withdrawal"], json!({"scope": "cookies", "device": "abc"}));
    }

    #[test]
    fn every_mistake_finds_its_question() {
        let cases = [
            ("/subject/iin", "subject.iin"),
            ("/grounds/0", "grounds"),
            ("/corrections/2/desired", "corrections.2.desired"),
            ("/corrections", "corrections.0.field"),
            ("/withdrawal/purposes/1", "withdrawal.purposes"),
            ("/withdrawal/scope", "withdrawal.scope"),
            ("/claim", "claim.remedy"),
            ("/submitted_by/document", "submitted_by.document.type"),
            ("/submitted_by/capacity", "capacity"),
            ("/submitted_by/document/date", "submitted_by.document.date"),
        ];
        for (pointer, question) in cases {
            assert_eq!(question_of(&FieldError::new(pointer, "required")), question);
            assert!(step_of(question).is_some(), "{question}");
        }
    }
}
