//! What is known of a request, as names and values.

use crate::domain::vocabulary::{Kind, Language, Localized};
use crate::http::pages::chrome::Chrome;
use crate::services::views::StaffView;

/// A fact and its name.
type Fact = (String, String);

/// Collects what there is.
struct Facts<'a> {
    p: &'a Chrome,
    found: Vec<Fact>,
}

impl<'a> Facts<'a> {
    const fn new(p: &'a Chrome) -> Self {
        Self { p, found: Vec::new() }
    }

    fn put(&mut self, key: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value.map(Into::into).filter(|value: &String| !value.is_empty()) {
            self.found.push((self.p.t(&format!("console-fact-{key}")), value));
        }
    }

    fn list(&mut self, key: &str, values: &[String]) {
        self.put(key, Some(values.join("\n")));
    }
}

/// Whose data it is.
pub(super) fn person(p: &Chrome, view: &StaffView) -> Vec<Fact> {
    let mut facts = Facts::new(p);
    let subject = &view.subject;
    facts.put("name", subject.full_name.clone());
    facts.put("iin", subject.iin.clone());
    facts.put("birth-date", subject.birth_date.map(|day| p.date(&day)));
    facts.put("other-id", subject.other_id.as_ref().map(|id| format!("{} {} {}", id.kind, id.country, id.number)));
    facts.put("email", subject.email.clone());
    facts.put("phone", subject.phone.clone());
    facts.put("address", subject.postal_address.clone());
    facts.put("bin", subject.bin.clone());
    facts.found
}

/// Who asks for somebody else; nothing where the person asks.
pub(super) fn submitter(p: &Chrome, view: &StaffView) -> Vec<Fact> {
    let mut facts = Facts::new(p);
    let Some(submitter) = view.submitted_by.as_ref().filter(|one| one.capacity.as_str() != "subject") else {
        return facts.found;
    };
    facts.put("capacity", Some(p.word("capacity", submitter.capacity.as_str())));
    facts.put("name", submitter.full_name.clone());
    facts.put("email", submitter.email.clone());
    facts.put("phone", submitter.phone.clone());
    facts.put("address", submitter.postal_address.clone());
    facts.put("authority", submitter.authority.map(|authority| p.word("authority", authority.as_str())));
    if let Some(document) = &submitter.document {
        let parts = [document.kind.clone(), document.number.clone(), document.date.map(|day| p.date(&day))];
        facts.put("document", Some(parts.into_iter().flatten().collect::<Vec<_>>().join(", ")));
        facts.put("issuer", document.issuer.clone());
        facts.put("valid-until", document.valid_until.map(|day| p.date(&day)));
    }
    facts.found
}

/// What is asked for.
pub(super) fn asked(p: &Chrome, view: &StaffView) -> Vec<Fact> {
    let mut facts = Facts::new(p);
    let grounds: Vec<String> = view.grounds.iter().map(|ground| p.word("ground", ground.as_str())).collect();
    facts.list("grounds", &grounds);
    let Some(contents) = &view.contents else { return facts.found };
    let operator = p.app.operator(&view.operator);
    for correction in &contents.corrections {
        let from = correction.current.as_deref().map(|current| format!("{current} → ")).unwrap_or_default();
        let text = format!("{from}{}", correction.desired);
        facts.found.push((correction.field.clone(), text));
    }
    if let Some(deletion) = &contents.deletion {
        facts.put("desired", deletion.desired_result.map(|result| p.word("desired", result.as_str())));
        let categories = operator.map(|operator| operator.data_categories_of(&view.service)).unwrap_or_default();
        let known = categories.into_iter().map(|category| (&category.id, &category.names));
        facts.list("categories", &named(p, deletion.data_categories.as_deref(), known));
    }
    if let Some(withdrawal) = &contents.withdrawal {
        facts.put("scope", Some(p.word("scope", withdrawal.scope.as_str())));
        let purposes = operator.map(|operator| operator.purposes_of(&view.service)).unwrap_or_default();
        let known = purposes.into_iter().map(|purpose| (&purpose.id, &purpose.names));
        facts.list("purposes", &named(p, withdrawal.purposes.as_deref(), known));
        let cookies = operator.map(|operator| operator.cookie_categories.as_slice()).unwrap_or_default();
        let known = cookies.iter().map(|category| (&category.id, &category.names));
        facts.list("cookies", &named(p, withdrawal.cookie_categories.as_deref(), known));
        facts.put("device", withdrawal.device.clone());
    }
    facts.put("objection", contents.objection.as_ref().map(|objection| objection.to.clone()));
    facts.put("remedy", contents.claim.as_ref().map(|claim| claim.remedy.clone()));
    facts.put("about", contents.claim.as_ref().and_then(|claim| claim.about.clone()));
    facts.list("published", &contents.published_at);
    facts.put("details", contents.details.clone());
    facts.found
}

