//! The questions of each step.

use std::collections::BTreeMap;

use super::draft::{COOKIES, CORRECTIONS, Draft};
use crate::domain::operator::{ALL_SERVICES, Operator};
use crate::domain::vocabulary::{Authority, DesiredResult, Ground, Kind, WithdrawalScope};
use crate::http::pages::chrome::Chrome;
use crate::http::pages::input::{Choice, Control, Input};

/// Questions that belong together.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Its heading; empty for the first one.
    pub heading: String,
    /// Whether it is only for some people and stands folded.
    pub folded: bool,
    /// The questions.
    pub inputs: Vec<Input>,
}

/// Builds the questions of a step, with the answers so far and what is to correct.
pub struct Steps<'a> {
    /// The page.
    pub p: &'a Chrome,
    /// The operator that is asked.
    pub operator: &'a Operator,
    /// The answers.
    pub draft: &'a Draft,
    /// What to correct, by question.
    pub mistakes: &'a BTreeMap<String, String>,
}

impl Steps<'_> {
    /// The questions of a step.
    #[must_use]
    pub fn groups(&self, step: u8) -> Vec<Group> {
        let mut groups = match step {
            1 => self.what(),
            2 => self.who(),
            _ => self.details(),
        };
        for group in &mut groups {
            for input in &mut group.inputs {
                if let Some(mistake) = self.mistakes.get(&input.name) {
                    input.mistake.clone_from(mistake);
                }
            }
            group.folded &= group.inputs.iter().all(|input| input.mistake.is_empty() && input.answer().is_empty());
        }
        groups
    }

    fn input(&self, name: &str, control: Control) -> Input {
        Input::new(self.p, "page", name, control)
    }

    fn line(&self, name: &str, kind: &'static str, autocomplete: &'static str, inputmode: &'static str) -> Input {
        let value = self.draft.get(name).to_owned();
        self.input(name, Control::Line { value, kind, autocomplete, inputmode })
    }

    fn text(&self, name: &str) -> Input {
        self.line(name, "text", "", "")
    }

    fn area(&self, name: &str) -> Input {
        self.input(name, Control::Area { value: self.draft.get(name).to_owned() })
    }

    fn choice(&self, name: &str, many: bool, options: Vec<(String, String, String)>) -> Input {
        let chosen = |value: &str| self.draft.has(name, value);
        let options = options
            .into_iter()
            .map(|(value, label, hint)| Choice { chosen: chosen(&value), value, label, hint })
            .collect();
        self.input(name, Control::Choice { many, options })
    }

    fn what(&self) -> Vec<Group> {
        let p = self.p;
        let mut kinds: Vec<_> = Kind::ALL
            .iter()
            .map(|kind| (kind.as_str().to_owned(), p.word("kind", kind.as_str()), p.word("page-kind", kind.as_str())))
            .collect();
        if !self.operator.cookie_categories.is_empty() {
            kinds.push((COOKIES.to_owned(), p.t("page-kind-title-cookies"), p.t("page-kind-cookies")));
        }
        let mut inputs = vec![self.choice("kind", false, kinds)];
        if self.operator.services.len() > 1 {
            let name = |service: &crate::domain::operator::Service| service.names.get(p.language).to_owned();
            let mut services = vec![(ALL_SERVICES.to_owned(), p.t("page-service-all"), String::new())];
            services.extend(
                self.operator.services.iter().map(|service| (service.id.clone(), name(service), String::new())),
            );
            inputs.push(self.choice("service", false, services).with_default());
        }
        let capacities = vec![
            ("subject".to_owned(), p.t("page-capacity-subject"), String::new()),
            ("representative".to_owned(), p.t("page-capacity-representative"), String::new()),
        ];
        inputs.push(self.choice("capacity", false, capacities).with_default());
        vec![Group { inputs, ..Group::default() }]
    }

    fn who(&self) -> Vec<Group> {
        let another = self.draft.is_for_another();
        let mut subject = vec![self.name("subject.full_name", !another), self.iin()];
        if !another {
            subject.push(self.line("subject.email", "email", "email", "email"));
            subject.push(self.line("subject.phone", "tel", "tel", "tel").optional());
        }
        let heading = if another { self.p.t("page-heading-subject") } else { String::new() };
        let mut groups = vec![Group { heading, inputs: subject, folded: false }];
        let other = vec![
            self.line("subject.birth_date", "date", if another { "" } else { "bday" }, "").optional(),
            self.text("subject.other_id.type").optional(),
            self.text("subject.other_id.country").optional(),
            self.text("subject.other_id.number").optional(),
        ];
        groups.push(Group { heading: self.p.t("page-heading-no-iin"), inputs: other, folded: true });
        if another {
            groups.push(self.representative());
        }
        groups
    }

    fn name(&self, name: &str, own: bool) -> Input {
        let input = self.line(name, "text", if own { "name" } else { "" }, "");
        if self.draft.is_about_cookies() { input.optional() } else { input }
    }

    fn iin(&self) -> Input {
        let input = self.line("subject.iin", "text", "", "numeric");
        let needed = self.operator.options.iin_required && !self.draft.is_about_cookies();
        if needed { input } else { input.optional() }
    }

    fn representative(&self) -> Group {
        let word = |authority: &Authority| self.p.word("authority", authority.as_str());
        let authorities =
            Authority::ALL.iter().map(|one| (one.as_str().to_owned(), word(one), String::new())).collect();
        let inputs = vec![
            self.name("submitted_by.full_name", true),
            self.line("submitted_by.email", "email", "email", "email"),
            self.line("submitted_by.phone", "tel", "tel", "tel").optional(),
            self.choice("submitted_by.authority", false, authorities),
            self.text("submitted_by.document.type"),
            self.text("submitted_by.document.number"),
            self.line("submitted_by.document.date", "date", "", ""),
            self.text("submitted_by.document.issuer").optional(),
            self.line("submitted_by.document.valid_until", "date", "", "").optional(),
        ];
        Group { heading: self.p.t("page-heading-representative"), inputs, folded: false }
    }

    fn details(&self) -> Vec<Group> {
        let mut groups = Vec::new();
        match self.draft.kind() {
            Some(Kind::Correction) => groups.extend((0..CORRECTIONS).map(|row| self.correction(row))),
            Some(Kind::Deletion) => groups.push(Group { inputs: self.deletion(), ..Group::default() }),
            Some(Kind::ConsentWithdrawal) => groups.push(Group { inputs: self.withdrawal(), ..Group::default() }),
            Some(Kind::Objection) => {
                groups.push(Group { inputs: vec![self.area("objection.to")], ..Group::default() });
            }
            Some(Kind::Claim) => {
                let inputs = vec![self.area("claim.remedy"), self.text("claim.about").optional()];
                groups.push(Group { inputs, ..Group::default() });
            }
            Some(Kind::Access | Kind::Blocking) | None => {}
        }
        let mut more = Vec::new();
        if matches!(self.draft.kind(), Some(Kind::Blocking | Kind::Deletion)) {
            more.push(self.grounds());
            more.push(self.area("published_at").optional());
        }
        more.push(self.area("details").optional());
        groups.push(Group { inputs: more, ..Group::default() });
        groups
    }

    fn correction(&self, row: usize) -> Group {
        let name = |field: &str| format!("corrections.{row}.{field}");
        let inputs =
            vec![self.text(&name("field")), self.text(&name("current")).optional(), self.text(&name("desired"))];
        let heading = match row {
            0 => String::new(),
            _ => self.p.tn("page-heading-correction", "number", i64::try_from(row + 1).unwrap_or_default()),
        };
        Group { heading, inputs, folded: row > 0 }
    }

    fn grounds(&self) -> Input {
        let fits = |ground: &&Ground| **ground != Ground::OwnWish || self.draft.kind() == Some(Kind::Deletion);
        let word = |ground: &Ground| self.p.word("ground", ground.as_str());
        let grounds = Ground::ALL.iter().filter(fits).map(|one| (one.as_str().to_owned(), word(one), String::new()));
        self.choice("grounds", true, grounds.collect())
    }

    fn deletion(&self) -> Vec<Input> {
        let p = self.p;
        let word = |result: &DesiredResult| p.word("desired", result.as_str());
        let results =
            DesiredResult::ALL.iter().map(|one| (one.as_str().to_owned(), word(one), String::new())).collect();
        let categories = self.operator.data_categories_of(self.service()).into_iter();
        let categories: Vec<_> =
            categories.map(|one| (one.id.clone(), one.names.get(p.language).to_owned(), String::new())).collect();
        let mut inputs = vec![self.choice("deletion.desired_result", false, results).with_default()];
        if !categories.is_empty() {
            inputs.push(self.choice("deletion.data_categories", true, categories).optional());
        }
        inputs
    }

    fn withdrawal(&self) -> Vec<Input> {
        let p = self.p;
        if self.draft.is_about_cookies() {
            let free = self.operator.cookie_categories.iter().filter(|category| !category.required);
            let free: Vec<_> =
                free.map(|one| (one.id.clone(), one.names.get(p.language).to_owned(), String::new())).collect();
            let categories = self.choice("withdrawal.cookie_categories", true, free).optional();
            let mut inputs = vec![categories, self.text("withdrawal.device").optional()];
            if !self.operator.acknowledgements_for(WithdrawalScope::Cookies).is_empty() {
                inputs.push(self.acknowledgement());
            }
            return inputs;
        }
        let scopes = WithdrawalScope::ALL.iter().filter(|scope| **scope != WithdrawalScope::Cookies);
        let scopes =
            scopes.map(|one| (one.as_str().to_owned(), p.word("scope", one.as_str()), String::new())).collect();
        let purposes = self.operator.purposes_in(self.service(), p.language).into_iter();
        let purposes: Vec<_> =
            purposes.map(|one| (one.id.clone(), one.names.get(p.language).to_owned(), String::new())).collect();
        let mut inputs = vec![self.choice("withdrawal.scope", false, scopes)];
        if !purposes.is_empty() {
            inputs.push(self.choice("withdrawal.purposes", true, purposes).optional());
        }
        if !self.operator.options.acknowledgements.is_empty() {
            inputs.push(self.acknowledgement());
        }
        inputs
    }

    fn acknowledgement(&self) -> Input {
        let know = vec![("agreement_may_end".to_owned(), self.p.t("page-agreement-may-end"), String::new())];
        self.choice("acknowledged", true, know)
    }

    fn service(&self) -> &str {
        let service = self.draft.get("service");
        if service.is_empty() { ALL_SERVICES } else { service }
    }
}
