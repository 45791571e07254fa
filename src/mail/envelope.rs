//! One mail as it is handed to a transport, and the RFC 5322 message built from it.

use std::{fmt, time::SystemTime};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart, MultiPartKind, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use sha2::{Digest, Sha256};

/// The longest subject or sender's name, in characters. A header line may have 998 bytes (RFC 5322 2.1.1).
const MAX_LINE_CHARS: usize = 400;
/// The longest Message-ID without brackets, in bytes, so that it fits into a file name with room to spare.
const MAX_ID_BYTES: usize = 200;

/// Why a mail, or the transport for it, could not be made. No text in it comes from a person or from a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// A setting is malformed.
    #[error("{variable}: {expected}")]
    Setting {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it and what is expected.
        expected: &'static str,
    },
    /// A part of the mail has a line break or another control character, which could smuggle in a header.
    #[error("mail: {field} has a line break or another control character")]
    ControlCharacter {
        /// The part, as the field of [`OutgoingMail`].
        field: &'static str,
    },
    /// A part of the mail is malformed.
    #[error("mail: {field} must be {expected}")]
    Malformed {
        /// The part, as the field of [`OutgoingMail`].
        field: &'static str,
        /// What is expected.
        expected: &'static str,
    },
}

/// One mail to one recipient, ready to go. Equal mails make equal bytes, so a second attempt is the same mail.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The Message-ID without brackets: letters, digits, `.`, `_` and `-` on both sides of one `@`. It is the same at
    /// every attempt, and serves as a file name.
    pub message_id: String,
    /// The `Date` header; seconds count.
    pub date: DateTime<Utc>,
    /// The sender's address, to which bounces go as well.
    pub from_address: String,
    /// The sender's name; may be empty.
    pub from_name: String,
    /// The address for replies: that of the operator.
    pub reply_to: Option<String>,
    /// The recipient's address. No name goes with it: an address alone tells a passer-by less.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part, with the same contents.
    pub html: String,
    /// The language of both parts: `kk`, `ru` or `en`.
    pub language: &'static str,
    /// The reference of the request that this is about. Mail programs use it to show the mails of one request together.
    pub reference: Option<String>,
}

impl fmt::Debug for OutgoingMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingMail")
            .field("message_id", &self.message_id)
            .field("date", &self.date)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// Builds the message: text and HTML as alternatives, in UTF-8, quoted-printable, so that it passes every server.
///
/// # Errors
/// When an address, the Message-ID, the reference or the date is malformed, or a one-line part has a control character
/// or is too long.
pub fn build(mail: &OutgoingMail) -> Result<Message, MailError> {
    let id_domain = check_message_id(&mail.message_id)?;
    let from = address("from_address", &mail.from_address)?;
    let to = address("to", &mail.to)?;
    let from_name = Some(line("from_name", &mail.from_name)?.trim()).filter(|name| !name.is_empty());
    let envelope = Envelope::new(Some(from.clone()), vec![to.clone()])
        .map_err(|_| MailError::Malformed { field: "to", expected: "a mail address" })?;

    let mut builder = Message::builder()
        .envelope(envelope)
        .message_id(Some(format!("<{}>", mail.message_id)))
        .date(date(mail.date)?)
        .from(Mailbox::new(from_name.map(str::to_owned), from))
        .to(Mailbox::new(None, to))
        .subject(line("subject", &mail.subject)?)
        .raw_header(header("Content-Language", check_language(mail.language)?))
        .raw_header(header("Auto-Submitted", "auto-generated"))
        // Keeps answering machines quiet. `All` would also hold back bounces, and those are wanted: they reopen a clock.
        .raw_header(header("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply"));
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address("reply_to", reply_to)?));
    }
    if let Some(reference) = &mail.reference {
        builder = builder.references(format!("<{}@{id_domain}>", check_reference(reference)?));
    }
    builder.multipart(body(mail)).map_err(|_| MailError::Malformed { field: "from_name", expected: "a plain name" })
}

fn body(mail: &OutgoingMail) -> MultiPart {
    let part = |content_type, content: &str| {
        SinglePart::builder()
            .header(content_type)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(content.to_owned())
    };
    // A random boundary would make other bytes at each attempt. Quoted-printable text has no `=_`, so no body can
    // contain this one.
    let boundary = URL_SAFE_NO_PAD.encode(Sha256::digest(mail.message_id.as_bytes()));
    MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(format!("=_{boundary}"))
        .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(part(ContentType::TEXT_HTML, &mail.html))
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// A part that must stay on one line.
fn line<'a>(field: &'static str, value: &'a str) -> Result<&'a str, MailError> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if value.contains(breaks) {
        return Err(MailError::ControlCharacter { field });
    }
    if value.chars().count() > MAX_LINE_CHARS {
        return Err(MailError::Malformed { field, expected: "at most 400 characters" });
    }
    Ok(value)
}

