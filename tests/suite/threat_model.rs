//! The threat model: no row without a test that exists or a reason, and no requirement left out.

use std::collections::BTreeSet;
use std::path::Path;

/// The requirements of levels 1 and 2 in the chapters that the page goes through: the last one of each run that begins with 1.
const ASVS: &[(&str, usize)] = &[
    ("2.1", 3),
    ("2.2", 3),
    ("2.3", 4),
    ("2.4", 1),
    ("4.1", 3),
    ("4.2", 1),
    ("4.3", 2),
    ("4.4", 4),
    ("5.1", 1),
    ("5.2", 3),
    ("5.3", 2),
    ("5.4", 3),
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
    ("11.1", 2),
    ("11.2", 3),
    ("11.3", 3),
    ("11.4", 4),
    ("11.5", 1),
    ("11.6", 1),
    ("12.1", 3),
    ("12.2", 2),
    ("12.3", 4),
    ("13.1", 1),
    ("13.2", 5),
    ("13.3", 2),
    ("13.4", 5),
    ("14.1", 2),
    ("14.2", 4),
    ("14.3", 3),
    ("16.1", 1),
    ("16.2", 5),
    ("16.3", 4),
    ("16.4", 3),
    ("16.5", 3),
];

/// What may stand in place of a test's name.
const REASONS: [&str; 4] = ["docs: ", "n/a: ", "run: ", "open: "];

/// The names of all functions below a folder.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<', ' ']).next());
            found.extend(names.map(ToOwned::to_owned));
        }
    }
}

/// The rows of a table whose header begins so, cell by cell.
fn table<'t>(page: &'t str, header: &str) -> Vec<Vec<&'t str>> {
    let from = page.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    let rows = from.take_while(|line| line.starts_with('|'));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn every_row_of_the_threat_model_names_a_test_that_exists_or_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/threat-model.md")).unwrap();
    let mut known = BTreeSet::new();
    functions(&root.join("src"), &mut known);
    functions(&root.join("tests"), &mut known);
    let (threats, rows) = (table(&page, "| threat |"), table(&page, "| no. |"));
    let mut mistakes = Vec::new();
    for row in threats.iter().chain(&rows) {
        let shown = row.last().unwrap();
        let has_reason = REASONS.iter().any(|reason| shown.starts_with(reason) && shown.len() > reason.len() + 8);
        let cited: Vec<&str> = shown.split('`').skip(1).step_by(2).filter(|name| name.len() > 20).collect();
        let missing = cited.iter().filter(|name| !known.contains(**name));
        mistakes.extend(missing.map(|name| format!("{}: there is no test {name}", row[0])));
        if !has_reason && cited.is_empty() && !shown.contains("`clause_") {
            mistakes.push(format!("{}: neither test nor reason", row[0]));
        }
    }
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    assert!(threats.len() >= 15);
}

#[test]
fn every_requirement_of_levels_1_and_2_has_its_row() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/threat-model.md")).unwrap();
    let found: Vec<String> = table(&page, "| no. |").iter().map(|row| row[0].to_owned()).collect();
    let wanted: Vec<String> =
        ASVS.iter().flat_map(|(section, last)| (1..=*last).map(move |number| format!("{section}.{number}"))).collect();
    assert_eq!(found, wanted);
    assert_eq!(wanted.len(), 151);
}
