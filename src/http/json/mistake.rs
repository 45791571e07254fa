//! From serde's message to a field, a code and what its text needs. The messages quote what was typed; nothing of that is kept.

use serde_path_to_error::{Error, Segment};

use crate::domain::intake::FieldError;

/// Longest name of an unknown field that is given back; a longer one is no slip of the pen.
const LONGEST_NAME: usize = 64;

/// What the query says of a parameter that stands twice.
pub(super) const TWICE: &str = "stands twice";

/// What chrono says of a text that is no date or no instant.
const NO_DATE: &[&str] = &[
    "input is out of range",
    "no possible date and time matching input",
    "input is not enough for unique date and time",
    "input contains invalid characters",
    "premature end of input",
    "trailing input",
];

/// The mistake, with its place under `base`.
pub(super) fn of(base: &str, error: &Error<serde_json::Error>) -> FieldError {
    let message = error.inner().to_string();
    let mut names = names(error);
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let name = rest.rsplit_once("`, expected ").or_else(|| rest.rsplit_once("`, there are no fields"));
        let name = name.map_or("", |(name, _)| name);
        if names.last().is_some_and(|last| last == name) {
            names.pop();
        }
        if name.len() <= LONGEST_NAME {
            names.push(name.to_owned());
        }
        return FieldError::new(pointer(base, &names), "unknown_field");
    }
    if let Some(name) = quoted(&message, "missing field `") {
        names.push(name.to_owned());
        return FieldError::new(pointer(base, &names), "required");
    }
    if let Some(rest) = message.strip_prefix("unknown variant `") {
        let allowed = rest.rsplit_once("`, expected ").map_or(String::new(), |(_, list)| words(list));
        return FieldError::new(pointer(base, &names), "not_one_of").with("allowed", allowed);
    }
    let place = pointer(base, &names);
    if let Some((min, max)) = message.strip_prefix("out of range ").and_then(|range| range.split_once(" to ")) {
        return FieldError::new(place, "out_of_range").with("min", min).with("max", max);
    }
    let code = if message == TWICE {
        "duplicate"
    } else if message.starts_with("invalid type: ") {
        "wrong_type"
    } else if NO_DATE.contains(&message.as_str()) {
        "date_format"
    } else {
        "invalid_value"
    };
    FieldError::new(place, code)
}

fn names(error: &Error<serde_json::Error>) -> Vec<String> {
    let name = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    error.path().iter().filter_map(name).collect()
}

/// The pointer (RFC 6901) of these names under `base`.
fn pointer(base: &str, names: &[String]) -> String {
    names
        .iter()
        .fold(base.to_owned(), |pointer, name| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")))
}

fn quoted<'a>(message: &'a str, start: &str) -> Option<&'a str> {
    message.strip_prefix(start)?.strip_suffix('`')
}

/// Serde's list of names, without its quotes and joining words: "one of `a`, `b`" or "`a` or `b`".
fn words(list: &str) -> String {
    let names: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    names.join(", ")
}
