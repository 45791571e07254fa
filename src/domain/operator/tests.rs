//! Every mistake in a profile is named by file, line and key.

use super::*;

const DEMO: &str = include_str!("../../../operators/demo.toml");
const AITU: &str = include_str!("../../../operators/aitu-sauda.toml");

fn parse(name: &str, text: &str) -> Result<Operators, DataFileError> {
    Operators::parse(&[(name.to_owned(), text.to_owned())])
}

/// The mistake that follows from writing `to` instead of the first `from` in the demo's profile. Also checks that the
/// line named is near the change: where two places contradict each other, it is that of the second.
fn mistake(from: &str, to: &str) -> DataFileError {
    mistake_in("demo.toml", DEMO, from, to)
}

fn mistake_in(name: &str, text: &str, from: &str, to: &str) -> DataFileError {
    let at = text.find(from).unwrap_or_else(|| panic!("{from} is not in {name}"));
    let changed = text.replacen(from, to, 1);
    let error = parse(name, &changed).unwrap_err();
    assert_eq!(error.file, name);
    let first = text[..at].matches('\n').count() + 1;
    let last = first + to.matches('\n').count();
    let near = error.line <= last + 15 && error.line + 25 >= first;
    assert!(near || error.line == 1, "{error}, changed lines {first} to {last}");
    error
}

fn key(from: &str, to: &str) -> String {
    mistake(from, to).key
}

#[test]
fn a_mistake_names_file_line_and_key() {
    let error = mistake("storage_country = \"KZ\"", "storage_country = \"Kazakhstan\"");
    assert_eq!(error.to_string(), "demo.toml:8: storage_country: two capital letters (ISO 3166), such as KZ");
}

#[test]
fn no_profile_at_all_is_a_mistake() {
    assert_eq!(Operators::parse(&[]).unwrap_err().key, "(file)");
}

#[test]
fn broken_files_unknown_keys_and_wrong_types_are_mistakes() {
    assert!(parse("demo.toml", "id = ").is_err());
    assert!(parse("demo.toml", "").is_err());
    assert!(parse("demo.toml", "\u{0}").is_err());
    assert!(mistake("fictitious = true", "fictional = true").expected.contains("unknown field"));
    assert_eq!(key("fictitious = true", "fictitious = \"yes\""), "fictitious");
    assert!(mistake("phone = ", "fax = ").expected.contains("unknown field"));
    assert!(mistake("iin_required = true", "iin = true").expected.contains("unknown field"));
    assert_eq!(key("published_on = \"2024-02-01\"", "published_on = \"2024-02-30\""), "editions[0].published_on");
    assert_eq!(key("edition_rule = \"next_day\"", "edition_rule = \"someday\""), "edition_rule");
    assert_eq!(key("dated_by = \"policy\"", "dated_by = \"hearsay\""), "editions[0].dated_by");
    assert!(
        mistake("email_is_enough_for = [\"cookies\"", "email_is_enough_for = [\"access\"")
            .key
            .contains("email_is_enough_for")
    );
    assert!(mistake("withdrawal = 10", "holiday = 10").key.contains("internal_targets"));
    assert!(mistake("withdrawal = 10", "withdrawal = -1").expected.contains("u32"));
}

#[test]
fn the_id_is_well_formed_and_the_stem_of_the_file() {
    assert_eq!(key("id = \"demo\"", "id = \"other\""), "id");
    for id in ["Demo", "demo--x", "-demo", "demo-", "дем", "7demo", "", "demo x", "../demo"] {
        let text = DEMO.replacen("id = \"demo\"", &format!("id = \"{id}\""), 1);
        let error = parse(&format!("{id}.toml"), &text).unwrap_err();
        assert_eq!(error.key, "id", "{id}");
    }
    for name in ["demo.toml", "operators/demo.toml", "C:\\profiles\\demo.toml", "demo"] {
        assert!(parse(name, DEMO).is_ok(), "{name}");
    }
}

#[test]
fn two_operators_share_neither_id_nor_prefix() {
    let demo = ("demo.toml".to_owned(), DEMO.to_owned());
    let error = Operators::parse(&[demo.clone(), ("x/demo.toml".to_owned(), DEMO.to_owned())]).unwrap_err();
    assert_eq!((error.file.as_str(), error.key.as_str()), ("x/demo.toml", "id"));
    let other = ("other.toml".to_owned(), DEMO.replacen("id = \"demo\"", "id = \"other\"", 1));
    let error = Operators::parse(&[demo, other]).unwrap_err();
    assert_eq!((error.file.as_str(), error.line, error.key.as_str()), ("other.toml", 4, "reference_prefix"));
}

