//! Every mail in every language.

use chrono::NaiveDate;

use super::{Composed, Note, ReminderStage, RequestFacts, RequesterMail, StaffMail, compose_requester, compose_staff};
use crate::domain::vocabulary::{ClockName, Kind, Language};
use crate::locale::Texts;

const LINK: &str =
    "https://otinish.example.kz/r/KTP-7F3K-9Q2M-X?t=QmFzZTY0VG9rZW5UaGF0SXNSYXRoZXJMb25nQW5kTXVzdE5vdEJyZWFr&lang=kk";
const CODE: &str = "042917";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn facts() -> RequestFacts {
    RequestFacts {
        reference: "KTP-7F3K-9Q2M-X".to_owned(),
        kind: Kind::Access,
        operator_name: "ТОО «Пример & Ко»".to_owned(),
        operator_email: "privacy@example.kz".to_owned(),
        operator_phone: Some("+7 727 000 00 00".to_owned()),
        responsible_person: "А. Сейтова".to_owned(),
        received_at: "2026-11-21T10:08:00Z".parse().unwrap(),
        headline: Some((ClockName::Information, day("2026-11-25"))),
        outer_limit: Some(day("2026-12-21")),
    }
}

fn requester_mails() -> Vec<RequesterMail<'static>> {
    let mut mails = vec![
        RequesterMail::Receipt { code: Some(CODE), code_minutes: 30, link: LINK, notes: Note::ALL },
        RequesterMail::Receipt { code: None, code_minutes: 30, link: LINK, notes: &[] },
        RequesterMail::CodeAgain { code: CODE, code_minutes: 1, link: LINK },
        RequesterMail::IdentityConfirmed { link: LINK },
        RequesterMail::Question { link: LINK },
        RequesterMail::WorkStarted { link: LINK },
        RequesterMail::BlockLifted { link: LINK },
        RequesterMail::AnswerReady { link: LINK },
        RequesterMail::Reclassified { link: LINK, notes: &[Note::DocumentsNeeded] },
        RequesterMail::ReceiptAmended { link: LINK },
    ];
    for yes in [true, false] {
        mails.push(RequesterMail::ConfirmReminder { code: CODE, code_minutes: 22, link: LINK, last: yes });
        mails.push(RequesterMail::BlockSet { link: LINK, provisional: yes });
        mails.push(RequesterMail::Cancelled { by_staff: yes });
    }
    mails
}

fn staff_mails() -> Vec<StaffMail<'static>> {
    let (clock, due_on) = (ClockName::Correction, day("2026-11-24"));
    let mut mails = vec![
        StaffMail::Assigned { link: LINK, by: "<Д. Ким>" },
        StaffMail::Reply { link: LINK },
        StaffMail::File { link: LINK },
        StaffMail::FileInfected { link: LINK },
        StaffMail::MailFailed { link: LINK, to_requester: false, code: None, is_answer: false },
        StaffMail::MailFailed { link: LINK, to_requester: true, code: Some(550), is_answer: true },
    ];
    mails.extend([1, 3, 7].map(|items| StaffMail::ToPost { link: LINK, items, since: due_on }));
    mails.extend([Some(true), Some(false), None].map(|confirmed| StaffMail::NewRequest { link: LINK, confirmed }));
    mails.extend([0, 1, 3, 7].map(|working_days_over| StaffMail::Overdue {
        link: LINK,
        clock,
        due_on,
        working_days_over,
    }));
    let stages = [
        ReminderStage::DaysBefore(10),
        ReminderStage::DaysBefore(1),
        ReminderStage::WorkingDayBefore,
        ReminderStage::AtOnce,
        ReminderStage::LastDayMorning,
        ReminderStage::LastDayAfternoon,
    ];
    mails.extend(stages.iter().flat_map(|stage| {
        [true, false].map(|yes| StaffMail::Reminder {
            link: LINK,
            clock,
            due_on,
            stage: *stage,
            waiting_for_approval: yes,
            unassigned: !yes,
        })
    }));
    mails
}

