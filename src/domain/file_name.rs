//! Names of files as they are kept: people and programs put anything into them.

use unicode_normalization::UnicodeNormalization;

use super::file_type::FileType;
use super::text::{is_bidi, is_control, is_invisible, is_line_separator};

/// The longest name that is kept, in characters; with four bytes each it still fits where 255 bytes are the limit for two.
const MAX_CHARS: usize = 100;

/// A name that can be shown and saved anywhere: no path, no control characters, none that turn the direction of writing or cannot be
/// seen, not too long, and with the ending that fits what the file is. Unlike typed texts it is cleaned, not refused: few people know
/// what their telephone puts into names.
#[must_use]
pub fn clean(typed: &str, file_type: FileType) -> String {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last.nfc().filter(|character| !is_hidden(*character)).map(harmless).collect();
    let joined = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = joined.trim_matches(['.', ' ']);
    let endings = file_type.endings();
    let fits = |ending: &str| endings.iter().any(|known| known.eq_ignore_ascii_case(ending));
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if fits(ending) => (stem.trim_end_matches(['.', ' ']), ending),
        _ => (name, endings.first().copied().unwrap_or_default()),
    };
    let stem: String = stem.chars().take(MAX_CHARS - 1 - ending.len()).collect();
    let stem = stem.trim_end_matches(['.', ' ']);
    format!("{}.{ending}", if stem.is_empty() { "file" } else { stem })
}

fn is_hidden(character: char) -> bool {
    (is_control(character) && !character.is_whitespace())
        || is_line_separator(character)
        || is_bidi(character)
        || is_invisible(character)
}

/// Characters that some file systems take for something else.
const fn harmless(character: char) -> char {
    match character {
        ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_is_dangerous_and_keep_what_people_wrote() {
        let long = "ж".repeat(300);
        let cases = [
            ("справка.pdf", "справка.pdf"),
            ("Өтініш 2026.PDF", "Өтініш 2026.PDF"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\a\\scan.pdf", "scan.pdf"),
            ("evil\u{202e}fdp.exe", "evilfdp.exe.pdf"),
            ("a\u{200b}\u{0}b\n c.pdf", "ab c.pdf"),
            ("", "file.pdf"),
            ("...", "file.pdf"),
            (".pdf", "pdf.pdf"),
            ("a<b>|c?.pdf", "a_b__c_.pdf"),
            ("photo.jpg", "photo.jpg.pdf"),
        ];
        for (typed, kept) in cases {
            assert_eq!(clean(typed, FileType::Pdf), kept, "{typed:?}");
        }
        let short = clean(&format!("{long}.jpeg"), FileType::Jpeg);
        assert!(short.ends_with("ж.jpeg") && short.chars().count() == MAX_CHARS, "{short}");
    }
}
