//! What holds for the repository as a whole: how its parts know each other, how long files are, what is generated.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use otinish::domain::event::EventKind;
use otinish::domain::vocabulary::{Kind, Language};
use otinish::domain::{lifecycle, text};
use otinish::http::openapi;
use otinish::locale::Texts;
use otinish::services::mail_desk::MailState;

use crate::support::TestApp;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files of a folder that end so, with their names below the repository's root.
fn files(folder: &str, end: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The product's own code: without files of tests and without the tests at the end of a file.
fn code() -> Vec<(String, String)> {
    let is_of_tests = |name: &str| name.contains("/tests") || name.ends_with("/testing.rs");
    let without_tests = |text: String| text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
    let sources = files("src", ".rs").into_iter().filter(|(name, _)| !is_of_tests(name));
    sources.map(|(name, text)| (name, without_tests(text))).collect()
}

/// A file's lines without their comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap_or_default())
}

/// The parts of the crate that a text names: `crate::domain::…` and `use crate::{domain, http}`.
fn parts_named(text: &str) -> BTreeSet<String> {
    let bare: String = lines(text).collect::<Vec<_>>().join("\n");
    let word = |rest: &str| -> String {
        rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    };
    let mut parts = BTreeSet::new();
    for rest in bare.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            parts.insert(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut starts = true;
        for (place, letter) in group.char_indices() {
            if starts && !letter.is_whitespace() {
                parts.insert(word(&group[place..]));
                starts = false;
            }
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts = true,
                _ => {}
            }
        }
    }
    parts.remove("");
    parts
}

#[test]
fn groups_and_single_paths_are_both_found() {
    let text = "use crate::{a::{x, y}, b};\nuse crate::c::d; // crate::e\nlet f = crate::f!();";
    assert_eq!(parts_named(text).into_iter().collect::<Vec<_>>(), ["a", "b", "c", "f"]);
}

/// What a part of the crate may name; nothing for those that may name all.
fn may_know(part: &str) -> Option<Vec<&str>> {
    let base = [
        "domain", "app", "clock", "ids", "limits", "locale", "mail", "metrics", "oidc", "scanner", "settings",
        "storage", "vault", "services",
    ];
    Some(match part {
        "domain" => vec!["domain"],
        "clock" | "ids" | "telemetry" => vec!["domain", "settings", "vault", part],
        "metrics" | "oidc" | "scanner" => vec![part],
        "settings" => vec!["domain", "mail", "oidc", "scanner", "storage", "settings", "vault"],
        "storage" | "vault" | "locale" => vec!["domain", part],
        "mail" => vec!["domain", "locale", "mail"],
        "data" => vec!["domain", "locale"],
        "app" => vec![
            "clock", "data", "domain", "ids", "limits", "locale", "mail", "metrics", "oidc", "scanner", "settings",
            "storage", "vault",
        ],
        "limits" => vec!["clock", part],
        "services" => base.to_vec(),
        "http" | "worker" => base.iter().copied().chain([part]).collect(),
        "cli" | "main" | "lib" => return None,
        other => panic!("say what src/{other} may know"),
    })
}

