//! Mails to a member about their account. No secret stands in them: whoever reads the mail must not get in by it.

use super::layout::{Block, Pen};

crate::vocabulary! {
    /// What happened to an account.
    AccountNews {
        /// The second factor was turned on.
        TotpOn = "totp_on",
        /// It was turned off by its owner.
        TotpOff = "totp_off",
        /// It was taken away by an administrator.
        TotpReset = "totp_reset",
        /// It was bound to somebody at the external sign-in service.
        ExternalBound = "external_bound",
        /// An administrator set another password.
        PasswordReset = "password_reset",
    }
}

pub(super) fn account(pen: Pen<'_>, news: AccountNews) -> (String, Vec<Block>) {
    let text = |part: &str| pen.text(&format!("desk-account-{news}-{part}"), &[]);
    let blocks = vec![
        Block::Lead(text("intro")),
        Block::Paragraph(text("what")),
        Block::Small(pen.text("desk-account-not-me", &[])),
    ];
    (text("subject"), blocks)
}
