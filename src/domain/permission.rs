//! Who may do what at an operator: the table of permissions as one function.

use super::vocabulary::Role;

/// What a member wants to do with a request or with its operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// See the queue, masked.
    SeeQueue,
    /// See personal data.
    OpenPersonalData,
    /// Record a request that came another way.
    Record,
    /// Take a request that nobody has, or give it back.
    Take,
    /// Block, note and mark.
    Handle,
    /// Verify, ask, start, propose, complete.
    Work,
    /// Assign others, approve, send back, unblock, decide on a violation, dismiss, amend the receipt.
    Oversee,
    /// Read the audit trail.
    ReadAudit,
    /// See deadlines, days and grounds in reports; everybody of the operator sees counts.
    SeeReports,
    /// See the mails.
    SeeOutbox,
    /// Send a mail again.
    ResendMail,
}

/// What a member is at one operator, and to one request of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
// Each is a fact of its own; any of them can go with any other.
#[allow(clippy::struct_excessive_bools)]
pub struct Standing {
    /// Works requests.
    pub agent: bool,
    /// Oversees and approves.
    pub dpo: bool,
    /// Reads, masked.
    pub auditor: bool,
    /// The request is assigned to them.
    pub assigned: bool,
}

impl Standing {
    /// The standing that `roles` at the request's operator give.
    #[must_use]
    pub fn of(roles: &[Role], assigned: bool) -> Self {
        let has = |role| roles.contains(&role);
        Self { agent: has(Role::Agent), dpo: has(Role::Dpo), auditor: has(Role::Auditor), assigned }
    }

    /// Whether the operator, and all its requests, exist for this member at all.
    #[must_use]
    pub const fn is_member(self) -> bool {
        self.agent || self.dpo || self.auditor
    }

    /// Whether `permission` is given.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::SeeQueue => self.is_member(),
            Permission::OpenPersonalData | Permission::Work | Permission::ResendMail => {
                self.dpo || (self.agent && self.assigned)
            }
            Permission::Record | Permission::Take | Permission::Handle => self.agent || self.dpo,
            Permission::Oversee => self.dpo,
            Permission::ReadAudit | Permission::SeeReports => self.dpo || self.auditor,
            Permission::SeeOutbox => self.dpo || self.auditor || (self.agent && self.assigned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_those_of_the_table() {
        use Permission::*;
        let who = [
            ("agent", Standing { agent: true, ..Standing::default() }),
            ("assigned agent", Standing { agent: true, assigned: true, ..Standing::default() }),
            ("dpo", Standing { dpo: true, ..Standing::default() }),
            ("auditor", Standing { auditor: true, ..Standing::default() }),
            ("stranger", Standing::default()),
            ("assigned auditor", Standing { auditor: true, assigned: true, ..Standing::default() }),
        ];
        //                  agent, assigned, dpo, auditor, stranger, assigned auditor
        let table: [(Permission, [u8; 6]); 11] = [
            (SeeQueue, [1, 1, 1, 1, 0, 1]),
            (OpenPersonalData, [0, 1, 1, 0, 0, 0]),
            (Record, [1, 1, 1, 0, 0, 0]),
            (Take, [1, 1, 1, 0, 0, 0]),
            (Handle, [1, 1, 1, 0, 0, 0]),
            (Work, [0, 1, 1, 0, 0, 0]),
            (Oversee, [0, 0, 1, 0, 0, 0]),
            (ReadAudit, [0, 0, 1, 1, 0, 1]),
            (SeeReports, [0, 0, 1, 1, 0, 1]),
            (SeeOutbox, [0, 1, 1, 1, 0, 1]),
            (ResendMail, [0, 1, 1, 0, 0, 0]),
        ];
        for (permission, row) in table {
            for ((name, standing), expected) in who.iter().zip(row) {
                assert_eq!(standing.may(permission), expected == 1, "{name}: {permission:?}");
            }
        }
    }
}
