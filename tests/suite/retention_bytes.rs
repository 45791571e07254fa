//! After destruction nothing of a person is found in the bytes that lie on the disk.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chrono::Duration;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Text};
use otinish::mail::transport::{FileTransport, MemoryTransport, Transport};
use otinish::services::retention::pass;
use otinish::storage::retention::MAIL_STORE;
use otinish::storage::{AnyConnection, Scrub, requests, schema};
use serde_json::{Value, json};

use crate::attachments;
use crate::audit_checkpoints::checked;
use crate::support::journey::{Desk, stored, tamper};
use crate::support::{Submitted, TestApp, TestDatabase, at, forms};

const DAY_AFTER: &str = "2029-11-24T00:00";

/// What is looked for, each under a name that failures show.
type Traces = BTreeMap<String, Vec<u8>>;

/// A server whose mails are files, as in a deployment without a mail server.
async fn server(database: TestDatabase) -> TestApp {
    let transport = Transport::File(FileTransport::new(database.folder.path().join("mail")));
    TestApp::start_on("2026-11-23T10:00", database, |_| None, transport, MemoryTransport::new()).await
}

/// A person with names, numbers and addresses that occur nowhere else.
fn form(number: usize) -> Value {
    let mut form = forms::of_kind("claim");
    form["subject"]["full_name"] = json!(format!("Ұлпан Тілеубергенова{number}").replace(char::is_numeric, ""));
    form["subject"]["email"] = json!(format!("ulpan{number}.tileubergenova@private.example.kz"));
    form["subject"]["postal_address"] = json!(format!("Қостанай, Гоголь көшесі {number}-үй"));
    form["details"] = json!(format!("Мен туралы жазба {number}: a secret diagnosis-{number}"));
    form
}

/// The ways in which a text may stand in a file: as it is, escaped in JSON, in base64 at each of three offsets, in hexadecimal
/// digits, as quoted-printable, and in UTF-16.
fn forms_of(name: &str, text: &str, traces: &mut Traces) {
    traces.insert(format!("{name}, plain"), text.as_bytes().to_vec());
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut escaped = String::new();
    for unit in &units {
        write!(escaped, "\\u{unit:04x}").unwrap();
    }
    traces.insert(format!("{name}, JSON escapes"), escaped.into_bytes());
    traces.insert(format!("{name}, UTF-16"), units.iter().flat_map(|unit| unit.to_le_bytes()).collect());
    let mut quoted = String::new();
    for byte in text.bytes() {
        write!(quoted, "={byte:02X}").unwrap();
    }
    traces.insert(format!("{name}, quoted-printable"), quoted.into_bytes());
    bytes_of(name, text.as_bytes(), traces);
}

/// Bytes as they are, in base64 and in hexadecimal digits.
fn bytes_of(name: &str, bytes: &[u8], traces: &mut Traces) {
    traces.insert(format!("{name}, bytes"), bytes.to_vec());
    traces.insert(format!("{name}, hex"), otinish::domain::event_chain::hex(bytes).into_bytes());
    for offset in 0..3 {
        let mut padded = vec![0_u8; offset];
        padded.extend_from_slice(bytes);
        for (alphabet, encoded) in [("", STANDARD_NO_PAD.encode(&padded)), ("url ", URL_SAFE_NO_PAD.encode(&padded))] {
            // Only the digits that these bytes alone decide.
            let start = [0, 2, 3][offset];
            let end = encoded.len() - usize::from(padded.len() % 3 != 0);
            traces.insert(format!("{name}, {alphabet}base64 at {offset}"), encoded.as_bytes()[start..end].to_vec());
        }
    }
}

