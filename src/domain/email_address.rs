//! Mail addresses that every mail server can be given.
//!
//! The shape is that of the HTML standard, narrowed to what SMTP delivers: no quoted local parts, no comments, no
//! addresses of hosts by number. A domain in Cyrillic, such as one under `.қаз`, or with accents is turned into its
//! ASCII form (`xn--…`), because many servers take no other.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use validator::ValidateEmail;

use super::text::{InputError, one_line};

/// The most characters that an address has (RFC 5321 4.5.3.1.3).
const MAX_CHARS: usize = 254;
/// The most characters that one label of a domain has (RFC 1035 2.3.4).
const MAX_LABEL: usize = 63;

/// A mail address. Personal data: no `Display`, and `Debug` hides it.
///
/// The local part is kept as typed, since servers may tell capitals apart; the domain is in lower case and ASCII. Two
/// addresses are the same person's box when their [`key`](Self::key)s are equal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    local: String,
    domain: String,
    whole: String,
}

impl EmailAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// `required`; `too_long` (max 254); `email_not_latin` when other than Latin letters stand before the `@`, most
    /// often a Cyrillic letter that looks like a Latin one; `email_format`. Control, bidi and invisible characters as
    /// in [`one_line`].
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let malformed = || InputError::new("email_format");
        let line = one_line(text, MAX_CHARS)?;
        let (local, domain) = line.rsplit_once('@').ok_or_else(malformed)?;
        if local.contains(|character: char| character.is_alphabetic() && !character.is_ascii()) {
            return Err(InputError::new("email_not_latin"));
        }
        // The standard for HTML allows dots anywhere; mail servers do not.
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(malformed());
        }
        let lowered: String = domain.chars().flat_map(char::to_lowercase).collect();
        let ascii = ascii_domain(&lowered).ok_or_else(malformed)?;
        let (_, top) = ascii.rsplit_once('.').ok_or_else(malformed)?;
        if top.len() < 2 || top.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed());
        }
        let whole = format!("{local}@{ascii}");
        if whole.len() > MAX_CHARS {
            return Err(InputError::too_long(MAX_CHARS));
        }
        // Both forms: the first shows that a Cyrillic domain is a permitted one, the second is what is sent to.
        if !format!("{local}@{lowered}").validate_email() || !whole.validate_email() {
            return Err(malformed());
        }
        Ok(Self { local: local.to_owned(), domain: ascii, whole })
    }

    /// The address to send to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    /// The whole address in lower case, for look-ups.
    #[must_use]
    pub fn key(&self) -> String {
        self.whole.to_ascii_lowercase()
    }

    /// A form for lists that staff see without the right to open the data: the first character and the top-level
    /// domain.
    #[must_use]
    pub fn masked(&self) -> String {
        let first: String = self.local.chars().take(1).collect();
        let top = self.domain.rsplit('.').next().unwrap_or_default();
        format!("{first}…@….{top}")
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailAddress(…)")
    }
}

/// The ASCII form of a domain in lower case; none when a label is not made of Latin or Cyrillic letters, digits
/// and hyphens.
fn ascii_domain(domain: &str) -> Option<String> {
    let labels: Option<Vec<String>> = domain.split('.').map(ascii_label).collect();
    labels.map(|labels| labels.join("."))
}

fn ascii_label(label: &str) -> Option<String> {
    // Other scripts have mappings of their own, and compatibility letters would be replaced by others: rather than
    // guess at them, take such domains in their ASCII form only.
    if !label.chars().all(is_domain_character) || !label.nfkc().eq(label.chars()) {
        return None;
    }
    let ascii = if label.is_ascii() { label.to_owned() } else { format!("xn--{}", punycode(label)?) };
    (1..=MAX_LABEL).contains(&ascii.len()).then_some(ascii)
}

/// A letter, Latin or Cyrillic, a digit or a hyphen.
fn is_domain_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || character == '-'
        || (matches!(character, '\u{c0}'..='\u{24f}' | '\u{400}'..='\u{52f}') && character.is_alphabetic())
}

