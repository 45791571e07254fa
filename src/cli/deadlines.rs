//! `otinish deadlines`: the clocks that a request would get, for people or as JSON.

use std::path::Path;
use std::process::ExitCode;

use clap::Args as ClapArgs;

use crate::data::Data;
use crate::domain::calendar::Calendar;
use crate::domain::vocabulary::{Kind, Language};
use crate::services::calendar::of_database;
use crate::services::deadlines::{Books, DeadlineQuery, Deadlines, deadlines};
use crate::services::error::ServiceError;
use crate::settings::Settings;
use crate::storage::{AnyConnection, DatabaseUrl};

/// What to count.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// An operator's id; its policy may promise more than the law.
    #[arg(long)]
    operator: Option<String>,
    /// What is asked for.
    #[arg(long, value_parser = super::kind)]
    kind: Kind,
    /// When it is received: a local date or an instant; now when absent.
    #[arg(long)]
    received: Option<String>,
    /// When the documents of a correction are received.
    #[arg(long)]
    documents: Option<String>,
    /// Grounds, separated by commas.
    #[arg(long)]
    grounds: Option<String>,
    /// Links to published data are given.
    #[arg(long)]
    published: bool,
    /// The claim is a consumer's.
    #[arg(long)]
    consumer: bool,
    /// The language of the explanations: kk, ru or en.
    #[arg(long, value_parser = super::language, default_value = "ru")]
    language: Language,
    /// Prints JSON, the same as the API answers.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(settings: &Settings, args: Args) -> Result<ExitCode, String> {
    let data = Data::load(Path::new(&settings.config_dir)).map_err(|error| error.to_string())?;
    let now = crate::clock::Clock::System.now();
    let changed = calendar_in_force(settings)?;
    let calendar = changed.as_ref().unwrap_or(&data.calendar);
    let books = Books { operators: &data.operators, rules: &data.rules, calendar, texts: &data.texts, now };
    let query = DeadlineQuery {
        operator: args.operator,
        kind: Some(args.kind),
        received_at: args.received,
        documents_at: args.documents,
        grounds: args.grounds,
        published: Some(args.published),
        consumer: Some(args.consumer),
    };
    let found = deadlines(&books, args.language, &query).map_err(|error| explain(&data, args.language, error))?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&found).map_err(|error| error.to_string())?);
    } else {
        print(&data, args.language, &found);
    }
    Ok(ExitCode::SUCCESS)
}

/// The calendar of the database, with what administrators changed. A database that is not there yet is not made for this.
fn calendar_in_force(settings: &Settings) -> Result<Option<Calendar>, String> {
    if let DatabaseUrl::Sqlite(path) = &settings.database
        && !Path::new(path).exists()
    {
        return Ok(None);
    }
    let mut connection = AnyConnection::open(&settings.database).map_err(|error| error.to_string())?;
    of_database(&mut connection).map_err(|error| error.to_string())
}

fn print(data: &Data, language: Language, found: &Deadlines) {
    for clock in &found.clocks {
        let leads = found.headline.as_ref().is_some_and(|headline| headline.clock == clock.name);
        let due = clock.due_on.map_or_else(|| "—".to_owned(), |due| due.to_string());
        let name = data.texts.get(language, &format!("clock-{}", clock.name), &[]);
        println!("{} {due}  {}  ({}, {})", if leads { "*" } else { " " }, name, clock.basis, clock.certainty);
        println!("    {}", clock.explanation);
        println!("    {}", clock.citation);
    }
}

/// The mistakes by option, in words.
fn explain(data: &Data, language: Language, error: ServiceError) -> String {
    let ServiceError::Invalid(errors) = error else { return error.to_string() };
    let lines = errors.into_iter().map(|error| {
        let option = error.pointer.rsplit('/').next().unwrap_or_default().trim_end_matches("_at").to_owned();
        format!("--{option}: {}", data.texts.field(language, error.code, &error.args))
    });
    lines.collect::<Vec<_>>().join("\n")
}
