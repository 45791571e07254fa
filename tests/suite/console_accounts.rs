//! Accounts in the console: one's own, and all of them for administrators.

use otinish::domain::vocabulary::Role;

use crate::console_office::EACH;
use crate::pages_embed::{SITE, with_site};
use crate::support::browser::Browser;
use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn a_member_changes_the_password_and_ends_sessions_on_the_account_page() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "demo").await;
    let mut browser = Browser::of_staff(&test, &agent).await;
    for language in EACH {
        browser.open(&format!("/staff/account?lang={language}")).await.expect(200);
    }
    let page = browser.open("/staff/account?lang=en").await;
    let action = "/staff/account/password";
    let wrong =
        browser.send(&page, action, &[("current_password", "wrong"), ("new_password", "a new long secret")]).await;
    let html = wrong.expect(422);
    assert!(html.contains("password-current_password-mistake") && !html.contains("a new long secret"), "{html}");
    let short = browser.send(&page, action, &[("current_password", PASSWORD), ("new_password", "short")]).await;
    assert!(short.expect(422).contains("password-new_password-mistake"));
    let page =
        browser.send(&page, action, &[("current_password", PASSWORD), ("new_password", "a new long secret")]).await;
    assert!(page.expect(200).contains("The password was changed."));
    // The API's session is over, the browser's goes on.
    test.get("/api/v1/auth/sessions", Some(&agent.token)).await.expect(401);
    let mut other = Browser { language: "en", ..Browser::new(&test) };
    let at_other = other.sign_in(&agent.email, "a new long secret").await;
    at_other.expect(200);
    let page = browser.open("/staff/account").await;
    assert!(page.expect(200).contains("End all others"));
    let page = browser.send(&page, "/staff/account/sessions/others", &[]).await;
    assert!(page.expect(200).contains("All other sessions are over."));
    assert!(other.open("/staff/requests").await.path.starts_with("/staff/sign-in"));
}

#[tokio::test]
async fn an_absence_is_marked_and_ended_on_the_account_page() {
    let test = TestApp::start().await;
    let desk = test.desk("demo").await;
    let deputy = test.staff("deputy", Role::Agent, "demo").await;
    let mut browser = Browser::of_staff(&test, &desk.agent).await;
    let page = browser.open("/staff/account").await;
    let today = otinish::domain::almaty::local_date(test.app.clock.now()).to_string();
    let action = "/staff/account/absences";
    let wrong = browser.send(&page, action, &[("from", "someday"), ("deputy_id", deputy.id.as_str())]).await;
    assert!(wrong.expect(422).contains("absence-from-mistake"));
    let typed = [("from", today.as_str()), ("until", today.as_str()), ("deputy_id", deputy.id.as_str())];
    let page = browser.send(&page, action, &typed).await;
    assert!(page.expect(200).contains("The absence is marked"));
    let end = page.answer.text.split("action=\"/staff/account/absences/").nth(1).unwrap();
    let end = format!("/staff/account/absences/{}", end.split('"').next().unwrap());
    let page = browser.send(&page, &end, &[]).await;
    assert!(page.expect(200).contains("The absence is over."));
}

#[tokio::test]
async fn an_administrator_makes_changes_and_shuts_accounts() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let agent = test.staff("agent", Role::Agent, "demo").await;
    let mut browser = Browser::of_staff(&test, &agent).await;
    browser.open("/staff/users").await.expect(403);
    browser.open(&format!("/staff/users/{}", agent.id)).await.expect(403);
    let mut browser = Browser::of_staff(&test, &admin).await;
    for language in EACH {
        browser.open(&format!("/staff/users?lang={language}")).await.expect(200);
        browser.open(&format!("/staff/users/{}?lang={language}", agent.id)).await.expect(200);
    }
    let page = browser.open("/staff/users?lang=en").await;
    let wrong = browser.send(&page, "/staff/users", &[("email", "no address"), ("name", "Saule")]).await;
    assert!(wrong.expect(422).contains("user-new-email-mistake"), "{}", wrong.answer.text);
    let typed = [("email", "saule@demo.example.kz"), ("name", "Saule"), ("language", "kk"), ("role", "demo:dpo")];
    let made = browser.send(&page, "/staff/users", &typed).await;
    let html = made.expect(200);
    let password = html.split("<code class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let mut new = Browser { language: "en", ..Browser::new(&test) };
    let page = new.sign_in("saule@demo.example.kz", &password).await;
    assert_eq!(page.path, "/staff/requests");
    let home = format!("/staff/users/{}", agent.id);
    let page = browser.open(&home).await;
    let page = browser.send(&page, &home, &[("disabled", "yes")]).await;
    assert!(page.expect(200).contains("The account was changed."));
    assert!(Browser::new(&test).sign_in(&agent.email, PASSWORD).await.answer.status == 401);
    let page = browser.send(&page, &format!("{home}/password"), &[]).await;
    assert!(page.expect(200).contains("<code class=\"secret\">"), "{}", page.answer.text);
    let page = browser.open(&home).await;
    let page = browser.send(&page, &format!("{home}/totp"), &[]).await;
    assert!(page.expect(409).contains("role=\"alert\""), "{}", page.answer.text);
    let mut fields = page.form(&format!("{home}/totp"));
    fields.retain(|(name, _)| name == "csrf");
    browser.post(&format!("{home}/nonsense"), &fields).await.expect(404);
    // The last administrator cannot shut themselves out.
    let own = format!("/staff/users/{}", admin.id);
    let page = browser.open(&own).await;
    let refused = browser.send(&page, &own, &[("disabled", "yes")]).await;
    assert!(refused.expect(409).contains("role=\"alert\""), "{}", refused.answer.text);
    let page = browser.open("/staff/users").await;
    let page = browser.send(&page, "/staff/users/sign-in-policy", &[("totp_required_roles", "dpo")]).await;
    assert!(page.expect(200).contains("The rule was changed."));
    assert_eq!(browser.open("/staff/users/0192f0c0-0000-7000-8000-000000000000").await.answer.status, 404);
}

#[tokio::test]
async fn an_administrator_copies_the_form_of_each_organisation_for_its_own_site() {
    let (test, _folder) = with_site().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let agent = test.staff("agent", Role::Agent, "demo").await;
    Browser::of_staff(&test, &agent).await.open("/staff/operators").await.expect(403);
    let mut browser = Browser::of_staff(&test, &admin).await;
    for language in EACH {
        browser.open(&format!("/staff/operators?lang={language}")).await.expect(200);
    }
    let page = browser.open("/staff/operators?lang=en").await;
    let html = page.expect(200);
    let base = &test.app.settings.public_url;
    let snippet = format!("src=&#34;{base}/operators/demo/embed&#34;");
    assert!(html.contains(&snippet) && html.contains(SITE), "{html}");
    // Where no site is named browsers would show nothing, so nothing is given out.
    assert!(html.contains("No site is named") && !html.contains("/operators/citicom/embed"), "{html}");
}
