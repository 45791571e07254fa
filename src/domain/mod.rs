//! What the product is about, without I/O and without a clock of its own.

pub mod absence;
pub mod almaty;
pub mod calendar;
pub mod clocks;
pub mod data_file;
pub mod email_address;
pub mod event;
pub mod event_chain;
pub mod iin;
pub mod instant;
pub mod intake;
pub mod lifecycle;
pub mod morning;
pub mod network;
pub mod operator;
pub mod permission;
pub mod person_name;
pub mod phone;
pub mod reference;
pub mod reminder;
pub mod rules;
pub mod term;
pub mod text;
pub mod vocabulary;
