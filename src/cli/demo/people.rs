//! People who do not exist: invented names, numbers that only have right control digits, addresses under example.kz.

use chrono::{Days, NaiveDate};

use super::dice::Dice;
use crate::domain::iin::Iin;
use crate::domain::intake::SubjectForm;

/// So many birth dates are used, from 1955 to 2004.
const BIRTH_DAYS: u64 = 18_000;
/// So many serial numbers are tried for one person; at least one of them has a control digit.
const SERIALS: u64 = 5;

const FAMILIES: [(&str, &str); 20] = [
    ("Ахметов", "Ахметова"),
    ("Сәрсенов", "Сәрсенова"),
    ("Жұмабаев", "Жұмабаева"),
    ("Оспанов", "Оспанова"),
    ("Нұрланов", "Нұрланова"),
    ("Қасымов", "Қасымова"),
    ("Ибраев", "Ибраева"),
    ("Төлегенов", "Төлегенова"),
    ("Бекенов", "Бекенова"),
    ("Сейітов", "Сейітова"),
    ("Иванов", "Иванова"),
    ("Петров", "Петрова"),
    ("Соколов", "Соколова"),
    ("Лебедев", "Лебедева"),
    ("Ким", "Ким"),
    ("Цой", "Цой"),
    ("Шмидт", "Шмидт"),
    ("Юсупов", "Юсупова"),
    ("Мельник", "Мельник"),
    ("Алиев", "Алиева"),
];
const MEN: [&str; 12] = [
    "Данияр",
    "Ержан",
    "Нұрлан",
    "Асқар",
    "Тимур",
    "Руслан",
    "Марат",
    "Сергей",
    "Андрей",
    "Виктор",
    "Әлихан",
    "Санжар",
];
const WOMEN: [&str; 12] =
    ["Айгүл", "Сәуле", "Динара", "Әсел", "Гүлнар", "Мәдина", "Алия", "Елена", "Ольга", "Анна", "Жанна", "Томирис"];

/// The `number`th person. Two numbers never give the same IIN or address.
#[must_use]
pub fn subject(number: u64) -> SubjectForm {
    let mut dice = Dice::new(0x7065_6F70_6C65, number);
    let woman = dice.chance(50);
    let (man_of, woman_of) = dice.pick(&FAMILIES).copied().unwrap_or_default();
    let name =
        if woman { format!("{woman_of} {}", dice.word(&WOMEN)) } else { format!("{man_of} {}", dice.word(&MEN)) };
    // The range of numbers beside the sample profiles' own, each used once.
    let phone = (number.is_multiple_of(10) && number < 100_000).then(|| format!("+7700100{:04}", number / 10));
    SubjectForm {
        full_name: Some(name),
        iin: iin(number, woman),
        email: Some(format!("person{number}@mail.example.kz")),
        phone,
        ..SubjectForm::default()
    }
}

/// A number with a right control digit that belongs to this person alone.
fn iin(number: u64, woman: bool) -> Option<String> {
    let born = NaiveDate::from_ymd_opt(1955, 1, 1)?.checked_add_days(Days::new(number % BIRTH_DAYS))?;
    let new_century = born >= NaiveDate::from_ymd_opt(2000, 1, 1)?;
    let seventh = if new_century { 5 } else { 3 } + u64::from(woman);
    let first = (number / BIRTH_DAYS) * SERIALS;
    (first..first + SERIALS)
        .flat_map(|serial| (0..10).map(move |control| (serial % 10_000, control)))
        .map(|(serial, control)| format!("{}{seventh}{serial:04}{control}", born.format("%y%m%d")))
        .find(|candidate| Iin::parse(candidate).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::person_name::PersonName;
    use crate::domain::phone::Phone;
    use std::collections::BTreeSet;

    #[test]
    fn every_person_has_a_name_a_right_number_of_their_own_and_an_address_that_reaches_nobody() {
        let people: Vec<SubjectForm> = (0..500).chain(18_000..18_500).chain(90_000..90_500).map(subject).collect();
        let iins: BTreeSet<_> = people.iter().map(|person| person.iin.clone().unwrap()).collect();
        assert_eq!(iins.len(), people.len());
        for person in people {
            PersonName::parse(&person.full_name.unwrap()).unwrap();
            assert!(person.email.unwrap().ends_with("@mail.example.kz"));
            assert!(person.phone.is_none_or(|phone| Phone::parse(&phone).is_ok()));
        }
    }
}
