//! The form of a rule file, its checks, and how later files build on earlier ones.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::{ClockRule, ClockVariant, RefusalGround, RuleSet};
use crate::domain::calendar::read_date;
use crate::domain::data_file::{DataFile, DataFileError, Step};
use crate::domain::vocabulary::{Basis, Certainty, ClockName, Kind, Localized};
use crate::path;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: String,
    #[serde(deserialize_with = "read_date")]
    in_force_from: NaiveDate,
    in_force_certainty: Certainty,
    source: String,
    #[serde(deserialize_with = "read_date")]
    verified_on: NaiveDate,
    note: Option<String>,
    extends: Option<String>,
    #[serde(default)]
    clock: Vec<ClockRule>,
    #[serde(default)]
    refusal_ground: Vec<RefusalGround>,
}

/// Reads and checks the files and returns their rule sets, oldest first.
pub(super) fn resolve(files: &[(String, String)]) -> Result<Vec<RuleSet>, DataFileError> {
    let mut parsed = Vec::with_capacity(files.len());
    for (name, text) in files {
        let file = DataFile::<RuleFile>::parse(name, text)?;
        check_head(&file)?;
        check_clocks(&file)?;
        check_grounds(&file)?;
        parsed.push((name.as_str(), file));
    }
    check_unique(&parsed)?;
    parsed.sort_by_key(|(_, file)| file.value.in_force_from);
    let mut sets: Vec<RuleSet> = Vec::with_capacity(parsed.len());
    for (_, file) in &parsed {
        let set = build(file, &sets)?;
        check_complete(file, &set)?;
        sets.push(set);
    }
    Ok(sets)
}

/// The rule set of a file: what it extends, with the file's own clocks and grounds laid over.
fn build(file: &DataFile<RuleFile>, older: &[RuleSet]) -> Result<RuleSet, DataFileError> {
    let contents = &file.value;
    let (mut clocks, mut grounds) = match &contents.extends {
        None => (Vec::new(), Vec::new()),
        Some(id) => {
            older.iter().find(|set| set.id == *id).map(|base| (base.clocks.clone(), base.grounds.clone())).ok_or_else(
                || file.mistake(&path!["extends"], format!("the id of a rule set with an earlier date; {id} is none")),
            )?
        }
    };
    for clock in &contents.clock {
        match clocks.iter_mut().find(|other| (other.name, other.when) == (clock.name, clock.when)) {
            Some(place) => *place = clock.clone(),
            None => clocks.push(clock.clone()),
        }
    }
    for ground in &contents.refusal_ground {
        match grounds.iter_mut().find(|other| other.code == ground.code) {
            Some(place) => *place = ground.clone(),
            None => grounds.push(ground.clone()),
        }
    }
    Ok(RuleSet {
        id: contents.id.clone(),
        in_force_from: contents.in_force_from,
        in_force_certainty: contents.in_force_certainty,
        source: contents.source.clone(),
        verified_on: contents.verified_on,
        note: contents.note.clone(),
        clocks,
        grounds,
    })
}

fn check_head(file: &DataFile<RuleFile>) -> Result<(), DataFileError> {
    let contents = &file.value;
    let texts = [
        ("id", Some(&contents.id)),
        ("source", Some(&contents.source)),
        ("note", contents.note.as_ref()),
        ("extends", contents.extends.as_ref()),
    ];
    for (key, text) in texts {
        if text.is_some_and(|text| text.trim().is_empty()) {
            return Err(file.mistake(&path![key], "a text that is not blank"));
        }
    }
    Ok(())
}

