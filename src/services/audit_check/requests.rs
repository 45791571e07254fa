//! Histories: each in itself, against the head that its request remembers, and against all that checkpoints saw.

use std::collections::{BTreeMap, BTreeSet};

use super::checkpoints::Lists;
use super::{CheckError, Damage, Report};
use crate::domain::checkpoint::history;
use crate::domain::event::{EventKind, is_held};
use crate::domain::event_chain::{self, EventHeader, Head, Link, without_ciphertext};
use crate::storage::checkpoints::{self as rows, Listed};
use crate::storage::events::EventRow;
use crate::storage::{self, AnyConnection, requests};

/// So many requests are read at once.
const AT_ONCE: i64 = 200;
/// So many removed requests are named.
const GONE: i64 = 1_000;

/// A request with all that is compared.
struct History {
    id: String,
    reference: String,
    head: Head,
    links: Vec<Link>,
    has_key: bool,
    legal_hold: bool,
    listed: Vec<Listed>,
}

pub(super) fn check(connection: &mut AnyConnection, lists: &Lists, report: &mut Report) -> Result<(), CheckError> {
    let mut after = String::new();
    loop {
        let histories = storage::read_one_state(connection, |connection| load(connection, &after))?;
        let Some(last) = histories.last() else { break };
        after.clone_from(&last.id);
        for mut history in histories {
            history.listed.retain(|listed| !lists.bad.contains(&listed.number));
            history.listed.extend(lists.from_files.get(&history.id).into_iter().flatten().cloned());
            history.listed.sort_by_key(|listed| (listed.number, listed.place));
            report.requests += 1;
            report.events += history.links.len();
            check_one(&history, report);
        }
    }
    removed(connection, lists, report)
}

fn load(connection: &mut AnyConnection, after: &str) -> diesel::QueryResult<Vec<History>> {
    let heads = rows::heads(connection, after, AT_ONCE)?;
    let ids: Vec<String> = heads.iter().map(|(id, ..)| id.clone()).collect();
    let mut links: BTreeMap<String, Vec<Link>> = BTreeMap::new();
    for row in rows::events_of(connection, &ids)? {
        links.entry(row.request_id.clone()).or_default().push(link(row));
    }
    let with_key: BTreeSet<String> = requests::keys(connection, &ids)?
        .into_iter()
        .filter(|key| key.wrapped.is_some())
        .map(|key| key.request_id)
        .collect();
    let mut listed: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for entry in rows::about_requests(connection, &ids)? {
        listed.entry(entry.entry.id.clone()).or_default().push(entry);
    }
    let history = |(id, reference, seq, hash, legal_hold): rows::Head| History {
        legal_hold,
        links: links.remove(&id).unwrap_or_default(),
        has_key: with_key.contains(&id),
        listed: listed.remove(&id).unwrap_or_default(),
        head: Head { seq, hash },
        id,
        reference,
    };
    Ok(heads.into_iter().map(history).collect())
}

/// An event as a link of its chain.
fn link(row: EventRow) -> Link {
    Link {
        header: EventHeader {
            request_id: row.request_id,
            seq: row.seq,
            at: row.at.and_utc(),
            kind: row.kind,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            data: row.data,
        },
        ciphertext: row.sealed,
        ciphertext_digest: row.sealed_digest,
        hash: row.hash,
    }
}

fn check_one(request: &History, report: &mut Report) {
    let mut found = |damage: Damage, event: i64, what: &str| {
        let text = format!("request {}: event {event} {what}", request.reference);
        report.found(damage, "request", &request.reference, Some(event), text);
    };
    if let Err(broken) = event_chain::verify(&request.id, &request.links, Some(&request.head)) {
        let is_tail = request.links.last().is_none_or(|last| last.header.seq < broken.seq);
        let (damage, what) = match broken.damage {
            event_chain::Damage::Removed if is_tail => (Damage::Truncated, "and all after it are missing"),
            event_chain::Damage::Removed => (Damage::Removed, "was removed"),
            event_chain::Damage::Changed => (Damage::Changed, "was changed"),
            event_chain::Damage::Reordered => (Damage::Reordered, "stands in another place than it was written in"),
            event_chain::Damage::Added => (Damage::Added, "was slipped in"),
            event_chain::Damage::Foreign => (Damage::Foreign, "belongs to another request"),
        };
        found(damage, broken.seq, what);
        return;
    }
    let mut seen = 0;
    for listed in &request.listed {
        let length = i64::try_from(request.links.len()).unwrap_or(i64::MAX);
        let saw = listed.entry.seq;
        if saw > length {
            let what = format!("and all after it are missing: checkpoint {} saw {saw} events", listed.number);
            found(Damage::Truncated, length.saturating_add(1), &what);
            return;
        }
        let until = usize::try_from(saw).unwrap_or_default();
        let hashes = request.links.iter().take(until).map(|link| link.hash.as_slice());
        if history(&request.id, hashes).as_slice() != listed.entry.hash {
            let what = format!("or one after it up to {saw} was written anew since checkpoint {}", listed.number);
            found(Damage::Rewritten, seen + 1, &what);
            return;
        }
        seen = saw;
    }
    let was_destroyed = request.links.iter().any(|link| link.header.kind == EventKind::DataDestroyed.as_str());
    match without_ciphertext(&request.links).into_iter().next() {
        Some(event) if request.has_key || !was_destroyed => {
            found(Damage::Emptied, event, "lost its sealed part though the request was not destroyed");
        }
        None if !request.has_key && !was_destroyed => {
            found(Damage::Emptied, 1, "and all others lost the key of the request though it was not destroyed");
        }
        _ => {}
    }
    if request.legal_hold != is_held(request.links.iter().map(|link| link.header.kind.as_str())) {
        let text = format!("request {}: its legal hold is not what its history says", request.reference);
        report.found(Damage::Changed, "request", &request.reference, None, text);
    }
}

/// Requests that checkpoints saw and that are not there.
fn removed(connection: &mut AnyConnection, lists: &Lists, report: &mut Report) -> Result<(), CheckError> {
    let mut gone: BTreeMap<String, Listed> = BTreeMap::new();
    for listed in rows::listed_but_gone(connection, GONE)? {
        if !lists.bad.contains(&listed.number) {
            gone.entry(listed.entry.id.clone()).or_insert(listed);
        }
    }
    for (id, listed) in &lists.from_files {
        if requests::by_id(connection, id)?.is_none()
            && let Some(listed) = listed.first()
        {
            gone.entry(id.clone()).or_insert_with(|| listed.clone());
        }
    }
    for listed in gone.into_values() {
        let reference = &listed.entry.label;
        let text = format!("request {reference} was removed: checkpoint {} saw it", listed.number);
        report.found(Damage::Removed, "request", reference, None, text);
    }
    Ok(())
}
