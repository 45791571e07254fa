//! The numbers of persons (IIN) and of organisations (BIN), Government Resolution 406 of 22.05.2007.
//!
//! Both have 12 digits, the last of which checks the others. An IIN tells birth date and sex, so it is personal data:
//! it has no `Display`, and `Debug` hides it.

use std::fmt;

use chrono::NaiveDate;

use super::text::{InputError, is_dash, one_line};

const FIRST_PASS: [u32; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const SECOND_PASS: [u32; 11] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];

/// The number of a natural person, checked.
///
/// The control digit does not find every mistake: the eleventh digit has weight 11 in the first pass, so a wrong one
/// there goes unnoticed unless the second pass decides.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Iin(String);

impl Iin {
    /// Reads an IIN; spaces and dashes between the digits are ignored.
    ///
    /// The seventh digit gives century and sex. Zero is said to stand for some foreigners: it is accepted with a
    /// [`warning`](Self::warning), and then no birth date is read.
    ///
    /// # Errors
    /// `required`; `iin_format` unless there are 12 ASCII digits; `iin_is_bin` when the fifth digit is that of an
    /// organisation; `iin_checksum`; `iin_birth_date` when the digits give no date that exists. Control, bidi and
    /// invisible characters as in [`one_line`].
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let (text, digits) = twelve_digits(text, "iin_format")?;
        let [_, _, _, _, fifth, _, seventh, ..] = digits;
        if is_of_organisation(fifth) {
            return Err(InputError::new("iin_is_bin"));
        }
        if !control_digit_holds(&digits) {
            return Err(InputError::new("iin_checksum"));
        }
        if seventh != 0 && birth_date(&digits).is_none() {
            return Err(InputError::new("iin_birth_date"));
        }
        Ok(Self(text))
    }

    /// The 12 digits, for sealing, look-up and the staff view of those who may see them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The birth date that the number tells; none when its century is unknown.
    #[must_use]
    pub fn birth_date(&self) -> Option<NaiveDate> {
        digits_of(&self.0).and_then(|digits| birth_date(&digits))
    }

    /// Whether a birth date does not contradict the number. A number that tells none contradicts none.
    #[must_use]
    pub fn matches_birth_date(&self, date: NaiveDate) -> bool {
        self.birth_date().is_none_or(|told| told == date)
    }

    /// Checks that the person was born by `today` (the local date in Asia/Almaty).
    ///
    /// # Errors
    /// `iin_birth_date` when the birth date lies after `today`.
    pub fn check_born_by(&self, today: NaiveDate) -> Result<(), InputError> {
        match self.birth_date() {
            Some(date) if date > today => Err(InputError::new("iin_birth_date")),
            _ => Ok(()),
        }
    }

    /// What staff should know about an accepted number: `iin_century_unknown` when the seventh digit is zero.
    #[must_use]
    pub fn warning(&self) -> Option<&'static str> {
        self.birth_date().is_none().then_some("iin_century_unknown")
    }
}

impl fmt::Debug for Iin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Iin(…)")
    }
}

/// The number of an organisation or of a joint enterprise, checked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bin(String);

impl Bin {
    /// Reads a BIN; spaces and dashes between the digits are ignored.
    ///
    /// The sixth digit (head office, branch and so on) is not looked at: its list is known from secondary sources
    /// only.
    ///
    /// # Errors
    /// `required`; `bin_format` unless there are 12 ASCII digits with a month of registration in the third and fourth
    /// and 4, 5 or 6 in the fifth; `bin_is_iin` when the fifth digit is that of a person; `bin_checksum`. Control,
    /// bidi and invisible characters as in [`one_line`].
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let (text, digits) = twelve_digits(text, "bin_format")?;
        let [_, _, month_tens, month_units, fifth, ..] = digits;
        if fifth <= 3 {
            return Err(InputError::new("bin_is_iin"));
        }
        if !is_of_organisation(fifth) || !(1..=12).contains(&(month_tens * 10 + month_units)) {
            return Err(InputError::new("bin_format"));
        }
        if !control_digit_holds(&digits) {
            return Err(InputError::new("bin_checksum"));
        }
        Ok(Self(text))
    }

    /// The 12 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Bin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Bin(…)")
    }
}

