//! What the tests of the clauses share: a desk that works a request through, and data files that a test changes.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Answer, Member, Submitted, TestApp, TestDatabase};

/// Monday, 23 November 2026: the day on which the tests begin.
pub const MONDAY: &str = "2026-11-23T10:00";

/// An operator's desk: an agent who works and a DPO who approves.
pub struct Desk {
    pub test: TestApp,
    pub operator: &'static str,
    pub agent: Member,
    pub dpo: Member,
}

impl Desk {
    /// The desk of an operator with its profile as it comes with the product.
    pub async fn open(operator: &'static str) -> Self {
        Self::on(TestApp::start().await, operator).await
    }

    /// The desk of an operator whose profile has something more at its end.
    pub async fn with_more(operator: &'static str, more: &str) -> Self {
        Self::on(start_with_more(operator, more, MONDAY).await, operator).await
    }

    async fn on(test: TestApp, operator: &'static str) -> Self {
        let agent = test.staff("agent", Role::Agent, operator).await;
        let dpo = test.staff("dpo", Role::Dpo, operator).await;
        Self { test, operator, agent, dpo }
    }

    /// Signs both in again: an access token holds a quarter of an hour.
    pub async fn renew(&mut self) {
        self.test.renew(&mut self.agent).await;
        self.test.renew(&mut self.dpo).await;
    }

    /// Hands in a request and proves its address.
    pub async fn confirmed(&self, form: &Value) -> Submitted {
        self.test.submit_confirmed(self.operator, form).await
    }

    /// Hands in what must be refused.
    pub async fn refused(&self, form: &Value, errors: &[(&str, &str)]) {
        let path = format!("/api/v1/operators/{}/requests", self.operator);
        self.test.post(&path, None, form).await.invalid(errors);
    }

    /// Records a request that came another way; the receipt.
    pub async fn record(&self, mut form: Value, channel: &str, received_at: Option<&str>) -> Value {
        form["channel"] = json!(channel);
        if let Some(local) = received_at {
            form["received_at"] = json!(crate::support::at(local));
        }
        let path = format!("/api/v1/staff/operators/{}/requests", self.operator);
        self.test.post(&path, Some(&self.agent.token), &form).await.expect(201)
    }

    /// An action that must succeed.
    pub async fn act(&self, member: &Member, reference: &str, action: &str, body: Value) -> Value {
        self.test.act(member, reference, action, body).await.expect(200)
    }

    /// The request as the DPO sees it.
    pub async fn view(&self, reference: &str) -> Value {
        self.test.view(&self.dpo, reference).await
    }

    /// The request as the requester sees it.
    pub async fn seen(&self, request: &Submitted) -> Value {
        self.test.get(&request.path(""), Some(&request.token)).await.expect(200)
    }

    /// Takes the request, confirms who asks where that is open, and starts.
    pub async fn prepare(&self, reference: &str) {
        self.act(&self.agent, reference, "assign", json!({"assignee": "me"})).await;
        let status = self.view(reference).await["status"].as_str().unwrap().to_owned();
        if status != "review" {
            self.act(&self.agent, reference, "verify", json!({"result": "confirmed", "method": "records"})).await;
        }
        self.act(&self.agent, reference, "start", json!({})).await;
    }

    /// The agent proposes an answer.
    pub async fn propose(&self, reference: &str, proposal: Value) -> Answer {
        self.test.act(&self.agent, reference, "propose", proposal).await
    }

    /// Works a request from its check to the answer as the requester reads it.
    pub async fn answer(&self, request: &Submitted, proposal: Value) -> Value {
        self.finish(&request.reference, proposal).await;
        self.test.get(&request.path("/answer"), Some(&request.token)).await.expect(200)
    }

    /// Works a request from its check to its final status.
    pub async fn finish(&self, reference: &str, proposal: Value) {
        self.prepare(reference).await;
        self.propose(reference, proposal).await.expect(200);
        let view = self.act(&self.dpo, reference, "approve", json!({})).await;
        if view["status"] == "execution" {
            self.act(&self.agent, reference, "complete", json!({"text": "Done in all systems."})).await;
        }
        self.test.work().await;
    }

    /// The operator's public profile.
    pub async fn profile(&self) -> Value {
        profile(&self.test, self.operator).await
    }
}

/// An operator's public profile.
pub async fn profile(test: &TestApp, operator: &str) -> Value {
    test.get(&format!("/api/v1/operators/{operator}"), None).await.expect(200)
}

/// All that was asked is granted.
pub fn granted() -> Value {
    json!({"outcome": "granted", "letter": "We have done what you asked."})
}

/// It is refused on these grounds, each with its text.
pub fn refused_on(grounds: &[(&str, &str)]) -> Value {
    let grounds: Vec<Value> = grounds.iter().map(|(code, text)| json!({"code": code, "text": text})).collect();
    json!({"outcome": "refused", "grounds": grounds, "letter": "We refuse, and these are the reasons."})
}

/// A server on which `operator`'s profile ends with `more`.
pub async fn start_with_more(operator: &str, more: &str, local: &str) -> TestApp {
    let folder = operators_with(operator, |profile| format!("{profile}\n{more}"));
    let path = folder.path().display().to_string();
    TestApp::start_with(local, TestDatabase::create(), |name| (name == "CONFIG_DIR").then(|| path.clone())).await
}

/// A configuration folder in which one profile is changed. Law, calendar and texts are those in the program.
pub fn operators_with(operator: &str, change: impl FnOnce(String) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("operators");
    std::fs::create_dir(&to).unwrap();
    let from = concat!(env!("CARGO_MANIFEST_DIR"), "/operators");
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
    let path = to.join(format!("{operator}.toml"));
    let changed = change(std::fs::read_to_string(&path).unwrap());
    std::fs::write(&path, changed).unwrap();
    folder
}

/// An edition for the end of a profile: `dates` are its lines about days.
pub fn edition(id: &str, policy: &str, service: &str, dates: &str) -> String {
    format!(
        "[[editions]]\nid = \"{id}\"\npolicy = \"{policy}\"\ntitle.kk = \"Жаңа редакция\"\ntitle.ru = \"Новая редакция\"\n\
         title.en = \"A new edition\"\nservices = [\"{service}\"]\ndated_by = \"policy\"\n{dates}\n"
    )
}

/// A service with a policy of its own for the end of a profile, and the edition that covers it.
pub fn own_service(id: &str) -> String {
    let names = "names.kk = \"Өз\"\nnames.ru = \"Своё\"\nnames.en = \"Own\"\n";
    format!(
        "[[services]]\nid = \"{id}\"\n{names}policies = [\"privacy\"]\ncontact_email = \"lab@example.kz\"\n\
         [[services.purposes]]\nid = \"own_purpose\"\n{names}[[services.data_categories]]\nid = \"own_data\"\n{names}\n{}",
        edition("privacy-own", "privacy", id, "published_on = \"2026-01-05\"")
    )
}

/// The ids of a list.
pub fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

/// The entry of a list with this id.
pub fn by_id<'v>(list: &'v Value, id: &str) -> &'v Value {
    list.as_array().unwrap().iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("no {id} in {list}"))
}

/// Whether each of the three languages has a text.
pub fn is_said_in_all_languages(text: &Value) -> bool {
    ["kk", "ru", "en"].iter().all(|language| text[language].as_str().is_some_and(|text| !text.trim().is_empty()))
}

/// A text without its line breaks: mails are wrapped.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The requester's secret in a mailed link.
pub fn token_in(text: &str) -> String {
    let rest = text.split("token=").nth(1).unwrap_or_else(|| panic!("no link in: {text}"));
    rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).collect()
}
