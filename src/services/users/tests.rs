use super::*;
use crate::domain::vocabulary::Role;
use crate::services::sign_in::testing::{
    PASSWORD, account, actions, add, app, audit, is_unauthorized, mistakes, refusal, signed_in,
};
use crate::services::sign_in::{login, member, refresh};
use serde_json::{Value, json};

const ADMIN: &str = "admin@example.kz";
const EMAIL: &str = "agent@kazteleport.example.kz";

async fn with_admin() -> (Arc<App>, tempfile::TempDir, Member) {
    let (app, folder) = app();
    add(&app, ADMIN, &[("", Role::Admin)]).await;
    let admin = signed_in(&app, ADMIN).await;
    (app, folder, admin)
}

fn form(value: Value) -> UserForm {
    serde_json::from_value(value).unwrap()
}

fn patch(value: Value) -> UserPatch {
    serde_json::from_value(value).unwrap()
}

fn agent() -> Value {
    json!({
        "email": " Agent@Kazteleport.example.KZ", "name": "  Дәулет   Сапаров ", "language": "kk", "password": PASSWORD,
        "roles": [{"operator": "kazteleport", "role": "agent"}, {"operator": "kazteleport", "role": "agent"}],
    })
}

fn with(mut value: Value, name: &str, new: Value) -> Value {
    value[name] = new;
    value
}

#[tokio::test]
async fn a_new_account_signs_in_with_the_password_it_was_given() {
    let (app, _folder, admin) = with_admin().await;
    let created = create(&app, &admin, form(agent())).await.unwrap();
    let view = serde_json::to_value(&created).unwrap();
    assert_eq!(view["id"], json!(created.user.id));
    assert_eq!((&view["email"], &view["name"]), (&json!(EMAIL), &json!("Дәулет Сапаров")));
    assert_eq!(view["roles"], json!([{"operator": "kazteleport", "role": "agent"}]));
    assert_eq!((&view["disabled"], &view["created_at"]), (&json!(false), &json!("2026-11-22T05:00:00Z")));
    assert!(view.get("initial_password").is_none());
    assert_eq!(signed_in(&app, EMAIL).await.operators(), ["kazteleport"]);
    assert_eq!(actions(&app).await, ["sign_in", "sign_in", "user_added"]);
    let line = format!("{:?}", audit(&app).await.iter().find(|line| line.action == "user_added"));
    assert!(line.contains(&created.user.id) && line.contains(&admin.id), "{line}");
    assert!(!line.contains('@') && !line.contains("Сапаров"), "{line}");
}

#[tokio::test]
async fn without_a_password_one_is_made_up_and_told_once() {
    let (app, _folder, admin) = with_admin().await;
    let mut value = agent();
    value.as_object_mut().unwrap().retain(|name, _| name != "password" && name != "language");
    let created = create(&app, &admin, form(value)).await.unwrap();
    let password = created.initial_password.clone().unwrap();
    assert_eq!(created.user.language, Language::Ru);
    assert!(!format!("{created:?}").contains(&password));
    login(&app, EMAIL, &password, None).await.unwrap();
}

#[tokio::test]
async fn only_administrators_see_or_change_accounts() {
    let (app, _folder, _) = with_admin().await;
    let id = add(&app, EMAIL, &[("kazteleport", Role::Dpo), ("kazteleport", Role::Auditor)]).await;
    let dpo = signed_in(&app, EMAIL).await;
    assert_eq!(refusal(create(&app, &dpo, form(agent())).await).code, "forbidden");
    assert_eq!(refusal(change(&app, &dpo, &id, patch(json!({"name": "x"}))).await).code, "forbidden");
    assert_eq!(refusal(list(&app, &dpo, None, 50).await).status, 403);
}

#[tokio::test]
async fn each_mistake_has_its_place() {
    let (app, _folder, admin) = with_admin().await;
    for (name, wrong, expected) in [
        ("email", json!("nobody"), ("/email", "email_format")),
        ("email", json!(""), ("/email", "required")),
        ("email", json!("аgent@example.kz"), ("/email", "email_not_latin")),
        ("name", json!(" "), ("/name", "required")),
        ("name", json!("a\nb"), ("/name", "control_character")),
        ("name", json!("x".repeat(201)), ("/name", "too_long")),
        ("password", json!("short"), ("/password", "password_too_short")),
        ("password", json!("password1234"), ("/password", "password_too_common")),
        ("password", json!("agent@kazteleport.example.kz"), ("/password", "password_too_common")),
        ("roles", json!([]), ("/roles", "required")),
        ("roles", json!([{"operator": "nowhere", "role": "dpo"}]), ("/roles/0/operator", "not_one_of")),
        ("roles", json!([{"role": "dpo"}]), ("/roles/0/operator", "required")),
        ("roles", json!([{"operator": "demo", "role": "admin"}]), ("/roles/0/operator", "admin_has_no_operator")),
        (
            "roles",
            json!([{"operator": "demo", "role": "dpo"}, {"operator": null, "role": "admin"}]),
            ("/roles", "admin_stands_alone"),
        ),
        ("roles", json!(vec![json!({"operator": "demo", "role": "dpo"}); 101]), ("/roles", "too_many")),
    ] {
        let found = mistakes(create(&app, &admin, form(with(agent(), name, wrong))).await);
        assert_eq!(found, [(expected.0.to_owned(), expected.1)]);
    }
    let all =
        json!({"email": "x", "name": "", "password": "", "roles": [{"role": "dpo"}, {"operator": "x", "role": "dpo"}]});
    assert_eq!(mistakes(create(&app, &admin, form(all)).await).len(), 5);
    assert!(account(&app, EMAIL).await.is_none());
}