fn twelve_digits(text: &str, code: &'static str) -> Result<(String, [u32; 12]), InputError> {
    let line = one_line(text, usize::MAX)?;
    let bare: String = line.chars().filter(|character| *character != ' ' && !is_dash(*character)).collect();
    let digits = digits_of(&bare).ok_or_else(|| InputError::new(code))?;
    Ok((bare, digits))
}

fn digits_of(text: &str) -> Option<[u32; 12]> {
    let digits: Option<Vec<u32>> = text.chars().map(|character| character.to_digit(10)).collect();
    digits?.try_into().ok()
}

/// In an IIN the fifth digit is the tens of a day, 0 to 3; organisations have 4 to 6 there.
fn is_of_organisation(fifth: u32) -> bool {
    (4..=6).contains(&fifth)
}

fn birth_date(digits: &[u32; 12]) -> Option<NaiveDate> {
    let [y1, y2, m1, m2, d1, d2, seventh, ..] = *digits;
    let century = match seventh {
        1 | 2 => 1800,
        3 | 4 => 1900,
        5 | 6 => 2000,
        _ => return None,
    };
    let year = i32::try_from(century + y1 * 10 + y2).ok()?;
    NaiveDate::from_ymd_opt(year, m1 * 10 + m2, d1 * 10 + d2)
}

/// The control digit that belongs to the first eleven; none when both passes give 10, for such numbers are not
/// issued.
fn control_digit(digits: &[u32; 12]) -> Option<u32> {
    [FIRST_PASS, SECOND_PASS].iter().map(|weights| weighted(digits, weights)).find(|sum| *sum < 10)
}

/// The weights are one fewer than the digits, so the control digit stays out of the sum.
fn weighted(digits: &[u32; 12], weights: &[u32; 11]) -> u32 {
    weights.iter().zip(digits).map(|(weight, digit)| weight * digit).sum::<u32>() % 11
}

fn control_digit_holds(digits: &[u32; 12]) -> bool {
    let [.., last] = *digits;
    control_digit(digits) == Some(last)
}