fn address(field: &'static str, value: &str) -> Result<Address, MailError> {
    line(field, value)?.parse().map_err(|_| MailError::Malformed { field, expected: "a mail address" })
}

/// Checks the Message-ID and gives the part after `@`.
fn check_message_id(id: &str) -> Result<&str, MailError> {
    let part = |part: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        !part.is_empty()
            && part.chars().all(known)
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
    };
    match id.split_once('@') {
        Some((left, right)) if id.len() <= MAX_ID_BYTES && part(left) && part(right) => Ok(right),
        _ => Err(MailError::Malformed { field: "message_id", expected: "`unique@host`, safe as a file name" }),
    }
}

fn check_reference(reference: &str) -> Result<&str, MailError> {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if (1..=64).contains(&reference.len()) && reference.chars().all(known) {
        return Ok(reference);
    }
    Err(MailError::Malformed { field: "reference", expected: "letters, digits and hyphens" })
}

fn check_language(language: &'static str) -> Result<&'static str, MailError> {
    if matches!(language, "kk" | "ru" | "en") {
        return Ok(language);
    }
    Err(MailError::Malformed { field: "language", expected: "kk, ru or en" })
}

/// The mail library would panic at years that its date format has no room for.
fn date(date: DateTime<Utc>) -> Result<SystemTime, MailError> {
    if (1970..=9998).contains(&date.year()) {
        return Ok(date.into());
    }
    Err(MailError::Malformed { field: "date", expected: "a date between 1970 and 9998" })
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::TimeZone;
    use mail_parser::{MessageParser, MimeHeaders};

    use super::*;

    /// A mail as it is usual.
    pub(crate) fn sample() -> OutgoingMail {
        OutgoingMail {
            message_id: "0199a1b2-receipt@otinish.example.kz".to_owned(),
            date: Utc.with_ymd_and_hms(2026, 10, 5, 4, 30, 15).unwrap(),
            from_address: "otinish@example.kz".to_owned(),
            from_name: "ТОО «Пример», приём обращений".to_owned(),
            reply_to: Some("privacy@example.kz".to_owned()),
            to: "aigerim@example.kz".to_owned(),
            subject: "Өтінішіңіз тіркелді: KTP-7F3K-9Q2M-X".to_owned(),
            text: "Сәлеметсіз бе!\n\nСіздің кодыңыз:\n\n123456\n\n.\n..\nFrom here https://example.kz/r?t=abc=\n"
                .to_owned(),
            html: "<p>Сәлеметсіз бе!</p>\n<p>123456</p>\n".to_owned(),
            language: "kk",
            reference: Some("KTP-7F3K-9Q2M-X".to_owned()),
        }
    }

    fn bytes(mail: &OutgoingMail) -> Vec<u8> {
        build(mail).unwrap().formatted()
    }

    #[test]
    fn a_mail_program_reads_back_what_was_meant() {
        let mail = sample();
        let bytes = bytes(&mail);
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(read.message_id(), Some(mail.message_id.as_str()));
        assert_eq!(read.date().unwrap().to_rfc3339(), "2026-10-05T04:30:15Z");
        assert_eq!(read.subject(), Some(mail.subject.as_str()));
        let from = read.from().unwrap().first().unwrap();
        assert_eq!((from.name(), from.address()), (Some(mail.from_name.as_str()), Some(mail.from_address.as_str())));
        let to = read.to().unwrap().first().unwrap();
        assert_eq!((to.name(), to.address()), (None, Some(mail.to.as_str())));
        assert_eq!(read.reply_to().unwrap().first().unwrap().address(), mail.reply_to.as_deref());
        assert_eq!(read.references().as_text(), Some("KTP-7F3K-9Q2M-X@otinish.example.kz"));
        assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), mail.text.trim_end());
        assert_eq!(read.body_html(0).unwrap().replace("\r\n", "\n").trim_end(), mail.html.trim_end());
        let kinds: Vec<_> = read.parts.iter().map(|part| part.content_type().unwrap().subtype().unwrap()).collect();
        assert_eq!(kinds, ["alternative", "plain", "html"]);
    }

    #[test]
    fn a_mail_says_that_a_machine_wrote_it_and_in_which_language() {
        let text = String::from_utf8(bytes(&sample())).unwrap();
        for header in
            ["Auto-Submitted: auto-generated\r\n", "Content-Language: kk\r\n", "X-Auto-Response-Suppress: DR,"]
        {
            assert!(text.contains(header), "{header}");
        }
        assert!(!text.contains("All"), "bounces must come");
    }

    #[test]
    fn a_mail_is_plain_ascii_with_short_lines_and_the_code_on_its_own() {
        let mail = OutgoingMail {
            html: "длинная строка ".repeat(500), subject: "Өтініш ".repeat(50), ..sample()
        };
        let bytes = bytes(&mail);
        assert!(bytes.is_ascii());
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.split("\r\n").all(|line| line.len() <= 100 && !line.contains(['\r', '\n'])));
        assert!(text.contains("\r\n123456\r\n"));
        let read = MessageParser::default().parse(text.as_bytes()).unwrap();
        assert_eq!(read.subject().map(str::trim), Some(mail.subject.trim()));
    }

    #[test]
    fn equal_mails_make_equal_bytes() {
        assert_eq!(bytes(&sample()), bytes(&sample()));
    }

    #[test]
    fn line_breaks_are_errors_and_never_headers() {
        let with = |change: fn(&mut OutgoingMail, &str), smuggled: &str| {
            let mut mail = sample();
            change(&mut mail, smuggled);
            build(&mail).err()
        };
        let changes: [fn(&mut OutgoingMail, &str); 7] = [
            |mail, smuggled| mail.subject.push_str(smuggled),
            |mail, smuggled| mail.from_name.push_str(smuggled),
            |mail, smuggled| mail.from_address.push_str(smuggled),
            |mail, smuggled| mail.to.push_str(smuggled),
            |mail, smuggled| mail.reply_to = Some(format!("a@example.kz{smuggled}")),
            |mail, smuggled| mail.message_id.push_str(smuggled),
            |mail, smuggled| mail.reference = Some(format!("KTP{smuggled}")),
        ];
        for smuggled in
            ["\r\nBcc: x@example.kz", "\nBcc: x@example.kz", "\rBcc: x@example.kz", "\0", "\u{2028}", "\u{85}"]
        {
            for change in changes {
                assert!(with(change, smuggled).is_some(), "{smuggled:?}");
            }
        }
    }

    #[test]
    fn malformed_addresses_are_errors_that_do_not_quote_them() {
        for to in
            ["", "aigerim", "aigerim@", "@example.kz", "a b@example.kz", "Aigerim <aigerim@example.kz>", "a@b@c.kz"]
        {
            let error = build(&OutgoingMail { to: to.to_owned(), ..sample() }).unwrap_err();
            assert_eq!(error.to_string(), "mail: to must be a mail address", "{to:?}");
        }
    }

    #[test]
    fn names_with_quotes_commas_and_brackets_survive() {
        for name in
            ["TOO \"Primer\", LLP", "a <b@c.kz>", "Қазтелепорт (АҚ); \\ 'x'", "x@y.kz", ",", "\"", "=?utf-8?q?x?="]
        {
            let mail = OutgoingMail { from_name: name.to_owned(), ..sample() };
            let bytes = bytes(&mail);
            let read = MessageParser::default().parse(&bytes).unwrap();
            let from = read.from().unwrap();
            assert_eq!(from.iter().count(), 1, "{name}");
            assert_eq!(from.first().unwrap().address(), Some("otinish@example.kz"), "{name}");
        }
        let text = String::from_utf8(bytes(&OutgoingMail { from_name: " ".to_owned(), ..sample() })).unwrap();
        assert!(text.contains("From: otinish@example.kz\r\n"));
    }

    #[test]
    fn too_long_lines_unknown_languages_and_impossible_dates_are_errors() {
        let long = OutgoingMail { subject: "x".repeat(401), ..sample() };
        let language = OutgoingMail { language: "de", ..sample() };
        let early = OutgoingMail { date: Utc.with_ymd_and_hms(1969, 12, 31, 23, 59, 59).unwrap(), ..sample() };
        let late = OutgoingMail { date: DateTime::<Utc>::MAX_UTC, ..sample() };
        for mail in [long, language, early, late] {
            assert!(build(&mail).is_err());
        }
    }

    #[test]
    fn debug_shows_neither_recipient_nor_contents() {
        let shown = format!("{:?}", sample());
        for secret in ["aigerim", "123456", "Сәлеметсіз", "KTP-7F3K", "Өтініш"] {
            assert!(!shown.contains(secret), "{secret}");
        }
    }
}
