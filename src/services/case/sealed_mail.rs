//! A mail as it lies in the outbox, and what of it must be that of today when it leaves once more.

use serde::{Deserialize, Serialize};

use super::Case;
use crate::mail::compose::{BEFORE_CODE, PrintedBody};
use crate::services::error::ServiceError;
use crate::vault::{Place, new_token, token_hash};

/// A mail as it lies sealed in the outbox.
#[derive(Clone, Serialize, Deserialize)]
pub struct SealedMail {
    /// The address; empty for a print-and-post item.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The letter that is printed where the mail is posted; none for mails to staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<PrintedBody>,
}

/// What stands before the requester's secret in a link.
const BEFORE_TOKEN: &str = "?token=";

impl SealedMail {
    /// Puts the secret that opens the request now in the place of any that stands in a link.
    pub fn put_token(&mut self, token: &str) {
        for part in [&mut self.text, &mut self.html] {
            let mut pieces = part.split(BEFORE_TOKEN);
            let mut whole = pieces.next().unwrap_or_default().to_owned();
            for piece in pieces {
                let is_secret = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
                whole.push_str(BEFORE_TOKEN);
                whole.push_str(token);
                whole.push_str(piece.trim_start_matches(is_secret));
            }
            *part = whole;
        }
    }

    /// Puts another code in the place of the one that stands alone on its line, and in the link that brings it along. Says whether
    /// there is one.
    pub fn put_code(&mut self, code: &str) -> bool {
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        let Some(old) = self.text.lines().map(str::trim).find(is_code).map(ToOwned::to_owned) else { return false };
        let lines: Vec<&str> = self.text.lines().map(|line| if line.trim() == old { code } else { line }).collect();
        self.text = lines.join("\n") + "\n";
        self.html = self.html.replace(&format!(">{old}<"), &format!(">{code}<"));
        // In HTML the sign before the parameter is written as an entity.
        let parameter = BEFORE_CODE.trim_start_matches('&');
        for part in [&mut self.text, &mut self.html] {
            *part = part.replace(&format!("{parameter}{old}"), &format!("{parameter}{code}"));
        }
        true
    }
}

impl Case<'_> {
    /// Gives the request another secret. Links that carry the old one open nothing any more.
    ///
    /// # Errors
    /// Those of the vault.
    pub fn renew_token(&mut self) -> Result<(), ServiceError> {
        let token = new_token()?;
        self.row.token_hash = token_hash(&token);
        let place = Place::new("requests", &self.row.id, "token");
        self.row.sealed_token = Some(self.key.seal(&place, token.as_bytes())?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_and_a_code_are_put_in_the_place_of_the_old_ones_and_nothing_else_changes() {
        let link = "https://x.example.kz/requests/CIT-1?token=old-Secret_1";
        let mut mail = SealedMail {
            to: String::new(),
            subject: String::new(),
            text: format!("Hello,\n\n042917\n\nOpen:\n{link}&code=042917\nNumber 042917X\n"),
            html: format!("<p>042917</p><a href=\"{link}&#38;code=042917\">{link}</a>"),
            letter: None,
        };
        mail.put_token("new");
        assert!(mail.put_code("111111"));
        let link = "https://x.example.kz/requests/CIT-1?token=new";
        assert_eq!(mail.text, format!("Hello,\n\n111111\n\nOpen:\n{link}&code=111111\nNumber 042917X\n"));
        assert_eq!(mail.html, format!("<p>111111</p><a href=\"{link}&#38;code=111111\">{link}</a>"));
        mail.text = "No code here.\n".to_owned();
        assert!(!mail.put_code("222222"));
        assert_eq!(mail.text, "No code here.\n");
    }
}
