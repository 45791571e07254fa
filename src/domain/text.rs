//! Checks that every typed text goes through, and the error that all input modules share.
//!
//! Control characters and characters that turn the direction of writing are refused and never stripped: a text that
//! was silently changed is not what the person wrote, and such characters can make one name look like another.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

/// Why a typed value was not accepted. It never contains the value itself, so it may be logged and shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("input refused: {code}")]
pub struct InputError {
    /// The stable name of the mistake, one of [`CODES`]; clients see it in `errors[].code`.
    pub code: &'static str,
    /// What its text needs, such as `max`, by name.
    pub args: Vec<(&'static str, String)>,
}

impl InputError {
    /// A mistake whose text needs no values.
    #[must_use]
    pub const fn new(code: &'static str) -> Self {
        Self { code, args: Vec::new() }
    }

    /// The text has more than `max` characters.
    #[must_use]
    pub fn too_long(max: usize) -> Self {
        Self { code: "too_long", args: vec![("max", max.to_string())] }
    }
}

/// Every code that the input modules use; each needs a text in every language. `too_long` has the argument `max`;
/// `iin_century_unknown` is a warning beside an accepted value, not an error.
pub const CODES: &[&str] = &[
    "required",
    "too_long",
    "control_character",
    "bidi_character",
    "invisible_character",
    "date_format",
    "iin_format",
    "iin_is_bin",
    "iin_checksum",
    "iin_birth_date",
    "iin_century_unknown",
    "bin_format",
    "bin_is_iin",
    "bin_checksum",
    "phone_format",
    "email_format",
    "email_not_latin",
    "name_format",
    "reference_format",
    "reference_check",
];

/// Normalises a field of one line: NFC, no white space at the ends, each inner run of it becomes one space.
///
/// Invisible characters (zero-width space and joiners, byte order mark, soft hyphen, blank fillers) are refused too:
/// in a short field they only come from pasting, nobody can see them, and they make equal values differ.
///
/// # Errors
/// `control_character` (line breaks, tabs and NUL among them), `bidi_character`, `invisible_character`, `required`
/// when nothing is left, `too_long` when more than `max_chars` characters (not bytes) are left.
pub fn one_line(text: &str, max_chars: usize) -> Result<String, InputError> {
    for character in text.chars() {
        if is_control(character) || is_line_separator(character) {
            return Err(InputError::new("control_character"));
        }
        if is_bidi(character) {
            return Err(InputError::new("bidi_character"));
        }
        if is_invisible(character) {
            return Err(InputError::new("invisible_character"));
        }
    }
    let composed: String = text.nfc().collect();
    let mut line = String::with_capacity(composed.len());
    for word in composed.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    within(line, max_chars)
}

/// Normalises a text of several lines: NFC, every kind of line break becomes `\n`, white space at the ends of lines
/// and empty lines at both ends of the text go.
///
/// Tabs stay, and so do invisible characters (emoji need the joiner, and texts pasted from office programs are full
/// of soft hyphens), but a text of nothing else counts as empty.
///
/// # Errors
/// `control_character` (NUL among them), `bidi_character`, `required`, `too_long` as in [`one_line`].
pub fn many_lines(text: &str, max_chars: usize) -> Result<String, InputError> {
    let broken = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    for character in broken.chars() {
        if is_control(character) && !matches!(character, '\n' | '\t') {
            return Err(InputError::new("control_character"));
        }
        if is_bidi(character) {
            return Err(InputError::new("bidi_character"));
        }
    }
    if broken.chars().all(|character| character.is_whitespace() || is_invisible(character)) {
        return Err(InputError::new("required"));
    }
    let composed: String = broken.nfc().collect();
    let lines: Vec<&str> = composed.lines().map(str::trim_end).collect();
    within(lines.join("\n").trim_matches('\n').to_owned(), max_chars)
}

/// Reads a local date written `YYYY-MM-DD`, nothing else, so that day and month cannot be mixed up.
///
/// # Errors
/// `required` for an empty text, `date_format` for another form or a date that does not exist.
pub fn date(text: &str) -> Result<NaiveDate, InputError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InputError::new("required"));
    }
    let well_formed = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if !well_formed {
        return Err(InputError::new("date_format"));
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| InputError::new("date_format"))
}

/// Whether the character is one of the dashes that people and office programs put for a hyphen.
#[must_use]
pub const fn is_dash(character: char) -> bool {
    matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

fn within(text: String, max_chars: usize) -> Result<String, InputError> {
    if text.is_empty() {
        return Err(InputError::new("required"));
    }
    if text.chars().count() > max_chars {
        return Err(InputError::too_long(max_chars));
    }
    Ok(text)
}

/// Control characters, annotation marks, and code points that are no characters at all (they break XML documents).
pub(super) fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(character) & 0xfffe == 0xfffe
}

pub(super) const fn is_line_separator(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}')
}

