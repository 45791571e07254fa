//! The way around the console: what this member can open.

use crate::domain::permission::Permission;
use crate::http::pages::chrome::Chrome;
use crate::services::sign_in::Member;

/// The bar at the top.
#[derive(Debug, Clone)]
pub struct Nav {
    /// Who is signed in.
    pub name: String,
    /// Address, name, and whether it is the page that is shown.
    pub links: Vec<(&'static str, String, bool)>,
    /// The member belongs to several operators, so that each request says to which.
    pub several: bool,
}

impl Nav {
    /// The bar for a member, at one of its pages.
    #[must_use]
    pub fn of(p: &Chrome, member: &Member, here: &str) -> Self {
        let operators = member.operators_with(Permission::SeeQueue);
        let is_staff = !operators.is_empty();
        let all = [
            ("/staff/requests", "console-nav-queue", is_staff),
            ("/staff/record", "console-nav-record", !member.operators_with(Permission::Record).is_empty()),
            ("/staff/mails", "console-nav-mails", is_staff),
            ("/staff/reports", "console-nav-reports", is_staff),
            ("/staff/calendar", "console-nav-calendar", is_staff || member.is_admin),
            ("/staff/operators", "console-nav-operators", member.is_admin),
            ("/staff/users", "console-nav-users", member.is_admin),
            ("/staff/account", "console-nav-account", true),
        ];
        let links = all.into_iter().filter(|(_, _, shown)| *shown);
        let links = links.map(|(path, key, _)| (path, p.t(key), path == here)).collect();
        Self { name: member.name.clone(), links, several: operators.len() > 1 }
    }
}

/// The first page of a member.
#[must_use]
pub fn home_of(member: &Member) -> &'static str {
    if member.is_admin { "/staff/users" } else { "/staff/requests" }
}
