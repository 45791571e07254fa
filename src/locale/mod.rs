//! Every text that a person reads, in Kazakh, Russian and English.
//!
//! The texts are Fluent catalogues, `locales/<language>/<name>.ftl`. They are checked as a whole when they are read: each key
//! stands once in every language, with the same variables. Code that builds keys does so from a prefix and a name of the
//! vocabulary, such as `kind-access`; `docs/texts.md` lists the prefixes.

pub mod dates;
pub mod explain;
pub mod letters;

mod built_in;
mod catalogue;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::domain::data_file::DataFileError;
use crate::domain::vocabulary::Language;
use catalogue::Catalogue;

/// A value that a text takes in place of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A text, put in as it is.
    Text(&'a str),
    /// A whole number; the text may choose its form by it («1 день», «2 дня», «5 дней»).
    Number(i64),
}

impl<'a> Value<'a> {
    /// A whole number where the text is one, otherwise the text: for values that were kept as text.
    #[must_use]
    pub fn read(text: &'a str) -> Self {
        text.parse().map_or(Self::Text(text), Self::Number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// The texts of all languages, read and checked once. Shared freely between threads.
pub struct Texts {
    kk: FluentBundle<FluentResource>,
    ru: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
    variables: BTreeMap<String, BTreeSet<String>>,
}

impl Texts {
    /// Reads catalogues: language, name of the file as it stands in errors, and its text.
    ///
    /// # Errors
    /// When a file is no Fluent, a key stands twice in a language or is missing in one, its variables differ between languages,
    /// or a text uses more of Fluent than variables and their forms (terms, attributes, functions, references).
    pub fn parse(files: &[(Language, String, String)]) -> Result<Self, DataFileError> {
        let mut texts = Self {
            kk: empty_bundle(Language::Kk),
            ru: empty_bundle(Language::Ru),
            en: empty_bundle(Language::En),
            variables: BTreeMap::new(),
        };
        let mut catalogues: BTreeMap<Language, Catalogue> =
            Language::ALL.iter().map(|language| (*language, Catalogue::new())).collect();
        for (language, file, text) in files {
            let (resource, entries) = catalogue::read(file, text)?;
            let catalogue = catalogues.entry(*language).or_default();
            for entry in entries {
                catalogue::add(catalogue, entry)?;
            }
            // Keys are already known to be unique, which is the only thing that could be refused here.
            texts.bundle_mut(*language).add_resource_overriding(resource);
        }
        catalogue::compare(&catalogues)?;
        for (key, entry) in catalogues.into_values().flatten() {
            texts.variables.insert(key, entry.variables);
        }
        Ok(texts)
    }

    /// The catalogues that are part of the product.
    ///
    /// # Errors
    /// As [`Texts::parse`]; a test of the product makes sure that there are none.
    pub fn built_in() -> Result<Self, DataFileError> {
        Self::parse(&built_in::files())
    }

    /// The text of `key` in `language`, with `values` for its variables.
    ///
    /// A key that does not exist gives the key itself and an error in the log: a page with one raw key is better than none.
    #[must_use]
    pub fn get(&self, language: Language, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let bundle = self.bundle(language);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, %language, "text does not exist");
            return key.to_owned();
        };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            let value = match value {
                Value::Text(text) => FluentValue::from(*text),
                Value::Number(number) => FluentValue::from(*number),
            };
            arguments.set(*name, value);
        }
        let mut mistakes = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&arguments), &mut mistakes).into_owned();
        if !mistakes.is_empty() {
            tracing::error!(key, %language, "text lacks a value for a variable");
        }
        text
    }

    /// Whether there is a text of this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.variables.contains_key(key)
    }

    /// All keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// The variables of a text, sorted; none for a key that does not exist.
    pub fn variables(&self, key: &str) -> impl Iterator<Item = &str> {
        self.variables.get(key).into_iter().flatten().map(String::as_str)
    }

    /// What a person reads beside a field: `field-<code>`, with the values that came with the mistake.
    #[must_use]
    pub fn field(&self, language: Language, code: &str, values: &[(&'static str, String)]) -> String {
        let key = format!("field-{code}");
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, Value::read(value))).collect();
        if self.has(&key) {
            return self.get(language, &key, &values);
        }
        tracing::error!(code, "mistake of a field has no text");
        self.get(language, "field-invalid_value", &[])
    }

    /// What staff read of an event of this kind: `event-<kind>`, or the requester's `timeline-<kind>` where that will do.
    #[must_use]
    pub fn staff_event(&self, language: Language, kind: &str) -> String {
        let own = format!("event-{kind}");
        if self.has(&own) {
            self.get(language, &own, &[])
        } else {
            self.get(language, &format!("timeline-{kind}"), &[])
        }
    }

    /// Joins items into «a, b и c».
    #[must_use]
    pub fn list(&self, language: Language, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => {
                let first = first.join(", ");
                self.get(language, "list-and", &[("first", Value::from(&first)), ("last", Value::from(last))])
            }
        }
    }

    fn bundle(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }

    fn bundle_mut(&mut self, language: Language) -> &mut FluentBundle<FluentResource> {
        match language {
            Language::Kk => &mut self.kk,
            Language::Ru => &mut self.ru,
            Language::En => &mut self.en,
        }
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Texts").field("keys", &self.variables.len()).finish_non_exhaustive()
    }
}

fn empty_bundle(language: Language) -> FluentBundle<FluentResource> {
    // The names of our languages are language identifiers; a test sees to it that each has its own forms of numbers.
    let identifier: LanguageIdentifier = language.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // The marks that would isolate the direction of a value are invisible characters in mails and in copied references.
    bundle.set_use_isolating(false);
    bundle
}

#[cfg(test)]
mod tests;
