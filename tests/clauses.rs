//! Each clause of the operators' published policies that binds this product, seen from outside: `clause_001_28_4` is clause 28(4)
//! of policy 001. `cargo test clause_` prints the state of every policy. The policies: 000 and 001 Kazteleport (cookies, privacy),
//! 002 Digital Rocket, 003 CITICOM, 004 AITU - Sauda.
//!
//! A name that ends in `_in_part` is a clause of which only a part can be seen so far; its test says which.
//!
//! Clauses without a test, since the product does not do yet what they need:
//! - 002 4.2 (first bullet) and 004 2.4: an access answer is a letter; its seven parts (fact, purposes, sources, ways, list, terms,
//!   recipients) are not put together from the profile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "clauses/aitu_sauda.rs"]
mod aitu_sauda;
#[path = "clauses/citicom.rs"]
mod citicom;
#[path = "clauses/citicom_requests.rs"]
mod citicom_requests;
#[path = "clauses/digital_rocket.rs"]
mod digital_rocket;
#[path = "clauses/kazteleport_cookies.rs"]
mod kazteleport_cookies;
#[path = "clauses/kazteleport_disputes.rs"]
mod kazteleport_disputes;
#[path = "clauses/kazteleport_privacy.rs"]
mod kazteleport_privacy;
#[path = "clauses/steps.rs"]
mod steps;
#[path = "support/mod.rs"]
mod support;
