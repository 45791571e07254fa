//! The data files: law, calendar, operators and texts, from the configuration folder or built in.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::domain::calendar::Calendar;
use crate::domain::data_file::DataFileError;
use crate::domain::operator::Operators;
use crate::domain::rules::Rules;
use crate::domain::vocabulary::Language;
use crate::locale::Texts;

static OPERATORS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/operators");
static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");
static CALENDARS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/calendars");
static LOCALES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/locales");

/// All data files of a process, checked.
#[derive(Debug)]
pub struct Data {
    /// The operators.
    pub operators: Operators,
    /// The law.
    pub rules: Rules,
    /// The calendar as the file has it.
    pub calendar: Calendar,
    /// The texts.
    pub texts: Texts,
    /// Where each folder was read from, for people.
    pub sources: Vec<(&'static str, String)>,
}

/// Why the data files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A mistake in a file.
    #[error(transparent)]
    File(#[from] DataFileError),
    /// A file cannot be read.
    #[error("{0}: cannot be read: {1}")]
    Read(String, #[source] std::io::Error),
}

impl Data {
    /// Reads and checks all files: each folder from `config_dir` where it is there, else the copy that is built in.
    ///
    /// # Errors
    /// The first mistake, with file, line, key and what is expected.
    pub fn load(config_dir: &Path) -> Result<Self, DataError> {
        let mut sources = Vec::new();
        let mut folder = |name: &'static str, built_in: &Dir<'_>| {
            let path = config_dir.join(name);
            let is_there = path.is_dir();
            let source = if is_there { path.display().to_string() } else { "built in".to_owned() };
            sources.push((name, source));
            if is_there { from_folder(config_dir, name) } else { Ok(from_binary(name, built_in)) }
        };
        let operators = Operators::parse(&toml_files(folder("operators", &OPERATORS)?))?;
        let rules = Rules::parse(&toml_files(folder("rules", &RULES)?))?;
        let calendars = folder("calendars", &CALENDARS)?;
        let texts = Texts::parse(&text_files(folder("locales", &LOCALES)?))?;
        let Some((file, text)) = calendars.into_iter().find(|(name, _)| name.ends_with("kz.toml")) else {
            return Err(missing("calendars/kz.toml", "the calendar of Kazakhstan"));
        };
        let calendar = Calendar::parse(&file, &text)?;
        let latest = rules.latest();
        operators.check_targets(|name| {
            latest.clocks().filter(|rule| rule.name == name).map(|rule| rule.term().days).min()
        })?;
        Ok(Self { operators, rules, calendar, texts, sources })
    }
}

fn missing(file: &str, expected: &str) -> DataError {
    DataError::File(DataFileError {
        file: file.to_owned(),
        line: 1,
        key: "(file)".to_owned(),
        expected: format!("expected {expected}"),
    })
}

type Files = Vec<(String, String)>;

fn toml_files(files: Files) -> Files {
    files.into_iter().filter(|(name, _)| Path::new(name).extension().is_some_and(|end| end == "toml")).collect()
}

fn text_files(files: Files) -> Vec<(Language, String, String)> {
    files
        .into_iter()
        .filter(|(name, _)| Path::new(name).extension().is_some_and(|end| end == "ftl"))
        .filter_map(|(name, text)| {
            let language = name.split(['/', '\\']).rev().nth(1).and_then(Language::parse)?;
            Some((language, name, text))
        })
        .collect()
}

fn from_folder(config_dir: &Path, name: &str) -> Result<Files, DataError> {
    let mut files = Files::new();
    let mut folders = vec![config_dir.join(name)];
    while let Some(folder) = folders.pop() {
        let failed = |error| DataError::Read(folder.display().to_string(), error);
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let shown = path.strip_prefix(config_dir).unwrap_or(&path).display().to_string();
            match std::fs::read_to_string(&path) {
                Ok(text) => files.push((shown, text)),
                Err(error) => return Err(DataError::Read(shown, error)),
            }
        }
    }
    files.sort();
    Ok(files)
}

fn from_binary(name: &str, folder: &Dir<'_>) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        files.extend(
            folder.files().filter_map(|file| {
                Some((format!("{name}/{}", file.path().display()), file.contents_utf8()?.to_owned()))
            }),
        );
    }
    files.sort();
    files
}
