//! The second factor: set up, asked for at sign-in, used once, lost and reset.

use chrono::Duration;
use otinish::domain::vocabulary::{Language, Role};
use reqwest::Method;
use serde_json::json;

use crate::support::journey::tamper;
use crate::support::totp::{Phone, TOTP};
use crate::support::{Member, PASSWORD, TestApp};

const ME: &str = "/api/v1/staff/me";
const USERS: &str = "/api/v1/staff/users";
const POLICY: &str = "/api/v1/staff/sign-in-policy";
const WRONG: &str = "wrong horse battery staple";

async fn member() -> (TestApp, Member) {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    (test, member)
}

#[tokio::test]
async fn once_it_is_on_a_code_is_asked_for_and_other_sessions_are_over() {
    let (test, member) = member().await;
    let other = test.sign_in(&member.email).await;
    let off = test.get(TOTP, Some(&member.token)).await.expect(200);
    assert_eq!(off, json!({"enabled": false, "required": false, "recovery_codes_left": 0}));
    let begun = test.post(TOTP, Some(&member.token), &json!({"password": PASSWORD})).await.expect(200);
    let uri = begun["otpauth_uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/Otinish:dpo%40staff.example.kz?secret="), "{uri}");
    assert!(begun["qr_svg"].as_str().unwrap().contains("<svg"));
    test.login_with(&member.email, PASSWORD, None).await.expect(200);
    let phone = Phone::new(begun["secret"].as_str().unwrap());
    let confirm = format!("{TOTP}/confirm");
    test.post(&confirm, Some(&member.token), &json!({"code": "000000x"})).await.invalid(&[("/code", "wrong_totp")]);
    let right = json!({"code": phone.code(&test, 0)});
    let codes = test.post(&confirm, Some(&member.token), &right).await.expect(200);
    assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
    test.post(&confirm, Some(&member.token), &right).await.problem(409, "totp_on");
    test.post(TOTP, Some(&member.token), &json!({"password": PASSWORD})).await.problem(409, "totp_on");
    test.get(ME, Some(&other.token)).await.problem(401, "unauthorized");
    let on = test.get(TOTP, Some(&member.token)).await.expect(200);
    assert_eq!(on, json!({"enabled": true, "required": false, "recovery_codes_left": 10}));

    test.login_with(&member.email, PASSWORD, None).await.problem(401, "totp_required");
    test.login_with(&member.email, PASSWORD, Some(" ")).await.problem(401, "totp_required");
    test.login_with(&member.email, WRONG, None).await.problem(401, "unauthorized");
    test.login_with(&member.email, PASSWORD, Some(&phone.code(&test, 30))).await.expect(200);
}

