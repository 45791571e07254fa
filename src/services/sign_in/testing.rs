//! What tests of accounts share: a process with a database of its own and members in it.

use std::sync::Arc;

use crate::app::App;
use crate::clock::Clock;
use crate::domain::vocabulary::{Language, Role};
use crate::ids::new_id;
use crate::mail::transport::{MemoryTransport, Transport};
use crate::services::error::{Refusal, ServiceError};
use crate::services::password;
use crate::services::sign_in::{self, Member};
use crate::settings::Settings;
use crate::storage::staff::{self, AuditRow, RoleRow, StaffRow};

/// The password of all members that [`add`] makes.
pub(crate) const PASSWORD: &str = "steppe wind over Almaty";

/// A process of its own, at ten in the morning of a fixed day.
pub(crate) fn app() -> (Arc<App>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_str().unwrap().to_owned();
    let settings = Settings::from_lookup(|name| (name == "DATA_DIR").then(|| data_dir.clone())).unwrap();
    let clock = Clock::fixed("2026-11-22T05:00:00Z".parse().unwrap());
    let app = App::build_with(settings, clock, Transport::Memory(MemoryTransport::default())).unwrap();
    (app, folder)
}

/// A member with these roles by operator; with [`Role::Admin`] at any, an administrator.
pub(crate) async fn add(app: &Arc<App>, email: &str, roles: &[(&str, Role)]) -> String {
    let now = app.clock.now();
    let id = new_id(now);
    let row = StaffRow {
        id: id.clone(),
        email: email.to_owned(),
        name: "Айгерим Бекова".to_owned(),
        language: Language::Ru,
        password_hash: password::hash(PASSWORD).await.unwrap(),
        is_admin: roles.iter().any(|(_, role)| *role == Role::Admin),
        disabled_at: None,
        failed_sign_ins: 0,
        locked_until: None,
        created_at: now.naive_utc(),
        password_expires_at: None,
    };
    let role_row = |(operator, role): &(&str, Role)| RoleRow {
        staff_id: id.clone(),
        operator_id: (*operator).to_owned(),
        role: *role,
    };
    let roles: Vec<RoleRow> = roles.iter().filter(|(_, role)| *role != Role::Admin).map(role_row).collect();
    app.db
        .write("test_member", move |tx| {
            staff::insert(tx, &row)?;
            Ok::<_, ServiceError>(staff::put_roles(tx, &row.id, &roles)?)
        })
        .await
        .unwrap();
    id
}

/// Signs a member in.
pub(crate) async fn signed_in(app: &Arc<App>, email: &str) -> Member {
    let tokens = sign_in::login(app, email, PASSWORD, None).await.unwrap();
    sign_in::member(app, &tokens.access_token).await.unwrap()
}

/// The account as it stands.
pub(crate) async fn account(app: &Arc<App>, email: &str) -> Option<StaffRow> {
    let email = email.to_owned();
    app.db.read("test_account", move |tx| Ok::<_, ServiceError>(staff::by_email(tx, &email)?)).await.unwrap()
}

/// The audit trail. Lines of one moment have no order: tests that run beside this one make ids at other times.
pub(crate) async fn audit(app: &Arc<App>) -> Vec<AuditRow> {
    use crate::storage::schema::audit;
    use diesel::prelude::*;
    app.db
        .read("test_audit", |connection| {
            Ok::<_, ServiceError>(audit::table.order(audit::id).select(AuditRow::as_select()).load(connection)?)
        })
        .await
        .unwrap()
}

/// The actions of the audit trail, by the alphabet.
pub(crate) async fn actions(app: &Arc<App>) -> Vec<String> {
    let mut actions: Vec<String> = audit(app).await.into_iter().map(|row| row.action).collect();
    actions.sort();
    actions
}

/// The refusal in a result.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> Refusal {
    match result {
        Err(ServiceError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, found {other:?}"),
    }
}

/// The mistakes in a result, as pointer and code.
pub(crate) fn mistakes<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> Vec<(String, &'static str)> {
    match result {
        Err(ServiceError::Invalid(errors)) => errors.into_iter().map(|error| (error.pointer, error.code)).collect(),
        other => panic!("expected mistakes, found {other:?}"),
    }
}

/// Whether a result is that nobody is signed in.
pub(crate) fn is_unauthorized<T>(result: &Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::Unauthorized))
}