/// All by which a request's person could be found again.
fn traces(database: &TestDatabase, request: &Submitted, form: &Value) -> Traces {
    let mut traces = Traces::new();
    let subject = &form["subject"];
    for (name, text) in [("name", "Тілеубергенова"), ("first name", "Ұлпан"), ("IIN", forms::IIN)] {
        forms_of(name, text, &mut traces);
    }
    for name in ["email", "postal_address"] {
        forms_of(name, subject[name].as_str().unwrap(), &mut traces);
    }
    forms_of("details", form["details"].as_str().unwrap(), &mut traces);
    forms_of("token", &request.token, &mut traces);
    let row = stored(database, &request.reference);
    let mut connection = database.connect();
    let key = requests::key(&mut connection, &row.id).unwrap().unwrap();
    bytes_of("wrapped key", &key.wrapped.unwrap(), &mut traces);
    bytes_of("hash of the token", &row.token_hash, &mut traces);
    bytes_of("sealed contents", &row.sealed_contents.unwrap(), &mut traces);
    for index in requests::indexes(&mut connection, &row.id).unwrap() {
        bytes_of(&format!("blind index of {} {}", index.person, index.field), &index.value, &mut traces);
    }
    let mails: Vec<Option<Vec<u8>>> = schema::outbox::table
        .filter(schema::outbox::request_id.eq(&row.id))
        .select(schema::outbox::sealed)
        .load(&mut connection)
        .unwrap();
    for (number, sealed) in mails.into_iter().flatten().enumerate() {
        traces.insert(format!("sealed mail {number}"), sealed);
    }
    let files = schema::attachments::table
        .filter(schema::attachments::request_id.eq(&row.id))
        .select((schema::attachments::object, schema::attachments::sealed_name, schema::attachments::sealed_sha256))
        .load::<(String, Option<Vec<u8>>, Option<Vec<u8>>)>(&mut connection)
        .unwrap();
    for (object, file_name, fingerprint) in files {
        bytes_of("sealed name of the file", &file_name.unwrap(), &mut traces);
        bytes_of("sealed fingerprint of the file", &fingerprint.unwrap(), &mut traces);
        let lying = std::fs::read(database.folder.path().join("files").join(object)).unwrap();
        traces.insert("sealed file".to_owned(), lying);
    }
    traces
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

#[derive(QueryableByName)]
struct Relation {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
}

/// The bytes of every file of the data folder, the database's log and shared memory among them; on PostgreSQL also those of every
/// table and index of the database.
fn bytes_on_disk(database: &TestDatabase) -> Vec<(String, Vec<u8>)> {
    let mut paths = Vec::new();
    files_below(database.folder.path(), &mut paths);
    let mut all: Vec<(String, Vec<u8>)> =
        paths.into_iter().map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect();
    let AnyConnection::Postgres(mut connection) = database.connect() else { return all };
    connection.batch_execute("CHECKPOINT").unwrap();
    let relations: Vec<Relation> = diesel::sql_query(
        "SELECT c.relname::text AS name, pg_read_binary_file(pg_relation_filepath(c.oid)) AS bytes FROM pg_class c \
         WHERE c.relkind IN ('r', 't', 'i', 'm') AND pg_relation_filepath(c.oid) LIKE 'base/%'",
    )
    .load(&mut connection)
    .unwrap();
    all.extend(relations.into_iter().map(|relation| (relation.name, relation.bytes)));
    all
}

/// Which traces are found, and where.
fn found(database: &TestDatabase, traces: &Traces) -> Vec<String> {
    found_in(&bytes_on_disk(database), traces)
}

fn found_in(files: &[(String, Vec<u8>)], traces: &Traces) -> Vec<String> {
    // By their first bytes, so that each file is read through once, however much is looked for.
    let mut by_start: HashMap<&[u8], Vec<(&String, &Vec<u8>)>> = HashMap::new();
    for (name, trace) in traces {
        by_start.entry(&trace[..4]).or_default().push((name, trace));
    }
    let mut found = BTreeSet::new();
    for (file, bytes) in files {
        for (place, start) in bytes.windows(4).enumerate() {
            for (name, _) in
                by_start.get(start).into_iter().flatten().filter(|(_, trace)| bytes[place..].starts_with(trace))
            {
                found.insert(format!("{name} in {file}"));
            }
        }
    }
    found.into_iter().collect()
}

/// Brings a request to its end without reading mails.
async fn closed(test: &TestApp, desk: &Desk, form: &Value) -> Submitted {
    let request = test.submit("kazteleport", form).await;
    test.work().await;
    let name = form["subject"]["full_name"].as_str().unwrap();
    test.done(&desk.agent, &request, "assign", json!({"assignee": "me"})).await;
    test.done(&desk.agent, &request, "note", json!({"text": format!("{name} is known to us.")})).await;
    test.done(&desk.agent, &request, "verify", json!({"result": "confirmed", "method": "records"})).await;
    test.done(&desk.agent, &request, "ask", json!({"text": format!("Which one, {name}?")})).await;
    attachments::sent(test, &request, "Ұлпан.pdf", attachments::pdf(100_000)).await.expect(201);
    let reply = json!({"text": format!("My IIN is {}.", forms::IIN)});
    test.post(&request.path("/messages"), Some(&request.token), &reply).await.expect(201);
    test.done(&desk.agent, &request, "start", json!({})).await;
    let letter = json!({"outcome": "granted", "letter": format!("Dear {name}")});
    test.done(&desk.agent, &request, "propose", letter).await;
    test.done(&desk.dpo, &request, "approve", json!({})).await;
    test.work().await;
    assert_eq!(test.status_of(&request).await, "answered");
    request
}

/// The pass, and what makes PostgreSQL write its tables anew.
async fn destroy(test: &TestApp) {
    test.app.clock.set(at(DAY_AFTER));
    test.work().await;
    if test.database.is_postgres() {
        assert!(test.app.db.scrub(Scrub::Rewrite).await.unwrap());
    }
}

#[tokio::test]
async fn no_name_number_address_token_nor_key_is_found_in_any_file_after_the_destruction() {
    let test = server(TestDatabase::create()).await;
    let desk = test.desk("kazteleport").await;
    let form = form(1);
    let request = closed(&test, &desk, &form).await;
    let traces = traces(&test.database, &request, &form);
    // The search itself works: before, the mail address stands in the mails, and the key in the database.
    let before = found(&test.database, &traces).join("\n");
    for part in [
        "email, plain in",
        ".eml",
        "wrapped key, bytes in",
        "hash of the token, bytes in",
        "blind index of subject iin",
        "sealed name of the file, bytes in",
        "sealed file in",
    ] {
        assert!(before.contains(part), "{part}: {before}");
    }
    for part in ["name", "IIN", "postal_address", "details"] {
        let in_the_clear = before.lines().any(|line| line.starts_with(&format!("{part},")));
        assert!(!in_the_clear, "{part} is sealed from the start: {before}");
    }
    destroy(&test).await;
    assert!(stored(&test.database, &request.reference).destroyed_at.is_some());
    assert_eq!(found(&test.database, &traces), Vec::<String>::new());
    assert_eq!(std::fs::read_dir(test.database.folder.path().join("files")).unwrap().count(), 0);
    assert_eq!(checked(&test).damages, 0, "the history and its checkpoints still verify");
}

#[tokio::test]
async fn of_many_requests_in_shared_pages_only_those_that_were_destroyed_are_gone() {
    let test = server(TestDatabase::create()).await;
    let mut requests = Vec::new();
    for number in 0..90 {
        let form = form(number);
        let request = test.submit("kazteleport", &form).await;
        requests.push((request.clone(), form));
    }
    test.work().await;
    let of_key = |request: &Submitted, form: &Value| {
        let wanted = |(name, _): &(String, Vec<u8>)| name.ends_with("bytes") || name.starts_with("sealed mail");
        traces(&test.database, request, form).into_iter().filter(wanted).collect::<Traces>()
    };
    let mut gone: Vec<Traces> = Vec::new();
    let mut kept: Vec<Traces> = Vec::new();
    for (number, (request, form)) in requests.iter().enumerate() {
        if number % 3 == 0 {
            kept.push(of_key(request, form));
        } else {
            gone.push(of_key(request, form));
            // Two thirds were closed, in two portions a day apart, so that pages that gave up rows do so again.
            let day = if number % 3 == 1 { "2020-01-01 00:00:00" } else { "2026-11-23 06:00:00" };
            let sql = "UPDATE requests SET status = 'cancelled', final_at =";
            tamper(&test.database, &format!("{sql} '{day}' WHERE reference = '{}'", request.reference));
        }
    }
    test.app.clock.advance(Duration::days(1));
    test.work().await;
    assert_eq!(pass(&test.app, true, &|| false).await.unwrap().destroyed(), 0);
    for number in 200..230 {
        test.submit("kazteleport", &form(number)).await;
    }
    destroy(&test).await;
    // All are one person, whose indexes those that are kept have too; what differs is the mail address.
    let shared: Vec<Vec<u8>> = kept.iter().flat_map(|traces| traces.values().cloned()).collect();
    let named = |(number, traces): (usize, Traces)| {
        traces.into_iter().map(move |(name, trace)| (format!("{number}: {name}"), trace))
    };
    let gone: Traces =
        gone.into_iter().enumerate().flat_map(named).filter(|(_, trace)| !shared.contains(trace)).collect();
    assert!(gone.len() > 60 * 5, "{}", gone.len());
    assert_eq!(found(&test.database, &gone), Vec::<String>::new());
    let is_key = |(name, _): &(String, Vec<u8>)| name.contains("wrapped key, bytes");
    let keys: Traces = kept.into_iter().enumerate().flat_map(named).filter(is_key).collect();
    assert_eq!((keys.len(), found(&test.database, &keys).len()), (30, 30), "what was not destroyed is there");
}

#[tokio::test]
async fn a_reader_of_an_old_state_delays_the_emptying_of_the_log_and_it_is_tried_again() {
    let test = server(TestDatabase::create()).await;
    if test.database.is_postgres() {
        return;
    }
    let desk = test.desk("kazteleport").await;
    let form = form(1);
    let request = closed(&test, &desk, &form).await;
    let traces = traces(&test.database, &request, &form);
    let mut reader = test.database.connect();
    reader.batch_execute("BEGIN; SELECT count(*) FROM requests;").unwrap();
    destroy(&test).await;
    assert!(stored(&test.database, &request.reference).destroyed_at.is_some());
    assert!(!found(&test.database, &traces).is_empty(), "the reader still sees the old state, so the bytes are there");
    reader.batch_execute("COMMIT").unwrap();
    drop(reader);
    test.advance(Duration::seconds(30)).await;
    assert!(!found(&test.database, &traces).is_empty(), "it is tried once a minute");
    test.advance(Duration::seconds(31)).await;
    assert_eq!(found(&test.database, &traces), Vec::<String>::new());
}

#[tokio::test]
async fn a_process_that_was_killed_after_the_commit_leaves_work_that_the_next_one_does() {
    let test = server(TestDatabase::create()).await;
    let desk = test.desk("kazteleport").await;
    let form = form(1);
    let request = closed(&test, &desk, &form).await;
    let traces = traces(&test.database, &request, &form);
    // The pass alone: the process dies before it deletes files and empties the log.
    test.app.clock.set(at(DAY_AFTER));
    assert_eq!(pass(&test.app, false, &|| false).await.unwrap().destroyed(), 1);
    let left = found(&test.database, &traces).join("\n");
    assert!(left.contains(".eml"), "{left}");
    let folder = test.database.folder.path().join("mail");
    let mail = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().file_name();
    let draft = format!(".{}.999-0.part", mail.to_string_lossy().trim_end_matches(".eml"));
    std::fs::write(folder.join(draft), "a mail that was being written").unwrap();

    let database = test.stop().await;
    let test = server(database).await;
    destroy(&test).await;
    assert_eq!(found(&test.database, &traces), Vec::<String>::new());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "the draft is gone too");
    // A worker that had a mail in hand wrote it after that: it is deleted again, and only then forgotten.
    let doomed = otinish::storage::retention::doomed(&mut test.database.connect(), 100).unwrap();
    let mail = doomed.iter().find(|file| file.store == MAIL_STORE).unwrap();
    std::fs::write(folder.join(format!("{}.eml", mail.name)), forms::EMAIL).unwrap();
    test.advance(Duration::seconds(61)).await;
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    assert!(otinish::storage::retention::doomed(&mut test.database.connect(), 100).unwrap().is_empty());
}
