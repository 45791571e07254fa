//! Otinish takes people's requests about their personal data and drives each to an answer on time.
//!
//! Imports flow one way: `domain` ← `services` ← { `http`, `worker`, `cli` }; `storage`, `mail` and `vault` know `domain` only; `domain`
//! knows no I/O. A test holds that.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod app;
pub mod cli;
pub mod clock;
pub mod data;
pub mod domain;
pub mod http;
pub mod ids;
pub mod limits;
pub mod locale;
pub mod mail;
pub mod metrics;
pub mod oidc;
pub mod scanner;
pub mod services;
pub mod settings;
pub mod storage;
pub mod telemetry;
pub mod vault;
pub mod worker;
