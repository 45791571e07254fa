//! Reading of the data files (operators, rules, calendars) with errors that name file, line and key.

use serde::de::DeserializeOwned;
use toml_edit::{Document, Item};

/// A mistake in a data file. Its text says where it is and what is expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {key}: {expected}")]
pub struct DataFileError {
    /// The file, as it was named to the reader.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The key, as a dotted path such as `clock[3].term.days`; `(file)` where the file as a whole is meant.
    pub key: String,
    /// What is wrong and what is expected.
    pub expected: String,
}

/// A TOML file that was read into `T` and can still tell the line of each key.
#[derive(Debug)]
pub struct DataFile<T> {
    /// The contents.
    pub value: T,
    file: String,
    text: String,
    document: Document<String>,
}

/// One step of a path into a data file.
#[derive(Debug, Clone)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// A place in an array, counted from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<&String> for Step {
    fn from(key: &String) -> Self {
        Self::Key(key.clone())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Builds a path: `path!["clock", 3, "term"]`.
#[macro_export]
macro_rules! path {
    ($($step:expr),* $(,)?) => {
        [$($crate::domain::data_file::Step::from($step)),*]
    };
}

impl<T: DeserializeOwned> DataFile<T> {
    /// Reads `text`, which came from `file`.
    ///
    /// # Errors
    /// When the text is no TOML, or a key is missing, unknown or of the wrong type.
    pub fn parse(file: &str, text: &str) -> Result<Self, DataFileError> {
        let document = Document::parse(text.to_owned()).map_err(|error| DataFileError {
            file: file.to_owned(),
            line: line_at(text, error.span().map_or(0, |span| span.start)),
            key: "(file)".to_owned(),
            expected: one_line(error.message()),
        })?;
        let deserializer = toml::Deserializer::parse(text).map_err(|error| DataFileError {
            file: file.to_owned(),
            line: line_at(text, error.span().map_or(0, |span| span.start)),
            key: "(file)".to_owned(),
            expected: one_line(error.message()),
        })?;
        let value = serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let path = error.path().to_string();
            let inner = error.into_inner();
            DataFileError {
                file: file.to_owned(),
                line: line_at(text, inner.span().map_or(0, |span| span.start)),
                key: if path == "." { "(file)".to_owned() } else { path },
                expected: one_line(inner.message()),
            }
        })?;
        Ok(Self { value, file: file.to_owned(), text: text.to_owned(), document })
    }
}

impl<T> DataFile<T> {
    /// A mistake at `path`: `expected` says what is wrong and what is expected there.
    #[must_use]
    pub fn mistake(&self, path: &[Step], expected: impl Into<String>) -> DataFileError {
        DataFileError {
            file: self.file.clone(),
            line: self.line_of(path),
            key: dotted(path),
            expected: expected.into(),
        }
    }

    /// The line of the deepest part of `path` that is in the file, counted from 1.
    fn line_of(&self, path: &[Step]) -> usize {
        let mut item: &Item = self.document.as_item();
        let mut offset = 0;
        for step in path {
            let next = match step {
                Step::Key(key) => {
                    if let Some(span) =
                        item.as_table_like().and_then(|table| table.key(key)).and_then(toml_edit::Key::span)
                    {
                        offset = span.start;
                    }
                    item.get(key.as_str())
                }
                Step::Index(index) => item.get(*index),
            };
            let Some(next) = next else { break };
            if let Step::Index(_) = step {
                offset = next.span().map_or(offset, |span| span.start);
            }
            item = next;
        }
        line_at(&self.text, offset)
    }
}

fn dotted(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Index(index) => {
                text.push('[');
                text.push_str(&index.to_string());
                text.push(']');
            }
        }
    }
    if text.is_empty() { "(file)".to_owned() } else { text }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[allow(dead_code)]
        name: String,
        #[allow(dead_code)]
        item: Vec<Entry>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Entry {
        #[allow(dead_code)]
        days: u32,
    }

    #[test]
    fn a_wrong_type_is_named_with_line_and_key() {
        let error = DataFile::<Sample>::parse("a.toml", "name = \"x\"\n\n[[item]]\ndays = \"three\"\n").unwrap_err();
        assert_eq!((error.file.as_str(), error.line, error.key.as_str()), ("a.toml", 4, "item[0].days"));
        assert!(error.expected.contains("u32"), "{}", error.expected);
    }

    #[test]
    fn an_unknown_key_and_broken_toml_are_named_with_their_line() {
        let error = DataFile::<Sample>::parse("a.toml", "name = \"x\"\n[[item]]\nday = 3\n").unwrap_err();
        assert_eq!(error.line, 3, "{error}");
        let error = DataFile::<Sample>::parse("a.toml", "name = \"x\"\nitem = [\n").unwrap_err();
        assert!(error.line >= 2, "{error}");
    }

    #[test]
    fn a_mistake_of_meaning_finds_the_line_of_its_key() {
        let text = "name = \"x\"\n[[item]]\ndays = 1\n\n[[item]]\n# twice\ndays = 0\n";
        let file = DataFile::<Sample>::parse("a.toml", text).unwrap();
        let error = file.mistake(&path!["item", 1, "days"], "at least 1");
        assert_eq!(error.to_string(), "a.toml:7: item[1].days: at least 1");
        assert_eq!(file.mistake(&path!["item", 1, "unit"], "missing").line, 5);
    }
}
