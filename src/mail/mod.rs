//! Mails: composed in the reader's language, built as RFC 5322 messages, sent by SMTP or written as files.

pub mod compose;
pub mod envelope;
pub mod transport;
