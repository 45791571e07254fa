//! The year with its days off; administrators change a day after a look at which deadlines would move.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use super::account::done_text;
use super::ask::Ask;
use super::nav::Nav;
use super::panel::{Panel, Wrongs};
use super::queue::operator_name;
use super::session::Staff;
use crate::domain::almaty;
use crate::domain::calendar::{Calendar, DayEntry};
use crate::domain::vocabulary::{Certainty, Localized};
use crate::http::api::AppData;
use crate::http::pages::chrome::{Chrome, page, see_other};
use crate::http::pages::form::Fields;
use crate::http::pages::input::Control;
use crate::http::problem::ApiError;
use crate::services::calendar::{
    self, CalendarChange, CertaintyForm, DayForm, DayName, RevisionView, confirm_year, latest, put_day,
};
use crate::services::error::ServiceError;
use crate::services::sign_in::Member;

/// So many moved deadlines are listed on the page; the API lists all.
const LISTED: usize = 50;
/// So many revisions are shown.
const REVISIONS: i64 = 10;

/// A day on the page; nothing before the first one of a month.
struct Day {
    number: u32,
    is_off: bool,
    /// It differs from a plain week.
    is_special: bool,
    is_today: bool,
    /// What it is called; empty for a plain one.
    name: String,
}

struct Month {
    name: String,
    weeks: Vec<Vec<Option<Day>>>,
}

/// A deadline that moves.
struct Move {
    reference: String,
    what: String,
    operator: String,
    from: String,
    to: String,
    is_nearer: bool,
}

/// What a change would do.
struct Preview {
    headline: String,
    nearer: String,
    moves: Vec<Move>,
    more: String,
    hidden: Vec<(String, String)>,
    changes: bool,
}

/// A revision in words.
struct Revision {
    what: String,
    source: String,
    at: String,
}

#[derive(Template)]
#[template(path = "pages/staff/calendar.html")]
struct Page {
    p: Chrome,
    nav: Nav,
    done: String,
    year: i32,
    years: Vec<i32>,
    certainty: String,
    is_sure: bool,
    source: String,
    weekdays: Vec<(String, String)>,
    months: Vec<Month>,
    /// Day, whether it is worked, and why.
    special: Vec<(String, bool, String)>,
    preview: Option<Preview>,
    panels: Vec<Panel>,
    revisions: Vec<Revision>,
}

