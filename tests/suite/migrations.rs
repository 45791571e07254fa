//! The tables: what the code believes of them, and that every change can be made and taken back over a database in use.

use std::collections::BTreeMap;
use std::path::Path;

use diesel::sql_types::{Integer, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use otinish::domain::vocabulary::Role;
use otinish::storage::{AnyConnection, migrate};
use serde_json::json;

use crate::support::{TestApp, TestDatabase, forms};

/// A column: name, type, whether it may be empty.
type Columns = Vec<(String, String, bool)>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = Integer)]
    required: i32,
}

const SQLITE: &str = "SELECT m.name AS table_name, p.name AS name, p.type AS type_name, p.\"notnull\" AS required \
    FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
    AND m.name <> '__diesel_schema_migrations' ORDER BY m.name, p.cid";
const POSTGRES: &str = "SELECT table_name::text AS table_name, column_name::text AS name, data_type::text AS type_name, \
    CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS required FROM information_schema.columns \
    WHERE table_schema = current_schema() AND table_name <> '__diesel_schema_migrations' ORDER BY table_name, ordinal_position";

/// The tables as the database has them.
fn in_the_database(connection: &mut AnyConnection) -> BTreeMap<String, Columns> {
    let columns: Vec<Column> = match connection {
        AnyConnection::Sqlite(inner) => sql_query(SQLITE).load(inner).unwrap(),
        AnyConnection::Postgres(inner) => sql_query(POSTGRES).load(inner).unwrap(),
    };
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for column in columns {
        let kind = match column.type_name.to_lowercase().as_str() {
            "text" => "Text",
            "timestamp" | "timestamp without time zone" => "Timestamp",
            "boolean" => "Bool",
            "integer" => "Integer",
            "bigint" => "BigInt",
            "blob" | "bytea" => "Binary",
            "date" => "Date",
            other => panic!("{}.{} is {other}", column.table_name, column.name),
        };
        let entry = (column.name, kind.to_owned(), column.required == 0);
        tables.entry(column.table_name).or_default().push(entry);
    }
    tables
}

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// The tables with their columns and the indexes with their definitions.
type Shape = (BTreeMap<String, Columns>, BTreeMap<String, String>);

fn shape(connection: &mut AnyConnection) -> Shape {
    let query = match connection {
        AnyConnection::Sqlite(_) => {
            "SELECT name, sql AS definition FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        }
        AnyConnection::Postgres(_) => {
            "SELECT indexname::text AS name, indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'"
        }
    };
    let indexes: Vec<Index> = sql_query(query).load(connection).unwrap();
    let indexes = indexes.into_iter().filter(|index| !index.name.contains("__diesel"));
    (in_the_database(connection), indexes.map(|index| (index.name, index.definition)).collect())
}

/// The tables as the code names them.
fn in_the_code() -> BTreeMap<String, Columns> {
    let text = include_str!("../../src/storage/schema.rs");
    let mut tables = BTreeMap::new();
    for table in text.split("diesel::table! {").skip(1) {
        let (name, rest) = table.trim_start().split_once(' ').unwrap();
        let body = rest.split_once('{').unwrap().1.split_once('}').unwrap().0;
        let column = |line: &str| {
            let (name, kind) = line.trim().trim_end_matches(',').split_once(" -> ").unwrap();
            let inner = kind.strip_prefix("Nullable<").map(|kind| kind.trim_end_matches('>'));
            (name.to_owned(), inner.unwrap_or(kind).to_owned(), inner.is_some())
        };
        let columns: Columns = body.lines().filter(|line| line.contains(" -> ")).map(column).collect();
        tables.insert(name.to_owned(), columns);
    }
    tables
}

#[test]
fn the_schema_of_the_code_is_that_of_a_migrated_database() {
    let database = TestDatabase::create();
    let (code, there) = (in_the_code(), in_the_database(&mut database.connect()));
    assert!(code.len() >= 17);
    assert_eq!(code, there);
}

fn names(engine: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn both_databases_have_the_same_changes_each_with_a_way_back() {
    let names_of = names("sqlite");
    assert!(!names_of.is_empty());
    assert_eq!(names_of, names("postgres"));
    for engine in ["sqlite", "postgres"] {
        for name in &names_of {
            for file in ["up.sql", "down.sql"] {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine).join(name).join(file);
                assert!(!std::fs::read_to_string(&path).unwrap().trim().is_empty(), "{}", path.display());
            }
        }
    }
}

fn source(engine: &str) -> FileBasedMigrations {
    FileBasedMigrations::from_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine)).unwrap()
}

