//! Helpers for tests in which time passes.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use otinish::app::App;
use otinish::mail::transport::Transport;
use otinish::services::start::start_with;
use serde_json::{Value, json};

use super::{Member, TestApp};

impl TestApp {
    /// The same member with a token that holds now: a token lives 15 minutes of the test's time.
    pub async fn again(&self, member: &Member) -> Member {
        self.sign_in(&member.email).await
    }

    /// Does an action that must be possible, whatever the time.
    pub async fn done_later(&self, member: &Member, reference: &str, action: &str, body: Value) -> Value {
        let member = self.again(member).await;
        self.act(&member, reference, action, body).await.expect(200)
    }

    /// The request as a member sees it, whatever the time.
    pub async fn seen_later(&self, member: &Member, reference: &str) -> Value {
        let member = self.again(member).await;
        self.view(&member, reference).await
    }

    /// Records a request that came in on paper; returns the receipt.
    pub async fn recorded(&self, member: &Member, operator: &str, mut form: Value, more: Value) -> Value {
        let member = self.again(member).await;
        form["channel"] = json!("paper");
        for (name, value) in more.as_object().unwrap() {
            form[name.as_str()] = value.clone();
        }
        let path = format!("/api/v1/staff/operators/{operator}/requests");
        self.post(&path, Some(&member.token), &form).await.expect(201)
    }

    /// Assigns the request to the member, confirms who asks and begins the work.
    pub async fn prepared(&self, member: &Member, reference: &str) {
        self.done_later(member, reference, "assign", json!({"assignee": "me"})).await;
        self.done_later(member, reference, "verify", json!({"result": "confirmed", "method": "records"})).await;
        self.done_later(member, reference, "start", json!({})).await;
    }

    /// Proposes a grant by the agent and approves it by the DPO.
    pub async fn granted(&self, agent: &Member, dpo: &Member, reference: &str) -> Value {
        self.done_later(agent, reference, "propose", json!({"outcome": "granted", "letter": "Done."})).await;
        self.done_later(dpo, reference, "approve", json!({})).await
    }

    /// Proposes a refusal by the agent and approves it by the DPO.
    pub async fn refused(&self, agent: &Member, dpo: &Member, reference: &str) -> Value {
        let refusal = json!({"outcome": "refused", "grounds": [{"code": "wrong_operator"}], "letter": "Not with us."});
        self.done_later(agent, reference, "propose", refusal).await;
        self.done_later(dpo, reference, "approve", json!({})).await
    }

    /// The outbox as a member sees it, newest first; without morning digests.
    pub async fn outbox(&self, member: &Member, query: &str) -> Vec<Value> {
        let member = self.again(member).await;
        let page = self.get(&format!("/api/v1/staff/outbox?limit=200{query}"), Some(&member.token)).await.expect(200);
        page["items"].as_array().unwrap().iter().filter(|mail| mail["mail"] != "digest").cloned().collect()
    }

    /// The kinds of all events of a request, oldest first.
    pub async fn events(&self, member: &Member, reference: &str) -> Vec<String> {
        let member = self.again(member).await;
        let path = format!("/api/v1/staff/requests/{reference}/events");
        let page = self.get(&path, Some(&member.token)).await.expect(200);
        page["items"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// Another process on the same database, with the same time and the same mailbox.
    pub fn second_process(&self) -> Arc<App> {
        let transport = Transport::Memory(self.mail.clone());
        start_with(self.settings.clone(), self.app.clock.clone(), transport).unwrap()
    }

    /// Runs SQL past the server: `(SQLite, PostgreSQL)`.
    pub fn sql(&self, sqlite: &str, postgres: &str) {
        use diesel::connection::SimpleConnection;
        let sql = if self.database.is_postgres() { postgres } else { sqlite };
        self.database.connect().batch_execute(sql).unwrap();
    }
}

/// An instant as month, day and minute in Almaty.
pub fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&FixedOffset::east_opt(5 * 3600).unwrap()).format("%m-%d %H:%M").to_string()
}
