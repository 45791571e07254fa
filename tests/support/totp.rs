//! An authenticator app for tests.
#![allow(missing_docs)]

use otinish::storage::schema::{audit, outbox};
use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use super::{Answer, Member, PASSWORD, TestApp};

pub const TOTP: &str = "/api/v1/auth/totp";
pub const LOGIN: &str = "/api/v1/auth/login";

/// An app with the secret of an account, and the recovery codes.
pub struct Phone {
    pub secret: String,
    pub totp: Totp,
    pub recovery: Vec<String>,
}

impl Phone {
    pub fn new(secret: &str) -> Self {
        let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
        Self { secret: secret.to_owned(), totp, recovery: Vec::new() }
    }

    /// The code at so many seconds from the test's now.
    pub fn code(&self, test: &TestApp, seconds: i64) -> String {
        let at = test.app.clock.now().timestamp() + seconds;
        self.totp.generate(u64::try_from(at).unwrap()).to_string()
    }
}

impl TestApp {
    /// Sets the second factor up for a member who is signed in.
    pub async fn enrol(&self, member: &Member) -> Phone {
        let begun = self.post(TOTP, Some(&member.token), &json!({"password": PASSWORD})).await.expect(200);
        let mut phone = Phone::new(begun["secret"].as_str().unwrap());
        let code = json!({"code": phone.code(self, 0)});
        let codes = self.post(&format!("{TOTP}/confirm"), Some(&member.token), &code).await.expect(200);
        let codes = codes["recovery_codes"].as_array().unwrap();
        phone.recovery = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        phone
    }

    /// Tries to sign in, with a code or without.
    pub async fn login_with(&self, email: &str, password: &str, code: Option<&str>) -> Answer {
        let mut body = json!({"email": email, "password": password});
        if let Some(code) = code {
            body["totp"] = json!(code);
        }
        self.post(LOGIN, None, &body).await
    }

    pub async fn delete(&self, path: &str, token: &str, body: Option<&Value>) -> Answer {
        self.call(Method::DELETE, path, Some(token), body, &[]).await
    }

    /// The names of the mails about accounts in the outbox, and the actions of the audit trail with their data.
    pub fn audited(&self) -> Vec<(String, String)> {
        use diesel::prelude::*;
        audit::table.order(audit::id).select((audit::action, audit::data)).load(&mut self.database.connect()).unwrap()
    }

    pub fn account_mails(&self) -> i64 {
        use diesel::prelude::*;
        outbox::table.filter(outbox::mail.eq("account")).count().get_result(&mut self.database.connect()).unwrap()
    }
}
