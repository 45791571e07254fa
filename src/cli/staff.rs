//! `otinish staff`: an account, or the reset of a second factor, from the command line, also beside a running server.

use std::sync::Arc;

use crate::app::App;
use crate::domain::intake::FieldError;
use crate::domain::vocabulary::{Language, Role};
use crate::services::error::ServiceError;
use crate::services::sign_in;
use crate::services::users::{self, Grant, Granted, RoleAt};

/// What `staff add` is given.
#[derive(Clone)]
pub struct AddArgs {
    /// `--email`.
    pub email: String,
    /// `--name`; an account that exists keeps its own.
    pub name: String,
    /// `--role`.
    pub role: Role,
    /// `--operator`; not for `admin`.
    pub operator: Option<String>,
    /// `--language`; an account that exists keeps its own.
    pub language: Language,
    /// The password from standard input, without the line's end. Without one, a new account gets one that is made up and
    /// shown once, and an account that exists keeps its own.
    pub password: Option<String>,
}

impl std::fmt::Debug for AddArgs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AddArgs").field("role", &self.role).finish_non_exhaustive()
    }
}

/// Makes an account with one role, or gives the account of this address one more. Returns what to print.
///
/// # Errors
/// What to print when it cannot be done: every mistake by its option, one a line.
pub async fn add(app: &Arc<App>, args: AddArgs) -> Result<String, String> {
    let what = match &args.operator {
        Some(operator) => format!("{} at {operator}", args.role),
        None => args.role.to_string(),
    };
    let email = args.email.trim().to_owned();
    let grant = Grant {
        email: args.email,
        name: args.name,
        language: args.language,
        role: RoleAt { operator: args.operator, role: args.role },
        password: args.password,
    };
    match users::grant(app, grant).await {
        Ok(granted) => Ok(told(&granted, &email, &what)),
        Err(ServiceError::Invalid(mistakes)) => Err(mistakes.iter().map(explained).collect::<Vec<_>>().join("\n")),
        Err(other) => Err(other.to_string()),
    }
}

/// Turns the second factor of an account off. Returns what to print.
///
/// # Errors
/// What to print when it cannot be done.
pub async fn reset_totp(app: &Arc<App>, email: &str) -> Result<String, String> {
    let email = email.trim();
    match sign_in::reset_totp_of(app, email).await {
        Ok(()) => Ok(format!("The second factor of {email} is off, and all sessions ended.")),
        Err(ServiceError::NotFound) => Err(format!("--email: {email} has no account")),
        Err(ServiceError::Refused(_)) => Err(format!("{email} has no second factor.")),
        Err(other) => Err(other.to_string()),
    }
}

fn told(granted: &Granted, email: &str, what: &str) -> String {
    match granted {
        Granted::Added { initial_password: None } => format!("{email} was added as {what}."),
        Granted::Added { initial_password: Some(password) } => {
            format!("{email} was added as {what}.\nPassword, shown only now: {password}")
        }
        Granted::Kept { role_is_new, password_is_new, is_disabled } => {
            let role =
                if *role_is_new { "has an account, which is now also" } else { "has an account, which already is" };
            let password = if *password_is_new {
                "The password was replaced and all sessions ended."
            } else {
                "The password stays."
            };
            let disabled = if *is_disabled { "\nThe account is disabled: an administrator can enable it." } else { "" };
            format!("{email} {role} {what}. {password}{disabled}")
        }
    }
}

