//! The name by which people and staff speak of a request, such as `KTP-7F3K-9Q2M-X`.
//!
//! Three letters for the operator, eight random characters, one check character. It is read out on the phone, copied
//! by hand and typed on a Cyrillic keyboard, so the alphabet leaves out what is easily confused, and
//! [`Reference::parse`] understands the usual confusions. It is no secret and no personal data.

use std::fmt;

use serde::{Serialize, Serializer};

use super::text::{InputError, is_dash};

/// 31 characters, without I, L, O, U and Z. That 31 is a prime makes the check character work.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKMNPQRSTVWXY";
const PRIME: u32 = 31;
const PREFIX_LENGTH: usize = 3;
const BODY_LENGTH: u32 = 8;
/// Prefix, body and check character.
const LENGTH: usize = 12;

/// The reference of a request, in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

impl Reference {
    /// Makes a reference from the operator's prefix and 16 random bytes; none when the prefix is not one (see
    /// [`is_prefix`](Self::is_prefix)).
    ///
    /// The bytes are taken as one number modulo 31⁸. Since 31⁸ does not divide 2¹²⁸, some bodies are likelier than
    /// others, by less than one part in 2⁸⁸, which nobody can notice; in return there is no loop that draws again.
    #[must_use]
    pub fn generate(prefix: &str, random: [u8; 16]) -> Option<Self> {
        if !Self::is_prefix(prefix) {
            return None;
        }
        let mut values: Vec<u32> = prefix.chars().filter_map(value_of).collect();
        let mut rest = u128::from_be_bytes(random) % u128::from(PRIME).pow(BODY_LENGTH);
        for _ in 0..BODY_LENGTH {
            values.push(u32::try_from(rest % u128::from(PRIME)).ok()?);
            rest /= u128::from(PRIME);
        }
        values.push(check_value(&values));
        Some(Self(canonical(&values)))
    }

    /// Whether a text may be an operator's prefix: three capital Latin letters other than I, L, O, U and Z.
    #[must_use]
    pub fn is_prefix(text: &str) -> bool {
        text.len() == PREFIX_LENGTH && text.bytes().all(|byte| byte.is_ascii_uppercase() && ALPHABET.contains(&byte))
    }

    /// Reads a reference as people write it: in lower case, with other dashes, spaces or none, with Cyrillic letters
    /// that look like Latin ones, and with O for 0, I, L or | for 1, Z for 2, З for 3, U for V (U is not in the
    /// alphabet, and in handwriting the two are alike).
    ///
    /// # Errors
    /// `reference_format` when it has not the shape of a reference, `reference_check` when it has but a character is
    /// wrong.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let malformed = || InputError::new("reference_format");
        let mut values = Vec::with_capacity(LENGTH);
        for character in text.chars() {
            if is_separator(character) {
                continue;
            }
            values.push(value_of(character).ok_or_else(malformed)?);
            if values.len() > LENGTH {
                return Err(malformed());
            }
        }
        // The first ten characters of the alphabet are digits, which a prefix does not have.
        if values.len() != LENGTH || values.iter().take(PREFIX_LENGTH).any(|value| *value < 10) {
            return Err(malformed());
        }
        let (check, head) = values.split_last().ok_or_else(malformed)?;
        if *check != check_value(head) {
            return Err(InputError::new("reference_check"));
        }
        Ok(Self(canonical(&values)))
    }

    /// The canonical form: capitals, with hyphens.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The operator's three letters.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.get(..PREFIX_LENGTH).unwrap_or_default()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Spaces and dashes; control characters that count as white space are no way to write a reference.
fn is_separator(character: char) -> bool {
    is_dash(character) || (character.is_whitespace() && !character.is_control())
}

/// The place of a character in the alphabet, after the usual confusions are undone.
fn value_of(character: char) -> Option<u32> {
    let plain = match character.to_ascii_uppercase() {
        'O' | 'О' | 'о' => '0',
        'I' | 'L' | '|' | 'І' | 'і' | 'Ӏ' | 'ӏ' => '1',
        'Z' => '2',
        'З' | 'з' => '3',
        'U' => 'V',
        'А' | 'а' => 'A',
        'В' | 'в' => 'B',
        'С' | 'с' => 'C',
        'Е' | 'е' | 'Ё' | 'ё' => 'E',
        'Н' | 'н' | 'Һ' | 'һ' => 'H',
        'К' | 'к' => 'K',
        'М' | 'м' => 'M',
        'Р' | 'р' => 'P',
        'Т' | 'т' => 'T',
        'Х' | 'х' => 'X',
        'У' | 'у' | 'Ү' | 'ү' | 'Ұ' | 'ұ' => 'Y',
        other => other,
    };
    let place = ALPHABET.iter().position(|letter| char::from(*letter) == plain)?;
    u32::try_from(place).ok()
}

/// The weighted sum modulo 31, with weights 1, 2, 3, … from the left.
///
/// All weights are distinct and not zero, and the check character itself counts with weight −1, which is none of
/// them. As 31 is a prime, one wrong character changes the sum, and so does a swap of any two that differ.
fn check_value(head: &[u32]) -> u32 {
    (1..).zip(head).map(|(weight, value)| weight * value).sum::<u32>() % PRIME
}

