//! The dashboard: how many, how soon, and what comes, as figures and bars.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::nav::Nav;
use super::panel::Wrongs;
use super::queue::operator_name;
use super::session::Staff;
use crate::domain::report::{Counts, Deadlines, Details, Part};
use crate::http::api::AppData;
use crate::http::api::reports::table;
use crate::http::pages::chrome::{Chrome, page};
use crate::http::pages::form::Fields;
use crate::http::problem::ApiError;
use crate::services::error::ServiceError;
use crate::services::reports::{self, ReportQuery, Summary};
use crate::services::sign_in::Member;

/// A bar of a chart, in parts of a hundred.
struct Bar {
    label: String,
    value: String,
    /// What else there is to say; empty without.
    more: String,
    width: u64,
    tone: &'static str,
}

/// A chart with its heading.
struct Chart {
    id: &'static str,
    heading: String,
    lead: String,
    bars: Vec<Bar>,
}

/// A kind or an operator, with its figures.
struct Line {
    name: String,
    received: u64,
    open: u64,
    share: String,
    median: String,
    p95: String,
}

#[derive(Template)]
#[template(path = "pages/staff/reports.html")]
struct Page {
    p: Chrome,
    nav: Nav,
    from: String,
    to: String,
    operators: Vec<(String, String, bool)>,
    mistake: String,
    figures: Vec<(String, String)>,
    charts: Vec<Chart>,
    /// Heading and lines of each table.
    tables: Vec<(&'static str, String, Vec<Line>)>,
    csv: String,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config.route("/reports", web::get().to(show)).route("/reports/requests.csv", web::get().to(download));
}

/// The period of an address. An empty field is none.
fn query_of(fields: &Fields) -> Result<ReportQuery, ServiceError> {
    let day = |name: &str| fields.some(name).map(|_| fields.day(name)).transpose();
    Ok(ReportQuery { from: day("from")?, to: day("to")?, operator: fields.some("operator").map(ToOwned::to_owned) })
}

async fn download(app: AppData, request: HttpRequest, member: Staff) -> Result<HttpResponse, ApiError> {
    table(&app, &member.0, &query_of(&Fields::of_query(&request))?).await
}

async fn show(app: AppData, request: HttpRequest, member: Staff) -> Result<HttpResponse, ApiError> {
    let (fields, member) = (Fields::of_query(&request), member.0);
    let found = match query_of(&fields) {
        Ok(query) => reports::summary(&app, member.clone(), query).await,
        Err(error) => Err(error),
    };
    let p = Chrome::of(&request)?;
    match found {
        Ok(summary) => render(p, &member, &fields, Some(&summary), String::new(), StatusCode::OK),
        Err(error @ ServiceError::Invalid(_)) => {
            let wrongs = Wrongs::of(&app, &request, error)?;
            let text = wrongs.fields.into_values().next().unwrap_or(wrongs.detail);
            render(p, &member, &fields, None, text, wrongs.status)
        }
        Err(error) => Err(error.into()),
    }
}

fn render(
    p: Chrome,
    member: &Member,
    fields: &Fields,
    summary: Option<&Summary>,
    mistake: String,
    status: StatusCode,
) -> Result<HttpResponse, ApiError> {
    let day = |name: &str, of: fn(&Summary) -> NaiveDate| {
        summary.map_or_else(|| fields.get(name).to_owned(), |summary| of(summary).to_string())
    };
    let (from, to) = (day("from", |summary| summary.from), day("to", |summary| summary.to));
    let own = member.operators_with(crate::domain::permission::Permission::SeeQueue);
    let chosen = fields.get("operator");
    let operators = own.iter().map(|id| (id.clone(), operator_name(&p, id), id == chosen)).collect();
    let details = summary.and_then(|summary| summary.details.as_ref());
    let csv = format!("/staff/reports/requests.csv?from={from}&to={to}");
    let csv = if own.iter().any(|id| id == chosen) { format!("{csv}&operator={chosen}") } else { csv };
    let template = Page {
        figures: summary.map(|summary| figures(&p, summary)).unwrap_or_default(),
        charts: summary.map(|summary| charts(&p, &summary.counts, details)).unwrap_or_default(),
        tables: details.map(|details| tables(&p, details)).unwrap_or_default(),
        csv: if details.is_some() { csv } else { String::new() },
        operators,
        mistake,
        from,
        to,
        nav: Nav::of(&p, member, "/staff/reports"),
        p,
    };
    page(status, &template)
}

fn percent(deadlines: &Deadlines) -> String {
    deadlines.share_in_time.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

fn days(p: &Chrome, days: Option<i64>) -> String {
    days.map_or_else(|| "–".to_owned(), |days| p.tn("console-days-count", "days", days))
}

fn figures(p: &Chrome, summary: &Summary) -> Vec<(String, String)> {
    let counts = &summary.counts;
    let mut all = vec![
        ("received", counts.received.to_string()),
        ("open", counts.open.to_string()),
        ("overdue", counts.overdue.to_string()),
        ("answered", counts.answered.to_string()),
    ];
    if let Some(details) = &summary.details {
        all.push(("share", percent(&details.requests)));
        all.push(("median", days(p, details.days.median)));
        all.push(("p95", days(p, details.days.p95)));
    }
    all.into_iter().map(|(name, value)| (p.word("console-figure", name), value)).collect()
}

/// Bars whose lengths are in proportion to the longest one.
fn bars(values: Vec<(String, u64, &'static str)>) -> Vec<Bar> {
    let most = values.iter().map(|(_, value, _)| *value).max().unwrap_or_default().max(1);
    let bar = |(label, value, tone): (String, u64, &'static str)| Bar {
        label,
        value: value.to_string(),
        more: String::new(),
        width: value * 100 / most,
        tone,
    };
    values.into_iter().map(bar).collect()
}

fn charts(p: &Chrome, counts: &Counts, details: Option<&Details>) -> Vec<Chart> {
    let chart = |id: &'static str, bars: Vec<Bar>| {
        let lead = format!("console-chart-{id}-lead");
        let lead = if p.app.texts.has(&lead) { p.t(&lead) } else { String::new() };
        Chart { id, heading: p.word("console-chart", id), lead, bars }
    };
    let worded = |prefix: &str, of: &std::collections::BTreeMap<&'static str, u64>| {
        let mut all: Vec<_> = of.iter().map(|(name, count)| (p.word(prefix, name), *count, "accent")).collect();
        all.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
        bars(all)
    };
    let mut charts = Vec::new();
    if let Some(details) = details {
        charts.push(chart("due", bars(due(p, details))));
        charts.push(chart("clocks", clocks(p, details)));
    }
    charts.push(chart("kind", worded("kind-short", &counts.kind)));
    charts.push(chart("status", worded("status-staff", &counts.status)));
    charts.push(chart("channel", worded("channel", &counts.channel)));
    charts.push(chart("outcome", worded("outcome", &counts.outcome)));
    if let Some(details) = details {
        let mut all: Vec<_> =
            details.refusals.iter().map(|(code, count)| (ground_name(p, code), *count, "accent")).collect();
        all.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
        charts.push(chart("refusals", bars(all)));
    }
    charts.retain(|chart| !chart.bars.is_empty());
    charts
}

/// The name of a ground as the rule sets have it.
fn ground_name(p: &Chrome, code: &str) -> String {
    let known = p.app.rules.latest().refusal_ground(code);
    known.map_or_else(|| code.to_owned(), |ground| ground.title.get(p.language).to_owned())
}

fn due(p: &Chrome, details: &Details) -> Vec<(String, u64, &'static str)> {
    let one = |week: &crate::domain::report::Week| {
        let label = week.monday.map_or_else(
            || p.word("console-due", week.what),
            |monday| p.t1("console-due-week", "date", &p.day_month(&monday)),
        );
        (label, week.open, if week.what == "overdue" { "alarm" } else { "accent" })
    };
    details.due.iter().map(one).collect()
}

fn clocks(p: &Chrome, details: &Details) -> Vec<Bar> {
    let one = |(name, of): (&&'static str, &Deadlines)| {
        let decided = of.in_time + of.late;
        let width = (of.in_time * 100).checked_div(decided).unwrap_or_default();
        let count = |key: &str, number: u64| p.tn(key, "count", i64::try_from(number).unwrap_or(i64::MAX));
        Bar {
            label: p.word("clock", name),
            value: percent(of),
            more: format!("{} · {}", count("console-kept", of.in_time), count("console-late", of.late)),
            width,
            tone: if of.late > 0 { "sun" } else { "good" },
        }
    };
    details.clocks.iter().filter(|(_, of)| of.in_time + of.late > 0).map(one).collect()
}

fn tables(p: &Chrome, details: &Details) -> Vec<(&'static str, String, Vec<Line>)> {
    let line = |name: String, part: &Part| Line {
        name,
        received: part.received,
        open: part.open,
        share: percent(&part.requests),
        median: days(p, part.days.median),
        p95: days(p, part.days.p95),
    };
    let kinds: Vec<_> = details.kind.iter().map(|(kind, part)| line(p.word("kind-short", kind), part)).collect();
    let operators: Vec<_> = details.operator.iter().map(|(id, part)| line(operator_name(p, id), part)).collect();
    let mut tables = vec![("by-kind", p.t("console-by-kind"), kinds)];
    if operators.len() > 1 {
        tables.push(("by-operator", p.t("console-by-operator"), operators));
    }
    tables.retain(|(.., lines)| !lines.is_empty());
    tables
}
