//! Sign-in by an external service, against one that runs as a process of its own.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::browser::{Browser, Page};
use crate::support::issuer::{self, Issuer};
use crate::support::journey::rows;
use crate::support::{Member, PASSWORD, TestApp, TestDatabase};

pub const BEGIN: &str = "/staff/oidc";
pub const EMAIL: &str = "dpo.kazteleport@staff.example.kz";

/// Is the service when this program was started for that; see `support::issuer`.
#[test]
fn the_service_of_these_tests_runs_as_a_process_of_its_own() {
    issuer::serve();
}

pub fn service() -> Issuer {
    Issuer::start("external_sign_in::the_service_of_these_tests_runs_as_a_process_of_its_own")
}

pub async fn start(issuer: &Issuer) -> TestApp {
    start_with(issuer, &[]).await
}

pub async fn start_with(issuer: &Issuer, more: &[(&str, &str)]) -> TestApp {
    let setting = |name: &str| {
        let own = more.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
        own.or_else(|| issuer.setting(name))
    };
    TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), setting).await
}

/// The member whom the service names unless it is told otherwise.
pub async fn dpo(test: &TestApp) -> Member {
    test.staff("dpo.kazteleport", Role::Dpo, "kazteleport").await
}

/// A browser begins: where it is sent.
pub async fn begin(browser: &mut Browser<'_>, path: &str) -> String {
    let answer = browser.step(path).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.header("location").unwrap().to_owned()
}

/// A browser goes there and comes back.
pub async fn through(browser: &mut Browser<'_>, issuer: &Issuer) -> Page {
    let address = begin(browser, BEGIN).await;
    let back = issuer.visit(&address).await;
    browser.open(&back).await
}

pub fn english(test: &TestApp) -> Browser<'_> {
    Browser { language: "en", ..Browser::new(test) }
}

/// The page to sign in at, with this said on it, and nobody in.
fn refused(page: &Page, browser: &Browser<'_>, status: u16, said: &str) {
    assert_eq!(page.answer.status, status, "{}", page.answer.text);
    assert!(page.answer.text.contains(said), "{said}: {}", page.answer.text);
    assert!(page.answer.text.contains("name=\"password\""), "the password is asked for");
    assert!(!browser.cookies.keys().any(|name| name.ends_with("otinish_staff")), "{:?}", browser.cookies);
}

/// The lines of the audit trail.
pub fn audited(test: &TestApp) -> Vec<(String, Value)> {
    test.audited().into_iter().map(|(action, data)| (action, serde_json::from_str(&data).unwrap())).collect()
}

/// The reasons of refusals in it, in their order.
fn reasons(test: &TestApp) -> Vec<String> {
    let lines = audited(test).into_iter().filter(|(action, _)| action == "external_sign_in_refused");
    lines.map(|(_, data)| data["reason"].as_str().unwrap().to_owned()).collect()
}

const NOT_CONFIRMED: &str = "did not confirm";
const NO_ACCOUNT: &str = "No account here fits";
const OVER: &str = "was used already or took too long";

#[tokio::test]
async fn a_member_signs_in_with_each_kind_of_key_and_comes_to_the_page_that_was_asked_for() {
    let issuer = service();
    let test = start(&issuer).await;
    let member = dpo(&test).await;
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        issuer.order(json!({"algorithm": algorithm})).await;
        let mut browser = english(&test);
        let page = browser.open("/staff/users/nobody").await;
        assert_eq!(page.path, "/staff/sign-in?next=/staff/users/nobody");
        let button = "/staff/oidc?next=/staff/users/nobody";
        assert!(page.answer.text.contains(&format!("href=\"{button}\"")), "{}", page.answer.text);
        assert!(page.answer.text.contains("Sign in with Company ID"));
        let back = issuer.visit(&begin(&mut browser, button).await).await;
        let answer = browser.step(&back).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/staff/users/nobody")), "{algorithm}");
        assert!(browser.cookies.keys().all(|name| !name.contains("external")), "what began is over");
        let page = browser.open("/staff/account").await;
        assert!(page.answer.status == 200 && page.answer.text.contains(EMAIL), "{algorithm}");
    }
    let audited = audited(&test);
    let by = (String::from("sign_in"), json!({"by": "external"}));
    assert_eq!(audited.iter().filter(|line| **line == by).count(), 3);
    let bound = ("external_identity_bound".to_owned(), json!({"user_id": member.id}));
    assert_eq!(audited.iter().filter(|line| **line == bound).count(), 1, "once");
    let kept = rows(&test.database);
    assert_eq!((kept["external_identities"], kept["external_sign_ins"]), (1, 0));
    test.work().await;
    let mails = test.take_mails();
    assert_eq!(mails.iter().filter(|mail| mail.to == EMAIL).count(), 1, "the member hears of it, once");
}

