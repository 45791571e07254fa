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

mod absence;
mod address;
mod alerts;
mod attachments;
mod audit_checkpoints;
mod audit_damage;
mod audit_proof;
mod audit_trail;
mod backup;
mod bad_input;
mod blocking;
mod bulk;
mod calendar;
mod calendar_kept;
mod clocks;
mod clocks_met;
mod console;
mod console_accounts;
mod console_act;
mod console_office;
mod console_sign_in;
mod data_files;
mod deadlines;
mod demo;
mod desk;
mod digest;
mod disabling;
mod duplicates;
mod edges;
mod external_sign_in;
mod external_sign_in_factor;
mod fuzz;
mod history;
mod idempotency;
mod identity;
mod intake;
mod intake_mistakes;
mod keys;
mod logs;
mod matrix;
mod metrics;
mod migrations;
mod object_store;
mod outbox;
mod outbox_post;
mod pages;
mod pages_all;
mod pages_compressed;
mod pages_embed;
mod pages_errors;
mod pages_request;
mod permissions;
mod post;
mod post_reminders;
mod post_returns;
mod process;
mod process_start;
mod properties;
mod queue_counts;
mod recorded;
mod reminders;
mod reminders_once;
mod repair;
mod repair_receipt;
mod repository;
mod retention;
mod retention_bytes;
mod retention_hold;
mod retention_program;
mod scanner;
mod sessions;
mod sign_in;
mod slow_clients;
mod smtp_story;
mod staff_mails;
mod standstill;
mod story;
mod threat_model;
mod tls;
mod tokens;
mod totp;
mod workflow;