fn explained(mistake: &FieldError) -> String {
    let argument =
        |name| mistake.args.iter().find(|(other, _)| *other == name).map_or("?", |(_, value)| value.as_str());
    let option = match mistake.pointer.as_str() {
        "/email" => "--email",
        "/name" => "--name",
        "/password" => "the password",
        "/roles" => "--role",
        _ => "--operator",
    };
    let text = match mistake.code {
        "required" => "is missing".to_owned(),
        "too_long" => format!("has more than {} characters", argument("max")),
        "control_character" => "has a control character, such as a line break".to_owned(),
        "bidi_character" => "has a character that turns the direction of writing".to_owned(),
        "invisible_character" => "has a character that nobody can see".to_owned(),
        "email_format" => "is no mail address".to_owned(),
        "email_not_latin" => "has letters before the @ that are not Latin, perhaps a Cyrillic look-alike".to_owned(),
        "password_too_short" => format!("needs at least {} characters", argument("min")),
        "password_too_common" => {
            "is easy to guess: a well-known one, one text over and over, or the mail address".to_owned()
        }
        "not_one_of" => format!("is not one of {}", argument("allowed")),
        "admin_has_no_operator" => "does not go with admin, who is for the whole deployment".to_owned(),
        "admin_stands_alone" => "an administrator never holds an operator's role: use another account".to_owned(),
        code => code.to_owned(),
    };
    format!("{option}: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::sign_in::testing::{self, account, actions};
    use crate::services::sign_in::{login, member};

    const EMAIL: &str = "Dpo@kazteleport.example.kz";
    const PASSWORD: &str = "steppe wind over Almaty";

    fn args(role: Role, operator: Option<&str>) -> AddArgs {
        AddArgs {
            email: EMAIL.to_owned(),
            name: "Айгерим Бекова".to_owned(),
            role,
            operator: operator.map(ToOwned::to_owned),
            language: Language::Kk,
            password: Some(PASSWORD.to_owned()),
        }
    }

    #[tokio::test]
    async fn an_account_is_added_and_may_sign_in() {
        let (app, _folder) = testing::app();
        let text = add(&app, args(Role::Dpo, Some("kazteleport"))).await.unwrap();
        assert_eq!(text, "Dpo@kazteleport.example.kz was added as dpo at kazteleport.");
        let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
        let member = member(&app, &tokens.access_token).await.unwrap();
        assert_eq!((member.email.as_str(), member.language), ("dpo@kazteleport.example.kz", Language::Kk));
        assert_eq!(member.roles["kazteleport"], [Role::Dpo]);
        assert_eq!(actions(&app).await, ["sign_in", "user_added"]);
    }

    #[tokio::test]
    async fn without_a_password_one_is_made_up_and_shown() {
        let (app, _folder) = testing::app();
        let text = add(&app, AddArgs { password: None, ..args(Role::Admin, None) }).await.unwrap();
        let (told, password) = text.split_once("\nPassword, shown only now: ").unwrap();
        assert_eq!(told, "Dpo@kazteleport.example.kz was added as admin.");
        let tokens = login(&app, EMAIL, password, None).await.unwrap();
        assert!(member(&app, &tokens.access_token).await.unwrap().is_admin);
    }

    #[tokio::test]
    async fn an_account_that_exists_gets_the_role_and_keeps_its_password() {
        let (app, _folder) = testing::app();
        add(&app, args(Role::Agent, Some("kazteleport"))).await.unwrap();
        let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
        let other =
            AddArgs { password: None, name: "Другое имя".to_owned(), ..args(Role::Dpo, Some("citicom")) };
        let text = add(&app, AddArgs { email: EMAIL.to_uppercase(), ..other.clone() }).await.unwrap();
        assert!(text.ends_with("has an account, which is now also dpo at citicom. The password stays."), "{text}");
        let me = member(&app, &tokens.access_token).await.unwrap();
        assert_eq!((me.operators().len(), me.name.as_str()), (2, "Айгерим Бекова"));
        let text = add(&app, other).await.unwrap();
        assert!(text.ends_with("has an account, which already is dpo at citicom. The password stays."), "{text}");
        assert_eq!(actions(&app).await, ["sign_in", "user_added", "user_changed"]);
    }

    #[tokio::test]
    async fn a_new_password_for_an_account_that_exists_ends_its_sessions_and_its_lock() {
        let (app, _folder) = testing::app();
        add(&app, args(Role::Agent, Some("kazteleport"))).await.unwrap();
        let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
        for _ in 0..5 {
            login(&app, EMAIL, "wrong", None).await.unwrap_err();
        }
        let new =
            AddArgs { password: Some("another wind over Almaty".to_owned()), ..args(Role::Agent, Some("kazteleport")) };
        let text = add(&app, new).await.unwrap();
        assert!(text.ends_with("already is agent at kazteleport. The password was replaced and all sessions ended."));
        assert!(testing::is_unauthorized(&member(&app, &tokens.access_token).await));
        login(&app, EMAIL, "another wind over Almaty", None).await.unwrap();
    }

    #[tokio::test]
    async fn a_disabled_account_stays_so_and_that_is_said() {
        let (app, _folder) = testing::app();
        add(&app, args(Role::Agent, Some("kazteleport"))).await.unwrap();
        let mut row = account(&app, "dpo@kazteleport.example.kz").await.unwrap();
        row.disabled_at = Some(app.clock.now().naive_utc());
        let update = move |tx: &mut _| Ok::<_, ServiceError>(crate::storage::staff::update(tx, &row)?);
        app.db.write("test_disable", update).await.unwrap();
        let text = add(&app, args(Role::Dpo, Some("kazteleport"))).await.unwrap();
        assert!(text.ends_with("The account is disabled: an administrator can enable it."));
        assert!(testing::is_unauthorized(&login(&app, EMAIL, PASSWORD, None).await));
    }

    #[tokio::test]
    async fn each_mistake_is_named_by_its_option() {
        let (app, _folder) = testing::app();
        let good = || args(Role::Agent, Some("kazteleport"));
        for (args, expected) in [
            (
                args(Role::Admin, Some("kazteleport")),
                "--operator: does not go with admin, who is for the whole deployment",
            ),
            (args(Role::Agent, None), "--operator: is missing"),
            (args(Role::Dpo, Some("Kazteleport")), "--operator: is not one of "),
            (AddArgs { email: "nobody".to_owned(), ..good() }, "--email: is no mail address"),
            (AddArgs { email: "аgent@example.kz".to_owned(), ..good() }, "--email: has letters before the @"),
            (AddArgs { name: " ".to_owned(), ..good() }, "--name: is missing"),
            (AddArgs { name: "x".repeat(201), ..good() }, "--name: has more than 200 characters"),
            (AddArgs { name: "a\u{202e}b".to_owned(), ..good() }, "--name: has a character that turns"),
            (AddArgs { password: Some("short".to_owned()), ..good() }, "the password: needs at least 12 characters"),
            (AddArgs { password: Some(EMAIL.to_owned()), ..good() }, "the password: is easy to guess"),
            (AddArgs { password: Some(format!("{PASSWORD}\n")), ..good() }, "the password: has a control character"),
        ] {
            let text = add(&app, args).await.unwrap_err();
            assert!(text.starts_with(expected), "{text}");
        }
        let all = AddArgs {
            email: String::new(),
            name: String::new(),
            password: Some(String::new()),
            ..args(Role::Dpo, None)
        };
        assert_eq!(add(&app, all).await.unwrap_err().lines().count(), 4);
        assert!(account(&app, "dpo@kazteleport.example.kz").await.is_none());
        assert!(actions(&app).await.is_empty());
    }

    #[tokio::test]
    async fn administration_and_operators_roles_do_not_mix_in_one_account() {
        let (app, _folder) = testing::app();
        let refusal = "--role: an administrator never holds an operator's role: use another account";
        add(&app, args(Role::Agent, Some("kazteleport"))).await.unwrap();
        assert_eq!(add(&app, args(Role::Admin, None)).await.unwrap_err(), refusal);
        let admin = |role, operator| AddArgs { email: "admin@example.kz".to_owned(), ..args(role, operator) };
        add(&app, admin(Role::Admin, None)).await.unwrap();
        add(&app, admin(Role::Admin, None)).await.unwrap();
        assert_eq!(add(&app, admin(Role::Agent, Some("kazteleport"))).await.unwrap_err(), refusal);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn two_at_once_make_one_account_with_both_roles() {
        let (app, _folder) = testing::app();
        let (one, other) = tokio::join!(
            add(&app, args(Role::Agent, Some("kazteleport"))),
            add(&app, args(Role::Dpo, Some("citicom"))),
        );
        one.unwrap();
        other.unwrap();
        let tokens = login(&app, EMAIL, PASSWORD, None).await.unwrap();
        assert_eq!(member(&app, &tokens.access_token).await.unwrap().operators().len(), 2);
    }
}