/// What ids stand for, in the reader's language; an id that the profile does not know any more stands as it is.
fn named<'a>(
    p: &Chrome,
    ids: Option<&[String]>,
    known: impl Iterator<Item = (&'a String, &'a Localized)>,
) -> Vec<String> {
    let known: Vec<_> = known.collect();
    let name = |id: &String| {
        let found = known.iter().find(|(one, _)| *one == id);
        found.map_or_else(|| id.clone(), |(_, names)| names.get(p.language).to_owned())
    };
    ids.unwrap_or_default().iter().map(name).collect()
}

/// How it came, who has it, who did what.
pub(super) fn facts(p: &Chrome, view: &StaffView) -> Vec<Fact> {
    let mut facts = Facts::new(p);
    let nobody = p.t("console-nobody");
    let assignee = view.assignee.as_ref().map_or(nobody, |assignee| match &assignee.absent {
        Some(away) => format!("{} ({})", assignee.name, p.t1("console-away-until", "date", &p.day_month(&away.until))),
        None => assignee.name.clone(),
    });
    facts.put("assignee", Some(assignee));
    facts.put("channel", Some(p.word("channel", view.channel.as_str())));
    facts.put("received", Some(p.moment(&view.received_at)));
    facts.put("recorded", (view.recorded_at != view.received_at).then(|| p.moment(&view.recorded_at)));
    facts.put("language", Some(p.word("language", language(view.language))));
    let service = p.app.operator(&view.operator).and_then(|operator| operator.service(&view.service));
    let service = service.map_or_else(|| view.service.clone(), |service| service.names.get(p.language).to_owned());
    facts.put("service", Some(service).filter(|service| service != "all"));
    facts.put("edition", view.edition.clone());
    facts.put("address-proven", view.email_confirmed_at.map(|at| p.moment(&at)));
    let method = view.identity.method.map(|method| p.word("method", method.as_str()));
    let at = view.identity.at.map(|at| p.moment(&at));
    facts.put("identity", at.map(|at| [Some(at), method].into_iter().flatten().collect::<Vec<_>>().join(", ")));
    let documents = view.documents_at.filter(|_| view.kind == Kind::Correction);
    facts.put("documents", documents.map(|at| p.moment(&at)));
    let people = &view.people;
    facts.put("recorder", people.recorder.as_ref().map(|one| one.name.clone()));
    facts.put("verifier", people.verifier.as_ref().map(|one| one.name.clone()));
    facts.put("proposer", people.proposer.as_ref().map(|one| one.name.clone()));
    facts.put("approver", people.approver.as_ref().map(|one| one.name.clone()));
    facts.put("kept-until", view.kept_until.map(|day| p.date(&day)));
    facts.put("destroyed", view.destroyed_at.map(|at| p.moment(&at)));
    facts.found
}

const fn language(language: Language) -> &'static str {
    language.as_str()
}

/// The answer that is proposed, or was given.
pub(super) fn answer(p: &Chrome, view: &StaffView) -> Vec<Fact> {
    let mut facts = Facts::new(p);
    facts.put("outcome", view.outcome.map(|outcome| p.word("outcome", outcome.as_str())));
    let Some(draft) = &view.answer else { return facts.found };
    let ground = |code: &str| {
        let found = p.app.rules.by_id(&view.rule_set).and_then(|rules| rules.refusal_ground(code));
        found.map_or_else(|| code.to_owned(), |ground| ground.title.get(p.language).to_owned())
    };
    let grounds: Vec<String> = draft
        .grounds
        .iter()
        .map(|one| match &one.text {
            Some(text) => format!("{}: {text}", ground(&one.code)),
            None => ground(&one.code),
        })
        .collect();
    facts.list("refusal-grounds", &grounds);
    for decision in &draft.decisions {
        let mut parts = vec![p.word("page-decision", decision.result.as_str())];
        parts.extend(decision.text.clone());
        parts.extend(decision.grounds.iter().map(|one| ground(&one.code)));
        facts.found.push((decision.about.clone(), parts.join("\n")));
    }
    facts.put("letter", Some(draft.letter.clone()));
    facts.found
}
