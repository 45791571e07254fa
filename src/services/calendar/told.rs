//! Colleagues hear of deadlines that moved nearer: one mail to each, however many there are.

use std::collections::BTreeMap;

use super::recount::{Cause, Move, RequestPlan};
use crate::mail::compose::{DeskMail, NearerLine};
use crate::services::case::responsible;
use crate::services::error::ServiceError;
use crate::services::staff_mail::{write_desk_mail, write_to_head};
use crate::storage::AnyConnection;
use crate::storage::staff::StaffRow;

/// So many deadlines are listed in one mail.
const LISTED: usize = 20;

/// Moved clocks, each with its request.
type Moved<'a> = Vec<(&'a RequestPlan, &'a Move)>;
/// By operator, and by who has the request or by who reads the mail.
type By<'a, Who, What> = BTreeMap<(&'a str, Who), What>;

/// Writes to whoever works on one of the requests today, or to the DPOs where nobody has it, else to the head contact, about the
/// clocks that moved nearer.
pub(super) fn tell(cause: &Cause<'_>, tx: &mut AnyConnection, written: &[RequestPlan]) -> Result<(), ServiceError> {
    let mut by_owner: By<'_, Option<&str>, Moved<'_>> = By::new();
    for request in written {
        for moved in request.moves.iter().filter(|moved| moved.to < moved.from) {
            by_owner.entry((&request.operator_id, request.assignee_id.as_deref())).or_default().push((request, moved));
        }
    }
    let mut by_reader: By<'_, String, (StaffRow, Moved<'_>)> = By::new();
    for ((operator_id, assignee_id), moves) in by_owner {
        let members = responsible(tx, cause.now, operator_id, assignee_id)?;
        if members.is_empty() {
            let (count, lines) = listed(cause, moves);
            let mail = DeskMail::Nearer { source: cause.source, count, lines: &lines };
            write_to_head(cause.app, tx, cause.now, operator_id, "deadlines_nearer", &mail)?;
            continue;
        }
        for member in members {
            let key = (operator_id, member.id.clone());
            by_reader.entry(key).or_insert_with(|| (member, Vec::new())).1.extend(moves.iter().copied());
        }
    }
    for ((operator_id, _), (member, moves)) in by_reader {
        let (count, lines) = listed(cause, moves);
        let mail = DeskMail::Nearer { source: cause.source, count, lines: &lines };
        write_desk_mail(cause.app, tx, cause.now, operator_id, &member, "deadlines_nearer", &mail)?;
    }
    Ok(())
}

/// How many there are, and the first of them: what is due first stands first.
fn listed(cause: &Cause<'_>, mut moves: Moved<'_>) -> (usize, Vec<NearerLine>) {
    moves.sort_by(|(one, left), (other, right)| (left.to, &one.reference).cmp(&(right.to, &other.reference)));
    (moves.len(), moves.iter().take(LISTED).map(|(request, moved)| line(cause, request, moved)).collect())
}

fn line(cause: &Cause<'_>, request: &RequestPlan, moved: &Move) -> NearerLine {
    NearerLine {
        reference: request.reference.clone(),
        clock: moved.clock,
        from: moved.from,
        to: moved.to,
        link: format!("{}/staff/requests/{}", cause.app.settings.public_url, request.reference),
    }
}
