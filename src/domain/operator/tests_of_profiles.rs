//! The profiles that come with the product say what the policies say.

use super::*;

const FILES: [(&str, &str); 5] = [
    ("operators/kazteleport.toml", include_str!("../../../operators/kazteleport.toml")),
    ("operators/digital-rocket.toml", include_str!("../../../operators/digital-rocket.toml")),
    ("operators/citicom.toml", include_str!("../../../operators/citicom.toml")),
    ("operators/aitu-sauda.toml", include_str!("../../../operators/aitu-sauda.toml")),
    ("operators/demo.toml", include_str!("../../../operators/demo.toml")),
];

fn all() -> Operators {
    let files: Vec<(String, String)> = FILES.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    Operators::parse(&files).unwrap_or_else(|error| panic!("{error}"))
}

fn one(id: &str) -> Operator {
    all().get(id).unwrap().clone()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn ids<'a, T: 'a>(items: impl IntoIterator<Item = &'a T>, id: impl Fn(&T) -> &str) -> Vec<String> {
    items.into_iter().map(|item| id(item).to_owned()).collect()
}

#[test]
fn all_profiles_parse_and_keep_the_order_of_the_files() {
    let found = ids(all().iter(), |operator| &operator.id);
    assert_eq!(found, ["kazteleport", "digital-rocket", "citicom", "aitu-sauda", "demo"]);
    let prefixes = ids(all().iter(), |operator| &operator.reference_prefix);
    assert_eq!(prefixes, ["KTP", "DRK", "CTC", "ATS", "DEM"]);
    assert!(all().get("nobody").is_none());
}

#[test]
fn a_trial_writes_to_nobody_real_but_the_published_contact() {
    for operator in all().iter() {
        let domain = format!("@{}.example.kz", operator.id);
        assert_eq!(operator.responsible_person.email, format!("dpo{domain}"));
        assert!(operator.head_contact.ends_with(&domain), "{}", operator.head_contact);
        let published = operator.contacts.email == "marketing@kazteleport.kz";
        assert!(published || operator.contacts.email.ends_with(&domain), "{}", operator.contacts.email);
        assert_eq!(operator.bin, None, "no policy states a BIN");
        assert_eq!(operator.storage_country, "KZ");
        assert_eq!(operator.fictitious, operator.id == "demo");
        assert_eq!(operator.retention.years, 3);
    }
}

/// Letters that look alike are easily typed in the wrong script: `ə` for `ә`, `i` for `і`, `h` for `һ`.
#[test]
fn no_word_of_a_profile_mixes_scripts() {
    let cyrillic = |letter: &char| ('\u{400}'..='\u{4ff}').contains(letter);
    let latin = |letter: &char| letter.is_ascii_alphabetic() || *letter == 'ə';
    for operator in all().iter() {
        for (_, text) in texts::of(operator) {
            for language in Language::ALL {
                for word in text.get(*language).split(|letter: char| !letter.is_alphabetic()) {
                    let mixed =
                        word.chars().any(|letter| cyrillic(&letter)) && word.chars().any(|letter| latin(&letter));
                    assert!(!mixed, "{}: {word}", operator.id);
                }
            }
            let name = "«Цифровая ракета»";
            let kazakh_or_name = |text: &str| text.replace(name, "").replace("Цифровая ракета", "");
            assert!(!kazakh_or_name(&text.en).chars().any(|letter| cyrillic(&letter)), "{}", text.en);
            assert!(!text.ru.chars().any(|letter| "әғқңөұүһі".contains(letter)), "{}", text.ru);
            assert!(text.kk != text.ru, "{}", text.kk);
        }
    }
}

#[test]
fn kazteleport_covers_four_sites_by_cookies_and_three_by_privacy() {
    let operator = one("kazteleport");
    let covered = |policy| {
        let edition = operator.editions.iter().find(|edition| edition.policy == policy).unwrap();
        edition.services.clone()
    };
    let four = ["kazteleport.kz", "portal.kazteleport.kz", "smartcloud.kz", "portal.smartcloud.kz"];
    assert_eq!(covered(PolicyKind::Cookies), four);
    assert_eq!(covered(PolicyKind::Privacy), ["kazteleport.kz", "smartcloud.kz", "portal.smartcloud.kz"]);
    assert!(operator.serves("all") && operator.serves("smartcloud.kz") && !operator.serves("example.kz"));
}

#[test]
fn kazteleport_has_three_cookie_categories_and_cannot_do_without_one() {
    let operator = one("kazteleport");
    assert_eq!(ids(&operator.cookie_categories, |category| &category.id), ["required", "analytics", "marketing"]);
    assert!(operator.cookie_category("required").unwrap().required);
    assert!(operator.cookie_categories.iter().skip(1).all(|category| !category.required));
    assert_eq!(operator.cookie_purposes.len(), 6);
    assert!(operator.cookie_removal.is_some());
    assert_eq!(operator.contact_email("smartcloud.kz"), "marketing@kazteleport.kz");
}

#[test]
fn kazteleport_has_sixteen_groups_of_data_and_eleven_purposes() {
    let operator = one("kazteleport");
    assert_eq!(operator.data_categories.len(), 16);
    assert_eq!(operator.purposes.len(), 11);
    let stoppable: Vec<usize> = operator
        .purposes
        .iter()
        .enumerate()
        .filter(|(_, purpose)| purpose.stoppable)
        .map(|(place, _)| place + 1)
        .collect();
    assert_eq!(stoppable, [10]);
    assert!(operator.purposes[4].consent_based);
}

#[test]
fn kazteleport_tells_recipients_but_not_those_by_law() {
    let operator = one("kazteleport");
    let told = |what| ids(operator.recipients_to_tell(what), |recipient| &recipient.id);
    assert_eq!(told(Receives::Cookies), ["analytics_services", "partners"]);
    assert_eq!(told(Receives::PersonalData), ["third_parties"]);
    assert!(operator.recipients.iter().any(|recipient| recipient.by_law));
}

#[test]
fn kazteleport_blocks_from_receipt_promises_thirty_days_and_names_the_court() {
    let operator = one("kazteleport");
    assert!(operator.options.provisional_block);
    assert_eq!(operator.options.email_is_enough_for, [EmailIsEnough::Cookies]);
    let term = operator.claim_response.unwrap();
    assert_eq!(term.clause, "30");
    assert!(term.citation.ru.contains("пункт 30"), "{}", term.citation.ru);
    assert!(operator.court.unwrap().ru.contains("Алматы"));
    assert!(operator.storage_term.en.contains("Until consent is withdrawn"));
    let contracts = ids(all().iter().filter(|operator| operator.claim_response.is_some()), |operator| &operator.id);
    assert_eq!(contracts, ["kazteleport", "demo"]);
}

#[test]
fn digital_rocket_has_four_cases_of_transfer_and_five_purposes() {
    let operator = one("digital-rocket");
    assert_eq!(operator.recipients.len(), 4);
    assert_eq!(operator.recipients.iter().filter(|recipient| recipient.by_law).count(), 1);
    assert_eq!(operator.purposes.len(), 5);
    assert!(operator.cookie_category("web_beacons").is_some());
    assert!(!operator.cookie_categories.iter().any(|category| category.required));
    assert!(!operator.options.provisional_block);
}

#[test]
fn citicom_brings_an_edition_into_force_on_the_next_day() {
    let operator = one("citicom");
    assert_eq!(operator.edition_rule, EditionRule::NextDay);
    assert!(operator.edition_on("citicom.kz", day("2021-07-15")).is_none());
    assert!(operator.edition_on("citicom.kz", day("2021-07-16")).is_some());
    assert!(operator.form_hint.is_some());
    assert!(operator.cookie_category("required").unwrap().required);
    assert_eq!(operator.cookie_categories.len(), 5);
    assert_eq!(ids(&operator.recipients, |recipient| &recipient.id), ["assignees", "state_bodies"]);
}

#[test]
fn citicom_asks_to_acknowledge_the_end_of_the_services_for_a_withdrawal_of_all_only() {
    let operator = one("citicom");
    assert_eq!(operator.acknowledgements_for(WithdrawalScope::All), ["agreement_may_end"]);
    assert!(operator.acknowledgements_for(WithdrawalScope::Publication).is_empty());
    assert!(one("kazteleport").acknowledgements_for(WithdrawalScope::All).is_empty());
}

#[test]
fn aitu_sauda_has_ten_purposes_in_kazakh_and_eight_in_russian() {
    let operator = one("aitu-sauda");
    let listed = |language| operator.purposes_in("dosmart.kz", language).len();
    assert_eq!((listed(Language::Kk), listed(Language::Ru), listed(Language::En)), (10, 8, 10));
    assert!(operator.purposes[4].publication);
    let meant = |language| {
        let named = ["notices".to_owned()];
        ids(operator.purposes_meant("dosmart.kz", language, &named), |purpose| &purpose.id)
    };
    assert_eq!(meant(Language::Kk), ["notices"]);
    assert_eq!(meant(Language::Ru), ["notices", "development", "improvement"], "one clause in the Russian version");
    assert!(operator.purposes_meant("dosmart.kz", Language::Ru, &["nothing".to_owned()]).is_empty());
}

#[test]
fn aitu_sauda_counts_an_edition_as_accepted_seven_days_after_publication() {
    let operator = one("aitu-sauda");
    let edition = &operator.editions[0];
    assert_eq!(operator.in_force_from(edition), edition.published_on);
    assert_eq!(operator.accepted_from(edition), Some(days_after(edition.published_on, 7)));
    let shown = &operator.public().editions[0];
    assert_eq!(Some(shown.in_force_from + Days::new(7)), shown.accepted_from);
}

#[test]
fn aitu_sauda_marks_documents_faces_and_networks_and_binds_every_recipient() {
    let operator = one("aitu-sauda");
    let sensitive = ids(operator.data_categories.iter().filter(|category| category.sensitive), |category| &category.id);
    assert_eq!(sensitive, ["id_document", "social_name", "social_ids", "face_image"]);
    assert!(operator.recipients.iter().all(|recipient| recipient.contract_on_confidentiality));
    assert!(operator.recipients.iter().any(|recipient| recipient.abroad));
    assert_eq!(operator.acknowledgements_for(WithdrawalScope::Purposes), ["agreement_may_end"]);
    assert!(operator.acknowledgements_for(WithdrawalScope::Cookies).is_empty());
}

#[test]
fn the_main_policy_of_a_service_is_privacy_where_one_covers_it() {
    let operator = one("kazteleport");
    let main = |service, date| operator.edition_on(service, day(date)).map(|edition| edition.id.as_str());
    assert_eq!(main("kazteleport.kz", "2025-08-12"), Some("privacy-2025-08-12"));
    assert_eq!(main("kazteleport.kz", "2025-08-11"), None, "an approved edition has no earlier days");
    assert_eq!(main("portal.kazteleport.kz", "2025-08-12"), Some("cookies-first-seen"));
    assert_eq!(main("all", "2026-11-01"), Some("privacy-2025-08-12"));
    assert_eq!(main("example.kz", "2026-11-01"), None);
    assert_eq!(operator.editions_on("smartcloud.kz", day("2026-11-01")).len(), 2);
}

#[test]
fn an_edition_without_a_day_counts_for_earlier_days_too() {
    let operator = one("digital-rocket");
    assert!(operator.edition_on("callprikol.kz", day("2020-01-01")).is_some());
}

#[test]
fn the_demo_follows_the_day_that_an_edition_names() {
    let operator = one("demo");
    let main = |date| operator.edition_on("demo.example.kz", day(date)).map(|edition| edition.id.as_str());
    assert_eq!(main("2024-02-01"), None);
    assert_eq!(main("2024-02-02"), Some("privacy-2024-02-01"));
    assert_eq!(main("2026-01-17"), Some("privacy-2024-02-01"));
    assert_eq!(main("2026-01-18"), Some("privacy-2026-01-12"));
    assert!(operator.editions[1].material);
    assert_eq!(operator.accepted_from(&operator.editions[0]), Some(day("2024-02-08")));
    assert_eq!(operator.accepted_from(&operator.editions[1]), Some(day("2026-01-25")));
}

#[test]
fn the_demo_has_every_option_on() {
    let operator = one("demo");
    let options = &operator.options;
    assert!(options.provisional_block && options.single_person_approval && options.iin_required);
    assert_eq!(options.email_is_enough_for, EmailIsEnough::ALL);
    assert_eq!(options.acknowledgements, ACKNOWLEDGEMENTS);
    assert!(operator.court.is_some() && operator.claim_response.is_some() && !operator.internal_targets.is_empty());
}

#[test]
fn a_service_may_have_its_own_purposes_data_and_contact() {
    let operator = one("demo");
    let service = "learn.demo.example.kz";
    assert_eq!(ids(operator.purposes_of(service), |purpose| &purpose.id), ["courses", "news"]);
    assert_eq!(ids(operator.data_categories_of(service), |category| &category.id), ["full_name", "results"]);
    assert_eq!(operator.contact_email(service), "learn@demo.example.kz");
    assert_eq!(operator.purposes_of("demo.example.kz").len(), operator.purposes.len());
    assert_eq!(operator.data_categories_of("demo.example.kz").len(), operator.data_categories.len());
    assert_eq!(operator.purposes_of("all").len(), operator.purposes.len() + 1, "`news` counts once");
    assert_eq!(operator.data_categories_of("all").len(), operator.data_categories.len() + 1);
    assert_eq!(operator.contact_email("all"), "privacy@demo.example.kz");
}

#[test]
fn the_targets_of_the_demo_are_stricter_than_the_law() {
    let law = |clock| match clock {
        ClockName::ClaimResponse => Some(30),
        ClockName::Withdrawal => Some(15),
        ClockName::ConsumerClaim => Some(10),
        ClockName::Information | ClockName::DeletionDecision | ClockName::Objection => Some(3),
        _ => Some(1),
    };
    all().check_targets(law).unwrap();
}

#[test]
fn the_public_profile_has_the_agreed_fields_and_no_internal_address() {
    for operator in all().iter() {
        let json = serde_json::to_value(operator.public()).unwrap();
        let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let expected = "contacts cookie_categories data_categories editions form_hint id kinds languages names purposes \
                        recipients responsible_person services storage_term";
        assert_eq!(keys, expected.split_whitespace().collect::<Vec<_>>());
        assert_eq!(json["languages"], serde_json::json!(["kk", "ru", "en"]));
        assert_eq!(json["kinds"].as_array().unwrap().len(), 7);
        assert!(!json.to_string().contains(&operator.head_contact));
    }
}

#[test]
fn the_public_profile_says_what_each_kind_needs() {
    let needs = |id: &str, kind: Kind| one(id).needs_of(kind);
    let part = |kind: Kind| needs("kazteleport", kind).needs[2..].to_vec();
    assert!(part(Kind::Access).is_empty());
    assert_eq!(part(Kind::Correction), ["corrections"]);
    assert_eq!(part(Kind::Blocking), ["grounds"]);
    assert_eq!(part(Kind::Deletion), ["grounds"]);
    assert_eq!(part(Kind::ConsentWithdrawal), ["withdrawal"]);
    assert_eq!(part(Kind::Objection), ["objection"]);
    assert_eq!(part(Kind::Claim), ["claim"]);
    let withdrawal = needs("aitu-sauda", Kind::ConsentWithdrawal);
    assert!(withdrawal.needs.contains(&"acknowledged".to_owned()));
    assert_eq!(withdrawal.acknowledgements, ["agreement_may_end"]);
    assert!(needs("aitu-sauda", Kind::Deletion).acknowledgements.is_empty());
    assert!(needs("demo", Kind::Access).needs.contains(&"iin".to_owned()));
    assert!(needs("citicom", Kind::Access).optional.contains(&"iin".to_owned()));
}

#[test]
fn a_cookie_category_is_public_with_its_purposes_in_words() {
    let category = &one("kazteleport").public().cookie_categories[1];
    assert_eq!(ids(&category.purposes, |purpose| &purpose.id), ["security", "development", "research"]);
}

#[test]
fn every_key_of_a_profile_is_explained_in_the_documentation() {
    let page = include_str!("../../../docs/operators.md");
    for (name, text) in FILES {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let key = line.split_once(" =").map_or_else(|| line.trim_matches(['[', ']']), |(key, _)| key);
            let key = key.strip_suffix(".kk").or(key.strip_suffix(".ru")).or(key.strip_suffix(".en")).unwrap_or(key);
            let last = key.rsplit('.').next().unwrap_or(key);
            let is_clock = ClockName::parse(last).is_some();
            assert!(last.is_empty() || is_clock || page.contains(&format!("`{last}`")), "{name}: {key}");
        }
    }
}
