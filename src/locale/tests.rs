//! The catalogues as a whole, and what is refused of them.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};

use super::explain::{Explained, clock};
use super::{Texts, Value, built_in, dates, letters};
use crate::domain::data_file::DataFileError;
use crate::domain::vocabulary::{
    Authority, Basis, Blocking, Capacity, Certainty, Channel, ClockName, ClockState, DesiredResult, Ground, Kind,
    Language, Localized, Outcome, Role, Status, VerificationMethod, VerificationResult, Violation, WithdrawalScope,
};

fn texts() -> Texts {
    Texts::built_in().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn parse(kk: &str, ru: &str, en: &str) -> Result<Texts, DataFileError> {
    Texts::parse(&[
        (Language::Kk, "kk/a.ftl".to_owned(), kk.to_owned()),
        (Language::Ru, "ru/a.ftl".to_owned(), ru.to_owned()),
        (Language::En, "en/a.ftl".to_owned(), en.to_owned()),
    ])
}

#[test]
fn texts_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Texts>();
}

#[test]
fn every_catalogue_of_the_folder_is_in_the_binary() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let mut found = BTreeSet::new();
    for language in Language::ALL {
        for file in std::fs::read_dir(folder.join(language.as_str())).unwrap() {
            found.insert(format!("locales/{language}/{}", file.unwrap().file_name().to_string_lossy()));
        }
    }
    let listed: BTreeSet<String> = built_in::files().into_iter().map(|(_, file, _)| file).collect();
    assert_eq!(listed, found);
}