/// Encodes a label by RFC 3492; none when the numbers of an absurdly long one overflow.
fn punycode(label: &str) -> Option<String> {
    let mut output: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(output.len()).ok()?;
    if basic > 0 {
        output.push('-');
    }
    let total = u32::try_from(label.chars().count()).ok()?;
    let (mut code, mut delta, mut bias, mut handled) = (128_u32, 0_u32, 72_u32, basic);
    while handled < total {
        let next = label.chars().map(u32::from).filter(|point| *point >= code).min()?;
        delta = delta.checked_add((next - code).checked_mul(handled + 1)?)?;
        code = next;
        for point in label.chars().map(u32::from) {
            if point < code {
                delta = delta.checked_add(1)?;
            } else if point == code {
                push_delta(&mut output, delta, bias);
                bias = adapted_bias(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        code += 1;
    }
    Some(output)
}

/// Writes a delta as an integer of variable length (RFC 3492 6.3).
fn push_delta(output: &mut String, delta: u32, bias: u32) {
    let mut rest = delta;
    let mut position = 36;
    loop {
        let threshold = position_threshold(position, bias);
        if rest < threshold {
            output.extend(char::from_digit(rest, 36).map(punycode_digit));
            return;
        }
        let span = 36 - threshold;
        output.extend(char::from_digit(threshold + (rest - threshold) % span, 36).map(punycode_digit));
        rest = (rest - threshold) / span;
        position += 36;
    }
}

fn position_threshold(position: u32, bias: u32) -> u32 {
    position.saturating_sub(bias).clamp(1, 26)
}

/// Numbers in base 36 begin with the digits, punycode with the letters.
fn punycode_digit(digit: char) -> char {
    match digit.to_digit(36) {
        Some(value @ 0..=25) => char::from(b'a' + u8::try_from(value).unwrap_or_default()),
        Some(value) => char::from(b'0' + u8::try_from(value - 26).unwrap_or_default()),
        None => digit,
    }
}

/// The bias of the next delta (RFC 3492 6.1).
fn adapted_bias(delta: u32, handled: u32, is_first: bool) -> u32 {
    let mut rest = if is_first { delta / 700 } else { delta / 2 };
    rest += rest / handled;
    let mut steps = 0;
    while rest > 455 {
        rest /= 35;
        steps += 36;
    }
    steps + 36 * rest / (rest + 38)
}

#[cfg(test)]
mod tests {
    use super::super::text::CODES;
    use super::*;
    use proptest::prelude::*;

    fn refusal(text: &str) -> &'static str {
        EmailAddress::parse(text).unwrap_err().code
    }

    #[test]
    fn the_domain_is_lowered_and_the_local_part_kept() {
        let address = EmailAddress::parse("  Aliya.S+mail@Example.KZ ").unwrap();
        assert_eq!((address.as_str(), address.key().as_str()), ("Aliya.S+mail@example.kz", "aliya.s+mail@example.kz"));
    }

    #[test]
    fn a_domain_in_other_letters_is_sent_to_in_its_ascii_form() {
        for (typed, ascii) in [
            ("a@почта.рф", "a@xn--80a1acny.xn--p1ai"),
            ("a@Почта.РФ", "a@xn--80a1acny.xn--p1ai"),
            ("a@xn--80a1acny.xn--p1ai", "a@xn--80a1acny.xn--p1ai"),
            ("a@bücher.example", "a@xn--bcher-kva.example"),
            ("a@bu\u{308}cher.example", "a@xn--bcher-kva.example"),
            ("a@мысал.қаз", "a@xn--80awbu3c.xn--80ao21a"),
        ] {
            assert_eq!(EmailAddress::parse(typed).unwrap().as_str(), ascii, "{typed}");
        }
    }

    #[test]
    fn what_no_server_delivers_is_refused() {
        for text in [
            "a",
            "@",
            "a@",
            "@b.kz",
            "a@b",
            "a@.kz",
            "a@b.",
            "a@b.kz.",
            "a@b..kz",
            "a b@c.kz",
            "a@b c.kz",
            "a@-b.kz",
            "a@b-.kz",
            ".a@b.kz",
            "a.@b.kz",
            "a..b@c.kz",
            "\"a\"@b.kz",
            "a(x)@b.kz",
            "<a@b.kz>",
            "a@[127.0.0.1]",
            "a@b[127.0.0.1]",
            "a@127.0.0.1",
            "a@b@c.kz",
            "a,b@c.kz",
            "a@b.kz, c@d.kz",
            "mailto:a@b.kz",
            "a@b_c.kz",
            "a@b.k",
            "a@b。kz",
            "a@ｂ.kz",
            "a@b\u{301}\u{301}.kz",
            "a@b.kz\\",
        ] {
            assert_eq!(refusal(text), "email_format", "{text}");
        }
        assert_eq!(refusal(""), "required");
        assert_eq!(refusal("a@b.kz\r\nBcc: c@d.kz"), "control_character");
        assert_eq!(refusal("a\u{200b}@b.kz"), "invisible_character");
        assert_eq!(refusal("\u{202e}a@b.kz"), "bidi_character");
    }

    #[test]
    fn a_cyrillic_letter_before_the_at_sign_is_named() {
        assert_eq!(refusal("аliya@example.kz"), "email_not_latin");
        assert_eq!(refusal("әлия@example.kz"), "email_not_latin");
    }

    #[test]
    fn length_is_limited_as_a_whole_and_by_part() {
        let local = "a".repeat(64);
        let labels = format!("{0}.{0}.{1}.kz", "b".repeat(60), "c".repeat(63));
        assert_eq!(format!("{local}@{labels}").len(), 253);
        assert!(EmailAddress::parse(&format!("{local}@{labels}")).is_ok());
        assert_eq!(refusal(&format!("{local}@bb{labels}")), "too_long");
        assert_eq!(refusal(&format!("{local}a@b.kz")), "email_format");
        assert_eq!(refusal(&format!("a@{}.kz", "b".repeat(64))), "email_format");
        assert_eq!(refusal(&format!("a@{}.kz", "қ".repeat(200))), "email_format");
    }

    #[test]
    fn debug_hides_the_address_and_the_masked_form_shows_little() {
        let address = EmailAddress::parse("aliya@mail.example.kz").unwrap();
        assert_eq!((format!("{address:?}").as_str(), address.masked().as_str()), ("EmailAddress(…)", "a…@….kz"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_once_and_for_all_or_refused_with_a_listed_code(
            text in prop_oneof![
                any::<String>(),
                "[a-zA-Z.+ -]{1,9}@[a-zA-Z0-9.-]{1,12}\\.[a-z]{2,3}",
                "a@[\\PC]{1,20}\\.kz",
                "a@[а-яәғқңөұүһі]{1,30}\\.қаз",
            ],
        ) {
            match EmailAddress::parse(&text) {
                Ok(address) => {
                    prop_assert!(address.as_str().is_ascii() && address.as_str().len() <= MAX_CHARS);
                    prop_assert_eq!(EmailAddress::parse(address.as_str()).unwrap(), address.clone());
                    prop_assert_eq!(EmailAddress::parse(&address.key()).unwrap().key(), address.key());
                }
                Err(error) => prop_assert!(CODES.contains(&error.code)),
            }
        }
    }
}
