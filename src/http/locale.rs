//! The language of an answer, from `Accept-Language` (RFC 9110, section 12.5.4).

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use actix_web::{FromRequest, HttpRequest};

use crate::domain::vocabulary::Language;

/// The language of a caller who states none.
pub const DEFAULT: Language = Language::Ru;

/// Entries that are looked at: a longer list is no wish but an attack.
const MOST_ENTRIES: usize = 32;

/// The language to answer in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale(pub Language);

impl FromRequest for Locale {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(negotiate(request.headers()))))
    }
}

/// The language to answer in: the one the caller likes best, [`DEFAULT`] when they state none that is served.
#[must_use]
pub fn negotiate(headers: &HeaderMap) -> Language {
    let mut wishes = Wishes::default();
    let entries = headers.get_all(ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok());
    for (place, entry) in entries.flat_map(|line| line.split(',')).take(MOST_ENTRIES).enumerate() {
        wishes.add(place, entry);
    }
    wishes.best()
}

/// What was wished for: the weight in thousandths and the place in the list.
#[derive(Debug, Default)]
struct Wishes {
    named: Vec<(Language, u16, usize)>,
    any: Option<(u16, usize)>,
}

impl Wishes {
    /// Adds one entry, such as `kk-KZ;q=0.8`; one that is malformed or names another language says nothing.
    fn add(&mut self, place: usize, entry: &str) {
        let mut parts = entry.split(';');
        let range = parts.next().unwrap_or_default().trim();
        let weight = match parts.next() {
            None => Some(1000),
            Some(parameter) => weight(parameter),
        };
        let Some(weight) = weight.filter(|_| parts.next().is_none()) else { return };
        if range == "*" {
            self.any.get_or_insert((weight, place));
            return;
        }
        let primary = range.split('-').next().unwrap_or_default().to_ascii_lowercase();
        if let Some(language) = Language::parse(&primary) {
            self.named.push((language, weight, place));
        }
    }

    fn best(&self) -> Language {
        let mut best: Option<(Language, u16, usize)> = None;
        // The default goes first, so that it wins where the wildcard leaves the choice open.
        let all = std::iter::once(DEFAULT).chain(Language::ALL.iter().copied().filter(|language| *language != DEFAULT));
        for language in all {
            let Some((weight, place)) = self.wish(language).filter(|(weight, _)| *weight > 0) else { continue };
            let better =
                best.is_none_or(|(_, heaviest, first)| weight > heaviest || (weight == heaviest && place < first));
            if better {
                best = Some((language, weight, place));
            }
        }
        best.map_or(DEFAULT, |(language, ..)| language)
    }

    /// The heaviest entry that names the language, else the wildcard.
    fn wish(&self, language: Language) -> Option<(u16, usize)> {
        let named = self.named.iter().filter(|(named, ..)| *named == language);
        let heaviest = named.max_by_key(|(_, weight, place)| (*weight, std::cmp::Reverse(*place)));
        heaviest.map(|(_, weight, place)| (*weight, *place)).or(self.any)
    }
}

/// `q=0` to `q=1` with up to three digits after the point, in thousandths.
fn weight(parameter: &str) -> Option<u16> {
    let parameter = parameter.trim();
    let value = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="))?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn language(header: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_bytes(header.as_bytes()).unwrap());
        negotiate(&headers)
    }

    #[test]
    fn a_caller_who_states_no_language_is_answered_in_the_default() {
        assert_eq!(negotiate(&HeaderMap::new()), DEFAULT);
        for header in ["", "*", "de", "de-DE, fr;q=0.5", "*;q=0.3"] {
            assert_eq!(language(header), DEFAULT, "{header}");
        }
    }

    #[test]
    fn the_heaviest_language_that_is_served_wins_and_the_first_of_equals() {
        let cases = [
            ("kk", Language::Kk),
            ("EN", Language::En),
            ("kk-KZ", Language::Kk),
            ("kk-Cyrl-KZ, ru;q=0.9", Language::Kk),
            ("ru;q=0.5, en;q=0.8", Language::En),
            ("de, en;q=0.1, kk;q=0.2", Language::Kk),
            ("en, ru", Language::En),
            ("kk;q=0.5,en;q=0.5", Language::Kk),
            ("en ; q=0.3 , ru ; q=0.2", Language::En),
            ("kk;q=1.000, en;q=0.999", Language::Kk),
            ("en;q=0.5, en-US;q=0.9, kk;q=0.7", Language::En),
        ];
        for (header, expected) in cases {
            assert_eq!(language(header), expected, "{header}");
        }
    }

    #[test]
    fn a_language_with_weight_zero_is_not_chosen_even_by_the_wildcard() {
        assert_eq!(language("ru;q=0, en;q=0.1"), Language::En);
        assert_eq!(language("ru;q=0, *"), Language::Kk);
        assert_eq!(language("ru;q=0, kk;q=0, *;q=0.1"), Language::En);
        assert_eq!(language("kk;q=0.2, *;q=0.7"), DEFAULT);
        assert_eq!(language("kk;q=0"), DEFAULT);
    }

    #[test]
    fn malformed_entries_say_nothing() {
        for header in [
            "kk;q=",
            "kk;q=2",
            "kk;q=1.5",
            "kk;q=0.1234",
            "kk;q=-1",
            "kk;q=nan",
            "kk;x=1",
            "kk;q=1;q=1",
            ";;;",
            ",,,",
            "қаз",
            "kk_KZ",
        ] {
            assert_eq!(language(header), DEFAULT, "{header}");
        }
        assert_eq!(language("kk;q=bad, en;q=0.2"), Language::En);
        assert_eq!(language(&format!("{}kk", "xx,".repeat(10_000))), DEFAULT);
    }

    #[test]
    fn several_header_lines_count_as_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static("de"));
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static("kk"));
        assert_eq!(negotiate(&headers), Language::Kk);
    }
}
