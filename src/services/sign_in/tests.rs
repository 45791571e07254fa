use super::testing::{PASSWORD, account, actions, add, app, audit, is_unauthorized, mistakes, refusal, signed_in};
use super::*;
use crate::domain::permission::Permission;
use crate::domain::vocabulary::Role;
use crate::services::error::Refusal;

const EMAIL: &str = "agent@kazteleport.example.kz";
const STRANGER: &str = "nobody@kazteleport.example.kz";

/// How an attempt ended, so that two can be compared.
fn ending(result: Result<Tokens, ServiceError>) -> String {
    match result {
        Ok(_) => "signed in".to_owned(),
        Err(ServiceError::Refused(Refusal { code, status, retry_after, .. })) => {
            format!("{status} {code} {}", retry_after.unwrap_or_default())
        }
        Err(other) => format!("{other:?}"),
    }
}

async fn change(app: &Arc<App>, email: &str, how: impl FnOnce(&mut StaffRow) + Send + 'static) {
    let email = email.to_owned();
    app.db
        .write("test_change", move |tx| {
            let mut row = staff::by_email(tx, &email)?.unwrap();
            how(&mut row);
            Ok::<_, ServiceError>(staff::update(tx, &row)?)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn whoever_signs_in_is_the_member_of_the_account_with_the_roles_of_the_database() {
    let (app, _folder) = app();
    let id = add(&app, EMAIL, &[("kazteleport", Role::Agent), ("citicom", Role::Dpo), ("gone", Role::Dpo)]).await;
    let tokens = login(&app, " Agent@Kazteleport.example.KZ ", PASSWORD, Some("123456")).await.unwrap();
    assert_eq!((tokens.token_type, tokens.expires_in, tokens.refresh_token.len()), ("Bearer", 900, 43));
    let member = member(&app, &tokens.access_token).await.unwrap();
    assert_eq!((member.id.as_str(), member.email.as_str(), member.is_admin), (id.as_str(), EMAIL, false));
    assert_eq!(member.operators(), ["citicom", "kazteleport"]);
    assert_eq!(member.operators_with(Permission::Oversee), ["citicom"]);
    assert_eq!(member.operators_with(Permission::Record), ["citicom", "kazteleport"]);
    assert!(member.standing("kazteleport", true).may(Permission::Work));
    assert!(!member.may("kazteleport", Permission::Work) && member.may("citicom", Permission::Work));
    assert!(!member.is_member_of("demo") && !member.is_member_of("gone") && !member.is_member_of(""));
    assert_eq!(refusal(member.check_admin()).status, 403);
    assert_eq!(serde_json::to_value(member.view(None)).unwrap()["roles"]["citicom"], serde_json::json!(["dpo"]));
    assert_eq!(actions(&app).await, ["sign_in"]);
    assert!(!format!("{tokens:?}").contains(&tokens.refresh_token));
}

#[tokio::test]
async fn an_administrator_has_no_roles_at_operators() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent), ("", Role::Admin)]).await;
    let member = signed_in(&app, EMAIL).await;
    assert!(member.is_admin && member.operators().is_empty());
    member.check_admin().unwrap();
}

#[tokio::test]
async fn a_wrong_password_an_unknown_address_and_a_disabled_account_look_the_same() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    add(&app, "former@example.kz", &[("kazteleport", Role::Agent)]).await;
    let now = app.clock.now().naive_utc();
    change(&app, "former@example.kz", move |row| row.disabled_at = Some(now)).await;
    let long = "x".repeat(200_000);
    for (email, password) in [
        (EMAIL, "wrong"),
        (EMAIL, ""),
        (EMAIL, long.as_str()),
        (STRANGER, PASSWORD),
        ("former@example.kz", PASSWORD),
        ("", PASSWORD),
        ("no address", PASSWORD),
        ("a\0b@example.kz", PASSWORD),
        ("' or 1=1 --", PASSWORD),
        (long.as_str(), PASSWORD),
    ] {
        assert!(is_unauthorized(&login(&app, email, password, None).await), "{email:.40}");
    }
}