/// The text without its line breaks.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_sound(texts: &Texts, language: Language, mail: &Composed) {
    for part in [&mail.subject, &mail.text, &mail.html] {
        assert!(!part.contains("{$") && !part.contains("{ $") && !part.trim().is_empty(), "{part}");
        for raw_key in ["mail-", "clock-", "kind-", "date-", "month-", "weekday-"] {
            let stray = part
                .split(|letter: char| letter.is_whitespace() || letter == '>')
                .find(|word| word.starts_with(raw_key));
            assert!(stray.is_none(), "{language}: {stray:?}");
        }
        assert!(!part.contains("None") && !part.contains("\u{2068}"), "{part}");
    }
    assert!(mail.subject.starts_with("KTP-7F3K-9Q2M-X: ") && !mail.subject.contains('\n'), "{}", mail.subject);
    assert!(mail.subject.chars().count() <= 78, "{}", mail.subject);
    assert!(mail.text.lines().all(|line| line.starts_with(LINK) || line.chars().count() <= 76), "{}", mail.text);
    assert!(!mail.text.contains("\n\n\n") && !mail.text.contains("&#"), "{}", mail.text);
    assert!(!mail.text.contains('!') && mail.text.contains("KTP-7F3K-9Q2M-X"), "{}", mail.text);
    assert!(mail.html.contains(&format!("<html lang=\"{language}\">")));
    assert!(!mail.html.contains("<img") && !mail.html.contains("url(") && !mail.html.contains("<script"));
    assert!(mail.html.contains("«Пример &#38; Ко»"), "{}", mail.html);
    assert!(unwrapped(&mail.text).contains(&texts.get(language, "kind-access", &[])));
}

fn has_link(mail: &Composed, link: &str) -> bool {
    let escaped = link.replace('&', "&#38;");
    mail.text.lines().any(|line| line == link)
        && mail.html.contains(&format!("href=\"{escaped}\""))
        && mail.html.contains(&format!(">{escaped}</a>"))
}

#[test]
fn every_mail_to_a_requester_is_whole_in_every_language() {
    let texts = Texts::built_in().unwrap();
    for language in Language::ALL.iter().copied() {
        for mail in requester_mails() {
            let composed = compose_requester(&texts, language, &facts(), &mail);
            assert_sound(&texts, language, &composed);
            assert!(composed.text.contains("privacy@example.kz") && composed.text.contains("+7 727 000 00 00"));
            let with_code = composed.text.lines().any(|line| line == CODE);
            let wants_code = matches!(
                mail,
                RequesterMail::Receipt { code: Some(_), .. }
                    | RequesterMail::CodeAgain { .. }
                    | RequesterMail::ConfirmReminder { .. }
            );
            assert_eq!((with_code, composed.html.contains(CODE)), (wants_code, wants_code), "{}", composed.text);
            let link = if wants_code { format!("{LINK}&code={CODE}") } else { LINK.to_owned() };
            let is_linked = !matches!(mail, RequesterMail::Cancelled { .. });
            assert_eq!(has_link(&composed, &link), is_linked, "{}", composed.text);
            assert!(!composed.subject.contains(CODE));
        }
    }
}

#[test]
fn every_mail_to_staff_is_whole_in_every_language() {
    let texts = Texts::built_in().unwrap();
    for language in Language::ALL.iter().copied() {
        for mail in staff_mails() {
            let composed = compose_staff(&texts, language, "Жанар <b>", &facts(), &mail);
            assert_sound(&texts, language, &composed);
            assert!(has_link(&composed, LINK), "{}", composed.text);
            assert!(composed.text.contains("Жанар <b>") && composed.html.contains("Жанар &#60;b&#62;"));
            assert!(!composed.subject.contains("Жанар"));
        }
        let unnamed = compose_staff(&texts, language, "  ", &facts(), &StaffMail::Reply { link: LINK });
        assert!(unnamed.text.starts_with(&texts.get(language, "mail-greeting", &[])));
    }
}

