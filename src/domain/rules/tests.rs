use super::*;
use crate::domain::vocabulary::{Basis::*, Certainty::*};

const FILES: [(&str, &str); 8] = [
    ("rules/2022-03-01.toml", include_str!("../../../rules/2022-03-01.toml")),
    ("rules/2024-02-11.toml", include_str!("../../../rules/2024-02-11.toml")),
    ("rules/2024-07-01.toml", include_str!("../../../rules/2024-07-01.toml")),
    ("rules/2024-07-20.toml", include_str!("../../../rules/2024-07-20.toml")),
    ("rules/2026-01-18.toml", include_str!("../../../rules/2026-01-18.toml")),
    ("rules/2026-03-02.toml", include_str!("../../../rules/2026-03-02.toml")),
    ("rules/2026-07-12.toml", include_str!("../../../rules/2026-07-12.toml")),
    ("rules/2026-08-25.toml", include_str!("../../../rules/2026-08-25.toml")),
];

fn files() -> Vec<(String, String)> {
    FILES.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec()
}

fn rules() -> Rules {
    Rules::parse(&files()).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The error after one change in one of the real files.
fn mistake(file: usize, from: &str, to: &str) -> String {
    let mut files = files();
    assert!(files[file].1.contains(from), "{from}");
    files[file].1 = files[file].1.replacen(from, to, 1);
    Rules::parse(&files).unwrap_err().to_string()
}

fn codes(set: &RuleSet, kind: Kind) -> Vec<&str> {
    set.refusal_grounds(kind).map(|ground| ground.code.as_str()).collect()
}

#[test]
fn the_clocks_of_today_are_exactly_the_expected_table() {
    use ClockName as N;
    use StartEvent as S;
    let court = Some(ClockVariant::CourtDecision);
    let law = Some(ClockVariant::Article18OrViolation);
    let other = Some(ClockVariant::OtherGround);
    let expected = [
        (N::ClaimResponse, None, Term::calendar(30), S::Receipt, Policy, Verified),
        (N::Information, None, Term::working(3), S::Receipt, Statutory, Secondary),
        (N::DocumentRequest, None, Term::working(1), S::Receipt, Policy, Verified),
        (N::Correction, None, Term::working(1), S::Documents, Statutory, Verified),
        (N::Blocking, None, Term::working(1), S::ReceiptOrMark, Statutory, Verified),
        (N::PublicationRemoval, None, Term::working(1), S::Receipt, Statutory, Verified),
        (N::DeletionDecision, None, Term::working(3), S::Receipt, Policy, Inferred),
        (N::Destruction, court, Term::working(1), S::Receipt, Statutory, Verified),
        (N::Destruction, law, Term::working(1), S::ConfirmationOrApproval, Statutory, Verified),
        (N::Destruction, other, Term::working(1), S::ConfirmationOrApproval, Policy, Inferred),
        (N::Unblocking, None, Term::working(1), S::ViolationDismissed, Statutory, Verified),
        (N::Withdrawal, None, Term::working(15), S::Receipt, Statutory, Verified),
        (N::Objection, None, Term::working(3), S::Receipt, Statutory, Verified),
        (N::ConsumerClaim, None, Term::calendar(10), S::Receipt, Statutory, Secondary),
    ];
    let rules = rules();
    let set = rules.in_force_on(day("2026-11-22")).unwrap();
    assert_eq!(set.id, "2026-08-25");
    let clocks: Vec<_> = set
        .clocks()
        .map(|clock| (clock.name, clock.when, clock.term(), clock.start, clock.basis, clock.certainty))
        .collect();
    assert_eq!(clocks, expected);
    for (name, when, term, ..) in expected {
        assert_eq!(set.clock(name, when).unwrap().term(), term);
    }
    assert_eq!(set.clock(N::Destruction, None), None);
}

#[test]
fn the_norms_of_today_are_cited() {
    let rules = rules();
    let cited = |name, when| rules.latest().clock(name, when).unwrap().citation.en.clone();
    assert!(cited(ClockName::Information, None).contains("art. 25(2)(6)"));
    assert!(cited(ClockName::Information, None).contains("395/НҚ of 21.10.2020), item 16"));
    assert!(cited(ClockName::Correction, None).ends_with("art. 25(2)(8)"));
    assert!(cited(ClockName::PublicationRemoval, None).contains("art. 6"));
    assert!(cited(ClockName::Withdrawal, None).ends_with("art. 8(7)"));
    assert!(cited(ClockName::Objection, None).ends_with("art. 19-1(3)"));
    assert!(cited(ClockName::ConsumerClaim, None).ends_with("art. 42-4(2)"));
    assert!(cited(ClockName::Destruction, Some(ClockVariant::CourtDecision)).ends_with("art. 18(3)"));
    assert!(cited(ClockName::DeletionDecision, None).contains("art. 41 of the Digital Code"));
}

#[test]
fn each_kind_has_exactly_its_grounds_of_refusal_today() {
    let rules = rules();
    let expected: [(Kind, &[&str]); 7] = [
        (Kind::Access, &["access_limited_by_law"]),
        (Kind::Correction, &["no_supporting_docs", "documents_do_not_confirm"]),
        (Kind::Blocking, &["no_violation_info", "violation_not_confirmed"]),
        (
            Kind::Deletion,
            &[
                "violation_not_confirmed",
                "retention_required",
                "dc41_4_1",
                "dc41_4_2",
                "dc41_4_3",
                "dc41_4_4",
                "dc41_4_5",
                "dc41_4_6",
            ],
        ),
        (
            Kind::ConsentWithdrawal,
            &[
                "withdrawal_contrary_to_law",
                "unfulfilled_obligation",
                "processing_without_consent",
                "retention_required",
            ],
        ),
        (Kind::Objection, &["no_automated_processing", "automated_allowed"]),
        (Kind::Claim, &["claim_unfounded"]),
    ];
    for (kind, own) in expected {
        let general = ["out_of_scope", "not_verified", "wrong_operator", "no_standing"];
        assert_eq!(codes(rules.latest(), kind), [&general, own].concat(), "{kind}");
    }
}

#[test]
fn refusals_that_must_name_a_norm_or_an_obligation_say_so() {
    let rules = rules();
    for set in rules.all() {
        let must = |code: &str| set.refusal_ground(code).unwrap().must_name;
        assert_eq!(must("withdrawal_contrary_to_law"), Some(MustName::Norm));
        assert_eq!(must("retention_required"), Some(MustName::Norm));
        assert_eq!(must("processing_without_consent"), Some(MustName::Norm));
        assert_eq!(must("unfulfilled_obligation"), Some(MustName::Obligation));
        assert_eq!(must("not_verified"), None);
    }
    assert_eq!(rules.latest().refusal_ground("too_expensive"), None);
}

#[test]
fn withdrawal_and_objection_became_statutory_on_18_january_2026() {
    let rules = rules();
    for name in [ClockName::Withdrawal, ClockName::Objection] {
        let on = |date: &str| rules.in_force_on(day(date)).unwrap().clock(name, None).unwrap();
        let (before, after) = (on("2026-01-17"), on("2026-01-18"));
        assert_eq!((before.basis, after.basis), (Policy, Statutory));
        assert_eq!(before.term(), after.term());
        assert_ne!(before.citation, after.citation);
    }
    let on = |date: &str| codes(rules.in_force_on(day(date)).unwrap(), Kind::Objection).contains(&"automated_allowed");
    assert_eq!((on("2026-01-17"), on("2026-01-18")), (false, true));
}

#[test]
fn the_digital_code_counts_from_12_july_2026() {
    let rules = rules();
    let on = |date: &str| rules.in_force_on(day(date)).unwrap();
    assert!(on("2026-07-11").refusal_ground("dc41_4_1").is_none());
    assert!(on("2026-07-12").refusal_ground("dc41_4_6").is_some());
    for set in rules.all().filter(|set| set.in_force_from < day("2026-07-12")) {
        let texts =
            set.clocks.iter().map(|clock| &clock.citation).chain(set.grounds.iter().map(|ground| &ground.citation));
        assert!(texts.into_iter().all(|text| !text.en.contains("Digital Code")), "{}", set.id);
    }
}

#[test]
fn the_set_in_force_is_found_by_date_and_by_id() {
    let rules = rules();
    let on = |date: &str| rules.in_force_on(day(date)).map(|set| set.id.as_str());
    assert_eq!(on("2022-02-28"), None);
    assert_eq!([on("2022-03-01"), on("2024-01-09")], [Some("2022-03-01"), Some("2022-03-01")]);
    assert_eq!(
        [on("2026-08-24"), on("2026-08-25"), on("2030-01-01")].map(Option::unwrap),
        ["2026-07-12", "2026-08-25", "2026-08-25"]
    );
    assert_eq!(rules.by_id("2026-01-18").unwrap().in_force_from, day("2026-01-18"));
    assert_eq!(rules.by_id("2026-01-17"), None);
    assert_eq!(rules.latest().verified_on, day("2026-11-01"));
    assert!(rules.latest().note.as_ref().unwrap().contains("not read"));
    for set in rules.all() {
        assert_eq!(set.id, set.in_force_from.to_string());
    }
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let mut reversed = files();
    reversed.reverse();
    assert_eq!(Rules::parse(&reversed).unwrap(), rules());
}

#[test]
fn destruction_takes_the_rule_of_its_grounds() {
    use ClockVariant::{Article18OrViolation, CourtDecision, OtherGround};
    let of = ClockVariant::of_destruction;
    assert_eq!(of(&[Ground::OwnWish, Ground::CourtDecision], Violation::None), CourtDecision);
    assert_eq!(of(&[Ground::PurposeReached], Violation::None), Article18OrViolation);
    assert_eq!(of(&[Ground::UnlawfullyObtained], Violation::Alleged), Article18OrViolation);
    assert_eq!(of(&[Ground::OwnWish], Violation::Confirmed), Article18OrViolation);
    assert_eq!(of(&[Ground::OwnWish, Ground::Inaccurate], Violation::None), OtherGround);
    assert_eq!(of(&[], Violation::Dismissed), OtherGround);
}

/// Makes each change in a real file and looks where the mistake is said to be.
fn mistakes_are_named(changes: &[(usize, &str, &str, &str)]) {
    for (file, from, to, expected) in changes {
        let text = mistake(*file, from, to);
        assert!(text.starts_with(expected), "{from} -> {to}\n  {text}\n  {expected}");
    }
}

#[test]
fn mistakes_at_the_head_of_a_file_are_named_with_file_line_and_key() {
    mistakes_are_named(&[
        (0, "id = \"2022-03-01\"", "id = \" \"", "rules/2022-03-01.toml:4: id: a text that is not blank"),
        (0, "id = \"2022-03-01\"", "name = \"x\"", "rules/2022-03-01.toml:4: name: "),
        (1, "source = \"", "source = \"\"\n#", "rules/2024-02-11.toml:6: source: a text that is not blank"),
        (1, "from = \"2024-02-11\"", "from = 2024-02-11", "rules/2024-02-11.toml:4: in_force_from: "),
        (1, "from = \"2024-02-11\"", "from = \"11.02.2024\"", "rules/2024-02-11.toml:4: in_force_from: "),
        (
            1,
            "from = \"2024-02-11\"",
            "from = \"2022-03-01\"",
            "rules/2024-02-11.toml:4: in_force_from: a date of its own; rules/2022-03-01.toml has",
        ),
        (
            1,
            "id = \"2024-02-11\"",
            "id = \"2022-03-01\"",
            "rules/2024-02-11.toml:3: id: an id of its own; rules/2022-03-01.toml has",
        ),
        (
            1,
            "extends = \"2022-03-01\"",
            "extends = \"2021\"",
            "rules/2024-02-11.toml:9: extends: the id of a rule set with an earlier date; 2021 is none",
        ),
        (1, "extends = \"2022-03-01\"", "extends = \"2024-02-11\"", "rules/2024-02-11.toml:9: extends: the id of"),
        (1, "extends = \"2022-03-01\"", "extends = \"2026-01-18\"", "rules/2024-02-11.toml:9: extends: the id of"),
        (
            1,
            "extends = \"2022-03-01\"",
            "",
            "rules/2024-02-11.toml:1: clock: also the clock claim_response, which is missing",
        ),
    ]);
}

#[test]
fn mistakes_in_a_clock_are_named_with_file_line_and_key() {
    mistakes_are_named(&[
        (4, "days = 15", "days = 0", "rules/2026-01-18.toml:14: clock[0].days: at least 1"),
        (4, "days = 15", "days = -1", "rules/2026-01-18.toml:14: clock[0].days: "),
        (4, "days = 15", "days = \"15\"", "rules/2026-01-18.toml:14: clock[0].days: "),
        (4, "\"working\"", "\"banking\"", "rules/2026-01-18.toml:15: clock[0].unit: "),
        (4, "\"receipt\"", "\"request\"", "rules/2026-01-18.toml:16: clock[0].start: "),
        (4, "\"statutory\"", "\"contract\"", "rules/2026-01-18.toml:17: clock[0].basis: statutory or policy"),
        (
            4,
            "name = \"objection\"",
            "name = \"withdrawal\"",
            "rules/2026-01-18.toml:22: clock[1].name: each clock once; withdrawal",
        ),
        (4, "name = \"objection\"", "name = \"protest\"", "rules/2026-01-18.toml:22: clock[1].name: "),
        (
            4,
            "days = 15",
            "when = \"court_decision\"\ndays = 15",
            "rules/2026-01-18.toml:14: clock[0].when: nothing: the clock withdrawal",
        ),
        (
            4,
            "citation = { kk = \"",
            "citation = { kk = \" \", ru = \"р\", en = \"e\" } # \"",
            "rules/2026-01-18.toml:19: clock[0].citation.kk: a text that is not blank",
        ),
        (
            0,
            "when = \"other_ground\"\n",
            "",
            "rules/2022-03-01.toml:98: clock[9].when: which case of the clock destruction is meant",
        ),
        (0, "name = \"unblocking\"", "name = \"information\"", "rules/2022-03-01.toml:"),
    ]);
}

#[test]
fn mistakes_in_a_ground_are_named_with_file_line_and_key() {
    mistakes_are_named(&[
        (
            4,
            "title = { kk = \"",
            "title = { kk = \"қ\", ru = \"р\" } # \"",
            "rules/2026-01-18.toml:33: refusal_ground[0].title",
        ),
        (
            4,
            "code = \"automated_allowed\"",
            "code = \"no_automated_processing\"",
            "rules/2026-01-18.toml:46: refusal_ground[2].code: each code once",
        ),
        (
            4,
            "code = \"automated_allowed\"",
            "code = \"Automated-Allowed\"",
            "rules/2026-01-18.toml:46: refusal_ground[2].code: small letters",
        ),
        (4, "[\"objection\"]", "[]", "rules/2026-01-18.toml:40: refusal_ground[1].kinds: at least one kind"),
        (
            4,
            "[\"objection\"]",
            "[\"objection\", \"objection\"]",
            "rules/2026-01-18.toml:40: refusal_ground[1].kinds: each kind once",
        ),
        (4, "[\"objection\"]", "[\"complaint\"]", "rules/2026-01-18.toml:40: refusal_ground[1].kinds"),
        (4, "must_name = \"norm\"", "must_name = \"law\"", "rules/2026-01-18.toml:36: refusal_ground[0].must_name: "),
    ]);
}

#[test]
fn a_set_without_a_clock_a_variant_or_a_ground_for_a_kind_is_refused() {
    let text = FILES[0].1;
    let parse = |text: String| Rules::parse(&[("r.toml".to_owned(), text)]).unwrap_err().to_string();
    let (clocks, grounds) = text.split_at(text.find("[[refusal_ground]]").unwrap());
    assert!(parse(clocks.to_owned()).ends_with("refusal_ground: at least one ground for the kind access"));
    let last = clocks.rfind("[[clock]]").unwrap();
    let missing = parse(format!("{}{grounds}", &clocks[..last]));
    assert!(missing.ends_with("clock: also the clock consumer_claim, which is missing"), "{missing}");
    let blocks: Vec<&str> = text.split("\n[[").filter(|block| !block.contains("when = \"court_decision\"")).collect();
    let missing = parse(blocks.join("\n[["));
    assert!(missing.ends_with("also the clock destruction (when = court_decision), which is missing"), "{missing}");
}

#[test]
fn without_files_there_are_no_rules() {
    assert_eq!(Rules::parse(&[]).unwrap_err().to_string(), "rules:1: (file): at least one rule set");
}
