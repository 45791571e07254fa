//! How many requests there are, from counters that triggers keep (`docs/adr/0008-queue-counters.md`).

use diesel::prelude::*;

use super::super::schema::queue_counts;
use super::super::{AnyConnection, follow_one_another};

/// With more lines than these the counters are summed up: some hundred are there anyway.
const MANY: i64 = 2_000;

crate::vocabulary! {
    /// What is counted.
    Facet {
        /// Requests by status; the value is the status.
        Status = "status",
        /// Open requests by kind; the value is the kind.
        Kind = "kind",
        /// Open requests that nobody has; the value is empty.
        Unassigned = "unassigned",
        /// Requests with a headline by its last day; the value is the day, as `2026-11-25`.
        Due = "due",
    }
}

/// The counters of some operators: `(facet, value, number)`. One value may come in several lines, which are to be summed up.
///
/// # Errors
/// Those of the database.
pub fn counts(connection: &mut AnyConnection, operators: &[String]) -> QueryResult<Vec<(Facet, String, i64)>> {
    let lines: Vec<(String, String, i64)> = queue_counts::table
        .filter(queue_counts::operator_id.eq_any(operators))
        .select((queue_counts::facet, queue_counts::value, queue_counts::n))
        .load(connection)?;
    Ok(lines.into_iter().filter_map(|(facet, value, n)| Some((Facet::parse(&facet)?, value, n))).collect())
}

/// Whether there are so many lines that they should be summed up.
///
/// # Errors
/// Those of the database.
pub fn counts_are_long(connection: &mut AnyConnection) -> QueryResult<bool> {
    let beyond: Option<String> =
        queue_counts::table.select(queue_counts::operator_id).offset(MANY).first(connection).optional()?;
    Ok(beyond.is_some())
}

/// Sums the lines up and forgets values of which there is nothing left. Nobody who reads at the same time sees another number.
///
/// # Errors
/// Those of the database.
pub fn compact_counts(connection: &mut AnyConnection) -> QueryResult<()> {
    follow_one_another(connection, b"counts")?;
    match connection {
        AnyConnection::Sqlite(inner) => {
            diesel::delete(queue_counts::table.filter(queue_counts::n.eq(0))).execute(inner)?;
        }
        AnyConnection::Postgres(inner) => {
            diesel::sql_query(
                "WITH lines AS (DELETE FROM queue_counts RETURNING operator_id, facet, value, n) \
                 INSERT INTO queue_counts (operator_id, facet, value, n) \
                 SELECT operator_id, facet, value, sum(n) FROM lines GROUP BY operator_id, facet, value HAVING sum(n) <> 0",
            )
            .execute(inner)?;
        }
    }
    Ok(())
}
