//! Shortcuts through the workflow, raw calls, and looks into the database, for tests of many themes.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use otinish::domain::event_chain::{EventHeader, Head, Link};
use otinish::domain::vocabulary::Role;
use otinish::storage::events;
use otinish::storage::requests::{self, RequestRow};
use otinish::storage::schema;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Member, Submitted, TestApp, TestDatabase, code_in};

/// The people who work at one operator: two can approve.
pub struct Desk {
    pub agent: Member,
    pub dpo: Member,
    pub deputy: Member,
}

/// The rows of every table that a call could leave something in, but for the counts of attempts that alerts come of.
pub fn rows(database: &TestDatabase) -> BTreeMap<&'static str, i64> {
    let mut connection = database.connect();
    macro_rules! count {
        ($($table:ident)+) => {
            BTreeMap::from([$((
                stringify!($table),
                schema::$table::table.count().get_result::<i64>(&mut connection).unwrap(),
            )),+])
        };
    }
    count!(absences attachments requests request_keys blind_indexes clocks events messages answers email_codes outbox reminders audit
        idempotency staff staff_roles totp recovery_codes totp_roles sessions refresh_tokens calendar_revisions checkpoints
         checkpoint_entries tombstones doomed_files alerts external_identities external_sign_ins)
}

/// The stored row of a request.
pub fn stored(database: &TestDatabase, reference: &str) -> RequestRow {
    requests::by_reference(&mut database.connect(), reference).unwrap().unwrap()
}

/// Runs SQL past the server, as somebody who tampers with the database would.
pub fn tamper(database: &TestDatabase, sql: &str) {
    database.connect().batch_execute(sql).unwrap();
}

impl TestApp {
    /// An agent and two DPOs of an operator.
    pub async fn desk(&self, operator: &str) -> Desk {
        Desk {
            agent: self.staff(&format!("agent.{operator}"), Role::Agent, operator).await,
            dpo: self.staff(&format!("dpo.{operator}"), Role::Dpo, operator).await,
            deputy: self.staff(&format!("deputy.{operator}"), Role::Dpo, operator).await,
        }
    }

    /// Signs all of a desk in again, after the clock was moved.
    pub async fn renew_desk(&self, desk: &mut Desk) {
        for member in [&mut desk.agent, &mut desk.dpo, &mut desk.deputy] {
            self.renew(member).await;
        }
    }

    /// Does an action that must work, with the version that stands.
    pub async fn done(&self, member: &Member, request: &Submitted, action: &str, body: Value) -> Value {
        let answer = self.act(member, &request.reference, action, body).await;
        assert_eq!(answer.status, 200, "{action}: {}", answer.text);
        answer.json()
    }

    /// The request as the requester sees it.
    pub async fn seen(&self, request: &Submitted) -> Value {
        self.get(&request.path(""), Some(&request.token)).await.expect(200)
    }

    /// The status that the requester sees.
    pub async fn status_of(&self, request: &Submitted) -> String {
        self.seen(request).await["status"].as_str().unwrap().to_owned()
    }

    /// The code that was mailed last about a request.
    pub async fn code_of(&self, request: &Submitted) -> String {
        self.work().await;
        let is_code = |line: &str| line.trim().len() == 6 && line.trim().bytes().all(|byte| byte.is_ascii_digit());
        let mail = self
            .mails()
            .into_iter()
            .rev()
            .find(|mail| mail.text.contains(&request.reference) && mail.text.lines().any(is_code))
            .unwrap();
        code_in(&mail.text)
    }

    /// Sends a code.
    pub async fn confirm(&self, request: &Submitted, code: &str) -> Answer {
        self.post(&request.path("/confirm"), Some(&request.token), &json!({"code": code})).await
    }

    /// A new request, moved along the usual way until it stands in `status`. The agent has it from verification on.
    pub async fn brought_to(&self, status: &str, desk: &Desk, operator: &str, form: &Value) -> Submitted {
        let request = self.submit(operator, form).await;
        if status == "submitted" {
            return request;
        }
        let code = self.code_of(&request).await;
        self.confirm(&request, &code).await.expect(200);
        self.done(&desk.agent, &request, "assign", json!({"assignee": "me"})).await;
        let letter = json!({"outcome": "granted", "letter": "All is done as you asked."});
        let way = [
            ("verification", &desk.agent, "verify", json!({"result": "confirmed", "method": "records"})),
            ("review", &desk.agent, "start", json!({})),
            ("preparation", &desk.agent, "propose", letter),
            ("approval", &desk.dpo, "approve", json!({})),
            ("execution", &desk.agent, "complete", json!({"text": "Done in the billing system."})),
        ];
        for (from, member, action, body) in way {
            let now = self.status_of(&request).await;
            if now == status {
                return request;
            }
            if status == "clarification" && from == "review" {
                self.done(member, &request, "ask", json!({"text": "Which account is it about?"})).await;
                return request;
            }
            if status == "cancelled" {
                self.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
                return request;
            }
            if status == "dismissed" && from == "review" {
                self.done(&desk.dpo, &request, "dismiss", json!({"reason": "A test of the form."})).await;
                return request;
            }
            if now == from {
                self.done(member, &request, action, body).await;
            }
        }
        assert_eq!(self.status_of(&request).await, status);
        request
    }

    /// A call whose body is sent as it is.
    pub async fn raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }
}

/// The stored history of a request: its id, the links of the chain, and the head that the request's row remembers.
pub fn stored_chain(database: &TestDatabase, reference: &str) -> (String, Vec<Link>, Head) {
    let row = stored(database, reference);
    let links = events::of_request(&mut database.connect(), &row.id)
        .unwrap()
        .into_iter()
        .map(|event| Link {
            header: EventHeader {
                request_id: event.request_id,
                seq: event.seq,
                at: event.at.and_utc(),
                kind: event.kind,
                actor_kind: event.actor_kind,
                actor_id: event.actor_id,
                data: event.data,
            },
            ciphertext: event.sealed,
            ciphertext_digest: event.sealed_digest,
            hash: event.hash,
        })
        .collect();
    (row.id, links, Head { seq: row.event_seq, hash: row.event_head })
}