#[test]
fn every_clock_and_every_kind_can_lead_a_receipt() {
    let texts = Texts::built_in().unwrap();
    for language in Language::ALL.iter().copied() {
        for clock in ClockName::ALL.iter().copied() {
            for kind in Kind::ALL.iter().copied() {
                let facts = RequestFacts { kind, headline: Some((clock, day("2026-11-25"))), ..facts() };
                let mail = RequesterMail::Receipt { code: None, code_minutes: 30, link: LINK, notes: &[] };
                let text = unwrapped(&compose_requester(&texts, language, &facts, &mail).text);
                assert!(!text.contains('{') && !text.contains("mail-") && !text.contains("clock-"), "{text}");
                assert!(text.contains(&texts.get(language, &format!("clock-{clock}"), &[])), "{text}");
            }
        }
    }
}

#[test]
fn a_receipt_without_dates_and_phone_promises_none() {
    let texts = Texts::built_in().unwrap();
    let facts = RequestFacts { headline: None, outer_limit: None, operator_phone: None, ..facts() };
    let mail = RequesterMail::Receipt { code: None, code_minutes: 30, link: LINK, notes: &[] };
    let text = compose_requester(&texts, Language::Ru, &facts, &mail).text;
    assert!(!text.contains("не позднее") && !text.contains("Срок:") && !text.contains("Крайний срок"), "{text}");
}

#[test]
fn the_outer_limit_is_not_said_twice() {
    let texts = Texts::built_in().unwrap();
    let facts = RequestFacts { headline: Some((ClockName::ClaimResponse, day("2026-12-21"))), ..facts() };
    let mail = RequesterMail::WorkStarted { link: LINK };
    assert!(!compose_requester(&texts, Language::Ru, &facts, &mail).text.contains("Крайний срок"));
}

#[test]
fn a_line_break_in_a_reference_cannot_end_the_subject() {
    let texts = Texts::built_in().unwrap();
    let facts = RequestFacts { reference: "A\r\nBcc: x@example.kz".to_owned(), ..facts() };
    let subject = compose_requester(&texts, Language::En, &facts, &RequesterMail::Question { link: LINK }).subject;
    assert!(!subject.contains(['\r', '\n']), "{subject}");
}

