//! Names of people, as they write them, and a form in which two spellings of one name are equal.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::text::{InputError, is_dash, one_line};

/// The most characters of a full name.
const MAX_CHARS: usize = 200;
/// The most words that [`PersonName::initials`] takes, so that a name of many short words is not told whole.
const MAX_INITIALS: usize = 3;

/// A full name in Cyrillic or Latin letters, in NFC. Personal data: no `Display`, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// Reads a name. One word is enough: some people have no more, and a patronymic is never demanded.
    ///
    /// Letters with their accents, spaces, hyphens, apostrophes and dots are allowed. Kazakh letters are, and so is
    /// the Latin ə that many keyboards give for the Cyrillic ә.
    ///
    /// # Errors
    /// `required`; `too_long` (max 200); `name_format` for digits, other symbols, other scripts, or no letter at all.
    /// Control, bidi and invisible characters as in [`one_line`].
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let line = one_line(text, MAX_CHARS)?;
        let mut previous = ' ';
        for character in line.chars() {
            // An accent that has no composed form stands alone, which makes sense after a letter or another accent
            // only.
            let accent_in_place = is_accent(character) && (is_letter(previous) || is_accent(previous));
            if !is_letter(character) && !is_joint(character) && !accent_in_place {
                return Err(InputError::new("name_format"));
            }
            previous = character;
        }
        if line.chars().any(is_letter) { Ok(Self(line)) } else { Err(InputError::new("name_format")) }
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which names are compared; never shown.
    ///
    /// Case does not count; ə and ә, i, ı and і, h and һ are the same, in every name alike, whether it is Cyrillic or
    /// Latin; ё is е; apostrophes vanish; hyphens and dots count as spaces. The words are sorted, because forms and
    /// records disagree on whether the family name comes first. So equal keys mean "probably the same name", not "the
    /// same person".
    #[must_use]
    pub fn compare_key(&self) -> String {
        let folded: String =
            self.0.chars().flat_map(char::to_lowercase).filter(|letter| !is_dropped(*letter)).map(folded).collect();
        let composed: String = folded.nfc().collect();
        let mut words: Vec<&str> = composed.split_whitespace().collect();
        words.sort_unstable();
        words.join(" ")
    }

    /// A form for lists that staff see without the right to open the data: the first letters of up to three words,
    /// `Ә. С.`.
    #[must_use]
    pub fn initials(&self) -> String {
        let letters: Vec<String> = self
            .0
            .split(' ')
            .filter_map(|word| word.chars().find(|character| is_letter(*character)))
            .take(MAX_INITIALS)
            .map(|letter| letter.to_uppercase().take(1).chain(['.']).collect())
            .collect();
        letters.join(" ")
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PersonName(…)")
    }
}

/// A letter of the Cyrillic or Latin script.
fn is_letter(character: char) -> bool {
    let in_script = matches!(
        character,
        'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{259}' | '\u{1e00}'..='\u{1eff}' | '\u{400}'..='\u{52f}'
    );
    // The ranges also hold a few signs, such as × and the Cyrillic thousands sign.
    in_script && character.is_alphabetic()
}

const fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

fn is_joint(character: char) -> bool {
    matches!(character, ' ' | '.') || is_dash(character) || is_apostrophe(character)
}

const fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '`' | '´' | '‘' | '’' | 'ʻ' | 'ʼ' | 'ʹ' | '′')
}

/// What does not count in a comparison. U+0307 is what is left of a Turkish İ in lower case.
const fn is_dropped(character: char) -> bool {
    is_apostrophe(character) || character == '\u{307}'
}