fn take_back(connection: &mut AnyConnection) {
    match connection {
        AnyConnection::Sqlite(inner) => inner.revert_last_migration(source("sqlite")).map(|_| ()),
        AnyConnection::Postgres(inner) => inner.revert_last_migration(source("postgres")).map(|_| ()),
    }
    .unwrap();
}

/// Takes back the last `number` changes of a database in use, makes them again, and compares.
#[tokio::test]
async fn every_change_can_be_taken_back_and_made_again_over_a_database_in_use() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    for kind in forms::KINDS {
        let request = test.submit_confirmed("kazteleport", &forms::of_kind(kind)).await;
        test.act(&agent, &request.reference, "assign", json!({"assignee": "me"})).await.expect(200);
        test.act(&agent, &request.reference, "note", json!({"text": "Looks real."})).await.expect(200);
    }
    test.advance(chrono::Duration::days(2)).await;
    let database = test.stop().await;
    let mut connection = database.connect();
    let before = shape(&mut connection);
    for number in 1..=names("sqlite").len() {
        for _ in 0..number {
            take_back(&mut connection);
        }
        let between = shape(&mut connection);
        assert_ne!(between, before);
        if number == names("sqlite").len() {
            assert_eq!(between, Shape::default(), "left over");
        }
        assert_eq!(migrate(&mut connection).unwrap().len(), number);
        assert_eq!(shape(&mut connection), before);
    }
    assert_eq!(migrate(&mut connection).unwrap().len(), 0);
}

#[derive(QueryableByName)]
struct Marked {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    mark: String,
}

fn marked(connection: &mut AnyConnection, column: &str) -> Vec<(String, String)> {
    let query = format!("SELECT id, {column} AS mark FROM outbox WHERE {column} IS NOT NULL ORDER BY id");
    let rows: Vec<Marked> = match connection {
        AnyConnection::Sqlite(inner) => sql_query(query).load(inner).unwrap(),
        AnyConnection::Postgres(inner) => sql_query(query).load(inner).unwrap(),
    };
    rows.into_iter().map(|row| (row.id, row.mark)).collect()
}

#[tokio::test]
async fn the_mark_of_a_dead_letter_that_was_sent_again_moves_to_a_column_of_its_own_and_back() {
    use otinish::mail::transport::{SendFailure, SendOutcome};
    let test = TestApp::start().await;
    test.submit("citicom", &forms::of_kind("claim")).await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    // Twice, so that the second one repeats a repetition.
    for _ in 0..2 {
        test.mail.fail_next(&SendOutcome::Refused { failure: SendFailure::of("refused") }, 1);
        test.work().await;
        let dead = test.outbox(&dpo, "&state=dead").await;
        let mail = dead.iter().find(|mail| mail["resent"] == false).unwrap();
        let path = format!("/api/v1/staff/outbox/{}/resend", mail["id"].as_str().unwrap());
        test.post(&path, Some(&dpo.token), &json!({})).await.expect(200);
    }
    let database = test.stop().await;
    let mut connection = database.connect();
    let before = marked(&mut connection, "resent_as");
    assert_eq!(before.len(), 2);
    while in_the_database(&mut connection)["outbox"].iter().any(|(name, ..)| name == "resent_as") {
        take_back(&mut connection);
    }
    let ids: Vec<&str> = before.iter().map(|(id, _)| id.as_str()).collect();
    let old = marked(&mut connection, "tracking");
    assert_eq!(old.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ids);
    assert!(old.iter().all(|(_, mark)| mark == "resent"));
    migrate(&mut connection).unwrap();
    assert_eq!(marked(&mut connection, "resent_as"), before);
    assert!(marked(&mut connection, "tracking").is_empty());
}
