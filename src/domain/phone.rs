//! Phone numbers in the form E.164, such as `+77010000000`.

use std::fmt;

use phonenumber::metadata::{DATABASE, Metadata};

use super::text::{InputError, is_dash, one_line};

/// The most digits that a number has, country code included (ITU-T E.164).
const MAX_DIGITS: usize = 15;

/// A phone number in the form E.164. Personal data: no `Display`, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people in Kazakhstan write it, with spaces, dashes, brackets or dots.
    ///
    /// A number of 11 digits that begins with 8 or 7, and one of 10 digits that begins with 7, belong to +7; every
    /// other number needs its `+`. Extensions, letters and a second number are refused.
    ///
    /// # Errors
    /// `required`, `phone_format`; control, bidi and invisible characters as in [`one_line`].
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let line = one_line(text, usize::MAX)?;
        let malformed = || InputError::new("phone_format");
        let mut digits = String::with_capacity(MAX_DIGITS);
        let mut has_plus = false;
        for character in line.chars() {
            match character {
                '0'..='9' => digits.push(character),
                '+' if digits.is_empty() && !has_plus => has_plus = true,
                ' ' | '(' | ')' | '.' => {}
                dash if is_dash(dash) => {}
                _ => return Err(malformed()),
            }
        }
        let international = if has_plus { digits } else { with_country_code(&digits).ok_or_else(malformed)? };
        e164(&international).map(Self).ok_or_else(malformed)
    }

    /// The number with `+` and without separators.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A form for lists that staff see without the right to open the data: the last two digits.
    #[must_use]
    pub fn masked(&self) -> String {
        let tail = self.0.len().saturating_sub(2);
        format!("+…{}", self.0.get(tail..).unwrap_or_default())
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Phone(…)")
    }
}

/// Inside the country 8 is dialled before a number; written abroad it is +7.
fn with_country_code(digits: &str) -> Option<String> {
    match (digits.len(), digits.split_at_checked(1)?) {
        (11, ("7" | "8", rest)) => Some(format!("7{rest}")),
        (10, ("7", _)) => Some(format!("7{digits}")),
        _ => None,
    }
}

/// Finds the country by its code and checks the rest by that country's numbering plan.
///
/// Only the general shape of the plan is asked for. New ranges are opened faster than numbering data is updated, and
/// a person with such a number must not be turned away. The library's own parser is not used: it takes a leading 8 of
/// a whole number for the national prefix, which damages numbers such as those of +7 812.
fn e164(digits: &str) -> Option<String> {
    if digits.len() > MAX_DIGITS {
        return None;
    }
    // No country code is the beginning of another one.
    let (code, national, plans) = (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        Some((code, national, DATABASE.by_code(&code.parse::<u16>().ok()?)?))
    })?;
    if plans.iter().any(|plan| has_shape(plan, national)) {
        return Some(format!("+{digits}"));
    }
    // "+49 (0) 30 …" and "+7 8 701 …": the national prefix was written although the country code is there.
    plans.iter().find_map(|plan| {
        let rest = national.strip_prefix(plan.national_prefix()?)?;
        has_shape(plan, rest).then(|| format!("+{code}{rest}"))
    })
}

fn has_shape(plan: &Metadata, national: &str) -> bool {
    let shape = plan.descriptors().general().national_number();
    shape.find(national).is_some_and(|found| found.start() == 0 && found.end() == national.len())
}

#[cfg(test)]
mod tests {
    use super::super::text::CODES;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> String {
        Phone::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}")).as_str().to_owned()
    }

    fn refusal(text: &str) -> &'static str {
        Phone::parse(text).unwrap_err().code
    }

    #[test]
    fn the_ways_to_write_a_number_of_kazakhstan_give_one_form() {
        for text in [
            "8 701 123 45 67",
            "8(701)123-45-67",
            "8 (701) 123 45 67",
            "7 701 123 45 67",
            "+7 701 123 45 67",
            "87011234567",
            "77011234567",
            "7011234567",
            "+7(701)1234567",
            "+7\u{a0}701\u{a0}123\u{2011}45–67",
            " 8.701.123.45.67 ",
            "(+7 701) 123-45-67",
            "+7 8 701 123 45 67",
        ] {
            assert_eq!(read(text), "+77011234567", "{text}");
        }
        assert_eq!(read("8 (7272) 50-00-00"), "+77272500000");
        assert_eq!(read("+7 799 000 00 00"), "+77990000000");
    }

    #[test]
    fn foreign_numbers_are_read_with_their_plus() {
        assert_eq!(read("+49 (0) 30 901820"), "+4930901820");
        assert_eq!(read("+1 650-253-0000"), "+16502530000");
        assert_eq!(read("+998 90 123 45 67"), "+998901234567");
        assert_eq!(read("+39 06 6982 1234"), "+390669821234");
        assert_eq!(read("+7 812 234 56 78"), "+78122345678");
        assert_eq!(read("+7 800 100 00 00"), "+78001000000");
        assert_eq!(read("+86 139 1234 5678"), "+8613912345678");
        assert_eq!(read("+44 (0)20 7946 0000"), "+442079460000");
        assert_eq!(read("+996 700 123 456"), "+996700123456");
        assert_eq!(read("8 916 123 45 67"), "+79161234567");
        for text in ["4930901820", "004930901820", "8104930901820", "998901234567", "9161234567"] {
            assert_eq!(refusal(text), "phone_format", "{text}");
        }
    }

    #[test]
    fn extensions_letters_and_second_numbers_are_refused() {
        for text in [
            "8 701 123 45 67 доб. 12",
            "87011234567 ext 5",
            "87011234567x5",
            "87011234567#5",
            "87011234567;ext=5",
            "tel:+77011234567",
            "87011234567, 87021234567",
            "87011234567 87021234567",
            "+7+7011234567",
            "8701+1234567",
            "٨٧٠١١٢٣٤٥٦٧",
            "8701123456",
            "870112345678",
            "112",
            "+",
            "()",
            "+7",
            "+0 701 123 45 67",
            "+999 1234567890",
            "+7 000 000 00 00",
            "+1234567890123456",
            "+7 701 123 45 678",
            "+7 701 123 45 6",
            "+870 1123 4567",
            "not a number",
        ] {
            assert_eq!(refusal(text), "phone_format", "{text}");
        }
        assert_eq!(refusal(" "), "required");
        assert_eq!(refusal("\u{202a}+77011234567\u{202c}"), "bidi_character");
        assert_eq!(refusal("87011234567\n"), "control_character");
    }

    #[test]
    fn debug_hides_the_number_and_the_masked_form_shows_two_digits() {
        let phone = Phone::parse("87011234567").unwrap();
        assert_eq!((format!("{phone:?}").as_str(), phone.masked().as_str()), ("Phone(…)", "+…67"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_once_and_for_all_or_refused_with_a_listed_code(
            text in prop_oneof![any::<String>(), "[+0-9 ()-]{0,20}", "\\+[0-9]{0,20}", "[78]{1,3}[0-9]{8,10}"],
        ) {
            match Phone::parse(&text) {
                Ok(phone) => {
                    prop_assert!(phone.as_str().starts_with('+') && phone.as_str().len() <= MAX_DIGITS + 1);
                    prop_assert_eq!(Phone::parse(phone.as_str()).unwrap(), phone);
                }
                Err(error) => prop_assert!(CODES.contains(&error.code)),
            }
        }
    }
}