fn folded(character: char) -> char {
    match character {
        'ə' | 'ǝ' => 'ә',
        'i' | 'ı' => 'і',
        'h' => 'һ',
        'ё' => 'е',
        '.' => ' ',
        dash if is_dash(dash) => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::CODES;
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn refusal(text: &str) -> &'static str {
        PersonName::parse(text).unwrap_err().code
    }

    fn same(one: &str, two: &str) -> bool {
        name(one).compare_key() == name(two).compare_key()
    }

    #[test]
    fn names_of_many_kinds_are_accepted_as_written() {
        for text in [
            "Әлия Серікқызы",
            "ӘЛИЯ",
            "ӘҒҚҢӨҰҮҺІ әғқңөұүһі",
            "Əлия",
            "əлия",
            "Оспан-ұлы",
            "Сұлтан бин Али",
            "Ян ван дер Берг",
            "O'Brien",
            "O’Brien",
            "Oʻtkir",
            "Nuñez",
            "Ñuñez Łódź",
            "Jr. Smith",
            "А. С. Пушкин",
            "А",
            "Ёлкина",
            "D'Arc–Петрова",
            "Şükrü Işık",
            "Nguyễn Văn",
        ] {
            assert_eq!(name(text).as_str(), text);
        }
        assert_eq!(name("  Nun\u{303}ez   Ана ").as_str(), "Nuñez Ана");
        assert_eq!(name("Ива\u{301}н").as_str(), "Ива\u{301}н");
    }

    #[test]
    fn digits_symbols_and_other_scripts_are_refused() {
        for text in [
            "Али2",
            "Али!",
            "<b>Али</b>",
            "Али, Вали",
            "a@b",
            "Али/Вали",
            "Али_Вали",
            "李",
            "Γιώργος",
            "محمد",
            "-",
            ". '",
            "Али×",
            "҂Али",
            "\u{301}Али",
            "- \u{301}",
            "Али😀",
            "Ａли",
            "ª",
            "{{7}}",
        ] {
            assert_eq!(refusal(text), "name_format", "{text}");
        }
        assert_eq!(refusal(" "), "required");
        assert_eq!(refusal("Али\nВали"), "control_character");
        assert_eq!(refusal("Али\u{200d}"), "invisible_character");
        assert_eq!(refusal(&"а".repeat(201)), "too_long");
        assert!(PersonName::parse(&"ә".repeat(200)).is_ok());
    }

    #[test]
    fn letters_that_keyboards_mix_up_count_as_the_same() {
        assert!(same("Әлия Серікқызы", "Əлия Серiкқызы"));
        assert!(same("ƏЛИЯ СЕРIКҚЫЗЫ", "әлия серікқызы"));
        assert!(same("Шаһар", "Шаhар") && same("ШАҺАР", "ШАHАР"));
        assert!(same("Ali Həsən", "ALI HƏSƏN") && same("Alі", "Ali"));
        assert!(same("İsmail Işık", "ismail isik".replace('s', "ş").replacen('ş', "s", 1).as_str()));
        assert!(same("Фёдор", "ФЕДОР"));
    }

    #[test]
    fn order_of_words_case_hyphens_apostrophes_and_spaces_do_not_count() {
        assert!(same("Имя Фамилия", "ФАМИЛИЯ Имя"));
        assert!(same("Салтыков-Щедрин", "Салтыков — Щедрин") && same("Салтыков-Щедрин", "салтыков щедрин"));
        assert!(same("O'Brien", "O’Brien") && same("O'Brien", "OBrien"));
        assert!(same("А.С. Пушкин", "Пушкин А. С."));
    }

    #[test]
    fn different_names_stay_different() {
        assert!(!same("Али Вали", "Али"));
        assert!(!same("Али", "Али Али"));
        assert!(!same("Nuñez", "Nunez"));
        assert!(!same("Айгул", "Айгүл"));
        assert!(!same("Ия", "Йя"));
    }

    #[test]
    fn initials_show_first_letters_of_at_most_three_words() {
        for (text, initials) in [
            ("Әлия Серікқызы", "Ә. С."),
            ("әлия", "Ә."),
            ("'т Хоофт Ян", "Т. Х. Я."),
            ("Ян ван дер Берг", "Я. В. Д."),
            ("А.С. Пушкин", "А. П."),
            ("Али - Вали", "А. В."),
            ("ßa", "S."),
        ] {
            assert_eq!(name(text).initials(), initials);
        }
    }

    #[test]
    fn debug_hides_the_name() {
        assert_eq!(format!("{:?}", name("Әлия")), "PersonName(…)");
    }

    proptest! {
        #[test]
        fn any_text_is_read_once_and_for_all_or_refused_with_a_listed_code(
            text in prop_oneof![any::<String>(), "[A-Za-zА-яӘәҒғҚқҢңӨөҰұҮүҺһІіƏəİıÀ-ž\u{301}\u{307}'’. -]{0,30}"],
        ) {
            match PersonName::parse(&text) {
                Ok(name) => {
                    prop_assert_eq!(PersonName::parse(name.as_str()).unwrap(), name.clone());
                    let key = name.compare_key();
                    prop_assert!(!key.is_empty());
                    if let Ok(again) = PersonName::parse(&key) {
                        prop_assert_eq!(again.compare_key(), key);
                    }
                    prop_assert!(name.initials().ends_with('.'));
                }
                Err(error) => prop_assert!(CODES.contains(&error.code)),
            }
        }
    }
}
