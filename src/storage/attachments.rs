//! Rows of `attachments`: the files that came with requests. What is in them lies in the object store.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::attachments;
use crate::domain::scan::ScanState;

/// A file of a request.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = attachments)]
#[allow(missing_docs)]
pub struct AttachmentRow {
    pub id: String,
    pub request_id: String,
    /// Its place among the files of the request, from 1.
    pub seq: i64,
    pub at: NaiveDateTime,
    /// Where it lies in the object store.
    pub object: String,
    pub media_type: String,
    /// In bytes, before it was sealed.
    pub size: i64,
    /// What the virus scanner said.
    pub scan: ScanState,
    /// When the scanner is asked again.
    pub next_scan_at: Option<NaiveDateTime>,
    pub uploader_kind: String,
    pub uploader_id: Option<String>,
    pub sealed_name: Option<Vec<u8>>,
    pub sealed_sha256: Option<Vec<u8>>,
}

/// Stores the row of a file whose object is stored.
///
/// # Errors
/// Those of the database.
pub fn insert(connection: &mut AnyConnection, row: &AttachmentRow) -> QueryResult<()> {
    diesel::insert_into(attachments::table).values(row).execute(connection)?;
    Ok(())
}

/// The files of a request, in the order in which they came.
///
/// # Errors
/// Those of the database.
pub fn of_request(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<AttachmentRow>> {
    attachments::table
        .filter(attachments::request_id.eq(request_id))
        .order(attachments::seq)
        .select(AttachmentRow::as_select())
        .load(connection)
}

/// The file of a request with this id.
///
/// # Errors
/// Those of the database.
pub fn by_id(connection: &mut AnyConnection, request_id: &str, id: &str) -> QueryResult<Option<AttachmentRow>> {
    attachments::table
        .find(id)
        .filter(attachments::request_id.eq(request_id))
        .select(AttachmentRow::as_select())
        .first(connection)
        .optional()
}

/// How many files a request has.
///
/// # Errors
/// Those of the database.
pub fn count(connection: &mut AnyConnection, request_id: &str) -> QueryResult<i64> {
    attachments::table.filter(attachments::request_id.eq(request_id)).count().get_result(connection)
}

/// Where the files of a request lie in the object store.
///
/// # Errors
/// Those of the database.
pub fn objects_of(connection: &mut AnyConnection, request_id: &str) -> QueryResult<Vec<String>> {
    attachments::table
        .filter(attachments::request_id.eq(request_id))
        .order(attachments::seq)
        .select(attachments::object)
        .load(connection)
}

/// Which of these objects belong to a file.
///
/// # Errors
/// Those of the database.
pub fn known_objects(connection: &mut AnyConnection, objects: &[String]) -> QueryResult<Vec<String>> {
    attachments::table.filter(attachments::object.eq_any(objects)).select(attachments::object).load(connection)
}

/// The file that waits longest to be scanned, if its time has come.
///
/// # Errors
/// Those of the database.
pub fn to_scan(connection: &mut AnyConnection, now: NaiveDateTime) -> QueryResult<Option<AttachmentRow>> {
    attachments::table
        .filter(attachments::next_scan_at.le(now))
        .order((attachments::next_scan_at, attachments::id))
        .select(AttachmentRow::as_select())
        .first(connection)
        .optional()
}

/// Puts off the next scan of a file, if it is still due when `seen` says. Whoever did so has the file until then.
///
/// # Errors
/// Those of the database.
pub fn put_off_scan(
    connection: &mut AnyConnection,
    id: &str,
    seen: Option<NaiveDateTime>,
    until: Option<NaiveDateTime>,
) -> QueryResult<bool> {
    let waiting = attachments::table.find(id).filter(attachments::next_scan_at.eq(seen));
    Ok(diesel::update(waiting).set(attachments::next_scan_at.eq(until)).execute(connection)? == 1)
}

/// Notes what the scanner said of a file, if it is still due when `seen` says.
///
/// # Errors
/// Those of the database.
pub fn note_scan(
    connection: &mut AnyConnection,
    id: &str,
    seen: Option<NaiveDateTime>,
    state: ScanState,
    next: Option<NaiveDateTime>,
) -> QueryResult<bool> {
    let waiting = attachments::table.find(id).filter(attachments::next_scan_at.eq(seen));
    let noted = (attachments::scan.eq(state), attachments::next_scan_at.eq(next));
    Ok(diesel::update(waiting).set(noted).execute(connection)? == 1)
}

/// Whether there are files from before there was a scanner.
///
/// # Errors
/// Those of the database.
pub fn some_not_scanned(connection: &mut AnyConnection) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        attachments::table
            .filter(attachments::scan.eq(ScanState::NotScanned))
            .filter(attachments::sealed_sha256.is_not_null()),
    ))
    .get_result(connection)
}

/// Lets files from before there was a scanner wait for it.
///
/// # Errors
/// Those of the database.
pub fn let_all_be_scanned(connection: &mut AnyConnection, now: NaiveDateTime) -> QueryResult<usize> {
    diesel::update(
        attachments::table
            .filter(attachments::scan.eq(ScanState::NotScanned))
            .filter(attachments::sealed_sha256.is_not_null()),
    )
    .set((attachments::scan.eq(ScanState::Unscanned), attachments::next_scan_at.eq(now)))
    .execute(connection)
}