#[tokio::test]
async fn mistakes_tell_the_limit_and_never_what_was_typed() {
    let (app, _folder, admin) = with_admin().await;
    let wrong = with(with(agent(), "name", json!("y".repeat(201))), "email", json!("secret address"));
    let Err(ServiceError::Invalid(errors)) = create(&app, &admin, form(wrong)).await else { panic!() };
    let text = format!("{errors:?}");
    assert!(text.contains("(\"max\", \"200\")") && !text.contains("yyy") && !text.contains("secret"), "{text}");
}

#[test]
fn forms_with_other_fields_or_unknown_roles_are_not_read() {
    for value in [
        with(agent(), "is_admin", json!(true)),
        with(agent(), "roles", json!([{"operator": "demo", "role": "root"}])),
        with(agent(), "roles", json!([{"operator": "demo", "role": "dpo", "until": 1}])),
        with(agent(), "language", json!("de")),
        with(agent(), "name", Value::Null),
    ] {
        assert!(serde_json::from_value::<UserForm>(value).is_err());
    }
    assert!(serde_json::from_value::<UserPatch>(json!({"password": "x"})).is_err());
    assert!(!format!("{:?}", form(agent())).contains("steppe"));
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_typed() {
    let (app, _folder, admin) = with_admin().await;
    create(&app, &admin, form(agent())).await.unwrap();
    let again =
        refusal(create(&app, &admin, form(with(agent(), "email", json!("AGENT@kazteleport.example.kz")))).await);
    assert_eq!((again.code, again.status), ("duplicate_user", 409));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_parallel_accounts_with_one_address_one_is_a_duplicate() {
    let (app, _folder, admin) = with_admin().await;
    let (one, other) = tokio::join!(create(&app, &admin, form(agent())), create(&app, &admin, form(agent())));
    let (made, refused): (Vec<_>, Vec<_>) = [one, other].into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (1, 1));
    assert_eq!(refusal(refused.into_iter().next().unwrap()).code, "duplicate_user");
}

#[tokio::test]
async fn pages_follow_one_another_without_gaps() {
    let (app, _folder, admin) = with_admin().await;
    for number in 0..6 {
        // Ids sort by the millisecond of their making.
        app.clock.advance(chrono::Duration::milliseconds(1));
        add(&app, &format!("m{number}@example.kz"), &[("demo", Role::Agent), ("citicom", Role::Dpo)]).await;
    }
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let page = list(&app, &admin, after, 3).await.unwrap();
        assert!(page.items.len() <= 3 && !page.items.is_empty());
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let emails: Vec<&str> = seen.iter().map(|user| user.email.as_str()).collect();
    let all =
        [ADMIN, "m0@example.kz", "m1@example.kz", "m2@example.kz", "m3@example.kz", "m4@example.kz", "m5@example.kz"];
    assert_eq!(emails, all);
    assert_eq!(seen[0].roles, [RoleAt { operator: None, role: Role::Admin }]);
    assert_eq!(seen[1].roles.len(), 2);
    let whole = list(&app, &admin, None, 7).await.unwrap();
    assert_eq!((whole.items.len(), whole.next), (7, None));
    let last = whole.items.last().map(|user| user.id.clone());
    assert!(list(&app, &admin, last, usize::MAX).await.unwrap().items.is_empty());
    assert_eq!(list(&app, &admin, Some(String::new()), 50).await.unwrap().items.len(), 7);
    for wrong in ["zzz", "\0", &"\0".repeat(36), &"x".repeat(100_000)] {
        let found = mistakes(list(&app, &admin, Some(wrong.to_owned()), 50).await);
        assert_eq!(found, [("/query/cursor".to_owned(), "invalid_cursor")]);
    }
}

#[tokio::test]
async fn disabling_an_account_ends_its_sessions_for_good() {
    let (app, _folder, admin) = with_admin().await;
    let id = add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    let view = change(&app, &admin, &id, patch(json!({"disabled": true}))).await.unwrap();
    assert!(view.disabled && view.roles.len() == 1);
    assert!(change(&app, &admin, &id, patch(json!({}))).await.unwrap().disabled);
    for disabled in [true, false] {
        assert_eq!(change(&app, &admin, &id, patch(json!({"disabled": disabled}))).await.unwrap().disabled, disabled);
        assert!(is_unauthorized(&member(&app, &tokens.access_token).await));
        assert!(is_unauthorized(&refresh(&app, &tokens.refresh_token).await));
    }
    signed_in(&app, EMAIL).await;
}

#[tokio::test]
async fn roles_name_and_language_are_changed_and_what_is_absent_stays() {
    let (app, _folder, admin) = with_admin().await;
    let id = add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    let view = change(&app, &admin, &id, patch(json!({"name": " Жаңа  аты ", "language": "kk"}))).await.unwrap();
    assert_eq!((view.name.as_str(), view.language, view.roles.len()), ("Жаңа аты", Language::Kk, 1));
    let roles = json!({"roles": [{"operator": "citicom", "role": "dpo"}, {"operator": "citicom", "role": "auditor"}]});
    change(&app, &admin, &id, patch(roles)).await.unwrap();
    let me = member(&app, &tokens.access_token).await.unwrap();
    assert_eq!((me.operators(), me.name.as_str()), (vec!["citicom".to_owned()], "Жаңа аты"));
    change(&app, &admin, &id, patch(json!({"roles": []}))).await.unwrap();
    assert!(member(&app, &tokens.access_token).await.unwrap().roles.is_empty());
    change(&app, &admin, &id, patch(json!({"roles": [{"role": "admin"}]}))).await.unwrap();
    assert!(member(&app, &tokens.access_token).await.unwrap().is_admin);
    let mixed = json!({"roles": [{"role": "admin"}, {"operator": "demo", "role": "agent"}]});
    assert_eq!(mistakes(change(&app, &admin, &id, patch(mixed)).await), [("/roles".to_owned(), "admin_stands_alone")]);
    let wrong = json!({"name": "", "roles": [{"operator": "nowhere", "role": "agent"}]});
    assert_eq!(mistakes(change(&app, &admin, &id, patch(wrong)).await).len(), 2);
    for unknown in ["no-such-id", "", "\0", "01a201a0-1c80-769a-97c6-8529e511c204"] {
        let found = change(&app, &admin, unknown, patch(json!({"disabled": true}))).await;
        assert!(matches!(found, Err(ServiceError::NotFound)), "{unknown:?}");
    }
    let lines = audit(&app).await;
    let first = json!({"user_id": id, "renamed": true, "language": "kk"});
    assert!(lines.iter().any(|line| serde_json::from_str::<Value>(&line.data).unwrap() == first));
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let (app, _folder, admin) = with_admin().await;
    let agent = json!({"roles": [{"operator": "demo", "role": "agent"}]});
    for change_of in [json!({"disabled": true}), json!({"roles": []}), agent] {
        let refused = refusal(change(&app, &admin, &admin.id, patch(change_of)).await);
        assert_eq!((refused.code, refused.status), ("last_admin", 409));
    }
    change(&app, &admin, &admin.id, patch(json!({"name": "Admin", "disabled": false, "roles": [{"role": "admin"}]})))
        .await
        .unwrap();
    let other = add(&app, "second@example.kz", &[("", Role::Admin)]).await;
    change(&app, &admin, &other, patch(json!({"disabled": true}))).await.unwrap();
    assert_eq!(refusal(change(&app, &admin, &admin.id, patch(json!({"disabled": true}))).await).code, "last_admin");
    change(&app, &admin, &other, patch(json!({"disabled": false}))).await.unwrap();
    change(&app, &admin, &admin.id, patch(json!({"disabled": true}))).await.unwrap();
    assert!(is_unauthorized(&login(&app, ADMIN, PASSWORD, None).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_administrators_cannot_both_step_down_at_once() {
    let (app, _folder, admin) = with_admin().await;
    add(&app, "second@example.kz", &[("", Role::Admin)]).await;
    let second = signed_in(&app, "second@example.kz").await;
    let step_down = || patch(json!({"disabled": true}));
    let (one, other) =
        tokio::join!(change(&app, &admin, &admin.id, step_down()), change(&app, &second, &second.id, step_down()),);
    let refused: Vec<_> = [one, other].into_iter().filter(Result::is_err).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refusal(refused.into_iter().next().unwrap()).code, "last_admin");
}