fn canonical(values: &[u32]) -> String {
    let mut text = String::with_capacity(LENGTH + 3);
    for (place, value) in values.iter().enumerate() {
        if matches!(place, 3 | 7 | 11) {
            text.push('-');
        }
        let letter = usize::try_from(*value).ok().and_then(|at| ALPHABET.get(at));
        text.extend(letter.map(|letter| char::from(*letter)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::text::CODES;
    use super::*;
    use proptest::prelude::*;

    fn refusal(text: &str) -> &'static str {
        Reference::parse(text).unwrap_err().code
    }

    #[test]
    fn a_reference_has_prefix_body_and_check_character() {
        let reference = Reference::generate("KTP", [0; 16]).unwrap();
        // K is 19, T is 26, P is 22: 19·1 + 26·2 + 22·3 = 137, 137 mod 31 = 13, which is D
        assert_eq!(reference.as_str(), "KTP-0000-0000-D");
        assert_eq!(reference.prefix(), "KTP");
        assert_eq!(reference.to_string(), reference.as_str());
        assert_eq!(serde_json::to_string(&reference).unwrap(), "\"KTP-0000-0000-D\"");
        let last = Reference::generate("KTP", (31u128.pow(8) - 1).to_be_bytes()).unwrap();
        assert!(last.as_str().starts_with("KTP-YYYY-YYYY-"));
        assert_eq!(Reference::generate("KTP", 31u128.pow(8).to_be_bytes()).unwrap(), reference);
    }

    #[test]
    fn a_prefix_is_three_capital_letters_of_the_alphabet() {
        for prefix in ["", "KT", "KTPP", "ktp", "KT1", "CIT", "KOZ", "КТР", "K-P"] {
            assert!(Reference::generate(prefix, [1; 16]).is_none(), "{prefix}");
        }
    }

    #[test]
    fn the_ways_in_which_people_write_it_are_understood() {
        let reference = Reference::generate("KTP", [0; 16]).unwrap();
        for text in [
            "ktp-0000-0000-D",
            " KTP 0000 0000 D ",
            "KTP00000000D",
            "KTP—0000–0000\u{2011}d",
            "ktp\u{a0}oooo OOOO d",
            "КТР-ОООО-оооо-D",
            "ктр 0о0О 0000 d",
        ] {
            assert_eq!(Reference::parse(text).unwrap(), reference, "{text}");
        }
    }

    #[test]
    fn look_alikes_stand_for_the_characters_of_the_alphabet() {
        for (typed, meant) in [
            ("iIlL|іІ", '1'),
            ("zZ", '2'),
            ("зЗ", '3'),
            ("uUvV", 'V'),
            ("aAаА", 'A'),
            ("bBвВ", 'B'),
            ("cCсС", 'C'),
            ("eEеЕёЁ", 'E'),
            ("hHнНһҺ", 'H'),
            ("kKкК", 'K'),
            ("mMмМ", 'M'),
            ("oOоО0", '0'),
            ("pPрР", 'P'),
            ("tTтТ", 'T'),
            ("xXхХ", 'X'),
            ("yYуУүҮұҰ", 'Y'),
        ] {
            for character in typed.chars() {
                assert_eq!(value_of(character), value_of(meant), "{character}");
            }
        }
    }

    #[test]
    fn another_shape_and_a_wrong_character_are_told_apart() {
        for text in [
            "",
            "KTP",
            "KTP-0000-0000",
            "KTP-0000-0000-DD",
            "7TP-0000-0000-D",
            "KOP-0000-0000-D",
            "KTP-00Д0-0000-D",
            "KTP-0000-0000-D\n",
            "KTP/0000/0000/D",
            "\u{200b}KTP-0000-0000-D",
            "٠",
        ] {
            assert_eq!(refusal(text), "reference_format", "{text:?}");
        }
        for text in ["KTP-0000-0000-8", "KTP-0000-0001-D", "TKP-0000-0000-D"] {
            assert_eq!(refusal(text), "reference_check", "{text}");
        }
    }

    fn any_reference() -> impl Strategy<Value = Reference> {
        ("[ABCDEFGHJKMNPQRSTVWXY]{3}", any::<[u8; 16]>())
            .prop_map(|(prefix, random)| Reference::generate(&prefix, random).unwrap())
    }

    proptest! {
        #[test]
        fn every_reference_that_is_made_is_read_again(reference in any_reference()) {
            prop_assert_eq!(Reference::parse(reference.as_str()).unwrap(), reference.clone());
            prop_assert_eq!(Reference::parse(&reference.as_str().to_lowercase()).unwrap(), reference.clone());
            prop_assert_eq!(reference.as_str().len(), 15);
        }

        #[test]
        fn every_single_wrong_character_is_found(
            reference in any_reference(), place in 0usize..15, other in 0usize..31,
        ) {
            let mut bytes = reference.as_str().as_bytes().to_vec();
            if bytes[place] == b'-' || bytes[place] == ALPHABET[other] {
                return Ok(());
            }
            bytes[place] = ALPHABET[other];
            prop_assert!(Reference::parse(&String::from_utf8(bytes).unwrap()).is_err());
        }

        #[test]
        fn every_swap_of_two_different_characters_is_found(
            reference in any_reference(), one in 0usize..12, two in 0usize..12,
        ) {
            let mut bare: Vec<char> = reference.as_str().chars().filter(|character| *character != '-').collect();
            if bare[one] == bare[two] {
                return Ok(());
            }
            bare.swap(one, two);
            prop_assert!(Reference::parse(&bare.into_iter().collect::<String>()).is_err());
        }

        #[test]
        fn any_text_is_read_or_refused_with_a_listed_code(
            text in prop_oneof![any::<String>(), "[A-Za-zА-Яа-я0-9 -]{0,18}"],
        ) {
            match Reference::parse(&text) {
                Ok(reference) => prop_assert_eq!(Reference::parse(reference.as_str()).unwrap(), reference),
                Err(error) => prop_assert!(CODES.contains(&error.code)),
            }
        }
    }
}