#[tokio::test]
async fn what_is_asked_of_the_service_holds_no_secret_and_differs_each_time() {
    let issuer = service();
    let test = start(&issuer).await;
    let mut browser = english(&test);
    let (one, two) = (begin(&mut browser, BEGIN).await, begin(&mut browser, BEGIN).await);
    let of = |address: &str, name: &str| {
        let url = reqwest::Url::parse(address).unwrap();
        url.query_pairs().find(|(other, _)| other == name).map(|(_, value)| value.into_owned()).unwrap()
    };
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(of(&one, name), of(&two, name), "{name}");
    }
    assert_eq!(of(&one, "redirect_uri"), "https://requests.example.kz/staff/oidc/callback");
    assert_eq!(of(&one, "scope"), "openid email");
    assert!(!one.contains("client_secret") && !one.contains("verifier"));
    let ticket = browser.cookies.iter().find(|(name, _)| name.contains("external")).unwrap().1;
    assert!(!two.contains(ticket.as_str()));
}

#[tokio::test]
async fn the_account_is_found_by_the_subject_once_it_was_bound() {
    let issuer = service();
    let test = start(&issuer).await;
    dpo(&test).await;
    let mut browser = english(&test);
    assert_eq!(through(&mut browser, &issuer).await.answer.status, 200);
    issuer.order(json!({"claims": {"email": "new.name@staff.example.kz", "email_verified": false}})).await;
    let mut browser = english(&test);
    let page = through(&mut browser, &issuer).await;
    assert!(page.answer.status == 200 && page.path.starts_with("/staff/"), "{}", page.path);
    // Somebody else at the service with the address of the member.
    issuer.order(json!({"claims": {"sub": "subject-2"}})).await;
    let mut browser = english(&test);
    refused(&through(&mut browser, &issuer).await, &browser, 403, NO_ACCOUNT);
    assert_eq!(reasons(&test), ["other_subject"]);
}

#[tokio::test]
async fn a_token_that_does_not_hold_lets_nobody_in() {
    let issuer = service();
    let test = start(&issuer).await;
    dpo(&test).await;
    let now = 1_795_410_000;
    let wrong = [
        (json!({"head": {"alg": "none"}, "seal": "nothing"}), "algorithm"),
        (json!({"head": {"alg": "HS256"}, "seal": "secret"}), "algorithm"),
        (json!({"head": {"alg": "HS256"}, "seal": "public key"}), "algorithm"),
        (json!({"head": {"alg": "RS256"}}), "algorithm"),
        (json!({"seal": "another"}), "signature"),
        (json!({"seal": "nothing"}), "signature"),
        (json!({"claims": {"iss": "https://evil.example"}}), "issuer"),
        (json!({"iss": "https://evil.example"}), "issuer"),
        (json!({"claims": {"aud": "another client"}}), "audience"),
        (json!({"claims": {"aud": ["otinish: staff", "another client"]}}), "audience"),
        (json!({"claims": {"nonce": "of another sign-in"}}), "nonce"),
        (json!({"claims": {"nonce": null}}), "nonce"),
        (json!({"claims": {"exp": now - 61}}), "time"),
        (json!({"claims": {"iat": now + 3600, "exp": now + 4000}}), "time"),
        (json!({"claims": {"sub": ""}}), "subject"),
    ];
    for (order, reason) in wrong {
        issuer.order(order.clone()).await;
        let mut browser = english(&test);
        refused(&through(&mut browser, &issuer).await, &browser, 403, NOT_CONFIRMED);
        assert_eq!(reasons(&test).last().unwrap(), reason, "{order}");
    }
    let kept = rows(&test.database);
    assert_eq!((kept["sessions"], kept["external_identities"], kept["external_sign_ins"]), (1, 0, 0));
    issuer.order(json!({"error": "server_error"})).await;
    let mut browser = english(&test);
    refused(&through(&mut browser, &issuer).await, &browser, 403, NOT_CONFIRMED);
    issuer.order(json!({"error": "access_denied"})).await;
    refused(&through(&mut browser, &issuer).await, &browser, 400, "was cancelled");
}