#[test]
fn a_receipt_reads_like_this_in_russian() {
    let texts = Texts::built_in().unwrap();
    let mail = RequesterMail::Receipt { code: Some(CODE), code_minutes: 30, link: LINK, notes: &[] };
    insta::assert_snapshot!(compose_requester(&texts, Language::Ru, &facts(), &mail).text, @r#"
    Здравствуйте.

    Ваше обращение получено. Сохраните это письмо: оно подтверждает, когда и с
    чем Вы обратились.

    Не позднее 25 ноября 2026 года (среда) отправим сведения о Ваших данных или
    объясним, почему не можем.

    Что сделать сейчас: подтвердите, что этот адрес почты Ваш. Откройте ссылку
    ниже и нажмите «Подтвердить» или введите код на странице обращения.

    Код подтверждения:

    042917

    Код действует 30 минут. Если не успеете, запросите новый на той же странице.

    Подтвердить адрес:
    https://otinish.example.kz/r/KTP-7F3K-9Q2M-X?t=QmFzZTY0VG9rZW5UaGF0SXNSYXRoZXJMb25nQW5kTXVzdE5vdEJyZWFr&lang=kk&code=042917

    Никому не сообщайте код и не пересылайте это письмо: по ссылке открывается
    обращение.

    Если Вы к нам не обращались, значит, кто-то указал Ваш адрес по ошибке. Не
    открывайте ссылку, не вводите код и напишите нам: privacy@example.kz.

    Номер: KTP-7F3K-9Q2M-X
    Вид: Доступ к персональным данным
    Организация: ТОО «Пример & Ко»
    Получено: 21 ноября 2026 года, 15:08, время Алматы (UTC+5)
    Срок: среда, 25 ноября 2026 года — Предоставление сведений

    Копия удостоверения личности не нужна. Пожалуйста, не присылайте её.

    Крайний срок ответа на обращение: 21 декабря 2026 года.

    Обращение рассматривается бесплатно.

    ----
    Если есть вопрос, ответьте на это письмо. Почта: privacy@example.kz,
    телефон: +7 727 000 00 00.
    Ответственное лицо: А. Сейтова.
    Письмо составлено автоматически. Отправитель: ТОО «Пример & Ко».
    "#);
}

#[test]
fn a_receipt_reads_like_this_in_kazakh() {
    let texts = Texts::built_in().unwrap();
    let mail = RequesterMail::Receipt { code: Some(CODE), code_minutes: 30, link: LINK, notes: &[] };
    insta::assert_snapshot!(compose_requester(&texts, Language::Kk, &facts(), &mail).text, @r#"
    Сәлеметсіз бе?

    Өтінішіңіз қабылданды. Бұл хатты сақтап қойыңыз: ол қашан және не туралы
    өтініш бергеніңізді растайды.

    2026 жылғы 25 қарашадан (сәрсенбі) кешіктірмей деректеріңіз туралы мәліметті
    жібереміз немесе неге жібере алмайтынымызды түсіндіреміз.

    Енді не істеу керек: бұл пошта мекенжайы Сіздікі екенін растаңыз. Төмендегі
    сілтемені ашып, «Растау» батырмасын басыңыз немесе өтініш бетінде кодты
    енгізіңіз.

    Растау коды:

    042917

    Код 30 минут бойы жарамды. Үлгермесеңіз, сол бетте жаңа код сұратыңыз.

    Мекенжайды растау:
    https://otinish.example.kz/r/KTP-7F3K-9Q2M-X?t=QmFzZTY0VG9rZW5UaGF0SXNSYXRoZXJMb25nQW5kTXVzdE5vdEJyZWFr&lang=kk&code=042917

    Кодты ешкімге айтпаңыз, бұл хатты басқаға жібермеңіз: сілтеме арқылы өтініш
    ашылады.

    Бізге жүгінбеген болсаңыз, біреу Сіздің мекенжайыңызды қателесіп көрсеткен.
    Сілтемені ашпаңыз, кодты енгізбеңіз және бізге жазыңыз: privacy@example.kz.

    Нөмірі: KTP-7F3K-9Q2M-X
    Түрі: Дербес деректерге қол жеткізу
    Ұйым: ТОО «Пример & Ко»
    Қабылданды: 2026 жылғы 21 қараша, 15:08, Алматы уақыты (UTC+5)
    Мерзімі: 2026 жылғы 25 қараша, сәрсенбі — Мәлімет беру

    Жеке куәліктің көшірмесі қажет емес. Оны жібермеуіңізді сұраймыз.

    Өтінішке жауап берудің ең соңғы мерзімі: 2026 жылғы 21 желтоқсан.

    Өтініш тегін қаралады.

    ----
    Сұрағыңыз болса, осы хатқа жауап беріңіз. Пошта: privacy@example.kz,
    телефон: +7 727 000 00 00.
    Жауапты тұлға: А. Сейтова.
    Хат автоматты түрде жасалды. Жіберуші: ТОО «Пример & Ко».
    "#);
}

#[test]
fn a_reminder_to_staff_reads_like_this_in_english() {
    let texts = Texts::built_in().unwrap();
    let mail = StaffMail::Reminder {
        link: LINK,
        clock: ClockName::Information,
        due_on: day("2026-11-25"),
        stage: ReminderStage::LastDayMorning,
        waiting_for_approval: true,
        unassigned: false,
    };
    insta::assert_snapshot!(compose_staff(&texts, Language::En, "Dana", &facts(), &mail).text, @r#"
    Hello Dana,

    Today is the last day: the term ends at 24:00.

    An answer is proposed and waits for approval. Approve it or send it back.

    Open the request:
    https://otinish.example.kz/r/KTP-7F3K-9Q2M-X?t=QmFzZTY0VG9rZW5UaGF0SXNSYXRoZXJMb25nQW5kTXVzdE5vdEJyZWFr&lang=kk

    Number: KTP-7F3K-9Q2M-X
    Kind: Access to personal data
    Organisation: ТОО «Пример & Ко»
    Received: 21 November 2026, 15:08, Almaty time (UTC+5)
    Due: Wednesday, 25 November 2026 — Information about the data
    Outer limit: Monday, 21 December 2026

    ----
    You receive this e-mail because you work on requests. Operator: ТОО «Пример
    & Ко». It holds no data of the requester; that opens only after signing in.
    "#);
}