#[tokio::test]
async fn a_code_works_once_and_one_step_early_or_late() {
    let (test, member) = member().await;
    let phone = test.enrol(&member).await;
    let used = phone.code(&test, 0);
    test.login_with(&member.email, PASSWORD, Some(&used)).await.problem(401, "unauthorized");
    test.app.clock.advance(Duration::seconds(60));
    test.login_with(&member.email, PASSWORD, Some(&phone.code(&test, -60))).await.problem(401, "unauthorized");
    test.login_with(&member.email, PASSWORD, Some(&phone.code(&test, 60))).await.problem(401, "unauthorized");
    test.login_with(&member.email, PASSWORD, Some(&phone.code(&test, -30))).await.expect(200);
    test.login_with(&member.email, PASSWORD, Some(&phone.code(&test, -30))).await.problem(401, "unauthorized");
    let spaced = phone.code(&test, 30);
    let spaced = format!("{} {}", &spaced[..3], &spaced[3..]);
    test.login_with(&member.email, PASSWORD, Some(&spaced)).await.expect(200);
    let before = phone.code(&test, 0);
    test.login_with(&member.email, PASSWORD, Some(&before)).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn of_two_sign_ins_with_one_code_one_gets_through() {
    let (test, member) = member().await;
    let phone = test.enrol(&member).await;
    for code in [phone.code(&test, 30), phone.recovery[0].clone()] {
        let (one, other) = tokio::join!(
            test.login_with(&member.email, PASSWORD, Some(&code)),
            test.login_with(&member.email, PASSWORD, Some(&code)),
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
    }
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_and_new_ones_replace_the_old() {
    let (test, member) = member().await;
    let phone = test.enrol(&member).await;
    let typed = phone.recovery[0].to_uppercase().replace('-', " ");
    test.login_with(&member.email, PASSWORD, Some(&typed)).await.expect(200);
    test.login_with(&member.email, PASSWORD, Some(&phone.recovery[0])).await.problem(401, "unauthorized");
    assert_eq!(test.get(TOTP, Some(&member.token)).await.expect(200)["recovery_codes_left"], 9);
    let path = format!("{TOTP}/recovery-codes");
    let body = |code: &str| json!({"password": PASSWORD, "code": code});
    test.post(&path, Some(&member.token), &body("abcde-fghij")).await.invalid(&[("/code", "wrong_totp")]);
    let renewed = test.post(&path, Some(&member.token), &body(&phone.recovery[1])).await.expect(200);
    test.login_with(&member.email, PASSWORD, Some(&phone.recovery[2])).await.problem(401, "unauthorized");
    test.login_with(&member.email, PASSWORD, renewed["recovery_codes"][9].as_str()).await.expect(200);
    let used: Vec<_> = test.audited().into_iter().filter(|(action, _)| action == "recovery_code_used").collect();
    assert_eq!(
        used.iter().map(|(_, data)| data.as_str()).collect::<Vec<_>>(),
        ["{\"left\":9}", "{\"left\":8}", "{\"left\":9}"]
    );
}

#[tokio::test]
async fn wrong_codes_lock_the_account_as_wrong_passwords_do() {
    let (test, member) = member().await;
    let phone = test.enrol(&member).await;
    for _ in 0..3 {
        test.login_with(&member.email, PASSWORD, Some("abcde-fghij")).await.problem(401, "unauthorized");
        test.login_with(&member.email, PASSWORD, None).await.problem(401, "totp_required");
    }
    test.login_with(&member.email, WRONG, Some(&phone.code(&test, 30))).await.problem(401, "unauthorized");
    let body = json!({"password": PASSWORD, "code": "abcdefghij"});
    test.delete(TOTP, &member.token, Some(&body)).await.invalid(&[("/code", "wrong_totp")]);
    test.login_with(&member.email, PASSWORD, Some(&phone.code(&test, 30))).await.problem(429, "rate_limited");
    test.login_with(&member.email, PASSWORD, None).await.problem(429, "rate_limited");
    test.delete(TOTP, &member.token, Some(&body)).await.problem(429, "rate_limited");
    test.app.clock.advance(Duration::seconds(60));
    test.login_with(&member.email, PASSWORD, Some(&phone.code(&test, 30))).await.expect(200);
}

#[tokio::test]
async fn it_is_turned_off_by_both_factors_only() {
    let (test, member) = member().await;
    let body = |password: &str, code: &str| json!({"password": password, "code": code});
    test.delete(TOTP, &member.token, Some(&body(PASSWORD, "123456"))).await.problem(409, "totp_off");
    let path = format!("{TOTP}/recovery-codes");
    test.post(&path, Some(&member.token), &body(PASSWORD, "123456")).await.problem(409, "totp_off");
    let phone = test.enrol(&member).await;
    let code = phone.code(&test, 30);
    let wrong = test.delete(TOTP, &member.token, Some(&body(WRONG, &code))).await;
    wrong.invalid(&[("/password", "wrong_password")]);
    let wrong = test.delete(TOTP, &member.token, Some(&body(PASSWORD, ""))).await;
    wrong.invalid(&[("/code", "wrong_totp")]);
    assert_eq!(test.delete(TOTP, &member.token, Some(&body(PASSWORD, &code))).await.status, 204);
    test.login_with(&member.email, PASSWORD, None).await.expect(200);
    test.work().await;
    let mails: Vec<String> = test.take_mails().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(mails, ["Sign-in now asks for a second step", "Sign-in no longer asks for a second step"]);
}

#[tokio::test]
async fn setting_it_up_needs_the_password_and_is_confirmed_within_half_an_hour() {
    let (test, mut member) = member().await;
    let confirm = format!("{TOTP}/confirm");
    test.post(&confirm, Some(&member.token), &json!({"code": "123456"})).await.problem(409, "totp_not_begun");
    let wrong = test.post(TOTP, Some(&member.token), &json!({"password": WRONG})).await;
    wrong.invalid(&[("/password", "wrong_password")]);
    test.post(TOTP, None, &json!({"password": PASSWORD})).await.problem(401, "unauthorized");
    let more = json!({"password": PASSWORD, "secret": "JBSWY3DPEHPK3PXP"});
    assert_eq!(test.post(TOTP, Some(&member.token), &more).await.status, 422);
    let first = test.post(TOTP, Some(&member.token), &json!({"password": PASSWORD})).await.expect(200);
    let second = test.post(TOTP, Some(&member.token), &json!({"password": PASSWORD})).await.expect(200);
    let (first, second) =
        (Phone::new(first["secret"].as_str().unwrap()), Phone::new(second["secret"].as_str().unwrap()));
    let dropped = json!({"code": first.code(&test, 0)});
    test.post(&confirm, Some(&member.token), &dropped).await.invalid(&[("/code", "wrong_totp")]);
    test.app.clock.advance(Duration::minutes(30));
    test.renew(&mut member).await;
    let late = json!({"code": second.code(&test, 0)});
    test.post(&confirm, Some(&member.token), &late).await.problem(409, "totp_not_begun");
    let four = ["1", "2", "3", "4"];
    let begun = test.post(TOTP, Some(&member.token), &json!({"password": PASSWORD})).await.expect(200);
    assert!(begun["secret"].is_string());
    for code in four.iter().chain(&["5"]) {
        test.post(&confirm, Some(&member.token), &json!({"code": code})).await.invalid(&[("/code", "wrong_totp")]);
    }
    test.post(&confirm, Some(&member.token), &json!({"code": "6"})).await.problem(429, "rate_limited");
}

#[tokio::test]
async fn an_administrator_resets_it_for_others_and_they_are_told() {
    let (test, member) = member().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let path = |id: &str| format!("{USERS}/{id}/totp-reset");
    test.post(&path(&member.id), Some(&admin.token), &json!({})).await.problem(409, "totp_off");
    test.enrol(&member).await;
    test.post(&path(&member.id), Some(&member.token), &json!({})).await.problem(403, "forbidden");
    test.post(&path(&admin.id), Some(&admin.token), &json!({})).await.problem(403, "forbidden");
    for nobody in ["nobody", "019300a0-0000-7000-8000-000000000000"] {
        test.post(&path(nobody), Some(&admin.token), &json!({})).await.problem(404, "not_found");
    }
    assert_eq!(test.post(&path(&member.id), Some(&admin.token), &json!({})).await.status, 204);
    test.get(ME, Some(&member.token)).await.problem(401, "unauthorized");
    test.login_with(&member.email, PASSWORD, None).await.expect(200);
    test.work().await;
    let mail = test.last_mail_to(&member.email);
    assert_eq!(mail.subject, "The second step of your sign-in was reset");
    assert!(mail.text.contains("tell your administrator"), "{}", mail.text);
    assert_eq!(test.account_mails(), 2);
    let data = format!("{{\"user_id\":\"{}\"}}", member.id);
    assert!(test.audited().contains(&("totp_reset".to_owned(), data)));
    // An administrator has no operator, and is told all the same.
    test.enrol(&admin).await;
    test.work().await;
    assert_eq!(test.last_mail_to(&admin.email).subject, "Sign-in now asks for a second step");
}

#[tokio::test]
async fn a_role_that_needs_it_opens_nothing_else_before() {
    let (test, member) = member().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let put = |body| {
        let (test, token) = (&test, &admin.token);
        async move { test.call(Method::PUT, POLICY, Some(token), Some(&body), &[]).await }
    };
    assert_eq!(test.get(POLICY, Some(&admin.token)).await.expect(200), json!({"totp_required_roles": []}));
    test.get(POLICY, Some(&member.token)).await.problem(403, "forbidden");
    let body = json!({"totp_required_roles": ["dpo", "admin", "dpo"]});
    test.call(Method::PUT, POLICY, Some(&member.token), Some(&body), &[]).await.problem(403, "forbidden");
    assert_eq!(put(json!({"totp_required_roles": ["boss"]})).await.status, 422);
    assert_eq!(put(body).await.expect(200), json!({"totp_required_roles": ["admin", "dpo"]}));
    test.get(ME, Some(&agent.token)).await.expect(200);
    for token in [&member.token, &admin.token] {
        for path in [ME, "/api/v1/staff/requests", USERS, POLICY] {
            test.get(path, Some(token)).await.problem(403, "totp_enrolment_needed");
        }
    }
    let tokens = test.login_with(&member.email, PASSWORD, None).await.expect(200);
    let member = Member { token: tokens["access_token"].as_str().unwrap().to_owned(), ..member };
    test.get(ME, Some(&member.token)).await.problem(403, "totp_enrolment_needed");
    assert_eq!(test.get(TOTP, Some(&member.token)).await.expect(200)["required"], true);
    test.enrol(&member).await;
    test.get(ME, Some(&member.token)).await.expect(200);
    test.enrol(&admin).await;
    assert_eq!(put(json!({"totp_required_roles": []})).await.expect(200), json!({"totp_required_roles": []}));
    let audited = test.audited();
    let changes: Vec<&str> = audited
        .iter()
        .filter(|(action, _)| action == "sign_in_policy_changed")
        .map(|(_, data)| data.as_str())
        .collect();
    assert_eq!(changes, ["{\"totp_required_roles\":[\"admin\",\"dpo\"]}", "{\"totp_required_roles\":[]}"]);
}

#[tokio::test]
async fn a_disabled_member_is_told_nothing_of_the_second_factor() {
    let (test, member) = member().await;
    let phone = test.enrol(&member).await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let path = format!("{USERS}/{}", member.id);
    let disable = json!({"disabled": true});
    test.call(Method::PATCH, &path, Some(&admin.token), Some(&disable), &[]).await.expect(200);
    test.login_with(&member.email, PASSWORD, None).await.problem(401, "unauthorized");
    let code = phone.code(&test, 30);
    test.login_with(&member.email, PASSWORD, Some(&code)).await.problem(401, "unauthorized");
    test.get(TOTP, Some(&member.token)).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn secrets_and_codes_stand_nowhere_in_the_clear() {
    let (test, member) = member().await;
    let phone = test.enrol(&member).await;
    test.login_with(&member.email, PASSWORD, Some(&phone.code(&test, 30))).await.expect(200);
    test.login_with(&member.email, PASSWORD, Some(&phone.recovery[0])).await.expect(200);
    test.work().await;
    let audited = format!("{:?}", test.audited());
    let mails = format!("{:?}", test.mails());
    let plain = phone.recovery[1].replace('-', "");
    for secret in [phone.secret.as_str(), phone.recovery[0].as_str(), plain.as_str(), PASSWORD] {
        assert!(!audited.contains(secret) && !mails.contains(secret), "{secret}");
    }
    // What one account sealed opens at no other.
    let other = test.staff("other", Role::Dpo, "kazteleport").await;
    test.enrol(&other).await;
    let sql = "UPDATE totp SET sealed = (SELECT sealed FROM totp AS mine WHERE mine.staff_id = '{mine}') WHERE staff_id = '{theirs}'";
    tamper(&test.database, &sql.replace("{mine}", &member.id).replace("{theirs}", &other.id));
    test.login_with(&other.email, PASSWORD, Some(&phone.code(&test, 30))).await.problem(500, "internal");
}

#[tokio::test]
async fn members_are_told_in_their_language() {
    let (test, _) = member().await;
    for (language, word) in
        [(Language::Kk, "екінші қадам"), (Language::Ru, "второй шаг"), (Language::En, "second step")]
    {
        let admin = test.staff(&format!("admin.{language}"), Role::Admin, "").await;
        tamper(&test.database, &format!("UPDATE staff SET language = '{language}' WHERE id = '{}'", admin.id));
        test.enrol(&admin).await;
        test.work().await;
        assert!(test.last_mail_to(&admin.email).subject.contains(word), "{language}");
    }
}

#[tokio::test]
async fn the_command_line_resets_it_for_whoever_has_no_colleague() {
    use otinish::cli::staff::reset_totp;
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    assert_eq!(
        reset_totp(&test.app, &admin.email).await.unwrap_err(),
        format!("{} has no second factor.", admin.email)
    );
    assert_eq!(reset_totp(&test.app, "nobody").await.unwrap_err(), "--email: nobody has no account");
    test.enrol(&admin).await;
    let told = reset_totp(&test.app, "ADMIN@staff.example.kz").await.unwrap();
    assert_eq!(told, "The second factor of ADMIN@staff.example.kz is off, and all sessions ended.");
    test.get(ME, Some(&admin.token)).await.problem(401, "unauthorized");
    test.login_with(&admin.email, PASSWORD, None).await.expect(200);
}