pub(super) const fn is_bidi(character: char) -> bool {
    matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

pub(super) const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code<T: std::fmt::Debug>(result: Result<T, InputError>) -> &'static str {
        result.unwrap_err().code
    }

    #[test]
    fn a_line_is_trimmed_composed_and_its_inner_spaces_are_collapsed() {
        assert_eq!(one_line("  Әлия \u{a0}\u{2003} Серік  ", 50).unwrap(), "Әлия Серік");
        assert_eq!(one_line("и\u{306}", 1).unwrap(), "й");
        assert_eq!(code(one_line(" \u{a0}", 5)), "required");
        assert_eq!(code(one_line("", 5)), "required");
    }

    #[test]
    fn length_is_counted_in_characters_after_normalising() {
        assert_eq!(one_line("  қққққ  ", 5).unwrap(), "қққққ");
        let error = one_line("ққққққ", 5).unwrap_err();
        assert_eq!((error.code, error.args), ("too_long", vec![("max", "5".to_owned())]));
    }

    #[test]
    fn control_bidi_and_invisible_characters_are_refused_wherever_they_stand() {
        for bad in
            ["\0", "\n", "\r", "\t", "\u{7f}", "\u{85}", "\u{2028}", "\u{2029}", "\u{ffff}", "\u{1fffe}", "\u{fff9}"]
        {
            for text in [format!("a{bad}b"), format!("{bad}a"), format!("a{bad}")] {
                assert_eq!(code(one_line(&text, 50)), "control_character", "{bad:?}");
            }
        }
        for bad in ["\u{61c}", "\u{200e}", "\u{200f}", "\u{202a}", "\u{202e}", "\u{2066}", "\u{2069}"] {
            assert_eq!(code(one_line(&format!("a{bad}"), 50)), "bidi_character", "{bad:?}");
            assert_eq!(code(many_lines(&format!("a\n{bad}"), 50)), "bidi_character", "{bad:?}");
        }
        for bad in ["\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}", "\u{ad}", "\u{3164}"] {
            assert_eq!(code(one_line(&format!("{bad}a"), 50)), "invisible_character", "{bad:?}");
        }
    }

    #[test]
    fn many_lines_keep_breaks_and_tabs_and_lose_trailing_space() {
        assert_eq!(many_lines("\r\n\n a\tb  \r\nc\rd\u{2028}e \n\n", 50).unwrap(), " a\tb\nc\nd\ne");
        assert_eq!(many_lines("👩\u{200d}🔧", 50).unwrap(), "👩\u{200d}🔧");
        assert_eq!(code(many_lines("a\0b", 50)), "control_character");
        assert_eq!(code(many_lines("a\u{b}b", 50)), "control_character");
        assert_eq!(code(many_lines("\u{feff} \n\u{200b}", 50)), "required");
        assert_eq!(code(many_lines("abc\nde", 5)), "too_long");
    }

    #[test]
    fn only_dates_that_exist_in_the_one_form_are_read() {
        assert_eq!(date(" 2024-02-29 ").unwrap(), NaiveDate::from_ymd_opt(2024, 2, 29).unwrap());
        for bad in [
            "2023-02-29",
            "2024-2-09",
            "29.02.2024",
            "+024-02-02",
            "2024-02-02T00",
            "２024-02-0",
            "20240229",
            "2024-00-10",
        ] {
            assert_eq!(code(date(bad)), "date_format", "{bad}");
        }
        assert_eq!(code(date(" ")), "required");
    }

    #[test]
    fn codes_are_listed_once_each() {
        let unique: std::collections::BTreeSet<_> = CODES.iter().collect();
        assert_eq!(unique.len(), CODES.len());
    }

    proptest! {
        #[test]
        fn any_text_is_normalised_once_and_for_all_or_refused_with_a_listed_code(
            text in prop_oneof![".{0,40}", "[\\pL\\pM\\pZ\\pC\\n\\t]{0,40}", any::<String>()],
            max in 0usize..40,
        ) {
            match one_line(&text, max) {
                Ok(line) => {
                    prop_assert!(!line.is_empty() && line.chars().count() <= max && !line.contains("  "));
                    prop_assert_eq!(line.trim(), &line);
                    prop_assert_eq!(one_line(&line, max), Ok(line.clone()));
                }
                Err(error) => prop_assert!(CODES.contains(&error.code)),
            }
            match many_lines(&text, max) {
                Ok(lines) => {
                    prop_assert!(!lines.is_empty() && lines.chars().count() <= max && !lines.contains(['\r', '\0']));
                    prop_assert_eq!(many_lines(&lines, max), Ok(lines.clone()));
                }
                Err(error) => prop_assert!(CODES.contains(&error.code)),
            }
            if let Err(error) = date(&text) {
                prop_assert!(CODES.contains(&error.code));
            }
        }
    }
}