#[test]
fn a_prefix_is_three_characters_that_nobody_misreads() {
    for prefix in ["DE", "DEMO", "DIM", "DLM", "DOM", "DUM", "DZM", "dem", "D3M", "ДЕМ", ""] {
        let changed = format!("reference_prefix = \"{prefix}\"");
        assert_eq!(key("reference_prefix = \"DEM\"", &changed), "reference_prefix", "{prefix}");
    }
}

#[test]
fn a_bin_has_its_shape_and_control_digit() {
    let with = |bin: &str| DEMO.replacen("fictitious = true", &format!("fictitious = true\nbin = \"{bin}\""), 1);
    // Made up; the weights give 6 in the first pass, and for the second the first pass gives 10.
    let valid: Vec<String> = (0..10).map(|digit| format!("99014000001{digit}")).collect();
    assert_eq!(valid.iter().filter(|bin| parse("demo.toml", &with(bin)).is_ok()).count(), 1);
    for bin in ["990140000010", "99014000001", "9901400000166", "99014000001x", "", "٩٩٠١٤٠٠٠٠٠١٦"] {
        let accepted = valid.iter().find(|one| parse("demo.toml", &with(one)).is_ok()).unwrap();
        if bin != accepted {
            assert_eq!(parse("demo.toml", &with(bin)).unwrap_err().key, "bin", "{bin}");
        }
    }
    let any_control = |stem: &str| (0..10).any(|digit| parse("demo.toml", &with(&format!("{stem}{digit}"))).is_ok());
    assert!(!any_control("99134000001"), "month 13");
    assert!(!any_control("99013000001"), "the fifth digit of a person");
    assert!(!any_control("99014400001"), "an unknown sort of unit");
}

#[test]
fn the_control_digit_takes_two_passes_and_some_stems_have_none() {
    let with = |bin: &str| DEMO.replacen("fictitious = true", &format!("fictitious = true\nbin = \"{bin}\""), 1);
    let sum = |stem: &str, shift: usize| {
        stem.bytes()
            .enumerate()
            .map(|(place, byte)| usize::from(byte - b'0') * ((place + shift) % 11 + 1))
            .sum::<usize>()
            % 11
    };
    let stems: Vec<String> = (0..2000).map(|serial| format!("990140{serial:05}")).collect();
    let second = stems.iter().find(|stem| sum(stem, 0) == 10 && sum(stem, 2) < 10).unwrap();
    assert!(parse("demo.toml", &with(&format!("{second}{}", sum(second, 2)))).is_ok());
    let none = stems.iter().find(|stem| sum(stem, 0) == 10 && sum(stem, 2) == 10).unwrap();
    assert!((0..10).all(|digit| parse("demo.toml", &with(&format!("{none}{digit}"))).is_err()));
}

#[test]
fn addresses_phones_and_links_have_their_shape() {
    for address in [
        "a@b",
        "a",
        "@example.kz",
        "a@",
        "a b@example.kz",
        "a@example..kz",
        "a@-example.kz",
        "ә@example.kz",
        ".a@example.kz",
        "a@example.kz\\n",
    ] {
        let changed = format!("email = \"{address}\"");
        assert_eq!(key("email = \"privacy@demo.example.kz\"", &changed), "contacts.email", "{address}");
    }
    assert_eq!(key("email = \"dpo@demo.example.kz\"", "email = \"dpo\""), "responsible_person.email");
    assert_eq!(key("head@demo.example.kz", "head"), "head_contact");
    assert_eq!(key("learn@demo.example.kz", "learn"), "services[1].contact_email");
    for phone in ["77000000000", "+7 700 000 00 00", "+0700000000", "+7", "+7700000000000000", "+7700000000a"] {
        assert_eq!(key("+77000000000", phone), "contacts.phone", "{phone}");
    }
    assert_eq!(key("+77000000001", "1"), "responsible_person.phone");
    for site in [
        "http://demo.example.kz",
        "https://",
        "https://demo",
        "demo.example.kz",
        "javascript:alert(1)",
        "https://demo.example.kz/ a",
    ] {
        assert_eq!(
            key("website = \"https://demo.example.kz\"", &format!("website = \"{site}\"")),
            "contacts.website",
            "{site}"
        );
    }
    assert_eq!(key("https://demo.example.kz/cookies", "cookies.html"), "editions[2].url");
}

