//! Mails to staff that are about no single request. Requests appear in them by reference, kind and date only.

use chrono::NaiveDate;

use super::Composed;
use super::account::{AccountNews, account};
use super::alert::{AlertFacts, alert};
use super::layout::{Block, Letter, Pen};
use crate::domain::vocabulary::{ClockName, Kind, Language};
use crate::locale::{Texts, Value, dates};

crate::vocabulary! {
    /// A part of the morning digest.
    Part {
        /// The reader's requests whose headline ends today.
        DueToday = "due_today",
        /// The reader's requests whose headline ends in the seven days from today on.
        DueWeek = "due_week",
        /// The reader's requests whose headline is over.
        Overdue = "overdue",
        /// All requests of the operator whose headline is over.
        OverdueAll = "overdue_all",
        /// Open requests that nobody has.
        Unassigned = "unassigned",
        /// Answers that the reader may approve.
        Approval = "approval",
        /// Requests with a mail that was given up and not sent again.
        DeadMails = "dead_mails",
        /// Requests with something to print and post.
        ToPost = "to_post",
        /// Mails about no request that were given up and not sent again; they are counted, not listed.
        DeadStaffMails = "dead_staff_mails",
    }
}

/// One request in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its reference.
    pub reference: String,
    /// Its kind.
    pub kind: Kind,
    /// The last day of its headline.
    pub due_on: Option<NaiveDate>,
    /// The request in the console.
    pub link: String,
}

/// One part of a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestPart {
    /// Which.
    pub part: Part,
    /// How many there are.
    pub count: i64,
    /// The first of them.
    pub lines: Vec<Line>,
}

/// The parts of one operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestSection {
    /// The operator's name in the language of the mail.
    pub operator_name: String,
    /// What there is, never empty.
    pub parts: Vec<DigestPart>,
}

/// What waits for a member in the morning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The local day.
    pub on: NaiveDate,
    /// One for each operator at which something waits.
    pub sections: Vec<DigestSection>,
}

/// What a staff member is told.
#[derive(Debug, Clone, Copy)]
pub enum DeskMail<'a> {
    /// What waits this morning.
    Digest(&'a Digest),
    /// The reader stands in for somebody.
    StandIn {
        /// The colleague who is away.
        who: &'a str,
        /// The first day.
        from: NaiveDate,
        /// The last day.
        until: NaiveDate,
        /// How many open requests the colleague has now.
        open: i64,
    },
    /// Requests of somebody who works here no longer have no assignee now.
    Released {
        /// The colleague who had them.
        who: &'a str,
        /// How many there are.
        count: i64,
        /// The account stays, and only a role was taken away.
        role_removed: bool,
    },
    /// Something happened to the reader's account.
    Account(AccountNews),
    /// Somebody tries to get in, or something was damaged.
    Alert(&'a AlertFacts),
    /// The calendar changed, and deadlines end earlier than before.
    Nearer {
        /// The order, law or announcement behind the change.
        source: &'a str,
        /// How many deadlines moved nearer.
        count: usize,
        /// The first of them.
        lines: &'a [NearerLine],
    },
}

/// A deadline that moved nearer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearerLine {
    /// The reference of its request.
    pub reference: String,
    /// Which deadline.
    pub clock: ClockName,
    /// Its last day before.
    pub from: NaiveDate,
    /// Its last day now.
    pub to: NaiveDate,
    /// The request in the console.
    pub link: String,
}

/// Composes a mail to a staff member, who is greeted by name. `link` leads to the console, `operator_name` stands in the footer.
#[must_use]
pub fn compose_desk(
    texts: &Texts,
    language: Language,
    staff_name: &str,
    operator_name: &str,
    link: &str,
    mail: &DeskMail<'_>,
) -> Composed {
    let pen = Pen { texts, language };
    let (subject, mut blocks) = match *mail {
        DeskMail::Digest(digest) => digest_parts(pen, digest),
        DeskMail::StandIn { who, from, until, open } => stand_in(pen, who, (from, until), open),
        DeskMail::Released { who, count, role_removed } => released(pen, who, count, role_removed),
        DeskMail::Account(news) => account(pen, news),
        DeskMail::Alert(facts) => alert(pen, facts),
        DeskMail::Nearer { source, count, lines } => nearer(pen, source, count, lines),
    };
    blocks.push(pen.action("desk-action-queue", link));
    let footer = vec![pen.text("mail-footer-staff", &[("operator", Value::from(operator_name))])];
    Letter { language, subject, greeting: pen.greeting(staff_name), blocks, footer }.compose()
}

