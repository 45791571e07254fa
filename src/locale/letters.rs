//! Longer texts of answers that are put together from several.

use super::{Texts, Value};
use crate::domain::vocabulary::Language;

/// The headings of an access answer, in the order of its seven parts (Law 94-V art. 24(1)(1)): keys of `letter.ftl`.
pub const ACCESS_PARTS: [&str; 7] = [
    "letter-access-fact",
    "letter-access-purposes",
    "letter-access-sources",
    "letter-access-ways",
    "letter-access-list",
    "letter-access-terms",
    "letter-access-recipients",
];

/// Where a person can turn who does not agree with an answer (Law 94-V arts. 27, 27-1, 28, 30): one line of introduction and
/// one line for each, with a dash before it. `court` is named where the operator's policy names one.
#[must_use]
pub fn how_to_complain(texts: &Texts, language: Language, court: Option<&str>) -> String {
    let mut lines = vec![texts.get(language, "letter-complain-intro", &[])];
    for key in ["letter-complain-authority", "letter-complain-akimat", "letter-complain-prosecutor"] {
        lines.push(format!("— {}", texts.get(language, key, &[])));
    }
    let court = match court.map(str::trim).filter(|court| !court.is_empty()) {
        Some(court) => texts.get(language, "letter-complain-court-named", &[("court", Value::from(court))]),
        None => texts.get(language, "letter-complain-court", &[]),
    };
    lines.push(format!("— {court}"));
    lines.join("\n")
}

/// The letter that is proposed when identity could not be confirmed; staff may change it before it goes out.
#[must_use]
pub fn not_verified(texts: &Texts, language: Language) -> String {
    texts.get(language, "letter-not_verified", &[])
}
