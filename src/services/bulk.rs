//! One action on many requests: each in a transaction of its own, by the same way as a single one.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;
use utoipa::ToSchema;

use super::actions::{AssignForm, ReasonForm, StaffAction, apply};
use super::error::{Refusal, ServiceError};
use super::mail_desk;
use super::requester::{checked_text, reference};
use super::sign_in::Member;
use crate::app::App;
use crate::domain::intake::FieldError;

/// The most requests of one call.
pub const MOST_ITEMS: usize = 500;

/// The most mails that one call sends to a new assignee. Whoever is given more finds them in the queue.
const MOST_MAILS: usize = 10;

/// A request with the version that the caller saw.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenItem {
    /// Its reference.
    pub reference: String,
    /// The version that the caller saw.
    pub version: i64,
}

/// A request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedItem {
    /// Its reference.
    pub reference: String,
}

/// Who is to have the requests.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkAssignForm {
    /// 1 to 500 requests, each once.
    #[schema(min_items = 1, max_items = 500)]
    pub items: Vec<SeenItem>,
    /// `me`, a member's id, or null for nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    pub assignee: Option<String>,
}

/// Which requests are none, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkDismissForm {
    /// 1 to 500 requests, each once.
    #[schema(min_items = 1, max_items = 500)]
    pub items: Vec<SeenItem>,
    /// In own words.
    pub reason: String,
}

/// Whose dead letters are to be sent again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkResendForm {
    /// 1 to 500 requests, each once.
    #[schema(min_items = 1, max_items = 500)]
    pub items: Vec<NamedItem>,
}

/// A request on which the action was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// The version that stands now.
    pub version: i64,
    /// How many mails were sent again, for `resend`.
    pub resent: Option<usize>,
}

/// What became of one request.
#[derive(Debug)]
pub struct ItemResult {
    /// The request, as it was named.
    pub reference: String,
    /// Done, or why not.
    pub result: Result<Done, ServiceError>,
}

/// Assigns each request. A colleague who is given many gets mails about the first ten, and finds the others in the queue.
///
/// # Errors
/// `Invalid` for a list that cannot be worked through; what is wrong with one request is in its result.
pub async fn assign(app: &Arc<App>, member: Member, form: BulkAssignForm) -> Result<Vec<ItemResult>, ServiceError> {
    check_items(form.items.iter().map(|item| item.reference.as_str()))?;
    let mut given = 0;
    let results = each(form.items, async |item: &SeenItem| {
        let assign = AssignForm { assignee: form.assignee.clone(), quietly: given >= MOST_MAILS };
        let done = act(app, &member, item, StaffAction::Assign(assign)).await?;
        given += usize::from(done.version != item.version);
        Ok(done)
    })
    .await;
    app.wake_worker();
    Ok(results)
}

/// Dismisses each request for the same reason.
///
/// # Errors
/// As [`assign`]; `Invalid` for a reason that cannot be taken.
pub async fn dismiss(app: &Arc<App>, member: Member, form: BulkDismissForm) -> Result<Vec<ItemResult>, ServiceError> {
    check_items(form.items.iter().map(|item| item.reference.as_str()))?;
    checked_text("/reason", &form.reason)?;
    let results = each(form.items, async |item: &SeenItem| {
        act(app, &member, item, StaffAction::Dismiss(ReasonForm { reason: form.reason.clone() })).await
    })
    .await;
    app.wake_worker();
    Ok(results)
}

/// Sends the dead letters of each request again.
///
/// # Errors
/// As [`assign`].
pub async fn resend(app: &Arc<App>, member: Member, form: BulkResendForm) -> Result<Vec<ItemResult>, ServiceError> {
    check_items(form.items.iter().map(|item| item.reference.as_str()))?;
    Ok(each(form.items, async |item: &NamedItem| resend_dead_letters(app, &member, &item.reference).await).await)
}

/// Something that names a request.
trait Named {
    fn named(self) -> String;
}

impl Named for SeenItem {
    fn named(self) -> String {
        self.reference
    }
}

impl Named for NamedItem {
    fn named(self) -> String {
        self.reference
    }
}

/// Does `work` for one item after the other. When the database goes away, what is left is not tried any more.
async fn each<I: Named>(items: Vec<I>, mut work: impl AsyncFnMut(&I) -> Result<Done, ServiceError>) -> Vec<ItemResult> {
    let mut results = Vec::with_capacity(items.len());
    let mut gone = false;
    for item in items {
        let result = if gone { Err(ServiceError::from(Refusal::new("unavailable", 503))) } else { work(&item).await };
        gone |= matches!(result, Err(ServiceError::Unavailable(_)));
        results.push(ItemResult { reference: item.named(), result });
    }
    results
}

/// From 1 to 500 requests, none of them twice.
fn check_items<'i>(typed: impl ExactSizeIterator<Item = &'i str>) -> Result<(), ServiceError> {
    match typed.len() {
        0 => return Err(ServiceError::field("/items", "required")),
        1..=MOST_ITEMS => {}
        _ => return Err(ServiceError::field("/items", "too_many").map_args("max", MOST_ITEMS)),
    }
    let mut seen = HashSet::new();
    let again = typed.enumerate().filter_map(|(place, typed)| {
        let same = reference(typed).unwrap_or_else(|_| typed.to_owned());
        (!seen.insert(same)).then(|| FieldError::new(format!("/items/{place}/reference"), "duplicate"))
    });
    let mistakes: Vec<FieldError> = again.collect();
    if mistakes.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(mistakes)) }
}

async fn act(app: &Arc<App>, member: &Member, item: &SeenItem, action: StaffAction) -> Result<Done, ServiceError> {
    let (process, member) = (Arc::clone(app), member.clone());
    let (reference, version) = (reference(&item.reference)?, item.version);
    app.db
        .write("bulk_action", move |tx| {
            let (row, _) = apply(&process, tx, &member, &reference, Some(version), action)?;
            Ok(Done { version: row.version, resent: None })
        })
        .await
}

async fn resend_dead_letters(app: &Arc<App>, member: &Member, typed: &str) -> Result<Done, ServiceError> {
    let (version, mails) = mail_desk::resend_dead_of_request(app, member.clone(), reference(typed)?).await?;
    Ok(Done { version, resent: Some(mails.len()) })
}
