//! Who works the made-up requests: the staff that is there, or accounts made for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::App;
use crate::domain::vocabulary::{Language, Role};
use crate::services::error::ServiceError;
use crate::services::sign_in::Member;
use crate::services::users::{self, Grant, Granted, RoleAt};
use crate::storage::AnyConnection;
use crate::storage::staff;

/// Who works at one operator.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The operator's id.
    pub operator: String,
    /// Those who work requests.
    pub agents: Vec<Member>,
    /// Those who approve.
    pub dpos: Vec<Member>,
}

/// The desks of all operators, and the password of the accounts that were made for them, when any were.
#[derive(Debug, Clone, Default)]
pub struct Desks {
    /// One for each operator.
    pub all: Vec<Desk>,
    /// Mail addresses of the accounts that were made.
    pub made: Vec<String>,
    /// Their password.
    pub password: Option<String>,
}

/// Finds the staff of every operator, and makes accounts where there is no agent or no DPO: two agents, of whom one works for all
/// operators, and one DPO for all.
///
/// # Errors
/// Those of the services.
pub async fn desks(app: &Arc<App>) -> Result<Desks, ServiceError> {
    let mut desks = Desks::default();
    for id in app.operators.iter().map(|operator| operator.id.clone()).collect::<Vec<_>>() {
        let (agents, dpos) = (members(app, &id, Role::Agent).await?, members(app, &id, Role::Dpo).await?);
        if agents.is_empty() {
            let own = format!("agent@{id}.example.kz");
            add(app, &mut desks, (&own, "Данияр Үлгіұлы"), &id, Role::Agent).await?;
            add(app, &mut desks, ("agent@desk.example.kz", "Айдана Мысал"), &id, Role::Agent).await?;
        }
        if dpos.is_empty() {
            add(app, &mut desks, ("dpo@desk.example.kz", "Сәуле Үлгі"), &id, Role::Dpo).await?;
        }
        let (agents, dpos) = (members(app, &id, Role::Agent).await?, members(app, &id, Role::Dpo).await?);
        desks.all.push(Desk { operator: id, agents, dpos });
    }
    Ok(desks)
}

async fn add(
    app: &Arc<App>,
    desks: &mut Desks,
    (email, name): (&str, &str),
    operator: &str,
    role: Role,
) -> Result<(), ServiceError> {
    // An account that was made a moment ago only gets one more role.
    let known = desks.made.iter().any(|made| made == email);
    let grant = Grant {
        email: email.to_owned(),
        name: name.to_owned(),
        language: Language::Ru,
        role: RoleAt { operator: Some(operator.to_owned()), role },
        password: desks.password.clone().filter(|_| !known),
    };
    if let Granted::Added { initial_password } = users::grant(app, grant).await? {
        desks.made.push(email.to_owned());
        desks.password = desks.password.take().or(initial_password);
    }
    Ok(())
}

async fn members(app: &Arc<App>, operator: &str, role: Role) -> Result<Vec<Member>, ServiceError> {
    let operator = operator.to_owned();
    app.db.read("demo_staff", move |connection| find(connection, &operator, role)).await
}

fn find(connection: &mut AnyConnection, operator: &str, role: Role) -> Result<Vec<Member>, ServiceError> {
    let mut rows = staff::with_role(connection, operator, &[role])?;
    rows.sort_by(|left, right| left.email.cmp(&right.email));
    let member = |row: staff::StaffRow| Member {
        id: row.id,
        name: row.name,
        email: row.email,
        language: row.language,
        is_admin: false,
        roles: BTreeMap::from([(operator.to_owned(), vec![role])]),
        stands_in_for: BTreeMap::new(),
        session_id: String::new(),
        hold: None,
    };
    Ok(rows.into_iter().map(member).collect())
}
