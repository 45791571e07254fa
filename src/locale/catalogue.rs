//! What is checked of the catalogues before anybody reads a text of them.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry as Node, Expression, InlineExpression, Pattern, PatternElement};

use crate::domain::data_file::DataFileError;
use crate::domain::vocabulary::Language;

/// One text: where it stands, and what it takes.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) file: String,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) variables: BTreeSet<String>,
}

/// The texts of one language by key.
pub(super) type Catalogue = BTreeMap<String, Entry>;

/// Reads one file.
pub(super) fn read(file: &str, text: &str) -> Result<(FluentResource, Vec<Entry>), DataFileError> {
    let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, mistakes)| {
        let first = mistakes.iter().min_by_key(|mistake| mistake.pos.start);
        DataFileError {
            file: file.to_owned(),
            line: text.get(..first.map_or(0, |mistake| mistake.pos.start)).map_or(0, line_ends) + 1,
            key: "(file)".to_owned(),
            expected: first.map_or_else(|| "Fluent".to_owned(), ToString::to_string),
        }
    })?;
    let mut entries = Vec::new();
    // The texts come in the order of the file, so each line is counted once.
    let (mut line, mut counted) = (1, 0);
    for node in resource.entries() {
        let (id, value, attributes) = match node {
            Node::Message(message) => (message.id.name, message.value.as_ref(), message.attributes.len()),
            Node::Term(term) => (term.id.name, None, 0),
            _ => continue,
        };
        let start = id.as_ptr().addr().saturating_sub(resource.source().as_ptr().addr());
        line += text.get(counted..start).map_or(0, line_ends);
        counted = start;
        let mistake = |expected: &str| DataFileError {
            file: file.to_owned(),
            line,
            key: id.to_owned(),
            expected: expected.to_owned(),
        };
        let (Some(value), 0) = (value, attributes) else {
            return Err(mistake("expected a plain text: terms and attributes are not used here"));
        };
        let mut variables = BTreeSet::new();
        collect(value, &mut variables).map_err(mistake)?;
        entries.push(Entry { key: id.to_owned(), file: file.to_owned(), line, variables });
    }
    Ok((resource, entries))
}

/// Adds a text to those of its language.
pub(super) fn add(catalogue: &mut Catalogue, entry: Entry) -> Result<(), DataFileError> {
    if let Some(first) = catalogue.get(&entry.key) {
        let expected = format!("expected once; it stands in {}:{} already", first.file, first.line);
        return Err(DataFileError { file: entry.file, line: entry.line, key: entry.key, expected });
    }
    catalogue.insert(entry.key.clone(), entry);
    Ok(())
}

/// Holds the languages against each other: the same keys, with the same variables.
pub(super) fn compare(catalogues: &BTreeMap<Language, Catalogue>) -> Result<(), DataFileError> {
    for (language, catalogue) in catalogues {
        for (key, entry) in catalogue {
            for (other_language, other) in catalogues.iter().filter(|(name, _)| *name != language) {
                let Some(twin) = other.get(key) else {
                    return Err(DataFileError {
                        file: entry.file.clone(),
                        line: entry.line,
                        key: key.clone(),
                        expected: format!("expected in every language; `{other_language}` lacks it"),
                    });
                };
                if twin.variables != entry.variables {
                    return Err(DataFileError {
                        file: twin.file.clone(),
                        line: twin.line,
                        key: key.clone(),
                        expected: format!(
                            "expected the variables {} as in {}:{}, found {}",
                            names(&entry.variables),
                            entry.file,
                            entry.line,
                            names(&twin.variables)
                        ),
                    });
                }
            }
        }
    }
    Ok(())
}

fn names(variables: &BTreeSet<String>) -> String {
    if variables.is_empty() {
        return "(none)".to_owned();
    }
    variables.iter().map(|name| format!("${name}")).collect::<Vec<_>>().join(", ")
}

fn collect(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) -> Result<(), &'static str> {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            collect_expression(expression, variables)?;
        }
    }
    Ok(())
}

fn collect_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) -> Result<(), &'static str> {
    match expression {
        Expression::Inline(inline) => collect_inline(inline, variables),
        Expression::Select { selector, variants } => {
            collect_inline(selector, variables)?;
            variants.iter().try_for_each(|variant| collect(&variant.value, variables))
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) -> Result<(), &'static str> {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
            Ok(())
        }
        InlineExpression::Placeable { expression } => collect_expression(expression, variables),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => Ok(()),
        InlineExpression::FunctionReference { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {
            Err("expected only variables: functions and references to other texts are not used here")
        }
    }
}

fn line_ends(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}