fn check_clocks(file: &DataFile<RuleFile>) -> Result<(), DataFileError> {
    let mut seen = HashSet::new();
    for (index, clock) in file.value.clock.iter().enumerate() {
        let mistake = |key: &str, expected: String| Err(file.mistake(&path!["clock", index, key], expected));
        let variants = ClockVariant::of(clock.name);
        match clock.when {
            Some(_) if variants.is_empty() => {
                return mistake("when", format!("nothing: the clock {} has one rule for all cases", clock.name));
            }
            None if !variants.is_empty() => {
                return mistake("when", format!("which case of the clock {} is meant: {}", clock.name, list(variants)));
            }
            _ => {}
        }
        if !seen.insert((clock.name, clock.when)) {
            return mistake("name", format!("each clock once; {} stands here again", describe(clock.name, clock.when)));
        }
        if clock.term().days == 0 {
            return mistake("days", "at least 1".to_owned());
        }
        if clock.basis == Basis::Contract {
            return mistake(
                "basis",
                "statutory or policy; a contract's term stands in the operator's profile".to_owned(),
            );
        }
        check_texts(file, &path!["clock", index, "citation"], &clock.citation)?;
    }
    Ok(())
}

fn check_grounds(file: &DataFile<RuleFile>) -> Result<(), DataFileError> {
    let mut seen = HashSet::new();
    for (index, ground) in file.value.refusal_ground.iter().enumerate() {
        let mistake = |key: &str, expected: String| Err(file.mistake(&path!["refusal_ground", index, key], expected));
        if !is_snake_case(&ground.code) {
            return mistake("code", "small letters, digits and underscores, a letter first".to_owned());
        }
        if !seen.insert(ground.code.as_str()) {
            return mistake("code", format!("each code once; {} stands here again", ground.code));
        }
        if ground.kinds.is_empty() {
            return mistake("kinds", "at least one kind".to_owned());
        }
        let kinds: HashSet<Kind> = ground.kinds.iter().copied().collect();
        if kinds.len() != ground.kinds.len() {
            return mistake("kinds", "each kind once".to_owned());
        }
        check_texts(file, &path!["refusal_ground", index, "title"], &ground.title)?;
        check_texts(file, &path!["refusal_ground", index, "citation"], &ground.citation)?;
    }
    Ok(())
}

fn check_unique(files: &[(&str, DataFile<RuleFile>)]) -> Result<(), DataFileError> {
    let mut ids = HashMap::new();
    let mut dates = HashMap::new();
    for (name, file) in files {
        if let Some(other) = ids.insert(file.value.id.as_str(), *name) {
            return Err(file.mistake(&path!["id"], format!("an id of its own; {other} has this one")));
        }
        if let Some(other) = dates.insert(file.value.in_force_from, *name) {
            return Err(file.mistake(&path!["in_force_from"], format!("a date of its own; {other} has this one")));
        }
    }
    Ok(())
}

/// A set must have every clock in every variant, and a ground of refusal for every kind.
fn check_complete(file: &DataFile<RuleFile>, set: &RuleSet) -> Result<(), DataFileError> {
    for name in ClockName::ALL.iter().copied() {
        let variants = ClockVariant::of(name);
        let cases = variants.iter().copied().map(Some).chain(variants.is_empty().then_some(None));
        for when in cases {
            if set.clock(name, when).is_none() {
                return Err(
                    file.mistake(&path!["clock"], format!("also the clock {}, which is missing", describe(name, when)))
                );
            }
        }
    }
    for kind in Kind::ALL.iter().copied() {
        if set.refusal_grounds(kind).next().is_none() {
            return Err(file.mistake(&path!["refusal_ground"], format!("at least one ground for the kind {kind}")));
        }
    }
    Ok(())
}

fn check_texts(file: &DataFile<RuleFile>, path: &[Step], texts: &Localized) -> Result<(), DataFileError> {
    texts.first_blank().map_or(Ok(()), |language| {
        let path: Vec<Step> = path.iter().cloned().chain([language.as_str().into()]).collect();
        Err(file.mistake(&path, "a text that is not blank"))
    })
}

fn is_snake_case(code: &str) -> bool {
    code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.chars().all(|each| each.is_ascii_lowercase() || each.is_ascii_digit() || each == '_')
}

fn describe(name: ClockName, when: Option<ClockVariant>) -> String {
    when.map_or_else(|| name.to_string(), |when| format!("{name} (when = {when})"))
}

fn list(variants: &[ClockVariant]) -> String {
    variants.iter().map(|variant| variant.as_str()).collect::<Vec<_>>().join(", ")
}