fn digest_parts(pen: Pen<'_>, digest: &Digest) -> (String, Vec<Block>) {
    let date = dates::date(pen.texts, pen.language, digest.on);
    let mut blocks = vec![Block::Paragraph(pen.text("desk-digest-intro", &[]))];
    for section in &digest.sections {
        if digest.sections.len() > 1 {
            blocks.push(Block::Lead(section.operator_name.clone()));
        }
        for part in &section.parts {
            let count = [("count", Value::from(part.count))];
            blocks.push(Block::Paragraph(pen.text(&format!("desk-digest-{}", part.part), &count)));
            if !part.lines.is_empty() {
                blocks.push(Block::Items(part.lines.iter().map(|line| item(pen, line)).collect()));
            }
            let more = part.count - i64::try_from(part.lines.len()).unwrap_or(i64::MAX);
            if more > 0 && !part.lines.is_empty() {
                blocks.push(Block::Small(pen.text("desk-digest-more", &[("count", Value::from(more))])));
            }
        }
    }
    (pen.text("desk-digest-subject", &[("date", Value::from(&date))]), blocks)
}

fn item(pen: Pen<'_>, line: &Line) -> (String, String) {
    let kind = pen.text(&format!("kind-{}", line.kind), &[]);
    let reference = Value::from(&line.reference);
    let words = match line.due_on {
        Some(on) => {
            let date = dates::date(pen.texts, pen.language, on);
            let values = [("reference", reference), ("kind", Value::from(&kind)), ("date", Value::from(&date))];
            pen.text("desk-line-due", &values)
        }
        None => pen.text("desk-line", &[("reference", reference), ("kind", Value::from(&kind))]),
    };
    (words, line.link.clone())
}

fn stand_in(pen: Pen<'_>, who: &str, (from, until): (NaiveDate, NaiveDate), open: i64) -> (String, Vec<Block>) {
    let on = |day| dates::date_weekday(pen.texts, pen.language, day);
    let facts = vec![
        (pen.text("desk-fact-who", &[]), who.to_owned()),
        (pen.text("desk-fact-from", &[]), on(from)),
        (pen.text("desk-fact-until", &[]), on(until)),
        (pen.text("desk-fact-open", &[]), open.to_string()),
    ];
    let blocks = vec![
        Block::Lead(pen.text("desk-stand-in-intro", &[])),
        Block::Paragraph(pen.text("desk-stand-in-what", &[])),
        Block::Facts(facts),
    ];
    (pen.text("desk-stand-in-subject", &[]), blocks)
}

fn released(pen: Pen<'_>, who: &str, count: i64, role_removed: bool) -> (String, Vec<Block>) {
    let why = if role_removed { "desk-released-role" } else { "desk-released-account" };
    let facts = vec![(pen.text("desk-fact-had", &[]), who.to_owned())];
    let blocks = vec![
        Block::Lead(pen.text("desk-released-intro", &[("count", Value::from(count))])),
        Block::Paragraph(pen.text(why, &[])),
        Block::Facts(facts),
    ];
    (pen.text("desk-released-subject", &[("count", Value::from(count))]), blocks)
}

