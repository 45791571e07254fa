//! Lines of the text part.

/// The longest line, in characters.
const WIDTH: usize = 76;

/// Breaks a text at spaces. A word that is longer than a line, such as a link, stays whole on a line of its own.
pub(super) fn wrap(text: &str) -> String {
    text.lines().map(wrap_line).collect::<Vec<_>>().join("\n")
}

fn wrap_line(line: &str) -> String {
    let mut wrapped = String::with_capacity(line.len());
    let mut used = 0;
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > WIDTH {
            wrapped.push('\n');
            used = 0;
        } else if used > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_at_most_76_characters_and_long_words_stay_whole() {
        let link = format!("https://example.kz/{}", "a".repeat(100));
        let text = format!("{} {link} {}", "сөз ".repeat(30), "слово ".repeat(20));
        let wrapped = wrap(&text);
        assert!(wrapped.lines().all(|line| line == link || line.chars().count() <= WIDTH), "{wrapped}");
        assert!(wrapped.lines().any(|line| line == link));
        assert_eq!(wrapped.split_whitespace().collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn paragraphs_stay_apart_and_an_empty_text_stays_empty() {
        assert_eq!(wrap("один\n\nдва"), "один\n\nдва");
        assert_eq!(wrap(""), "");
    }
}