#[tokio::test]
async fn new_keys_are_fetched_when_a_token_names_one_and_not_for_every_stranger() {
    let issuer = service();
    let test = start(&issuer).await;
    dpo(&test).await;
    assert_eq!(through(&mut english(&test), &issuer).await.answer.status, 200);
    assert_eq!(issuer.calls().await["/keys"], 1);
    issuer.order(json!({"new_keys": true})).await;
    test.app.clock.advance(chrono::Duration::minutes(2));
    let later = json!({"now": 1_795_410_120});
    issuer.order(later.clone()).await;
    let page = through(&mut english(&test), &issuer).await;
    assert!(page.answer.status == 200 && page.path != "/staff/sign-in", "{}", page.answer.text);
    assert_eq!(issuer.calls().await["/keys"], 2);
    // A key that the service never shows: asked for again, but not by every call.
    let mut foreign = later;
    foreign["head"] = json!({"kid": "foreign"});
    for minutes in [0, 0, 2, 0] {
        test.app.clock.advance(chrono::Duration::minutes(minutes));
        foreign["now"] = json!(test.app.clock.now().timestamp());
        issuer.order(foreign.clone()).await;
        let mut browser = english(&test);
        refused(&through(&mut browser, &issuer).await, &browser, 403, NOT_CONFIRMED);
        assert_eq!(reasons(&test).last().unwrap(), "unknown_key");
    }
    assert_eq!(issuer.calls().await["/keys"], 3);
}

#[tokio::test]
async fn while_the_service_is_away_the_page_says_so_and_passwords_still_work() {
    let mut issuer = service();
    let test = start(&issuer).await;
    dpo(&test).await;
    for fails in [json!({"/token": 500}), json!({"/token": 429})] {
        issuer.order(json!({"fails": fails})).await;
        let mut browser = english(&test);
        refused(&through(&mut browser, &issuer).await, &browser, 503, "does not answer");
    }
    issuer.stop();
    let mut browser = english(&test);
    // What it says of itself is known for an hour; its token is not to be had.
    begin(&mut browser, BEGIN).await;
    test.app.clock.advance(chrono::Duration::hours(25));
    let page = browser.open(BEGIN).await;
    refused(&page, &browser, 503, "does not answer");
    assert!(!page.answer.text.contains("127.0.0.1"), "nothing of what is inside");
    let page = browser.sign_in(EMAIL, PASSWORD).await;
    assert!(page.answer.status == 200 && page.path != "/staff/sign-in");
    assert!(reasons(&test).is_empty(), "nobody was refused");
}

#[tokio::test]
async fn a_service_that_calls_itself_otherwise_is_not_asked_for_anything() {
    let issuer = service();
    let test = start(&issuer).await;
    dpo(&test).await;
    for metadata in [
        json!({"issuer": "https://evil.example"}),
        json!({"jwks_uri": "http://evil.example/keys"}),
        json!({"authorization_endpoint": "javascript:alert(1)"}),
        json!({"token_endpoint": null}),
    ] {
        issuer.order(json!({"metadata": metadata})).await;
        test.app.clock.advance(chrono::Duration::hours(25));
        let mut browser = english(&test);
        refused(&browser.open(BEGIN).await, &browser, 503, "does not answer");
    }
}

