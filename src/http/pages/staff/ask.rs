//! Questions of the console's forms, with what was answered so far.

use crate::http::pages::chrome::Chrome;
use crate::http::pages::form::Fields;
use crate::http::pages::input::{Choice, Control, Input};

/// Builds questions.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The page.
    pub p: &'a Chrome,
    /// The answers.
    pub fields: &'a Fields,
}

impl Ask<'_> {
    /// What was typed, as it was typed.
    #[must_use]
    pub fn value(&self, name: &str) -> String {
        let typed = self.fields.pairs().iter().find(|(field, _)| field == name);
        typed.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Many lines.
    #[must_use]
    pub fn area(&self, name: &str) -> Input {
        Input::new(self.p, "console", name, Control::Area { value: self.value(name) })
    }

    /// One line; `kind` is the type of its control.
    #[must_use]
    pub fn line(&self, name: &str, kind: &'static str) -> Input {
        let control = Control::Line { value: self.value(name), kind, autocomplete: "off", inputmode: "" };
        Input::new(self.p, "console", name, control)
    }

    /// A password or a code, which is shown to nobody once it was sent.
    #[must_use]
    pub fn secret(&self, name: &str, kind: &'static str, autocomplete: &'static str) -> Input {
        let control = Control::Line { value: String::new(), kind, autocomplete, inputmode: "" };
        Input::new(self.p, "console", name, control)
    }

    fn options(&self, name: &str, all: Vec<(String, String, String)>) -> Vec<Choice> {
        let chosen = |value: &str| self.fields.all(name).any(|sent| sent == value);
        all.into_iter().map(|(value, label, hint)| Choice { chosen: chosen(&value), value, label, hint }).collect()
    }

    /// One or several of a list: value, name and explanation of each.
    #[must_use]
    pub fn choice(&self, name: &str, many: bool, all: Vec<(String, String, String)>) -> Input {
        let options = self.options(name, all);
        Input::new(self.p, "console", name, Control::Choice { many, options })
    }

    /// One of a long list.
    #[must_use]
    pub fn select(&self, name: &str, all: Vec<(String, String, String)>) -> Input {
        let options = self.options(name, all);
        Input::new(self.p, "console", name, Control::Select { options })
    }

    /// Words of the vocabulary as a list.
    #[must_use]
    pub fn worded(&self, prefix: &str, values: &[&str]) -> Vec<(String, String, String)> {
        values.iter().map(|value| ((*value).to_owned(), self.p.word(prefix, value), String::new())).collect()
    }

    /// The three languages as a list.
    #[must_use]
    pub fn language(&self, name: &str) -> Input {
        self.select(name, self.worded("language", &["kk", "ru", "en"]))
    }
}