#[tokio::test]
async fn the_lock_grows_alike_for_known_and_unknown_addresses() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let mut seen = Vec::new();
    for attempt in 1..=8 {
        let known = ending(login(&app, EMAIL, "wrong", None).await);
        assert_eq!(known, ending(login(&app, STRANGER, "wrong", None).await), "attempt {attempt}");
        seen.push(known);
        let in_lock = ending(login(&app, EMAIL, PASSWORD, None).await);
        if attempt < 5 {
            // The right password clears the count of one; begin again so that both go on in step.
            assert_eq!(in_lock, "signed in");
            change(&app, EMAIL, move |row| row.failed_sign_ins = attempt).await;
        } else {
            let seconds = 60_i64 << (attempt - 5);
            assert_eq!(in_lock, format!("429 rate_limited {seconds}"));
            assert_eq!(in_lock, ending(login(&app, STRANGER, PASSWORD, None).await));
            app.clock.advance(Duration::seconds(seconds - 1));
            assert_eq!(ending(login(&app, EMAIL, PASSWORD, None).await), "429 rate_limited 1");
            assert_eq!(ending(login(&app, STRANGER, PASSWORD, None).await), "429 rate_limited 1");
            app.clock.advance(Duration::seconds(1));
        }
    }
    assert_eq!(seen, ["Unauthorized"; 8]);
    assert_eq!(ending(login(&app, EMAIL, PASSWORD, None).await), "signed in");
    let row = account(&app, EMAIL).await.unwrap();
    assert_eq!((row.failed_sign_ins, row.locked_until), (0, None));
    assert_eq!(ending(login(&app, EMAIL, "wrong", None).await), "Unauthorized");
    assert_eq!(ending(login(&app, EMAIL, PASSWORD, None).await), "signed in");
}

#[tokio::test]
async fn what_is_no_address_locks_no_address_that_looks_like_it() {
    let (app, _folder) = app();
    for _ in 0..6 {
        let _ = login(&app, &format!("{STRANGER}\n"), "wrong", None).await;
    }
    assert_eq!(ending(login(&app, &format!("{STRANGER}\n"), "wrong", None).await), "429 rate_limited 60");
    assert_eq!(ending(login(&app, STRANGER, "wrong", None).await), "Unauthorized", "as a known address would be");
    for _ in 0..4 {
        login(&app, &STRANGER.to_uppercase(), "wrong", None).await.unwrap_err();
    }
    assert_eq!(ending(login(&app, STRANGER, "wrong", None).await), "429 rate_limited 60", "it is the same address");
}

#[tokio::test]
async fn failures_are_forgotten_after_a_day_alike_for_known_and_unknown_addresses() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    for email in [EMAIL, STRANGER] {
        for _ in 0..4 {
            login(&app, email, "wrong", None).await.unwrap_err();
        }
    }
    app.clock.advance(Duration::hours(23));
    app.forget_unknown_sign_ins();
    for email in [EMAIL, STRANGER] {
        login(&app, email, "wrong", None).await.unwrap_err();
        assert_eq!(ending(login(&app, email, "wrong", None).await), "429 rate_limited 60", "{email}");
    }
    app.clock.advance(Duration::hours(25));
    app.forget_unknown_sign_ins();
    for email in [EMAIL, STRANGER] {
        for _ in 0..4 {
            login(&app, email, "wrong", None).await.unwrap_err();
        }
        assert_eq!(ending(login(&app, email, "wrong", None).await), "Unauthorized", "{email}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_guesses_are_counted_one_by_one() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    for email in [EMAIL, STRANGER] {
        let guesses: Vec<_> = (0..12)
            .map(|_| {
                let app = Arc::clone(&app);
                tokio::spawn(async move { ending(login(&app, email, "wrong", None).await) })
            })
            .collect();
        let mut endings = Vec::new();
        for guess in guesses {
            endings.push(guess.await.unwrap());
        }
        let refused = endings.iter().filter(|ending| ending.as_str() == "Unauthorized").count();
        let locked = endings.iter().filter(|ending| ending.as_str() == "429 rate_limited 60").count();
        assert_eq!((refused, locked), (5, 7), "{email}: {endings:?}");
    }
    assert_eq!(account(&app, EMAIL).await.unwrap().failed_sign_ins, 5);
}

#[tokio::test]
async fn the_audit_trail_names_accounts_by_id_and_never_what_was_typed() {
    let (app, _folder) = app();
    let id = add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    for email in [EMAIL, STRANGER] {
        for _ in 0..6 {
            login(&app, email, "wrong password of mine", None).await.unwrap_err();
        }
    }
    let lines = audit(&app).await;
    let mut actions: Vec<(&str, Option<&str>)> =
        lines.iter().map(|line| (line.action.as_str(), line.actor_id.as_deref())).collect();
    let mut expected = Vec::new();
    for account in [Some(id.as_str()), None] {
        expected.extend([("sign_in_failed", account); 5]);
        expected.push(("sign_in_locked", account));
    }
    actions.sort_unstable();
    expected.sort_unstable();
    assert_eq!(actions, expected);
    assert!(lines.iter().all(|line| line.actor_kind == "stranger"));
    let text = format!("{lines:?}");
    assert!(!text.contains('@') && !text.contains("kazteleport") && !text.contains("mine"), "{text}");
}

