//! Otinish from outside: HTTP in, mails out, the clock moved.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    missing_docs
)]

#[path = "../support/mod.rs"]
mod support;

#[path = "../smtp/transport.rs"]
mod smtp_transport;

mod data_files;
mod migrations;
mod properties;
mod repository;
mod story;