#[cfg(test)]
mod tests {
    use super::super::text::CODES;
    use super::*;
    use proptest::prelude::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn refusal(text: &str) -> &'static str {
        Iin::parse(text).unwrap_err().code
    }

    /// Adds the control digit to eleven digits, when there is one.
    fn complete(eleven: &str) -> Option<String> {
        let digits = digits_of(&format!("{eleven}0")).unwrap();
        control_digit(&digits).map(|digit| format!("{eleven}{digit}"))
    }

    /// The first number with that head whose first pass gives 10, and whose second pass gives 10 or not, as wanted.
    fn second_pass(head: &str, none_valid: bool) -> String {
        (0..10_000)
            .map(|serial| format!("{head}{serial:04}"))
            .find(|eleven| {
                let digits = digits_of(&format!("{eleven}0")).unwrap();
                weighted(&digits, &FIRST_PASS) == 10 && (weighted(&digits, &SECOND_PASS) == 10) == none_valid
            })
            .unwrap()
    }

    #[test]
    fn a_number_whose_first_pass_decides_is_accepted() {
        // 9·1+0·2+0·3+1·4+0·5+1·6+3·7+0·8+0·9+0·10+1·11 = 51, 51 mod 11 = 7
        let iin = Iin::parse("900101300017").unwrap();
        assert_eq!((iin.as_str(), iin.birth_date(), iin.warning()), ("900101300017", Some(date(1990, 1, 1)), None));
    }

    #[test]
    fn a_number_whose_first_pass_gives_ten_is_decided_by_the_second() {
        let eleven = second_pass("9001013", false);
        let whole = complete(&eleven).unwrap();
        assert!(Iin::parse(&whole).is_ok());
        let last = whole.chars().last().unwrap();
        for wrong in ('0'..='9').filter(|digit| *digit != last) {
            assert_eq!(refusal(&format!("{eleven}{wrong}")), "iin_checksum");
        }
    }

    #[test]
    fn a_number_for_which_both_passes_give_ten_has_no_valid_control_digit() {
        let eleven = second_pass("9001013", true);
        for digit in '0'..='9' {
            assert_eq!(refusal(&format!("{eleven}{digit}")), "iin_checksum");
        }
    }

    #[test]
    fn spaces_and_dashes_between_the_digits_are_ignored() {
        for text in [" 900101 300017 ", "900101-300017", "9001 0130 0017", "900101\u{2011}300017", "900101\u{a0}300017"]
        {
            assert_eq!(Iin::parse(text).unwrap().as_str(), "900101300017", "{text:?}");
        }
    }

    #[test]
    fn what_is_not_twelve_ascii_digits_is_refused() {
        for text in [
            "90010130001",
            "9001013000170",
            "90010130001О",
            "９00101300017",
            "٩00101300017",
            "900101.300017",
            "-",
            "+90010130001",
        ] {
            assert_eq!(refusal(text), "iin_format", "{text}");
        }
        assert_eq!(refusal("  "), "required");
        assert_eq!(refusal("900101300017\n"), "control_character");
        assert_eq!(refusal("\u{202a}900101300017"), "bidi_character");
    }

    #[test]
    fn the_seventh_digit_gives_the_century() {
        for (digit, year) in [(1, 1890), (2, 1890), (3, 1990), (4, 1990), (5, 2090), (6, 2090)] {
            let whole =
                complete(&format!("900101{digit}0002")).or_else(|| complete(&format!("900101{digit}0003"))).unwrap();
            assert_eq!(Iin::parse(&whole).unwrap().birth_date(), Some(date(year, 1, 1)));
        }
        for digit in 7..=9 {
            let whole =
                complete(&format!("900101{digit}0002")).or_else(|| complete(&format!("900101{digit}0003"))).unwrap();
            assert_eq!(refusal(&whole), "iin_birth_date");
        }
    }

    #[test]
    fn a_birth_date_that_does_not_exist_is_refused() {
        for head in ["9013013", "9000013", "9001003", "9002303", "0102295", "9001353", "9001793", "0002291"] {
            let whole = (0..).find_map(|serial| complete(&format!("{head}{serial:04}"))).unwrap();
            assert_eq!(refusal(&whole), "iin_birth_date", "{head}");
        }
        let leap = (0..).find_map(|serial| complete(&format!("0002295{serial:04}"))).unwrap();
        assert_eq!(Iin::parse(&leap).unwrap().birth_date(), Some(date(2000, 2, 29)));
    }

    #[test]
    fn a_zero_in_the_seventh_place_is_accepted_with_a_warning() {
        let whole = complete("90010100001").unwrap();
        let iin = Iin::parse(&whole).unwrap();
        assert_eq!((iin.birth_date(), iin.warning()), (None, Some("iin_century_unknown")));
        assert!(CODES.contains(&iin.warning().unwrap()));
        assert!(iin.matches_birth_date(date(1950, 5, 5)));
        assert!(iin.check_born_by(date(1800, 1, 1)).is_ok());
    }

    #[test]
    fn a_birth_date_is_compared_and_may_not_lie_ahead() {
        let iin = Iin::parse("900101300017").unwrap();
        assert!(iin.matches_birth_date(date(1990, 1, 1)) && !iin.matches_birth_date(date(1990, 1, 2)));
        assert!(iin.check_born_by(date(1990, 1, 1)).is_ok());
        assert_eq!(iin.check_born_by(date(1989, 12, 31)).unwrap_err().code, "iin_birth_date");
    }

    #[test]
    fn the_number_of_an_organisation_is_told_from_that_of_a_person() {
        let bin = (0..).find_map(|serial| complete(&format!("200640{serial:05}"))).unwrap();
        assert_eq!(refusal(&bin), "iin_is_bin");
        assert_eq!(Bin::parse(&bin).unwrap().as_str(), bin);
        assert_eq!(Bin::parse("900101300017").unwrap_err().code, "bin_is_iin");
    }

    #[test]
    fn a_bin_needs_its_month_its_type_and_its_control_digit() {
        let whole = |head: &str| (0..).find_map(|serial| complete(&format!("{head}{serial:05}"))).unwrap();
        for head in ["200050", "201340", "200670", "200690"] {
            assert_eq!(Bin::parse(&whole(head)).unwrap_err().code, "bin_format", "{head}");
        }
        assert_eq!(Bin::parse("12").unwrap_err().code, "bin_format");
        assert_eq!(Bin::parse("").unwrap_err().code, "required");
        let valid = whole("201253");
        let last = valid.chars().last().unwrap();
        let wrong = if last == '0' { '1' } else { '0' };
        assert_eq!(Bin::parse(&format!("{}{wrong}", &valid[..11])).unwrap_err().code, "bin_checksum");
        let none = second_pass("2006400", true);
        assert!(('0'..='9').all(|digit| Bin::parse(&format!("{none}{digit}")).unwrap_err().code == "bin_checksum"));
    }

    #[test]
    fn debug_shows_no_digit() {
        let iin = Iin::parse("900101300017").unwrap();
        assert!(!format!("{iin:?} {:?}", Some(&iin)).contains(|character: char| character.is_ascii_digit()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_with_a_listed_code(
            text in prop_oneof![any::<String>(), "[0-9 -]{0,16}", "[0-9]{12}"],
        ) {
            let refusals = [Iin::parse(&text).err(), Bin::parse(&text).err()];
            for code in refusals.into_iter().flatten().map(|error| error.code) {
                prop_assert!(CODES.contains(&code));
            }
            if let Ok(iin) = Iin::parse(&text) {
                prop_assert_eq!(Iin::parse(iin.as_str()).unwrap(), iin);
            }
        }

        #[test]
        fn a_wrong_control_digit_is_always_found(eleven in "[0-9]{11}", wrong in 1u32..10) {
            if let Some(whole) = complete(&eleven) {
                let mut digits = digits_of(&whole).unwrap();
                digits[11] = (digits[11] + wrong) % 10;
                prop_assert!(!control_digit_holds(&digits));
            }
        }

        #[test]
        fn a_wrong_digit_among_the_first_ten_is_always_found_while_the_first_pass_decides(
            eleven in "[0-9]{11}", place in 0usize..10, wrong in 1u32..10,
        ) {
            let mut digits = digits_of(&format!("{eleven}0")).unwrap();
            digits[11] = weighted(&digits, &FIRST_PASS);
            if digits[11] == 10 {
                return Ok(());
            }
            digits[place] = (digits[place] + wrong) % 10;
            if weighted(&digits, &FIRST_PASS) == 10 {
                return Ok(());
            }
            prop_assert!(!control_digit_holds(&digits));
        }

        #[test]
        fn a_wrong_eleventh_digit_is_never_found_while_the_first_pass_decides(
            eleven in "[0-9]{11}", wrong in 1u32..10,
        ) {
            let mut digits = digits_of(&format!("{eleven}0")).unwrap();
            digits[11] = weighted(&digits, &FIRST_PASS);
            if digits[11] == 10 {
                return Ok(());
            }
            digits[10] = (digits[10] + wrong) % 10;
            prop_assert!(control_digit_holds(&digits));
        }
    }
}