#[test]
fn every_word_of_the_vocabulary_has_its_text() {
    let texts = texts();
    let mut wanted: Vec<String> = Vec::new();
    macro_rules! want {
        ($($prefix:literal: $vocabulary:ty),+ $(,)?) => {
            $(wanted.extend(<$vocabulary>::ALL.iter().map(|word| format!("{}-{word}", $prefix)));)+
        };
    }
    want! {
        "kind": Kind, "kind-short": Kind, "status": Status, "status-staff": Status, "blocking": Blocking, "violation": Violation,
        "outcome": Outcome, "channel": Channel, "basis": Basis, "certainty": Certainty, "clock-state": ClockState,
        "clock": ClockName, "clock-explain-waiting": ClockName, "mail-promise": ClockName, "ground": Ground,
        "capacity": Capacity, "authority": Authority, "desired": DesiredResult, "scope": WithdrawalScope,
        "method": VerificationMethod, "verification": VerificationResult, "role": Role, "language": Language,
        "mail-note": crate::mail::compose::Note,
    }
    wanted.extend(letters::ACCESS_PARTS.iter().map(|key| (*key).to_owned()));
    let missing: Vec<_> = wanted.iter().filter(|key| !texts.has(key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_mistake_of_a_field_has_its_text_and_its_number_takes_the_right_form() {
    let texts = texts();
    let missing: Vec<_> =
        crate::domain::text::CODES.iter().filter(|code| !texts.has(&format!("field-{code}"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let too_short = |min: &str| texts.field(Language::Ru, "too_short", &[("min", min.to_owned())]);
    assert_eq!(too_short("2"), "Допишите: нужно хотя бы 2 знака.");
    assert_eq!(too_short("15"), "Допишите: нужно хотя бы 15 знаков.");
    assert_eq!(texts.field(Language::Ru, "no_such_code", &[]), texts.get(Language::Ru, "field-invalid_value", &[]));
}

#[test]
fn every_problem_has_a_title_and_a_detail() {
    let texts = texts();
    for key in texts.keys().filter(|key| key.starts_with("problem-")) {
        let code = key.trim_start_matches("problem-").trim_end_matches("-title").trim_end_matches("-detail");
        assert!(texts.has(&format!("problem-{code}-title")) && texts.has(&format!("problem-{code}-detail")), "{key}");
        assert_eq!(texts.variables(&format!("problem-{code}-title")).count(), 0, "{key}");
    }
}

#[test]
fn every_key_that_is_written_out_in_the_code_exists() {
    let texts = texts();
    let prefixes = ["mail-", "letter-", "clock-", "date-", "list-", "problem-", "field-", "timeline-", "event-"];
    let mut seen = 0;
    for folder in ["src/locale", "src/mail/compose"] {
        for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.ends_with("tests.rs") {
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            for literal in code.split('"').filter(|text| prefixes.iter().any(|prefix| text.starts_with(prefix))) {
                if literal.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_') {
                    assert!(texts.has(literal), "{literal} in {}", path.display());
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn the_words_are_clean() {
    let is_latin = |letter: char| letter.is_ascii_alphabetic() || letter == 'ə';
    let is_cyrillic = |letter: char| ('\u{400}'..='\u{4ff}').contains(&letter);
    for (language, file, text) in built_in::files() {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let place = format!("{file}:{}", number + 1);
            assert!(!line.contains('!') && !line.contains('\t'), "{place}");
            assert!(!line.trim_start().contains("  ") && line.trim_end() == line, "{place}");
            for word in line.split(|letter: char| !letter.is_alphabetic()) {
                assert!(
                    !(word.chars().any(is_latin) && word.chars().any(is_cyrillic)),
                    "{place}: mixed letters in {word}"
                );
                let careless = match language {
                    Language::Ru => {
                        ["вы", "вас", "вам", "вами", "ваш", "ваша", "ваше", "ваши", "вашу", "вашей", "вашего"]
                            .as_slice()
                    }
                    Language::Kk => ["сіз", "сізге", "сізді", "сіздің", "сізден", "сізбен"].as_slice(),
                    Language::En => [].as_slice(),
                };
                assert!(!careless.contains(&word), "{place}: {word} wants a capital");
            }
        }
    }
}

#[test]
fn mistakes_of_catalogues_are_named_with_file_line_and_key() {
    let named = |error: DataFileError| (error.file, error.line, error.key);
    let at = |file: &str, line: usize, key: &str| (file.to_owned(), line, key.to_owned());
    let good = "a = x\nb = { $n }\n";
    assert!(parse(good, good, good).is_ok());
    assert_eq!(named(parse(good, "a = x\nb = { $n\n", good).unwrap_err()), at("ru/a.ftl", 3, "(file)"));
    assert_eq!(named(parse(good, "a = x\nb = { $n }\n\na = y\n", good).unwrap_err()), at("ru/a.ftl", 4, "a"));
    let missing = parse(good, good, "a = x\n").unwrap_err();
    assert!(missing.expected.contains("`en` lacks it"), "{missing}");
    assert_eq!(missing.key, "b");
    let differs = parse(good, good, "a = x\nb = { $m }\n").unwrap_err();
    assert_eq!(named(differs.clone()), at("en/a.ftl", 2, "b"));
    assert_eq!(differs.expected, "expected the variables $n as in kk/a.ftl:2, found $m");
    let in_a_form = "a = x\nb = { $n ->\n    [one] { $k }\n   *[other] { $n }\n}\n";
    assert!(parse(good, in_a_form, good).unwrap_err().expected.contains("$k, $n"));
    for refused in ["-t = x\n", "a = x\n    .title = y\n", "a = { b }\nb = y\n", "a = { NUMBER($n) }\n", "a = { -t }\n"]
    {
        assert!(parse(refused, good, good).is_err(), "{refused}");
    }
    assert!(parse("", "", "").is_ok());
    assert!(parse("\u{0}}{", good, good).is_err());
}

#[test]
fn a_text_that_does_not_exist_gives_its_key_and_a_missing_value_does_not_panic() {
    let texts = texts();
    assert_eq!(texts.get(Language::Ru, "no-such-key", &[]), "no-such-key");
    assert_eq!(texts.get(Language::Ru, "", &[]), "");
    assert!(!texts.has("no-such-key"));
    assert_eq!(texts.variables("problem-invalid_transition-detail").collect::<Vec<_>>(), ["action", "status"]);
    assert!(!texts.get(Language::Ru, "date-full", &[]).is_empty());
}

#[test]
fn numbers_take_the_form_of_their_language() {
    let texts = texts();
    let left = |language, left: i64| texts.get(language, "problem-wrong_code-detail", &[("left", Value::from(left))]);
    assert!(left(Language::Ru, 1).ends_with("Осталась 1 попытка."));
    assert!(left(Language::Ru, 3).ends_with("Осталось 3 попытки."));
    assert!(left(Language::Ru, 5).ends_with("Осталось 5 попыток."));
    assert!(left(Language::Ru, 0).contains("больше не действует"));
    assert!(left(Language::En, 1).ends_with("1 try left."));
    assert!(left(Language::En, 2).ends_with("2 tries left."));
    assert!(left(Language::Kk, 1).ends_with("Қалған мүмкіндік саны: 1."));
    let days = |days: u32| texts.get(Language::Ru, "mail-staff-reminder-days_before", &[("days", Value::from(days))]);
    assert_eq!(
        [days(1), days(5), days(10), days(11), days(21)],
        [
            "До срока остался 1 день.",
            "До срока осталось 5 дней.",
            "До срока осталось 10 дней.",
            "До срока осталось 11 дней.",
            "До срока остался 21 день."
        ]
    );
}

#[test]
fn dates_are_written_as_people_write_them() {
    let texts = texts();
    let on = day("2026-11-25");
    let all = |write: fn(&Texts, Language, NaiveDate) -> String| {
        [Language::Kk, Language::Ru, Language::En].map(|language| write(&texts, language, on))
    };
    assert_eq!(all(dates::date), ["2026 жылғы 25 қараша", "25 ноября 2026 года", "25 November 2026"]);
    assert_eq!(
        all(dates::date_weekday),
        ["2026 жылғы 25 қараша, сәрсенбі", "среда, 25 ноября 2026 года", "Wednesday, 25 November 2026"]
    );
    assert_eq!(
        all(dates::date_by),
        [
            "2026 жылғы 25 қарашадан (сәрсенбі) кешіктірмей",
            "не позднее 25 ноября 2026 года (среда)",
            "no later than Wednesday, 25 November 2026"
        ]
    );
    let at: DateTime<Utc> = "2026-11-25T19:08:30Z".parse().unwrap();
    assert_eq!(dates::date_time(&texts, Language::Kk, at), "2026 жылғы 26 қараша, 00:08, Алматы уақыты (UTC+5)");
    assert_eq!(dates::date_time(&texts, Language::Ru, at), "26 ноября 2026 года, 00:08, время Алматы (UTC+5)");
    assert_eq!(dates::date_time(&texts, Language::En, at), "26 November 2026, 00:08, Almaty time (UTC+5)");
    let days = [day("2026-11-30"), day("2026-12-01"), day("2026-12-02")];
    assert_eq!(dates::days(&texts, Language::Ru, &days), "30 ноября, 1 и 2 декабря");
    assert_eq!(dates::days(&texts, Language::Ru, &[]), "");
    let turn = [day("2026-12-31"), day("2027-01-05")];
    assert_eq!(dates::days(&texts, Language::En, &turn), "31 December 2026 and 5 January 2027");
    assert_eq!(dates::range(&texts, Language::Kk, day("2026-10-31"), day("2026-11-01")), "31 қазан – 1 қараша");
}

fn access_clock() -> Explained {
    Explained {
        name: ClockName::Information,
        state: ClockState::Running,
        term_days: 3,
        working: true,
        event_on: Some(day("2026-11-21")),
        due_on: Some(day("2026-11-25")),
        counted: vec![day("2026-11-23"), day("2026-11-24"), day("2026-11-25")],
        skipped: vec![(day("2026-11-22"), true, None)],
        moved_from: None,
        met_on: None,
    }
}

#[test]
fn a_short_term_names_the_days_that_count_and_those_that_do_not() {
    let (texts, explained) = (texts(), access_clock());
    assert_eq!(
        clock(&texts, Language::Ru, &explained),
        "3 рабочих дня считаются со следующего дня после 21 ноября 2026 года: 23, 24 и 25 ноября. \
         Не считаются: 22 ноября (воскресенье). Срок истекает 25 ноября 2026 года в 24:00."
    );
    assert_eq!(
        clock(&texts, Language::Kk, &explained),
        "2026 жылғы 21 қарашадан кейінгі күннен бастап 3 жұмыс күні есептеледі: 23, 24 және 25 қараша. \
         Есепке кірмейтін күндер: 22 қараша (жексенбі). Мерзімнің соңы: 2026 жылғы 25 қараша, сағат 24:00."
    );
    assert_eq!(
        clock(&texts, Language::En, &explained),
        "3 working days are counted from the day after 21 November 2026: 23, 24 and 25 November. \
         Not counted: 22 November (Sunday). The term ends on 25 November 2026 at 24:00."
    );
}

#[test]
fn a_long_term_names_its_ends_and_holidays_but_not_every_weekend() {
    let texts = texts();
    let name = Localized {
        kk: "Тәуелсіздік күні".to_owned(),
        ru: "День Независимости".to_owned(),
        en: "Independence Day".to_owned(),
    };
    let counted = (1..=15).map(|number| day("2026-11-30") + chrono::Days::new(number)).collect();
    let mut explained = Explained { term_days: 15, counted, due_on: Some(day("2026-12-22")), ..access_clock() };
    explained.skipped = ["2026-12-05", "2026-12-06", "2026-12-12", "2026-12-13", "2026-12-19", "2026-12-20"]
        .map(|date| (day(date), true, None))
        .to_vec();
    explained.skipped.insert(4, (day("2026-12-16"), false, Some(name)));
    let text = clock(&texts, Language::Ru, &explained);
    assert!(
        text.contains(
            "15 рабочих дней считаются со следующего дня после 21 ноября 2026 года: с 1 декабря по 15 декабря."
        ),
        "{text}"
    );
    assert!(text.contains("Не считаются: субботы и воскресенья и 16 декабря (День Независимости)."), "{text}");
    explained.skipped.truncate(5);
    let text = clock(&texts, Language::Ru, &explained);
    assert!(
        text.contains("5–6 декабря (выходные), 12–13 декабря (выходные) и 16 декабря (День Независимости)."),
        "{text}"
    );
}

#[test]
fn a_calendar_term_tells_that_its_end_was_moved() {
    let texts = texts();
    let explained = Explained {
        name: ClockName::ClaimResponse,
        term_days: 30,
        working: false,
        due_on: Some(day("2026-12-21")),
        counted: Vec::new(),
        skipped: Vec::new(),
        moved_from: Some(day("2026-12-20")),
        event_on: Some(day("2026-11-20")),
        ..access_clock()
    };
    assert_eq!(
        clock(&texts, Language::Ru, &explained),
        "30 календарных дней считаются со следующего дня после 20 ноября 2026 года. Последний день, 20 декабря 2026 года, \
         нерабочий, поэтому срок переносится на ближайший рабочий день. Срок истекает 21 декабря 2026 года в 24:00."
    );
}

#[test]
fn every_state_of_every_clock_is_explained_also_when_facts_are_missing() {
    let texts = texts();
    for language in Language::ALL.iter().copied() {
        for name in ClockName::ALL.iter().copied() {
            for state in ClockState::ALL.iter().copied() {
                for due_on in [None, Some(day("2026-11-25"))] {
                    let met_on = Some(day("2026-11-26"));
                    let explained = Explained { name, state, due_on, met_on, ..access_clock() };
                    let text = clock(&texts, language, &explained);
                    assert!(text.ends_with('.') && !text.contains('{') && !text.contains("clock-"), "{text}");
                }
            }
        }
    }
    let met = Explained { state: ClockState::Met, met_on: Some(day("2026-11-24")), ..access_clock() };
    assert!(clock(&texts, Language::Ru, &met).ends_with("Выполнено 24 ноября 2026 года, в срок."));
}

#[test]
fn staff_read_their_own_words_of_an_event_where_there_are_some() {
    let texts = texts();
    assert_eq!(texts.staff_event(Language::Ru, "replied"), "Заявитель ответил на вопрос");
    assert_eq!(texts.staff_event(Language::Ru, "received"), "Обращение получено");
    for key in texts.keys().filter(|key| key.starts_with("event-")) {
        assert!(texts.has(&key.replacen("event-", "timeline-", 1)), "{key}");
    }
}

#[test]
fn a_person_learns_where_to_complain_and_which_court() {
    let texts = texts();
    let lines = letters::how_to_complain(&texts, Language::Ru, Some("суд города Алматы"));
    assert_eq!(lines.lines().count(), 5);
    assert!(lines.ends_with("— в суд: суд города Алматы."), "{lines}");
    assert!(letters::how_to_complain(&texts, Language::Kk, Some("  ")).ends_with("— сотқа."));
    for language in Language::ALL.iter().copied() {
        let letter = letters::not_verified(&texts, language);
        assert_eq!(letter.split("\n\n").count(), 3, "{letter}");
        assert!(!letter.contains("\n\n\n") && !letter.starts_with(' '));
    }
}
