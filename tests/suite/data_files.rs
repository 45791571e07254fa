//! A mistake in any data file is named by file, line and key, before anything starts.

use std::path::Path;

use otinish::data::Data;
use tempfile::TempDir;

const FOLDERS: [&str; 4] = ["calendars", "locales", "operators", "rules"];

/// A copy of all data files.
fn copy() -> TempDir {
    let to = tempfile::tempdir().unwrap();
    for folder in FOLDERS {
        copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &to.path().join(folder));
    }
    to
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Replaces the first `old` of a file by `new`. The message, and the line on which `place` stands then.
fn mistake(file: &str, old: &str, new: &str, place: &str) -> (String, usize) {
    let folder = copy();
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let at = text.find(old).unwrap_or_else(|| panic!("{file} has no {old:?}"));
    let changed = format!("{}{new}{}", &text[..at], &text[at + old.len()..]);
    let place = changed[at..].find(place).unwrap_or_else(|| panic!("{new:?} has no {place:?}")) + at;
    let line = changed[..place].matches('\n').count() + 1;
    std::fs::write(&path, &changed).unwrap();
    (Data::load(folder.path()).expect_err(file).to_string(), line)
}

/// The message names exactly this place, and says something more.
fn named(file: &str, key: &str, old: &str, new: &str, place: &str) {
    let (message, line) = mistake(file, old, new, place);
    let expected = format!("{file}:{line}: {key}: ");
    assert!(message.starts_with(&expected), "expected {expected}…\n   found {message}");
    assert!(message.len() > expected.len() + 5 && !message.contains('\n'), "{message}");
}

#[test]
fn the_files_as_they_come_are_read_from_the_folder() {
    let folder = copy();
    let data = Data::load(folder.path()).unwrap();
    assert_eq!(data.operators.iter().len(), 5);
    assert!(data.sources.iter().all(|(_, source)| source.starts_with(&folder.path().display().to_string())));
}

#[test]
fn a_mistake_in_a_profile_is_named() {
    let file = "operators/citicom.toml";
    named(file, "storage_country", "storage_country = \"KZ\"", "storage_country = \"Kazakhstan\"", "storage_country");
    named(file, "contacts.email", "email = \"privacy@citicom.example.kz\"", "email = \"privacy\"", "email");
    named(file, "retention.years", "years = 3", "years = 0", "years");
    named(file, "retention.years", "years = 3", "years = \"three\"", "years");
    named(
        file,
        "editions[0].published_on",
        "published_on = \"2021-07-15\"",
        "published_on = \"2021-07-35\"",
        "published_on",
    );
    named(file, "names.en", "names.en = \"CITICOM Systems LLP\"", "names.en = \" \"", "names.en");
    let acknowledgements = "acknowledgements = [\"agreement_may_end\"]";
    named(
        file,
        "options.acknowledgements[0]",
        acknowledgements,
        "acknowledgements = [\"sell_my_soul\"]",
        "acknowledgements",
    );
    named(file, "services[0].policies", "policies = [\"privacy\"]", "policies = [\"cookies\"]", "policies");
    named(file, "id", "id = \"citicom\"", "id = \"citicon\"", "id");
    named(file, "reference_prefix", "reference_prefix = \"CTC\"", "reference_prefix = \"CIT\"", "reference_prefix");
}