#[tokio::test]
async fn the_memory_of_unknown_addresses_is_bounded_and_keeps_the_locked_ones() {
    let (app, _folder) = app();
    let now = app.clock.now();
    for _ in 0..5 {
        login(&app, STRANGER, "wrong", None).await.unwrap_err();
    }
    for number in 0..=lock::MAX_UNKNOWN {
        lock::raise_unknown(&app, lock::unknown_key(&app, &format!("{number}@example.kz")), now).unwrap();
    }
    assert_eq!(app.unknown_sign_ins.read().unwrap().len(), lock::MAX_UNKNOWN);
    assert_eq!(ending(login(&app, STRANGER, "wrong", None).await), "429 rate_limited 60");
    let keys = format!("{:?}", app.unknown_sign_ins.read().unwrap().keys().next().unwrap());
    assert!(!keys.contains('@'));
}

#[tokio::test]
async fn a_refresh_token_works_once_and_a_second_use_ends_the_session() {
    let (app, _folder) = app();
    let id = add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let other = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    let first = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    let second = refresh(&app, &first.refresh_token).await.unwrap();
    let third = refresh(&app, &second.refresh_token).await.unwrap();
    assert_ne!(second.refresh_token, third.refresh_token);
    let before = member(&app, &first.access_token).await.unwrap();
    assert_eq!(before, member(&app, &third.access_token).await.unwrap());
    assert!(is_unauthorized(&refresh(&app, &first.refresh_token).await));
    for tokens in [&first, &second, &third] {
        assert!(is_unauthorized(&member(&app, &tokens.access_token).await));
        assert!(is_unauthorized(&refresh(&app, &tokens.refresh_token).await));
    }
    member(&app, &other.access_token).await.unwrap();
    refresh(&app, &other.refresh_token).await.unwrap();
    let reused: Vec<_> = audit(&app).await.into_iter().filter(|line| line.action == "refresh_reused").collect();
    assert_eq!(reused.len(), 1);
    assert_eq!(reused[0].actor_id.as_deref(), Some(id.as_str()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_parallel_refreshes_one_wins_and_the_session_ends() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    for _ in 0..5 {
        let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
        let (one, other) = tokio::join!(refresh(&app, &tokens.refresh_token), refresh(&app, &tokens.refresh_token));
        let mut winners: Vec<Tokens> = [one, other].into_iter().flatten().collect();
        assert_eq!(winners.len(), 1);
        assert!(is_unauthorized(&refresh(&app, &winners.remove(0).refresh_token).await));
    }
}

#[tokio::test]
async fn garbage_is_no_refresh_token() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    let long = "x".repeat(1_000_000);
    let unknown = "A".repeat(43);
    for garbage in ["", "x", "\0", long.as_str(), unknown.as_str(), tokens.access_token.as_str()] {
        assert!(is_unauthorized(&refresh(&app, garbage).await));
        logout(&app, garbage).await.unwrap();
    }
    assert!(is_unauthorized(&member(&app, &tokens.refresh_token).await));
    member(&app, &tokens.access_token).await.unwrap();
}

#[tokio::test]
async fn a_session_lasts_two_weeks_however_often_it_is_refreshed() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let mut tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    for _ in 0..13 {
        app.clock.advance(Duration::days(1));
        assert!(is_unauthorized(&member(&app, &tokens.access_token).await));
        tokens = refresh(&app, &tokens.refresh_token).await.unwrap();
    }
    app.clock.advance(Duration::days(1) - Duration::seconds(1));
    tokens = refresh(&app, &tokens.refresh_token).await.unwrap();
    member(&app, &tokens.access_token).await.unwrap();
    app.clock.advance(Duration::seconds(1));
    assert!(is_unauthorized(&member(&app, &tokens.access_token).await));
    assert!(is_unauthorized(&refresh(&app, &tokens.refresh_token).await));
}