#[tokio::test]
async fn a_code_and_its_state_work_once_in_the_browser_that_began_and_for_ten_minutes() {
    let issuer = service();
    let test = start(&issuer).await;
    dpo(&test).await;
    let mut browser = english(&test);
    let back = issuer.visit(&begin(&mut browser, BEGIN).await).await;
    let mut other = english(&test);
    refused(&other.open(&back).await, &other, 400, OVER);
    begin(&mut other, BEGIN).await;
    refused(&other.open(&back).await, &other, 400, OVER);
    let twin = browser.cookies.clone();
    assert_eq!(browser.open(&back).await.answer.status, 200);
    let mut replayed = Browser { cookies: twin, ..english(&test) };
    replayed.cookies.retain(|name, _| !name.ends_with("otinish_staff"));
    refused(&replayed.open(&back).await, &replayed, 400, OVER);
    // The same code by another sign-in of the same browser: the service takes it once, too.
    let address = begin(&mut replayed, BEGIN).await;
    let fresh = issuer.visit(&address).await;
    let code = |path: &str| path.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let mixed = fresh.replace(&code(&fresh), &code(&back));
    refused(&replayed.open(&mixed).await, &replayed, 403, NOT_CONFIRMED);
    assert_eq!(reasons(&test), ["code"]);

    let mut slow = english(&test);
    let back = issuer.visit(&begin(&mut slow, BEGIN).await).await;
    test.app.clock.advance(chrono::Duration::minutes(10));
    refused(&slow.open(&back).await, &slow, 400, OVER);
    for path in ["/staff/oidc/callback", "/staff/oidc/callback?code=x", "/staff/oidc/callback?state=&code="] {
        let mut browser = english(&test);
        refused(&browser.open(path).await, &browser, 400, OVER);
    }
    otinish::worker::housekeeping::step(&test.app).await.unwrap();
    assert_eq!(rows(&test.database)["external_sign_ins"], 0, "what nobody finished is forgotten");
}

#[tokio::test]
async fn nobody_gets_an_account_by_it_and_a_disabled_one_stays_shut() {
    let issuer = service();
    let test = start(&issuer).await;
    let admin = test.staff("root", Role::Admin, "").await;
    let member = dpo(&test).await;
    let strangers = [
        (json!({"claims": {"email": "stranger@example.kz"}}), "unknown_member"),
        (json!({"claims": {"email": "no address"}}), "unknown_member"),
        (json!({"claims": {"email_verified": false}}), "address_unproven"),
        (json!({"claims": {"email_verified": null}}), "address_unproven"),
        (json!({"claims": {"email": null}, "userinfo": {"sub": "subject-1"}}), "address_unproven"),
    ];
    for (order, reason) in strangers {
        issuer.order(order).await;
        let mut browser = english(&test);
        refused(&through(&mut browser, &issuer).await, &browser, 403, NO_ACCOUNT);
        assert_eq!(reasons(&test).last().unwrap(), reason);
    }
    issuer.order(json!({})).await;
    let path = format!("/api/v1/staff/users/{}", member.id);
    let shut = |disabled: bool| json!({"disabled": disabled});
    test.call(reqwest::Method::PATCH, &path, Some(&admin.token), Some(&shut(true)), &[]).await.expect(200);
    let mut browser = english(&test);
    refused(&through(&mut browser, &issuer).await, &browser, 403, NO_ACCOUNT);
    assert_eq!(reasons(&test).last().unwrap(), "disabled");
    assert_eq!(rows(&test.database)["external_identities"], 0);
    test.call(reqwest::Method::PATCH, &path, Some(&admin.token), Some(&shut(false)), &[]).await.expect(200);
    let mut browser = english(&test);
    assert_eq!(through(&mut browser, &issuer).await.answer.status, 200);
    // Disabling works with the next page, as for everybody.
    test.call(reqwest::Method::PATCH, &path, Some(&admin.token), Some(&shut(true)), &[]).await.expect(200);
    assert!(browser.open("/staff/requests").await.path.starts_with("/staff/sign-in"));
}

#[tokio::test]
async fn the_address_may_come_from_where_the_service_tells_of_people() {
    let issuer = service();
    let test = start(&issuer).await;
    dpo(&test).await;
    let bare = json!({"email": null, "email_verified": null});
    let other = json!({"sub": "subject-2", "email": EMAIL, "email_verified": true});
    issuer.order(json!({"claims": bare, "userinfo": other})).await;
    let mut browser = english(&test);
    refused(&through(&mut browser, &issuer).await, &browser, 403, NOT_CONFIRMED);
    let own = json!({"sub": "subject-1", "email": EMAIL, "email_verified": true});
    let metadata = json!({"token_endpoint_auth_methods_supported": ["client_secret_post"]});
    issuer.order(json!({"claims": bare, "userinfo": own, "metadata": metadata})).await;
    test.app.clock.advance(chrono::Duration::hours(2));
    let mut order = json!({"claims": bare, "userinfo": own, "metadata": metadata});
    order["now"] = json!(test.app.clock.now().timestamp());
    issuer.order(order).await;
    assert_eq!(through(&mut english(&test), &issuer).await.answer.status, 200);
}