#[test]
fn a_key_that_nobody_knows_is_named_in_every_kind_of_file() {
    for (file, first) in [
        ("operators/citicom.toml", "id = \"citicom\""),
        ("rules/2026-01-18.toml", "id = \"2026-01-18\""),
        ("calendars/kz.toml", "revision = "),
    ] {
        let (message, line) = mistake(file, first, &format!("colour = \"blue\"\n{first}"), "colour");
        assert!(message.starts_with(&format!("{file}:{line}: ")) && message.contains("colour"), "{message}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_named() {
    for file in ["operators/citicom.toml", "rules/2026-01-18.toml", "calendars/kz.toml"] {
        named(file, "(file)", "\n\n", "\n= broken\n", "= broken");
    }
}

#[test]
fn a_mistake_in_the_law_is_named() {
    let file = "rules/2022-03-01.toml";
    named(file, "clock[0].days", "days = 30", "days = 0", "days");
    named(file, "clock[0].days", "days = 30", "days = \"thirty\"", "days");
    named(file, "clock[1].unit", "unit = \"working\"", "unit = \"banking\"", "unit");
    named(file, "clock[1].name", "name = \"information\"", "name = \"claim_response\"", "name");
    named(file, "verified_on", "verified_on = \"2026-11-01\"", "verified_on = \"yesterday\"", "verified_on");
    named("rules/2026-01-18.toml", "extends", "extends = \"2024-07-20\"", "extends = \"2019-01-01\"", "extends");
    let title = "На эти отношения действие Закона о персональных данных не распространяется";
    named(file, "refusal_ground[0].title.ru", &format!("ru = \"{title}\""), "ru = \" \"", "ru");
}

#[test]
fn a_mistake_in_the_calendar_is_named() {
    let file = "calendars/kz.toml";
    named(file, "year[0].day[1].date", "date = \"2024-01-02\"", "date = \"2024-01-01\"", "date");
    named(file, "year[0].day[0].date", "date = \"2024-01-01\"", "date = \"2023-01-02\"", "date");
    named(file, "year[0].day[0].working", "working = false", "working = true", "working");
    named(file, "year[0].day[0].working", "working = false", "working = \"no\"", "working");
    named(file, "revision", "revision = \"2026-11-22\"", "revision = \"\"", "revision");
    named(file, "year[1].year", "year = 2025", "year = 2035", "year");
}

#[test]
fn a_mistake_in_the_texts_is_named() {
    named(
        "locales/ru/field.ftl",
        "field-required",
        "field-required = ",
        "field-required = { $name } ",
        "field-required",
    );
    named(
        "locales/kk/field.ftl",
        "field-required",
        "\nfield-unknown_field",
        "\nfield-required = Екі рет\nfield-unknown_field",
        "field-required",
    );
    let (message, line) = mistake("locales/en/field.ftl", "field-required = ", "field-required { ", "field-required");
    assert!(message.starts_with(&format!("locales/en/field.ftl:{line}: ")), "{message}");
    let (message, _) = mistake("locales/en/field.ftl", "field-required = ", "field-needed = ", "field-needed");
    assert!(message.contains("field-required") || message.contains("field-needed"), "{message}");
    assert!(message.starts_with("locales/"), "{message}");
}

#[test]
fn what_files_say_of_each_other_is_checked() {
    let folder = copy();
    let text = std::fs::read_to_string(folder.path().join("operators/citicom.toml")).unwrap();
    let twin = text.replace("id = \"citicom\"", "id = \"zitizom\"");
    std::fs::write(folder.path().join("operators/zitizom.toml"), twin).unwrap();
    let message = Data::load(folder.path()).unwrap_err().to_string();
    assert!(message.starts_with("operators/zitizom.toml:") && message.contains("reference_prefix"), "{message}");

    let file = "operators/citicom.toml";
    let targets = "[internal_targets]\ninformation = 3\n\n[retention]";
    named(file, "internal_targets.information", "[retention]", targets, "information");
}

#[test]
fn a_file_that_is_missing_or_unreadable_is_named() {
    let folder = copy();
    std::fs::remove_file(folder.path().join("calendars/kz.toml")).unwrap();
    let message = Data::load(folder.path()).unwrap_err().to_string();
    assert!(message.starts_with("calendars/kz.toml:1: "), "{message}");

    let folder = copy();
    std::fs::write(folder.path().join("rules/2026-01-18.toml"), [0xff, 0xfe, 0x00]).unwrap();
    let message = Data::load(folder.path()).unwrap_err().to_string();
    assert!(message.starts_with("rules/2026-01-18.toml: cannot be read"), "{message}");

    let folder = copy();
    for file in std::fs::read_dir(folder.path().join("operators")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    let message = Data::load(folder.path()).unwrap_err().to_string();
    assert!(message.starts_with("operators:1: (file): "), "{message}");
}
