//! Reports for those who oversee and audit: what happened to the requests of a period, as figures and as a table.

use std::sync::Arc;

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::desk::day_of;
use super::error::ServiceError;
use super::sign_in::Member;
use crate::app::App;
use crate::domain::almaty;
use crate::domain::permission::Permission;
use crate::domain::report::{Counts, Details, Kept, Reporter, RequestFacts};
use crate::domain::vocabulary::ClockName;
use crate::storage::reports::{self, Period};

/// The longest period, in days.
const MOST_DAYS: i64 = 1_100;

/// Which requests are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The first local day of receipt; a year before `to` when absent.
    pub from: Option<NaiveDate>,
    /// The last local day of receipt; today when absent.
    pub to: Option<NaiveDate>,
    /// An operator's id; all of the member's when absent.
    pub operator: Option<String>,
}

/// A report on the requests that were received in a period.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Summary {
    /// The first local day.
    pub from: NaiveDate,
    /// The last local day.
    pub to: NaiveDate,
    /// How things stood at this moment.
    pub at: DateTime<Utc>,
    /// How many.
    pub counts: Counts,
    /// Deadlines, days and grounds at the operators where the member is DPO or auditor; null where there is none.
    pub details: Option<Details>,
}

struct Wanted {
    from: NaiveDate,
    to: NaiveDate,
    period: Period,
}

fn wanted(app: &App, member: &Member, query: &ReportQuery, needed: Permission) -> Result<Wanted, ServiceError> {
    let mut operators = member.operators_with(needed);
    if operators.is_empty() {
        return Err(ServiceError::forbidden());
    }
    if let Some(operator) = query.operator.as_deref().filter(|operator| !operator.is_empty()) {
        // Those of others do not exist.
        operators.retain(|own| own == operator);
        if operators.is_empty() {
            return Err(ServiceError::NotFound);
        }
    }
    let to = day_of("/query/to", query.to)?.unwrap_or_else(|| almaty::local_date(app.clock.now()));
    let year_before = to.checked_sub_months(Months::new(12)).and_then(|day| day.succ_opt()).unwrap_or(to);
    let from = day_of("/query/from", query.from)?.unwrap_or(year_before);
    if from > to {
        return Err(ServiceError::field("/query/from", "period_order"));
    }
    if (to - from).num_days() > MOST_DAYS {
        return Err(ServiceError::field("/query/from", "period_too_long").map_args("max", MOST_DAYS));
    }
    let start = |day: NaiveDate| almaty::at_local(day, 0, 0).naive_utc();
    let period = Period { operators, from: start(from), before: start(to + Days::new(1)) };
    Ok(Wanted { from, to, period })
}

/// The figures of a period. Agents get counts; DPOs and auditors everything.
///
/// # Errors
/// `forbidden` for whoever has no operator's role; `NotFound` for an operator of others; `Invalid` for a period that cannot be.
pub async fn summary(app: &Arc<App>, member: Member, query: ReportQuery) -> Result<Summary, ServiceError> {
    let Wanted { from, to, period } = wanted(app, &member, &query, Permission::SeeQueue)?;
    let mut whole = member.operators_with(Permission::SeeReports);
    whole.retain(|operator| period.operators.contains(operator));
    let now = app.clock.now();
    let mut reporter = Reporter::new(now);
    let mut after = String::new();
    while let Some((last, facts)) = next(app, &period, after).await? {
        for one in &facts {
            reporter.add(one, whole.contains(&one.operator));
        }
        after = last;
    }
    let has_details = !whole.is_empty();
    let (counts, details) = reporter.finish(whole);
    Ok(Summary { from, to, at: now, counts, details: has_details.then_some(details) })
}

async fn next(
    app: &Arc<App>,
    period: &Period,
    after: String,
) -> Result<Option<(String, Vec<RequestFacts>)>, ServiceError> {
    let period = period.clone();
    app.db.read("report", move |connection| Ok(reports::page(connection, &period, &after)?)).await
}

/// A table of requests, read part by part: `None` of a part is its end.
#[derive(Debug)]
pub struct Table {
    app: Arc<App>,
    period: Period,
    after: Option<String>,
    now: DateTime<Utc>,
}

/// The first line of the table.
const HEAD: &str =
    "reference,operator,kind,status,channel,received_on,answered_on,days,outcome,grounds,kept,due_on,consumer";

/// Begins the table of a period, for DPOs and auditors.
///
/// # Errors
/// As [`summary`]; `forbidden` for agents.
pub fn table(app: &Arc<App>, member: &Member, query: &ReportQuery) -> Result<Table, ServiceError> {
    let Wanted { period, .. } = wanted(app, member, query, Permission::SeeReports)?;
    Ok(Table { app: Arc::clone(app), period, after: None, now: app.clock.now() })
}

impl Table {
    /// The next part, in the form of RFC 4180; the first one begins with the names of the columns.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn part(&mut self) -> Result<Option<String>, ServiceError> {
        let is_first = self.after.is_none();
        let mut text = if is_first { first_line() } else { String::new() };
        match next(&self.app, &self.period, self.after.clone().unwrap_or_default()).await? {
            Some((last, facts)) => {
                self.after = Some(last);
                text.extend(facts.iter().map(|one| line(one, self.now)));
                Ok(Some(text))
            }
            None if is_first => {
                // Past every id, so that the next part is the end.
                self.after = Some("~".to_owned());
                Ok(Some(text))
            }
            None => Ok(None),
        }
    }
}

fn first_line() -> String {
    let clocks: Vec<String> = ClockName::ALL.iter().map(|name| format!("clock_{}", name.as_str())).collect();
    format!("{HEAD},{}\r\n", clocks.join(","))
}

const fn kept_as_str(kept: Kept) -> &'static str {
    match kept {
        Kept::InTime => "in_time",
        Kept::Late => "late",
        Kept::Open => "open",
    }
}

/// A request as a line. All values are names, dates and numbers of the product, so that none needs to be quoted.
fn line(facts: &RequestFacts, now: DateTime<Utc>) -> String {
    let day = |at: DateTime<Utc>| almaty::local_date(at).to_string();
    let mut cells = vec![
        facts.reference.clone(),
        facts.operator.clone(),
        facts.kind.as_str().to_owned(),
        facts.status.as_str().to_owned(),
        facts.channel.as_str().to_owned(),
        day(facts.received_at),
        facts.answered_at.map(day).unwrap_or_default(),
        facts.days().map(|days| days.to_string()).unwrap_or_default(),
        facts.outcome.filter(|_| facts.answered_at.is_some()).map(|one| one.as_str().to_owned()).unwrap_or_default(),
        facts.grounds.join(" "),
        kept_as_str(facts.kept(now)).to_owned(),
        facts.due_on.map(|day| day.to_string()).unwrap_or_default(),
        facts.consumer.to_string(),
    ];
    // A clock that ran again counts as the worst of its runs.
    let worst = |name: ClockName| {
        let of_name = facts.clocks.iter().filter(|clock| clock.name == name);
        let kept: Vec<Kept> = of_name.filter_map(|clock| clock.kept(now)).collect();
        let has = |one| kept.contains(&one).then(|| kept_as_str(one));
        has(Kept::Late).or_else(|| has(Kept::Open)).or_else(|| has(Kept::InTime)).unwrap_or_default()
    };
    cells.extend(ClockName::ALL.iter().map(|name| worst(*name).to_owned()));
    format!("{}\r\n", cells.join(","))
}
