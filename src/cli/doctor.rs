//! `otinish doctor`: checks everything that can be wrong before people notice, and says what to mend.

use std::net::IpAddr;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::serve::short_of_approvers;
use crate::app::App;
use crate::clock::Clock;
use crate::data::Data;
use crate::domain::almaty;
use crate::domain::calendar::Calendar;
use crate::domain::vocabulary::Certainty;
use crate::services::audit_check::STALE_AFTER_HOURS;
use crate::services::error::ServiceError;
use crate::services::start::look;
use crate::settings::Settings;
use crate::storage;

/// Files of law are to be compared with their sources at least this often.
const VERIFY_AFTER_DAYS: i64 = 90;
/// Official calendars and orders for the next year come out in autumn.
const FIRST_MONTH_OF_WARNING: u32 = 10;

/// What was found.
#[derive(Default)]
struct Findings {
    good: usize,
    errors: usize,
    warnings: usize,
}

impl Findings {
    fn good(&mut self, what: &str) {
        self.good += 1;
        println!("ok       {what}");
    }

    fn warn(&mut self, what: &str) {
        self.warnings += 1;
        println!("warning  {what}");
    }

    fn error(&mut self, what: &str) {
        self.errors += 1;
        println!("error    {what}");
    }
}

pub(super) async fn run(settings: Settings) -> ExitCode {
    let mut findings = Findings::default();
    let now = Clock::System.now();
    match Data::load(&settings.config_dir) {
        Ok(data) => {
            findings.good("data files: operators, rules, calendars, locales");
            check_data(&data, now, &mut findings);
        }
        Err(error) => findings.error(&error.to_string()),
    }
    check_settings(&settings, &mut findings);
    if findings.errors == 0 {
        match look(settings, Clock::System) {
            Ok(app) => check_running(&app, &mut findings).await,
            Err(error) => findings.error(&error.to_string()),
        }
    }
    println!("{} in order, {} warning(s), {} error(s)", findings.good, findings.warnings, findings.errors);
    if findings.errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn check_data(data: &Data, now: DateTime<Utc>, findings: &mut Findings) {
    let today = almaty::local_date(now);
    let old = |verified: chrono::NaiveDate| (today - verified).num_days() > VERIFY_AFTER_DAYS;
    let latest = data.rules.latest();
    if old(latest.verified_on) {
        findings.warn(&format!(
            "rules/{}.toml was last compared with its sources on {}: look again and set verified_on",
            latest.id, latest.verified_on
        ));
    }
    if old(data.calendar.verified_on()) {
        findings
            .warn(&format!("calendars/kz.toml was last compared with its sources on {}", data.calendar.verified_on()));
    }
    for operator in data.operators.iter().filter(|operator| operator.storage_country != "KZ") {
        findings.warn(&format!(
            "operators/{}.toml: storage_country is {}; Law 94-V 12(2) wants the data stored in Kazakhstan",
            operator.id, operator.storage_country
        ));
    }
}

/// The calendar in force, with what administrators changed: this year must be there, and from October on next year, compared with
/// the orders that move days off.
fn check_calendar(calendar: &Calendar, today: NaiveDate, findings: &mut Findings) {
    match calendar.days_of(today.year()) {
        Ok(_) => findings.good(&format!("calendar {}", calendar.revision())),
        Err(missing) => findings.error(&format!("calendars/kz.toml: {missing}")),
    }
    if today.month() < FIRST_MONTH_OF_WARNING {
        return;
    }
    let next = today.year() + 1;
    match calendar.certainty_of(next) {
        Err(_) => {
            findings.warn(&format!("calendars/kz.toml has no year {next}: terms that reach into it cannot be counted"));
        }
        Ok((Certainty::Inferred, _)) => findings.warn(&format!(
            "the calendar of {next} is only computed: when its official days are known, compare them, change what differs \
             (PUT /api/v1/staff/calendar/<day>), and confirm the year (PUT /api/v1/staff/calendar/years/{next})"
        )),
        Ok(_) => findings.good(&format!("calendar of {next}")),
    }
}

fn check_settings(settings: &Settings, findings: &mut Findings) {
    let host = settings.public_url.split("://").nth(1).unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if local {
        findings.good("PUBLIC_URL is this machine only: a trial");
    } else if settings.smtp_url.is_none() {
        findings.error(
            "PUBLIC_URL is public but SMTP_URL is not set: people would wait for mails that are only files here",
        );
    } else if settings.public_url.starts_with("http://") {
        findings.warn("PUBLIC_URL begins with http://: links in mails carry a secret and need https://");
    }
}

async fn check_running(app: &Arc<App>, findings: &mut Findings) {
    check_calendar(&app.calendar(), almaty::local_date(app.clock.now()), findings);
    findings.good("database and key ring");
    check_checkpoints(app, findings).await;
    check_files(app, findings).await;
    check_scanner(app, findings).await;
    check_oidc(app, findings).await;
    match app.transport.check().await {
        Ok(()) => findings.good(&format!("mail by {}", app.transport.name())),
        Err(failure) => findings.error(&format!("SMTP_URL: the mail server cannot be used ({failure})")),
    }
    match short_of_approvers(app).await {
        Ok((0, _)) => findings.warn("there is no staff yet: otinish staff add"),
        Ok((_, few)) => {
            for operator in &few {
                findings.warn(&format!(
                    "operator {operator}: fewer than two members can approve; add a second DPO, or allow one person in its profile"
                ));
            }
            if few.is_empty() {
                findings.good("staff: every operator with staff has two members who can approve");
            }
        }
        Err(error) => findings.error(&format!("staff: {error}")),
    }
}

/// Files must go into the store, come back and go away again.
async fn check_files(app: &Arc<App>, findings: &mut Findings) {
    let place = &app.settings.files;
    match app.files.probe().await {
        Ok(()) => findings.good(&format!("files in {place}")),
        Err(error) => findings.error(&format!("FILES_URL: {place}: {error}")),
    }
}

/// A scanner that is set should be there: without it files wait.
async fn check_scanner(app: &Arc<App>, findings: &mut Findings) {
    let Some(scanner) = app.scanner.scanner() else { return };
    match scanner.ping().await {
        Ok(()) => findings.good(&format!("virus scanner at {}", scanner.url())),
        Err(error) => findings.error(&format!("CLAMD {}: {error}", scanner.url())),
    }
}

/// The sign-in service should say what it is, and the way back must be one that it may send browsers to.
async fn check_oidc(app: &Arc<App>, findings: &mut Findings) {
    let Some(oidc) = &app.oidc else { return };
    match oidc.probe(app.clock.now()).await {
        Ok(()) => findings.good(&format!("sign-in by {}", oidc.issuer())),
        Err(error) => findings.error(&format!("OIDC_ISSUER {}: {error}", oidc.issuer())),
    }
}

/// Checkpoints come every day, from a worker that has their key.
async fn check_checkpoints(app: &Arc<App>, findings: &mut Findings) {
    if app.vault.audit_key_id().is_none() {
        findings.warn("the key ring has no audit key: no checkpoints are made; see docs/audit.md");
        return;
    }
    let newest = app.db.read("newest_checkpoint", |connection| {
        Ok::<_, ServiceError>(storage::checkpoints::newest(connection)?.map(|newest| newest.at.and_utc()))
    });
    match newest.await {
        Ok(Some(at)) if (app.clock.now() - at).num_hours() >= STALE_AFTER_HOURS => {
            findings.warn(&format!("the newest checkpoint of the audit is of {at}: is a worker running?"));
        }
        Ok(Some(_)) => findings.good("checkpoints of the audit"),
        Ok(None) => findings.good("checkpoints of the audit: none yet, the first comes when a worker runs"),
        Err(error) => findings.error(&format!("checkpoints: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::vocabulary::Certainty;

    fn warnings(calendar: &Calendar, today: &str) -> (usize, usize) {
        let mut findings = Findings::default();
        check_calendar(calendar, today.parse().unwrap(), &mut findings);
        (findings.warnings, findings.errors)
    }

    #[test]
    fn from_october_on_next_year_must_be_there_and_confirmed() {
        let text = include_str!("../../calendars/kz.toml");
        let calendar = Calendar::parse("calendars/kz.toml", text).unwrap();
        assert_eq!(warnings(&calendar, "2026-09-30"), (0, 0));
        assert_eq!(warnings(&calendar, "2026-10-01"), (1, 0), "2027 is computed");
        let confirmed = calendar.with_certainty(2027, Certainty::Verified, "an order", "next").unwrap();
        assert_eq!(warnings(&confirmed, "2026-12-31"), (0, 0));
        assert_eq!(warnings(&confirmed, "2027-10-01"), (1, 0), "2028 is missing");
        assert_eq!(warnings(&confirmed, "2028-01-01"), (0, 1));
    }
}
