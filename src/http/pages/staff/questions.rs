//! What each action asks.

use crate::domain::lifecycle::outcome_fits;
use crate::domain::vocabulary::{Kind, Outcome, VerificationMethod, VerificationResult};
use crate::http::pages::chrome::Chrome;
use crate::http::pages::form::Fields;
use crate::http::pages::input::{Control, Input};
use crate::http::pages::public::draft::Draft;
use crate::http::pages::public::steps::{Group, Steps};
use crate::services::views::{AssigneeView, StaffView};

use super::act_fields::DECISIONS;
use super::ask::Ask;

/// Builds the questions of an action, with what was answered so far.
pub struct Questions<'a> {
    /// The page.
    pub p: &'a Chrome,
    /// The request.
    pub view: &'a StaffView,
    /// The answers.
    pub fields: &'a Fields,
    /// Who can have requests of the operator.
    pub colleagues: &'a [AssigneeView],
    /// The id of the member.
    pub me: &'a str,
}

impl Questions<'_> {
    /// The questions; none where the action asks nothing.
    #[must_use]
    pub fn groups(&self, action: &str) -> Vec<Group> {
        let inputs = match action {
            "assign" => vec![self.assignee()],
            "verify" => return self.verify(),
            "propose" => return self.propose(),
            "reclassify" => return self.reclassify(),
            "complete" => vec![self.ask().area("text"), self.ask().line("done_on", "date").optional()],
            "documents_received" => vec![self.ask().line("received_at", "datetime-local").optional()],
            "amend_receipt" => vec![self.ask().line("received_at", "datetime-local"), self.ask().area("reason")],
            "mark_consumer" => vec![self.consumer()],
            "start" | "approve" | "confirm_violation" | "dismiss_violation" | "waive_documents" => return Vec::new(),
            "ask" | "reply" | "send_back" | "reopen" | "note" => vec![self.ask().area("text")],
            _ => vec![self.ask().area("reason")],
        };
        vec![Group { inputs, ..Group::default() }]
    }

    fn ask(&self) -> Ask<'_> {
        Ask { p: self.p, fields: self.fields }
    }

    fn assignee(&self) -> Input {
        let has = |id: &str| self.view.assignee.as_ref().is_some_and(|assignee| assignee.id == id);
        let mut all = Vec::new();
        if !has(self.me) {
            all.push(("me".to_owned(), self.p.t("console-assignee-me"), String::new()));
        }
        let others = self.colleagues.iter().filter(|colleague| colleague.id != self.me && !has(&colleague.id));
        all.extend(others.map(|colleague| (colleague.id.clone(), colleague.name.clone(), String::new())));
        if self.view.assignee.is_some() {
            all.push(("none".to_owned(), self.p.t("console-assignee-none"), String::new()));
        }
        self.ask().choice("assignee", false, all)
    }

    fn consumer(&self) -> Input {
        self.ask().choice("consumer", false, self.ask().worded("console-consumer", &["yes", "no"]))
    }

    fn verify(&self) -> Vec<Group> {
        let results: Vec<_> = VerificationResult::ALL.iter().map(|one| one.as_str()).collect();
        let methods: Vec<_> = VerificationMethod::ALL.iter().map(|one| one.as_str()).collect();
        let mut checked = self.ask().worded("console-checked", &["subject"]);
        if self.view.submitted_by.as_ref().is_some_and(|one| one.capacity.as_str() == "representative") {
            checked.extend(self.ask().worded("console-checked", &["representative", "authority"]));
        }
        let inputs = vec![
            self.ask().choice("result", false, self.ask().worded("verification", &results)),
            self.ask().choice("method", false, self.ask().worded("method", &methods)),
            self.ask().choice("checked", true, checked).optional(),
            self.ask().area("note").optional(),
        ];
        let letter = vec![self.ask().area("letter").optional()];
        let heading = self.p.t("console-heading-not-confirmed");
        vec![Group { inputs, ..Group::default() }, Group { heading, folded: true, inputs: letter }]
    }

    fn propose(&self) -> Vec<Group> {
        let fits = |outcome: &&Outcome| outcome_fits(self.view.kind, **outcome);
        let outcomes: Vec<_> = Outcome::ALL.iter().filter(fits).map(|outcome| outcome.as_str()).collect();
        let outcome = self.ask().choice("outcome", false, self.ask().worded("outcome", &outcomes));
        let grounds = self.grounds();
        let mut groups = vec![
            Group { inputs: vec![outcome, self.ask().area("letter")], ..Group::default() },
            Group { heading: self.p.t("console-heading-grounds"), folded: true, inputs: self.refusal(&grounds) },
        ];
        groups.extend((0..DECISIONS).map(|row| self.decision(row, &grounds)));
        groups
    }

    /// The grounds of refusal that the rule set of the request allows for its kind.
    fn grounds(&self) -> Vec<(String, String, String)> {
        let Some(rules) = self.p.app.rules.by_id(&self.view.rule_set) else { return Vec::new() };
        let language = self.p.language;
        let all = rules.refusal_grounds(self.view.kind);
        all.map(|ground| {
            (ground.code.clone(), ground.title.get(language).to_owned(), ground.citation.get(language).to_owned())
        })
        .collect()
    }

    fn refusal(&self, grounds: &[(String, String, String)]) -> Vec<Input> {
        let mut inputs = vec![self.ask().choice("ground", true, grounds.to_vec()).optional()];
        inputs.extend(grounds.iter().map(|(code, title, _)| {
            let name = format!("ground_text.{code}");
            let control =
                Control::Line { value: self.ask().value(&name), kind: "text", autocomplete: "off", inputmode: "" };
            let label = self.p.t1("console-ground-text", "ground", title);
            Input {
                id: name.replace('.', "-"),
                name,
                label,
                hint: String::new(),
                mistake: String::new(),
                optional: true,
                control,
            }
        }));
        inputs
    }

    fn decision(&self, row: usize, grounds: &[(String, String, String)]) -> Group {
        let name = |field: &str| format!("decisions.{row}.{field}");
        let none = (String::new(), self.p.t("console-no-ground"), String::new());
        let grounds: Vec<_> = std::iter::once(none).chain(grounds.iter().cloned()).collect();
        let inputs = vec![
            self.ask().line(&name("about"), "text").optional(),
            self.ask().select(&name("result"), self.ask().worded("page-decision", &["granted", "refused"])),
            self.ask().select(&name("grounds"), grounds),
            self.ask().area(&name("text")).optional(),
        ];
        let number = i64::try_from(row + 1).unwrap_or_default();
        Group { heading: self.p.tn("console-heading-decision", "number", number), folded: true, inputs }
    }

    fn reclassify(&self) -> Vec<Group> {
        let kinds: Vec<_> =
            Kind::ALL.iter().filter(|kind| **kind != self.view.kind).map(|kind| kind.as_str()).collect();
        let kind = self.ask().choice("kind", false, self.ask().worded("kind", &kinds));
        let mut groups = vec![Group { inputs: vec![kind], ..Group::default() }];
        let draft = Draft::read(self.fields);
        let (Some(_), Some(operator)) = (draft.kind(), self.p.app.operator(&self.view.operator)) else { return groups };
        let none = std::collections::BTreeMap::new();
        let steps = Steps { p: self.p, operator, draft: &draft, mistakes: &none };
        groups.extend(steps.groups(3));
        groups.push(Group { inputs: vec![self.ask().area("reason").optional()], ..Group::default() });
        groups
    }
}
