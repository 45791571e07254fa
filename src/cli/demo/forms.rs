//! What the invented people ask for, in the form in which anybody sends it.

use super::dice::Dice;
use super::people;
use crate::domain::intake::{Claim, Correction, Deletion, Objection, RequestForm, SubmitterForm, Withdrawal};
use crate::domain::vocabulary::{Capacity, Channel, Ground, Kind, Language, WithdrawalScope};

/// How often each kind comes.
const KINDS: [(u64, Kind); 7] = [
    (30, Kind::Access),
    (14, Kind::Correction),
    (8, Kind::Blocking),
    (20, Kind::Deletion),
    (16, Kind::ConsentWithdrawal),
    (5, Kind::Objection),
    (7, Kind::Claim),
];
/// How often each channel is used.
const CHANNELS: [(u64, Channel); 4] =
    [(68, Channel::Web), (12, Channel::Email), (12, Channel::Paper), (8, Channel::InPerson)];
const LANGUAGES: [(u64, Language); 3] = [(35, Language::Kk), (60, Language::Ru), (5, Language::En)];
const DETAILS: [&str; 5] = [
    "Договор расторгнут в прошлом году.",
    "Шартты былтыр тоқтатқанмын.",
    "Прошу ответить на этот адрес.",
    "Маған жарнама келмесін.",
    "Номер договора могу назвать по телефону.",
];

/// How the request comes in.
pub fn channel(dice: &mut Dice) -> Channel {
    dice.weighted(&CHANNELS, Channel::Web)
}

/// The request of the `number`th person.
pub fn request(number: u64, dice: &mut Dice) -> RequestForm {
    let kind = dice.weighted(&KINDS, Kind::Access);
    let mut form = RequestForm {
        kind,
        language: Some(dice.weighted(&LANGUAGES, Language::Ru)),
        service: None,
        subject: people::subject(number),
        submitted_by: SubmitterForm {
            capacity: Capacity::Subject,
            full_name: None,
            email: None,
            phone: None,
            postal_address: None,
            authority: None,
            document: None,
        },
        details: dice.chance(40).then(|| dice.word(&DETAILS).to_owned()),
        grounds: None,
        published_at: None,
        corrections: None,
        deletion: None,
        withdrawal: None,
        objection: None,
        claim: None,
        acknowledged: None,
    };
    add_parts(&mut form, dice);
    form
}

fn add_parts(form: &mut RequestForm, dice: &mut Dice) {
    let mut ground = |of: &[Ground]| dice.pick(of).map(|ground| vec![*ground]);
    match form.kind {
        Kind::Access => {}
        Kind::Correction => {
            form.grounds = ground(&[Ground::Inaccurate, Ground::Outdated, Ground::Incomplete]);
            let desired = "Алматы, Үлгі көшесі, 2".to_owned();
            form.corrections = Some(vec![Correction { field: "мекенжай".to_owned(), current: None, desired }]);
        }
        Kind::Blocking => {
            form.grounds = ground(&[Ground::Inaccurate, Ground::NoConsent, Ground::BeyondPurpose]);
        }
        Kind::Deletion => {
            form.grounds =
                ground(&[Ground::PurposeReached, Ground::RelationsEnded, Ground::NoConsent, Ground::OwnWish]);
            form.deletion = Some(Deletion { desired_result: None, data_categories: None });
        }
        Kind::ConsentWithdrawal => {
            let scope = WithdrawalScope::All;
            form.withdrawal = Some(Withdrawal { scope, purposes: None, cookie_categories: None, device: None });
            form.acknowledged = Some(vec!["agreement_may_end".to_owned()]);
        }
        Kind::Objection => {
            form.objection =
                Some(Objection { to: "автоматический отказ в рассрочке".to_owned() });
        }
        Kind::Claim => {
            form.claim = Some(Claim { remedy: "письменное извинение".to_owned(), about: None });
        }
    }
}