/// `domain` ← `services` ← { `http`, `worker`, `cli` }; `storage`, `mail` and `vault` know `domain` only, and `mail` the texts.
#[test]
fn imports_flow_one_way() {
    const MACROS: [&str; 2] = ["vocabulary", "path"];
    let mut violations = Vec::new();
    for (name, text) in code() {
        let part = name.trim_start_matches("src/").split(['/', '.']).next().unwrap();
        let Some(allowed) = may_know(part) else { continue };
        for named in parts_named(&text) {
            if !allowed.contains(&named.as_str()) && !MACROS.contains(&named.as_str()) {
                violations.push(format!("{name} knows {named}"));
            }
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn the_domain_knows_no_input_and_output() {
    let foreign = [
        "diesel",
        "actix",
        "lettre",
        "tokio",
        "reqwest",
        "getrandom",
        "tracing",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "SystemTime",
        "Utc::now",
        "Local::now",
        "println!",
    ];
    let mut violations = Vec::new();
    for (name, text) in code().into_iter().filter(|(name, _)| name.starts_with("src/domain/")) {
        let bare: Vec<&str> = lines(&text).collect();
        violations.extend(
            foreign
                .iter()
                .filter(|word| bare.iter().any(|line| line.contains(**word)))
                .map(|word| format!("{name}: {word}")),
        );
    }
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let mut sources = files("src", ".rs");
    sources.extend(files("tests", ".rs").into_iter().filter(|(name, _)| !name.ends_with("smtp_server.rs")));
    let long: Vec<String> = sources
        .iter()
        .filter(|(name, text)| text.lines().count() > 400 && name != "src/storage/schema.rs")
        .map(|(name, text)| format!("{name}: {}", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn there_are_few_direct_dependencies_and_each_says_what_it_is_for() {
    let manifest = read("Cargo.toml");
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let mut names = Vec::new();
    let mut last_comment = "";
    let mut unsaid = Vec::new();
    for line in section.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(comment) = line.strip_prefix("# ") {
            last_comment = comment;
            continue;
        }
        let name = line.split([' ', '.', '=']).next().unwrap();
        // A crate that only completes the one above it (`serde` and `serde_json`) shares its line.
        let completes = names.last().is_some_and(|earlier: &&str| {
            name.starts_with(&format!("{}{}", earlier, if name.contains('-') { '-' } else { '_' }))
        });
        if last_comment.is_empty() && !completes {
            unsaid.push(name);
        }
        names.push(name);
        last_comment = "";
    }
    assert!(unsaid.is_empty(), "{unsaid:?}");
    assert!(names.len() <= 54 && names.len() > 20, "{} direct dependencies", names.len());
}

#[test]
fn the_committed_description_of_the_api_is_that_of_the_code() {
    let equal = read("docs/openapi.json") == openapi::as_json().unwrap();
    assert!(equal, "docs/openapi.json is stale: cargo run -- openapi > docs/openapi.json");
}

#[test]
fn the_committed_table_of_the_life_of_a_request_is_that_of_the_code() {
    assert_eq!(read("docs/request-lifecycle.md"), lifecycle::as_markdown());
}

/// The arguments of every call of `name` in a text: `name("a", b)` gives `"a"` and `b`.
fn calls<'t>(text: &'t str, name: &str) -> Vec<Vec<&'t str>> {
    let mut found = Vec::new();
    for (place, _) in text.match_indices(&format!("{name}(")) {
        let rest = &text[place + name.len() + 1..];
        let (mut depth, mut quoted, mut escaped, mut from) = (0, false, false, 0);
        let mut arguments = Vec::new();
        for (at, letter) in rest.char_indices() {
            match letter {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ if quoted => {}
                '(' | '[' | '{' => depth += 1,
                ')' if depth == 0 => {
                    arguments.push(rest[from..at].trim());
                    break;
                }
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    arguments.push(rest[from..at].trim());
                    from = at + 1;
                }
                _ => {}
            }
        }
        arguments.retain(|argument| !argument.is_empty());
        found.push(arguments);
    }
    found
}

fn literal(argument: &str) -> Option<String> {
    let inner = argument.strip_prefix('"')?.strip_suffix('"')?;
    let plain = !inner.is_empty() && inner.chars().all(|letter| letter.is_ascii_lowercase() || "_/".contains(letter));
    plain.then(|| inner.to_owned())
}

/// Literals that stand as the first or last argument of calls of these names.
fn literals_of(names: &[&str], place: fn(&[&str]) -> Option<String>) -> BTreeSet<String> {
    let sources = code();
    let of = |text: &str| -> Vec<String> {
        names.iter().flat_map(|name| calls(text, name)).filter_map(|arguments| place(&arguments)).collect()
    };
    sources.iter().flat_map(|(_, text)| of(text)).collect()
}

fn missing(keys: impl IntoIterator<Item = String>) -> Vec<String> {
    let texts = Texts::built_in().unwrap();
    keys.into_iter().filter(|key| !texts.has(key)).collect()
}

#[test]
fn every_mistake_that_a_field_can_have_has_its_text() {
    let names = [
        "FieldError::new",
        "ServiceError::field",
        "InputError::new",
        "ValidationError::new",
        "check.add",
        "self.add",
        "twelve_digits",
    ];
    let mut codes = literals_of(&names, |arguments| literal(arguments.last()?));
    codes.extend(literals_of(&["all_known"], |arguments| literal(arguments.get(3)?)));
    // In the problem documents `code` is that of a whole answer, not of a field.
    for (_, text) in code().into_iter().filter(|(name, _)| !name.starts_with("src/http/problem")) {
        // `let code = if … { "a" } else { "b" };` and `#[validate(…, code = "c")]`
        let chosen = text.split("let code = ").skip(1).map(|rest| rest.split(';').next().unwrap());
        codes.extend(
            chosen
                .flat_map(|choice| choice.split('"').skip(1).step_by(2))
                .filter_map(|code| literal(&format!("\"{code}\""))),
        );
        codes.extend(text.split("code = \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    codes.extend(text::CODES.iter().map(|code| (*code).to_owned()));
    assert!(codes.len() > 45 && codes.contains("needs_ground") && codes.contains("iin_format"), "{codes:?}");
    let missing = missing(codes.into_iter().filter(|code| !code.contains('/')).map(|code| format!("field-{code}")));
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_problem_has_its_title_and_its_detail() {
    let mut codes = literals_of(&["Refusal::new"], |arguments| literal(arguments.first()?));
    let problem = read("src/http/problem.rs");
    let of_server = calls(&problem, "Self::new").into_iter().filter_map(|arguments| literal(arguments.last()?));
    codes.extend(of_server);
    // `404 => "not_found",`
    codes.extend(problem.lines().filter_map(|line| literal(line.split_once(" => ")?.1.trim_end_matches(','))));
    assert!(codes.len() > 20 && codes.contains("four_eyes") && codes.contains("method_not_allowed"), "{codes:?}");
    let keys = codes.iter().flat_map(|code| [format!("problem-{code}-title"), format!("problem-{code}-detail")]);
    let missing = missing(keys);
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_event_has_its_line_for_the_requester_and_for_staff() {
    let missing = missing(EventKind::ALL.iter().map(|kind| format!("timeline-{kind}")));
    assert!(missing.is_empty(), "{missing:?}");
    let texts = Texts::built_in().unwrap();
    for (kind, language) in
        EventKind::ALL.iter().flat_map(|kind| Language::ALL.iter().map(move |language| (kind, language)))
    {
        assert!(!texts.staff_event(*language, kind.as_str()).trim().is_empty(), "{kind} {language}");
    }
}

/// A refusal names the action and where the request or the mail stands, so all that the code says there has its word.
#[test]
fn every_action_has_its_word() {
    let mut actions = literals_of(&["invalid_transition"], |arguments| literal(arguments.get(1)?));
    actions.extend(literals_of(&["case.go"], |arguments| literal(arguments.first()?)));
    actions.extend(literals_of(&[".with"], |arguments| {
        (*arguments.first()? == "\"action\"").then(|| literal(arguments.get(1)?))?
    }));
    // `Self::Start => "start",`
    let names = read("src/services/actions.rs");
    actions.extend(
        names.lines().filter_map(|line| {
            literal(line.trim().strip_prefix("Self::")?.split_once(" => ")?.1.trim_end_matches(','))
        }),
    );
    assert!(actions.len() > 20 && actions.contains("waive_documents"), "{actions:?}");
    let states = MailState::ALL.iter().map(|state| format!("status-staff-{state}"));
    let missing = missing(actions.into_iter().map(|action| format!("action-{action}")).chain(states));
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test]
async fn every_ground_of_refusal_says_what_it_is_and_where_it_stands_in_each_language() {
    let test = TestApp::start().await;
    let mut seen = 0;
    for set in test.app.rules.all() {
        for ground in Kind::ALL.iter().flat_map(|kind| set.refusal_grounds(*kind)) {
            seen += 1;
            assert_eq!(ground.title.first_blank(), None, "{} {}", set.id, ground.code);
            assert_eq!(ground.citation.first_blank(), None, "{} {}", set.id, ground.code);
        }
        for clock in set.clocks() {
            assert_eq!(clock.citation.first_blank(), None, "{} {}", set.id, clock.name);
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn every_text_that_a_page_names_exists() {
    let texts = Texts::built_in().unwrap();
    let mut named = BTreeSet::new();
    for (_, text) in files("templates/pages", ".html").into_iter().chain(files("src/http/pages", ".rs")) {
        for start in ["p.t(\"", "p.t1(\"", "p.tn(\""] {
            named.extend(text.split(start).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    assert!(named.len() > 70, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|key| !texts.has(key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