/// What a form left to show.
#[derive(Default)]
struct Left {
    wrong: Option<(&'static str, Wrongs)>,
    change: Option<CalendarChange>,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .route("/calendar", web::get().to(show))
        .route("/calendar/day", web::post().to(change))
        .route("/calendar/year", web::post().to(confirm));
}

async fn show(app: AppData, request: HttpRequest, member: Staff) -> Result<HttpResponse, ApiError> {
    let fields = Fields::of_query(&request);
    render(&app, &request, &member.0, &fields, Left::default()).await
}

async fn render(
    app: &AppData,
    request: &HttpRequest,
    member: &Member,
    fields: &Fields,
    left: Left,
) -> Result<HttpResponse, ApiError> {
    let mut p = Chrome::of(request)?;
    "/staff/calendar".clone_into(&mut p.path);
    let book = latest(app).await?;
    let today = almaty::local_date(app.clock.now());
    let typed = fields.get("date").split('-').next().unwrap_or_default();
    let wished = fields.some("year").unwrap_or(typed).parse().unwrap_or_else(|_| today.year());
    let years: Vec<i32> = book.years().collect();
    let year = if years.contains(&wished) { wished } else { years.last().copied().unwrap_or(wished) };
    let (certainty, source) = book.certainty_of(year).map_err(|_| ServiceError::NotFound)?;
    let entries = book.days_of(year).map_err(|_| ServiceError::NotFound)?;
    p.query = format!("year={year}");
    let special = entries.iter().map(|day| (p.date(&day.date), day.working, day.name.get(p.language).to_owned()));
    let status = left.wrong.as_ref().map_or(StatusCode::OK, |(_, wrongs)| wrongs.status);
    let panels = if member.is_admin { panels(&p, fields, year, &left) } else { Vec::new() };
    let template = Page {
        done: done_text(&p, &Fields::of_query(request)),
        certainty: p.word("console-days", certainty.as_str()),
        is_sure: certainty == Certainty::Verified,
        source: source.to_owned(),
        weekdays: (1..=7).map(|day| weekday(&p, day)).collect(),
        months: (1..=12).filter_map(|month| month_of(&p, &book, &entries, (year, month), today)).collect(),
        special: special.collect(),
        preview: left.change.as_ref().map(|change| preview(&p, change, fields)),
        panels,
        revisions: revisions(app, &p).await?,
        year,
        years,
        nav: Nav::of(&p, member, "/staff/calendar"),
        p,
    };
    page(status, &template)
}

/// A weekday, short and whole.
fn weekday(p: &Chrome, day: u32) -> (String, String) {
    let whole = p.word("weekday", &day.to_string());
    (p.word("console-weekday", &day.to_string()), whole)
}

fn month_of(
    p: &Chrome,
    book: &Calendar,
    entries: &[&DayEntry],
    (year, month): (i32, u32),
    today: NaiveDate,
) -> Option<Month> {
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let special: BTreeMap<_, _> = entries.iter().map(|entry| (entry.date, *entry)).collect();
    let lead = usize::try_from(first.weekday().num_days_from_monday()).unwrap_or_default();
    let mut cells: Vec<Option<Day>> = std::iter::repeat_with(|| None).take(lead).collect();
    for date in first.iter_days().take_while(|date| date.month() == month) {
        let entry = special.get(&date);
        cells.push(Some(Day {
            number: date.day(),
            is_off: !book.is_working(date).ok()?,
            is_special: entry.is_some(),
            is_today: date == today,
            name: entry.map(|entry| entry.name.get(p.language).to_owned()).unwrap_or_default(),
        }));
    }
    while !cells.len().is_multiple_of(7) {
        cells.push(None);
    }
    let mut weeks = Vec::new();
    let mut rest = cells.into_iter();
    loop {
        let week: Vec<_> = rest.by_ref().take(7).collect();
        if week.is_empty() {
            break;
        }
        weeks.push(week);
    }
    Some(Month { name: p.word("console-month", &month.to_string()), weeks })
}

fn panels(p: &Chrome, fields: &Fields, year: i32, left: &Left) -> Vec<Panel> {
    let wrongs = |id: &str| left.wrong.as_ref().filter(|(panel, _)| *panel == id).map(|(_, wrongs)| wrongs);
    let ask = Ask { p, fields };
    let working = ask.choice("working", false, ask.worded("console-working", &["no", "yes"])).with_default();
    let name = |language: &str| ask.line(&format!("name.{language}"), "text").optional();
    let inputs =
        vec![ask.line("date", "date"), working, name("kk"), name("ru"), name("en"), ask.line("source", "text")];
    let day = Panel::new(p, "day", "/staff/calendar/day".to_owned(), inputs);
    let states: Vec<_> = Certainty::ALL.iter().map(|one| one.as_str()).collect();
    let inputs =
        vec![ask.choice("certainty", false, ask.worded("console-days", &states)), ask.line("year_source", "text")];
    let year_panel = Panel::new(p, "year", "/staff/calendar/year".to_owned(), inputs).folded();
    vec![day.wrong(wrongs("day")), year_panel.with("year", year.to_string()).wrong(wrongs("year"))]
}

fn preview(p: &Chrome, change: &CalendarChange, fields: &Fields) -> Preview {
    let count = |key: &str, number: usize| p.tn(key, "count", i64::try_from(number).unwrap_or(i64::MAX));
    let one = |moved: &calendar::MovedClock| Move {
        reference: moved.reference.clone(),
        what: format!("{}: {}", p.word("kind-short", moved.kind.as_str()), p.word("clock", moved.clock.as_str())),
        operator: operator_name(p, &moved.operator),
        from: p.day_month(&moved.from),
        to: p.day_month(&moved.to),
        is_nearer: moved.to < moved.from,
    };
    let kept = ["date", "working", "name.kk", "name.ru", "name.en", "source"];
    let mut hidden: Vec<_> = kept.iter().map(|name| ((*name).to_owned(), fields.get(name).to_owned())).collect();
    hidden.push(("base_revision".to_owned(), change.revision.clone()));
    let day = p.date(&change.date);
    let what = if change.working { "console-day-to-work" } else { "console-day-off" };
    let moves = if change.changed { count("console-moved", change.moved_clocks) } else { p.t("console-day-stands") };
    Preview {
        headline: format!("{} {moves}", p.t1(what, "date", &day)),
        nearer: if change.nearer > 0 { count("console-nearer", change.nearer) } else { String::new() },
        moves: change.moved.iter().take(LISTED).map(one).collect(),
        more: change
            .moved_clocks
            .checked_sub(LISTED)
            .filter(|more| *more > 0)
            .map_or_else(String::new, |more| count("console-moved-more", more)),
        hidden,
        changes: change.changed,
    }
}

async fn revisions(app: &AppData, p: &Chrome) -> Result<Vec<Revision>, ApiError> {
    let found = calendar::revisions(app, Some(REVISIONS), None).await?;
    let one = |revision: RevisionView| Revision {
        what: revision_words(p, &revision.change),
        source: revision.source,
        at: p.moment(&revision.at),
    };
    Ok(found.items.into_iter().map(one).collect())
}

/// What a revision changed.
fn revision_words(p: &Chrome, change: &Value) -> String {
    let text = |place: &str| change.pointer(place).and_then(Value::as_str).unwrap_or_default();
    if let Ok(day) = text("/day/date").parse::<NaiveDate>() {
        let works = change.pointer("/day/working").and_then(Value::as_bool).unwrap_or_default();
        let what = p.t1(if works { "console-day-to-work" } else { "console-day-off" }, "date", &p.date(&day));
        let name = change.pointer(&format!("/day/name/{}", p.language.as_str())).and_then(Value::as_str);
        return name.map_or_else(|| what.clone(), |name| format!("{what} {name}."));
    }
    if let Some(year) = change.pointer("/year/year").and_then(Value::as_i64) {
        return format!("{year}: {}", p.word("console-days", text("/year/certainty")));
    }
    p.t("console-revision-file")
}

/// A day as it was typed.
fn day_form(fields: &Fields) -> Result<(NaiveDate, DayForm), ServiceError> {
    let date = fields.day("date")?;
    let name = |language: &str| fields.get(&format!("name.{language}")).to_owned();
    let name = Localized { kk: name("kk"), ru: name("ru"), en: name("en") };
    let is_named = [&name.kk, &name.ru, &name.en].iter().any(|name| !name.is_empty());
    Ok((
        date,
        DayForm {
            working: fields.get("working") == "yes",
            name: is_named.then_some(DayName::Each(name)),
            source: fields.get("source").to_owned(),
            base_revision: fields.some("base_revision").map(ToOwned::to_owned),
        },
    ))
}

async fn change(app: AppData, request: HttpRequest, member: Staff, fields: Fields) -> Result<HttpResponse, ApiError> {
    let member = member.0;
    member.check_admin()?;
    let is_look = fields.get("go") != "save";
    let tried = match day_form(&fields) {
        Ok((date, form)) => put_day(&app, &member, date, form, is_look).await,
        Err(error) => Err(error),
    };
    match tried {
        Ok(change) if is_look => {
            render(&app, &request, &member, &fields, Left { change: Some(change), wrong: None }).await
        }
        Ok(change) => Ok(see_other(&format!("/staff/calendar?year={}&done=day", change.date.year()))),
        Err(error) => {
            let wrong = Some(("day", Wrongs::of(&app, &request, error)?));
            render(&app, &request, &member, &fields, Left { wrong, change: None }).await
        }
    }
}

async fn confirm(app: AppData, request: HttpRequest, member: Staff, fields: Fields) -> Result<HttpResponse, ApiError> {
    let member = member.0;
    member.check_admin()?;
    let year: i32 = fields.get("year").parse().map_err(|_| ServiceError::NotFound)?;
    let form = Certainty::parse(fields.get("certainty"))
        .map(|certainty| CertaintyForm { certainty, source: fields.get("year_source").to_owned() })
        .ok_or_else(|| ServiceError::field("/certainty", "required"));
    let did = match form {
        Ok(form) => confirm_year(&app, &member, year, form).await.map(drop),
        Err(error) => Err(error),
    };
    match did {
        Ok(()) => Ok(see_other(&format!("/staff/calendar?year={year}&done=year"))),
        Err(error) => {
            let mut wrongs = Wrongs::of(&app, &request, error)?;
            if let Some(text) = wrongs.fields.remove("source") {
                wrongs.fields.insert("year_source".to_owned(), text);
            }
            render(&app, &request, &member, &fields, Left { wrong: Some(("year", wrongs)), change: None }).await
        }
    }
}