fn nearer(pen: Pen<'_>, source: &str, count: usize, lines: &[NearerLine]) -> (String, Vec<Block>) {
    let items = lines.iter().map(|line| {
        let on = |day| dates::date(pen.texts, pen.language, day);
        let (clock, from, to) = (pen.text(&format!("clock-{}", line.clock), &[]), on(line.from), on(line.to));
        let values = [
            ("reference", Value::from(&line.reference)),
            ("clock", Value::from(&clock)),
            ("from", Value::from(&from)),
            ("to", Value::from(&to)),
        ];
        (pen.text("desk-nearer-line", &values), line.link.clone())
    });
    let mut blocks = vec![
        Block::Lead(pen.text("desk-nearer-intro", &[])),
        Block::Paragraph(pen.text("desk-nearer-what", &[])),
        Block::Items(items.collect()),
    ];
    let more = count.saturating_sub(lines.len());
    if more > 0 {
        blocks.push(Block::Small(pen.text("desk-digest-more", &[("count", Value::from(number(more)))])));
    }
    blocks.push(Block::Facts(vec![(pen.text("desk-fact-source", &[]), source.to_owned())]));
    (pen.text("desk-nearer-subject", &[("count", Value::from(number(count)))]), blocks)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alert::AlertKind;

    fn digest(sections: usize) -> Digest {
        let line = |number: usize| Line {
            reference: format!("CIT-0000-000{number}-X"),
            kind: Kind::Access,
            due_on: (number > 0).then(|| "2026-11-25".parse().unwrap()),
            link: format!("https://requests.example.kz/staff/requests/CIT-0000-000{number}-X"),
        };
        let parts = Part::ALL.iter().zip([1, 2, 5, 12, 21, 3, 4, 2, 3]);
        let part = |(part, count): (&Part, usize)| DigestPart {
            part: *part,
            count: i64::try_from(count).unwrap(),
            lines: (0..count.min(2)).map(line).collect(),
        };
        let section = |number: usize| DigestSection {
            operator_name: format!("ТОО «Пример {number}»"),
            parts: parts.clone().map(part).collect(),
        };
        Digest { on: "2026-11-25".parse().unwrap(), sections: (0..sections).map(section).collect() }
    }

    #[test]
    fn every_mail_without_a_request_is_whole_in_every_language() {
        let texts = Texts::built_in().unwrap();
        let (one, two) = (digest(1), digest(2));
        let day = |text: &str| text.parse().unwrap();
        let nearer = [NearerLine {
            reference: "CIT-0000-0001-X".to_owned(),
            clock: ClockName::Information,
            from: day("2026-11-30"),
            to: day("2026-11-27"),
            link: "https://requests.example.kz/staff/requests/CIT-0000-0001-X".to_owned(),
        }];
        let mails = [
            DeskMail::Digest(&one),
            DeskMail::Digest(&two),
            DeskMail::StandIn { who: "А. Ким", from: day("2026-11-25"), until: day("2026-12-04"), open: 12 },
            DeskMail::Released { who: "А. Ким", count: 1, role_removed: true },
            DeskMail::Released { who: "А. Ким", count: 22, role_removed: false },
            DeskMail::Account(AccountNews::TotpOn),
            DeskMail::Account(AccountNews::TotpOff),
            DeskMail::Account(AccountNews::TotpReset),
            DeskMail::Account(AccountNews::ExternalBound),
            DeskMail::Account(AccountNews::PasswordReset),
            DeskMail::Nearer { source: "Приказ № 412 от 24.11.2026", count: 25, lines: &nearer },
        ];
        let first = "2026-11-25T05:00:00Z".parse().unwrap();
        let alerts: Vec<AlertFacts> =
            AlertKind::ALL.iter().map(|kind| AlertFacts { kind: *kind, count: 2, first }).collect();
        let mails: Vec<DeskMail<'_>> = mails.into_iter().chain(alerts.iter().map(DeskMail::Alert)).collect();
        for language in Language::ALL.iter().copied() {
            for mail in &mails {
                let link = "https://requests.example.kz/staff";
                let composed = compose_desk(&texts, language, "Жанар <b>", "ТОО «Пример & Ко»", link, mail);
                for part in [&composed.subject, &composed.text, &composed.html] {
                    assert!(!part.contains("{$") && !part.contains("{ $") && !part.trim().is_empty(), "{part}");
                    assert!(
                        !part.contains("desk-")
                            && !part.contains("alert-")
                            && !part.contains("kind-")
                            && !part.contains('\u{2068}'),
                        "{part}"
                    );
                }
                let long = |line: &str| line.chars().count() > 76 && !line.starts_with("https://");
                assert!(!composed.text.lines().any(long), "{}", composed.text);
                assert!(composed.subject.chars().count() <= 78, "{}", composed.subject);
                assert!(!composed.text.contains("\n\n\n") && composed.text.lines().any(|line| line == link));
                assert!(composed.text.contains("Жанар <b>") && composed.html.contains("Жанар &#60;b&#62;"));
            }
        }
    }

    #[test]
    fn several_operators_have_a_heading_each_and_one_has_none() {
        let texts = Texts::built_in().unwrap();
        let text = |sections| {
            let digest = digest(sections);
            compose_desk(&texts, Language::En, "", "", "https://x.example.kz", &DeskMail::Digest(&digest)).text
        };
        assert!(!text(1).contains("ТОО «Пример 0»"));
        assert!(text(2).contains("ТОО «Пример 0»") && text(2).contains("ТОО «Пример 1»"));
    }

    #[test]
    fn a_digest_reads_like_this_in_english() {
        let texts = Texts::built_in().unwrap();
        let mut digest = digest(1);
        digest.sections[0].parts.retain(|part| matches!(part.part, Part::DueToday | Part::OverdueAll));
        let mail = DeskMail::Digest(&digest);
        let link = "https://requests.example.kz/staff";
        insta::assert_snapshot!(compose_desk(&texts, Language::En, "Dana", "Citicom", link, &mail).text, @r#"
        Hello Dana,

        This waits for you today. The links open after signing in.

        Yours, the last day is today: 1

        CIT-0000-0000-X: Access to personal data
        https://requests.example.kz/staff/requests/CIT-0000-0000-X

        All overdue ones of the organisation: 12

        CIT-0000-0000-X: Access to personal data
        https://requests.example.kz/staff/requests/CIT-0000-0000-X
        CIT-0000-0001-X: Access to personal data, due 25 November 2026
        https://requests.example.kz/staff/requests/CIT-0000-0001-X

        … and 10 more.

        Open the queue:
        https://requests.example.kz/staff

        ----
        You receive this e-mail because you work on requests. Operator: Citicom. It
        holds no data of the requester; that opens only after signing in.
        "#);
    }
}
