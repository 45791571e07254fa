//! The use cases: one file each, all with the same shape (check, one transaction, wake the worker).

pub mod absence;
pub mod access_token;
pub mod actions;
pub mod answer;
pub mod attachments;
pub mod audit_trail;
pub mod bulk;
pub mod calendar;
pub mod case;
pub mod deadlines;
pub mod desk;
pub mod error;
pub mod idempotency;
pub mod mail_desk;
pub mod password;
pub mod person;
pub mod requester;
pub mod sign_in;
pub mod staff_mail;
pub mod start;
pub mod submit;
pub mod users;
pub mod views;