#[tokio::test]
async fn disabling_an_account_and_changing_its_roles_work_with_the_next_call() {
    let (app, _folder) = app();
    let id = add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    assert_eq!(member(&app, &tokens.access_token).await.unwrap().operators(), ["kazteleport"]);
    app.db.write("test_roles", move |tx| Ok::<_, ServiceError>(staff::put_roles(tx, &id, &[])?)).await.unwrap();
    assert!(member(&app, &tokens.access_token).await.unwrap().operators().is_empty());
    let now = app.clock.now().naive_utc();
    change(&app, EMAIL, move |row| row.disabled_at = Some(now)).await;
    assert!(is_unauthorized(&member(&app, &tokens.access_token).await));
    assert!(is_unauthorized(&refresh(&app, &tokens.refresh_token).await));
}

#[tokio::test]
async fn a_well_signed_token_without_its_session_is_refused() {
    let (app, _folder) = app();
    let id = add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let other = add(&app, "other@example.kz", &[("kazteleport", Role::Dpo)]).await;
    let session = signed_in(&app, EMAIL).await.session_id;
    let now = app.clock.now();
    for (staff_id, session_id) in [(&id, "no-session"), (&other, session.as_str()), (&"nobody".to_owned(), &session)] {
        let token = access_token::issue(&app, staff_id, session_id, now).unwrap();
        assert!(is_unauthorized(&member(&app, &token).await));
    }
    let token = access_token::issue(&app, &id, &session, now).unwrap();
    assert_eq!(member(&app, &token).await.unwrap().id, id);
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once_and_may_be_repeated() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let first = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    let other = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    let second = refresh(&app, &first.refresh_token).await.unwrap();
    // An old token of the session is good enough to end it.
    logout(&app, &first.refresh_token).await.unwrap();
    logout(&app, &second.refresh_token).await.unwrap();
    assert!(is_unauthorized(&member(&app, &second.access_token).await));
    assert!(is_unauthorized(&refresh(&app, &second.refresh_token).await));
    member(&app, &other.access_token).await.unwrap();
    assert_eq!(actions(&app).await, ["sign_in", "sign_in", "sign_out"]);
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let other = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
    let me = member(&app, &tokens.access_token).await.unwrap();
    change_password(&app, &me, PASSWORD, "another wind over Almaty").await.unwrap();
    assert!(is_unauthorized(&member(&app, &other.access_token).await));
    assert!(is_unauthorized(&refresh(&app, &other.refresh_token).await));
    member(&app, &tokens.access_token).await.unwrap();
    refresh(&app, &tokens.refresh_token).await.unwrap();
    assert!(is_unauthorized(&login(&app, EMAIL, PASSWORD, None).await));
    login(&app, EMAIL, "another wind over Almaty", None).await.unwrap();
    assert_eq!(actions(&app).await, ["password_changed", "sign_in", "sign_in", "sign_in", "sign_in_failed"]);
}

#[tokio::test]
async fn a_weak_new_password_is_refused_at_its_field_and_costs_no_attempt() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let me = signed_in(&app, EMAIL).await;
    let long: String = ('a'..='z').cycle().take(129).collect();
    for (new, code) in [
        ("short", "password_too_short"),
        ("qwerty123456", "password_too_common"),
        (EMAIL, "password_too_common"),
        (long.as_str(), "too_long"),
    ] {
        let found = mistakes(change_password(&app, &me, "wrong", new).await);
        assert_eq!(found, [("/new_password".to_owned(), code)]);
    }
    assert_eq!(account(&app, EMAIL).await.unwrap().failed_sign_ins, 0);
}

#[tokio::test]
async fn wrong_current_passwords_count_for_the_lock() {
    let (app, _folder) = app();
    add(&app, EMAIL, &[("kazteleport", Role::Agent)]).await;
    let me = signed_in(&app, EMAIL).await;
    for _ in 0..5 {
        let found = mistakes(change_password(&app, &me, "wrong", "another wind over Almaty").await);
        assert_eq!(found, [("/current_password".to_owned(), "wrong_password")]);
    }
    let locked = refusal(change_password(&app, &me, PASSWORD, "another wind over Almaty").await);
    assert_eq!((locked.status, locked.retry_after), (429, Some(60)));
    assert_eq!(ending(login(&app, EMAIL, PASSWORD, None).await), "429 rate_limited 60");
    app.clock.advance(Duration::minutes(1));
    change_password(&app, &me, PASSWORD, "another wind over Almaty").await.unwrap();
    assert_eq!(account(&app, EMAIL).await.unwrap().failed_sign_ins, 0);
    let now = app.clock.now().naive_utc();
    change(&app, EMAIL, move |row| row.disabled_at = Some(now)).await;
    assert!(is_unauthorized(&change_password(&app, &me, "another wind over Almaty", PASSWORD).await));
}