#[test]
fn no_text_is_blank_in_any_language() {
    let operator = parse("demo.toml", DEMO).unwrap().get("demo").unwrap().clone();
    let mut seen = 0;
    for (_, text) in texts::of(&operator) {
        for language in Language::ALL {
            let line = format!("{language} = \"{}\"", text.get(*language));
            let error = mistake(&line, &format!("{language} = \" \""));
            assert!(error.key.ends_with(language.as_str()), "{error}");
            assert_eq!(error.expected, "a text; it is blank");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
    assert!(parse("demo.toml", &DEMO.replacen("names.en = \"Demo LLP (fictitious company)\"\n", "", 1)).is_err());
}

#[test]
fn terms_stay_within_reason() {
    assert_eq!(key("years = 3", "years = 0"), "retention.years");
    assert_eq!(key("years = 3", "years = 76"), "retention.years");
    assert_eq!(key("clause = \"7.4\"", "clause = \" \""), "retention.clause");
    assert_eq!(key("clause = \"9.2\"", "clause = \"\""), "claim_response.clause");
    assert_eq!(key("accepted_after_days = 7", "accepted_after_days = 0"), "accepted_after_days");
    assert_eq!(key("accepted_after_days = 7", "accepted_after_days = 4000000000"), "accepted_after_days");
    assert_eq!(key("withdrawal = 10", "withdrawal = 0"), "internal_targets.withdrawal");
    let without = DEMO.replacen("years = 3\n", "", 1);
    assert_eq!(parse("demo.toml", &without).unwrap().get("demo").unwrap().retention.years, 3);
}

#[test]
fn a_target_that_is_not_stricter_is_a_mistake() {
    let operators = parse("demo.toml", DEMO).unwrap();
    let error =
        operators.check_targets(|clock| Some(if clock == ClockName::Withdrawal { 10 } else { 100 })).unwrap_err();
    assert_eq!(error.key, "internal_targets.withdrawal");
    assert!(error.expected.contains("10 days"), "{error}");
    assert!(DEMO.lines().nth(error.line - 1).unwrap().starts_with("withdrawal"), "{error}");
    assert!(operators.check_targets(|_| None).is_err());
    assert!(operators.check_targets(|_| Some(100)).is_ok());
}

#[test]
fn acknowledgements_are_known_and_have_scopes() {
    let path = "options.acknowledgements[0]";
    assert_eq!(key("acknowledgements = [\"agreement_may_end\"]", "acknowledgements = [\"anything\"]"), path);
    assert_eq!(
        key("acknowledgements = [\"agreement_may_end\"]", "acknowledgements = []"),
        "options.acknowledgement_scopes"
    );
    assert_eq!(key("scopes = [\"all\"", "scopes = [\"cookies\""), "options.acknowledgement_scopes");
    assert_eq!(key("scopes = [\"all\"", "scopes = [\"all\", \"all\""), "options.acknowledgement_scopes");
    let twice = "acknowledgements = [\"agreement_may_end\", \"agreement_may_end\"]";
    assert_eq!(key("acknowledgements = [\"agreement_may_end\"]", twice), "options.acknowledgements");
    assert_eq!(key("[\"cookies\", \"claim\"]", "[\"claim\", \"claim\"]"), "options.email_is_enough_for");
}

#[test]
fn options_may_be_left_out() {
    let start = DEMO.find("[options]").unwrap();
    let end = DEMO.find("[claim_response]").unwrap();
    let text = format!("{}{}", &DEMO[..start], &DEMO[end..]);
    assert_eq!(parse("demo.toml", &text).unwrap().get("demo").unwrap().options, Options::default());
}

#[test]
fn services_exist_once_and_their_policies_have_editions() {
    assert_eq!(key("id = \"demo.example.kz\"", "id = \"all\""), "services[0].id");
    assert_eq!(key("id = \"demo.example.kz\"", "id = \"Demo Shop\""), "services[0].id");
    assert_eq!(key("id = \"learn.demo.example.kz\"", "id = \"demo.example.kz\""), "services[1].id");
    assert_eq!(key("policies = [\"privacy\", \"cookies\"]", "policies = []"), "services[0].policies");
    assert_eq!(key("policies = [\"privacy\"]", "policies = [\"privacy\", \"cookies\"]"), "services[1].policies");
    assert_eq!(key("policies = [\"privacy\"]", "policies = [\"privacy\", \"privacy\"]"), "services[1].policies");
    let start = DEMO.find("[[services]]").unwrap();
    let end = DEMO.find("[[editions]]").unwrap();
    let none = format!("services = []\n{}{}", &DEMO[..start], &DEMO[end..]);
    assert_eq!(parse("demo.toml", &none).unwrap_err().key, "services");
}

#[test]
fn editions_name_services_and_days_that_make_sense() {
    let both = "services = [\"demo.example.kz\", \"learn.demo.example.kz\"]";
    assert_eq!(
        key(both, "services = [\"demo.example.kz\", \"learn.demo.example.kz\", \"gone.example.kz\"]"),
        "editions[1].services[2]"
    );
    assert_eq!(key("services = [\"demo.example.kz\"]", "services = []"), "editions[0].services");
    assert_eq!(key("id = \"privacy-2026-01-12\"", "id = \"privacy-2024-02-01\""), "editions[1].id");
    assert_eq!(key("id = \"privacy-2026-01-12\"", "id = \"new edition\""), "editions[1].id");
    assert_eq!(key("in_force_from = \"2026-01-18\"", "in_force_from = \"2026-01-11\""), "editions[1].in_force_from");
    assert_eq!(key("accepted_from = \"2026-01-25\"", "accepted_from = \"2026-01-11\""), "editions[1].accepted_from");
    assert_eq!(key("published_on = \"2024-02-01\"", "published_on = \"1999-02-01\""), "editions[0].published_on");
    assert_eq!(key("in_force_from = \"2026-01-18\"", "in_force_from = \"9999-01-18\""), "editions[1].in_force_from");
    assert_eq!(key("published_on = \"2024-02-01\"", "published_on = \"2026-01-17\""), "editions[1].published_on");
    let cookies = "id = \"cookies-2024-02-01\"\npolicy = \"cookies\"";
    let changed = "id = \"cookies-2024-02-01\"\npolicy = \"privacy\"";
    assert_eq!(parse("demo.toml", &DEMO.replacen(cookies, changed, 1)).unwrap_err().key, "services[0].policies");
    let text = DEMO.replacen("policies = [\"privacy\", \"cookies\"]", "policies = [\"privacy\"]", 1);
    assert_eq!(parse("demo.toml", &text).unwrap_err().key, "editions[2].services[0]");
}

#[test]
fn ids_of_lists_are_well_formed_and_there_once() {
    for (from, to, path) in [
        ("id = \"duties\"", "id = \"orders\"", "purposes[1].id"),
        ("id = \"duties\"", "id = \"Our duties\"", "purposes[1].id"),
        ("id = \"courses\"", "id = \"news\"", "services[1].purposes[1].id"),
        ("id = \"results\"", "id = \"full_name\"", "services[1].data_categories[1].id"),
        ("id = \"card\"", "id = \"iin\"", "data_categories[4].id"),
        ("id = \"advertising\"", "id = \"statistics\"", "cookie_purposes[2].id"),
        ("id = \"analytics\"", "id = \"required\"", "cookie_categories[1].id"),
        ("id = \"couriers\"", "id = \"_\"", "recipients[0].id"),
        ("id = \"advertisers\"", "id = \"couriers\"", "recipients[1].id"),
    ] {
        assert_eq!(key(from, to), path, "{to}");
    }
}

#[test]
fn cookie_categories_have_purposes_one_required_at_most_and_a_hint() {
    assert_eq!(key("purposes = [\"statistics\"]", "purposes = [\"nothing\"]"), "cookie_categories[1].purposes[0]");
    assert_eq!(key("purposes = [\"statistics\"]", "purposes = []"), "cookie_categories[1].purposes");
    let second = "purposes = [\"statistics\"]\nrequired = true";
    assert_eq!(key("purposes = [\"statistics\"]", second), "cookie_categories[1].required");
    assert_eq!(key("[\"advertising\", \"statistics\"]", "[\"statistics\"]"), "cookie_purposes[2].id");
    let kept: Vec<&str> = DEMO.lines().filter(|line| !line.starts_with("cookie_removal")).collect();
    let no_hint = kept.join("\n");
    assert_eq!(parse("demo.toml", &no_hint).unwrap_err().key, "cookie_removal");
    let start = DEMO.find("[[cookie_purposes]]").unwrap();
    let end = DEMO.find("[[recipients]]").unwrap();
    let none = format!("{}{}", &DEMO[..start], &DEMO[end..]);
    assert_eq!(parse("demo.toml", &none).unwrap_err().key, "cookie_categories");
}

#[test]
fn recipients_receive_something_that_the_profile_describes() {
    assert_eq!(key("receives = [\"personal_data\"]", "receives = []"), "recipients[0].receives");
    let error = mistake_in("aitu-sauda.toml", AITU, "receives = [\"personal_data\"]", "receives = [\"cookies\"]");
    assert_eq!(error.key, "recipients[0].receives");
}

#[test]
fn a_purpose_that_some_languages_lack_is_part_of_another() {
    let change = |from: &str, to: &str| mistake_in("aitu-sauda.toml", AITU, from, to).key;
    let whole = "part_of = \"notices\"";
    assert_eq!(change(whole, ""), "purposes[8].part_of");
    assert_eq!(change(whole, "part_of = \"nothing\""), "purposes[8].part_of");
    assert_eq!(change(whole, "part_of = \"development\""), "purposes[8].part_of");
    assert_eq!(change(whole, "part_of = \"improvement\""), "purposes[8].part_of");
    assert_eq!(change("languages = [\"kk\", \"en\"]", ""), "purposes[8].part_of");
    assert_eq!(change("languages = [\"kk\", \"en\"]", "languages = []"), "purposes[8].languages");
    assert_eq!(change("languages = [\"kk\", \"en\"]", "languages = [\"kk\", \"kk\"]"), "purposes[8].languages");
}

#[test]
fn a_profile_survives_json() {
    let operators = parse("aitu-sauda.toml", AITU).unwrap();
    let json = serde_json::to_string(operators.get("aitu-sauda").unwrap()).unwrap();
    let back: Operator = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
}

#[test]
fn an_origin_is_written_as_browsers_send_it() {
    let with = |origin: &str| {
        mistake("storage_country = \"KZ\"", &format!("storage_country = \"KZ\"\nallowed_origins = [\"{origin}\"]"))
    };
    let wrong = [
        "https://www.company.kz/",
        "www.company.kz",
        "http://www.company.kz",
        "https://WWW.company.kz",
        "*",
        "null",
        "https://company.kz:443",
        "https://company.kz:port",
        "https://user@company.kz",
        "http://localhost.evil.kz",
    ];
    for origin in wrong {
        assert_eq!(with(origin).key, "allowed_origins[0]", "{origin}");
    }
}

#[test]
fn a_host_name_is_plain_and_belongs_to_one_operator() {
    let with =
        |host: &str| mistake("storage_country = \"KZ\"", &format!("storage_country = \"KZ\"\nhost = \"{host}\""));
    for host in ["https://requests.company.kz", "Requests.company.kz", "company.kz:8080", "company", "a.kz/b", ""] {
        assert_eq!(with(host).key, "host", "{host}");
    }
    let hosted = |text: &str| format!("host = \"requests.company.kz\"\n{text}");
    let files = [("aitu-sauda.toml".to_owned(), hosted(AITU)), ("demo.toml".to_owned(), DEMO.to_owned())];
    let operators = Operators::parse(&files).unwrap();
    let at = |host: &str| operators.at_host(host).map(|operator| operator.id.as_str());
    assert_eq!(at("requests.company.kz"), Some("aitu-sauda"));
    assert_eq!(at("Requests.Company.KZ:8443"), Some("aitu-sauda"));
    assert_eq!((at("demo.example.kz"), at("")), (None, None));
    let files = [("aitu-sauda.toml".to_owned(), hosted(AITU)), ("demo.toml".to_owned(), hosted(DEMO))];
    assert_eq!(Operators::parse(&files).unwrap_err().key, "host");
    let alone = parse("aitu-sauda.toml", AITU).unwrap();
    assert_eq!(alone.at_host("anything.kz").map(|operator| operator.id.as_str()), Some("aitu-sauda"));
}
