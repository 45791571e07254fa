//! A copy of the whole database beside running servers, and back into an empty one.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::{AnyConnection, DatabaseUrl};

/// Writes a copy of one state of the database: a database file, or an archive of `pg_dump`.
///
/// # Errors
/// What went wrong, in words.
pub fn save(from: &DatabaseUrl, to: &Path) -> Result<(), String> {
    match from {
        DatabaseUrl::Sqlite(_) => {
            let AnyConnection::Sqlite(mut connection) = AnyConnection::open(from).map_err(|error| error.to_string())?
            else {
                return Err("the database is no SQLite file".to_owned());
            };
            copy_of_sqlite(&mut connection, to).map_err(|error| format!("{}: {error}", to.display()))
        }
        DatabaseUrl::Postgres(url) => {
            let mut file = std::ffi::OsString::from("--file=");
            file.push(to);
            run("pg_dump", url, &["--format=custom".into(), "--no-owner".into(), "--no-privileges".into(), file])
        }
    }
}

fn copy_of_sqlite(connection: &mut SqliteConnection, to: &Path) -> diesel::QueryResult<()> {
    // A larger database than memory has room for is copied by way of the disk.
    connection.batch_execute("PRAGMA temp_store = FILE")?;
    sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(to.display().to_string()).execute(connection)?;
    Ok(())
}

/// Refuses a database that holds anything.
///
/// # Errors
/// What is there, and what to do.
pub fn must_be_empty(database: &DatabaseUrl) -> Result<(), String> {
    match database {
        DatabaseUrl::Sqlite(path) => {
            for end in ["", "-wal"] {
                let path = format!("{path}{end}");
                if std::fs::metadata(&path).is_ok_and(|file| file.len() > 0) {
                    return Err(format!(
                        "{path} is there: stop all processes, and move it with its -wal and -shm away"
                    ));
                }
            }
            Ok(())
        }
        DatabaseUrl::Postgres(_) => {
            let AnyConnection::Postgres(mut connection) =
                AnyConnection::open(database).map_err(|error| error.to_string())?
            else {
                return Err("the database is not on PostgreSQL".to_owned());
            };
            let tables =
                "SELECT count(*) AS count FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))";
            let found: Count = sql_query(tables).get_result(&mut connection).map_err(|error| error.to_string())?;
            if found.count > 0 {
                return Err(format!(
                    "the database of DATABASE_URL has {} tables: stop all processes, and name an empty one",
                    found.count
                ));
            }
            Ok(())
        }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Brings a copy into an empty database and does `finish` on it. A SQLite file is at its place only when `finish` has ended.
///
/// # Errors
/// What went wrong, in words.
pub fn load(
    from: &Path,
    to: &DatabaseUrl,
    finish: impl FnOnce(&mut AnyConnection) -> Result<(), String>,
) -> Result<(), String> {
    match to {
        DatabaseUrl::Sqlite(path) => {
            let place = PathBuf::from(path);
            let mut name = place.file_name().ok_or("DATABASE_URL names no file")?.to_owned();
            name.push(".part");
            let part = place.with_file_name(name);
            copy_private(from, &part).map_err(|error| format!("{}: {error}", part.display()))?;
            let mut connection = AnyConnection::open(&DatabaseUrl::Sqlite(part.display().to_string()))
                .map_err(|error| error.to_string())?;
            finish(&mut connection)?;
            // Without a log beside it, so that the one file is all.
            if let AnyConnection::Sqlite(inner) = &mut connection {
                inner
                    .batch_execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
                    .map_err(|error| error.to_string())?;
            }
            drop(connection);
            let placed =
                File::open(&part).and_then(|file| file.sync_all()).and_then(|()| std::fs::rename(&part, &place));
            placed.map_err(|error| format!("{}: {error}", place.display()))
        }
        DatabaseUrl::Postgres(url) => {
            let options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"];
            let mut arguments: Vec<std::ffi::OsString> = options.iter().map(Into::into).collect();
            arguments.push(from.into());
            run("pg_restore", url, &arguments)?;
            finish(&mut AnyConnection::open(to).map_err(|error| error.to_string())?)
        }
    }
}

/// Only who runs the server may read it.
fn copy_private(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut target = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to)?;
    std::io::copy(&mut File::open(from)?, &mut target)?;
    target.sync_all()
}

/// Runs a program of PostgreSQL. The password goes by the environment: everybody on the machine sees the arguments of programs.
fn run(program: &str, url: &str, arguments: &[std::ffi::OsString]) -> Result<(), String> {
    let (url, password) = without_password(url);
    let mut command = Command::new(program);
    command.arg(format!("--dbname={url}")).args(arguments);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let ended = command.output().map_err(|error| {
        format!("{program} cannot be run ({error}): install the client programs of PostgreSQL, of the server's version or a newer one")
    })?;
    if ended.status.success() {
        return Ok(());
    }
    Err(format!("{program} failed: {}", String::from_utf8_lossy(&ended.stderr).trim()))
}

/// A URL without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let mut password = None;
    let mut told = authority.to_owned();
    if let Some((who, host)) = authority.rsplit_once('@')
        && let Some((user, secret)) = who.split_once(':')
    {
        password = Some(decoded(secret));
        told = format!("{user}@{host}");
    }
    let Some((path, query)) = path.split_once('?') else { return (format!("{scheme}://{told}{path}"), password) };
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.strip_prefix("password=") {
            Some(secret) => password = Some(decoded(secret)),
            None => kept.push(pair),
        }
    }
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    (format!("{scheme}://{told}{path}{query}"), password)
}

/// Each `%xx` as its byte, as libpq reads it.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_stands_among_the_arguments() {
        for (url, told, password) in [
            (
                "postgres://otinish:s%40fe%3Aty@db.example/otinish",
                "postgres://otinish@db.example/otinish",
                Some("s@fe:ty"),
            ),
            ("postgres://otinish@db.example/otinish", "postgres://otinish@db.example/otinish", None),
            ("postgres://db.example", "postgres://db.example", None),
            ("postgresql://a:b@h:5433/d?sslmode=require", "postgresql://a@h:5433/d?sslmode=require", Some("b")),
            ("postgres://h/d?password=b&sslmode=require", "postgres://h/d?sslmode=require", Some("b")),
            ("postgres://a:5%@h/d", "postgres://a@h/d", Some("5%")),
            ("postgres://a:b@h?password=c", "postgres://a@h", Some("c")),
        ] {
            assert_eq!(without_password(url), (told.to_owned(), password.map(str::to_owned)), "{url}");
        }
    }
}
