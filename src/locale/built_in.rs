//! The catalogues inside the binary, one by one, so that a change to any of them rebuilds it.

use crate::domain::vocabulary::Language;

macro_rules! catalogues {
    ($($name:literal),+ $(,)?) => {
        [$(
            (Language::Kk, concat!("locales/kk/", $name, ".ftl"), include_str!(concat!("../../locales/kk/", $name, ".ftl"))),
            (Language::Ru, concat!("locales/ru/", $name, ".ftl"), include_str!(concat!("../../locales/ru/", $name, ".ftl"))),
            (Language::En, concat!("locales/en/", $name, ".ftl"), include_str!(concat!("../../locales/en/", $name, ".ftl"))),
        )+]
    };
}

/// Language, name and text of each; a test holds this list equal to the folder.
pub(super) fn files() -> Vec<(Language, String, String)> {
    catalogues![
        "words", "mail", "problem", "field", "clock", "timeline", "letter", "desk", "post", "page", "console",
        "office", "alert"
    ]
    .into_iter()
    .map(|(language, file, text)| (language, file.to_owned(), text.to_owned()))
    .collect()
}
