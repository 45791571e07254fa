//! Questions of a form as templates show them: label, hint, mistake and control.

use super::chrome::Chrome;

/// One question.
#[derive(Debug, Clone)]
pub struct Input {
    /// The name of the field.
    pub name: String,
    /// The id of its control, and the start of the ids around it.
    pub id: String,
    /// What is asked.
    pub label: String,
    /// What helps to answer; empty without.
    pub hint: String,
    /// What to correct; empty without.
    pub mistake: String,
    /// Whether it may stay empty.
    pub optional: bool,
    /// How it is answered.
    pub control: Control,
}

/// How a question is answered.
#[derive(Debug, Clone)]
pub enum Control {
    /// One line.
    Line {
        /// What was typed.
        value: String,
        /// The type of the control: `text`, `email`, `tel`, `date`, `password`.
        kind: &'static str,
        /// What browsers fill in.
        autocomplete: &'static str,
        /// The keyboard of a phone.
        inputmode: &'static str,
    },
    /// Many lines.
    Area {
        /// What was typed.
        value: String,
    },
    /// One of a list that is too long to be shown.
    Select {
        /// The list.
        options: Vec<Choice>,
    },
    /// One or several of a list.
    Choice {
        /// Several.
        many: bool,
        /// The list.
        options: Vec<Choice>,
    },
}

/// One of a list.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// What explains it; empty without.
    pub hint: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Input {
    /// A question with its texts: `<prefix>-label-<name>` and, where there is one, `<prefix>-hint-<name>`, with dots of the name as dashes.
    #[must_use]
    pub fn new(p: &Chrome, prefix: &str, name: &str, control: Control) -> Self {
        let id = name.replace('.', "-");
        // All rows of a list are asked in the same words.
        let key: Vec<&str> = id.split('-').filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit())).collect();
        let key = key.join("-");
        let hint = format!("{prefix}-hint-{key}");
        let hint = if p.app.texts.has(&hint) { p.t(&hint) } else { String::new() };
        let label = p.t(&format!("{prefix}-label-{key}"));
        Self { name: name.to_owned(), id, label, hint, mistake: String::new(), optional: false, control }
    }

    /// The same, which may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The same with its first option chosen, where none is.
    #[must_use]
    pub fn with_default(mut self) -> Self {
        if let Control::Choice { options, .. } = &mut self.control
            && !options.iter().any(|option| option.chosen)
            && let Some(first) = options.first_mut()
        {
            first.chosen = true;
        }
        self
    }

    /// Where a link of the summary of mistakes leads.
    #[must_use]
    pub fn target(&self) -> String {
        if matches!(self.control, Control::Choice { .. }) { format!("{}-0", self.id) } else { self.id.clone() }
    }

    /// The ids of what describes the control, for `aria-describedby`; empty without any.
    #[must_use]
    pub fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id));
        }
        if !self.mistake.is_empty() {
            ids.push(format!("{}-mistake", self.id));
        }
        ids.join(" ")
    }

    /// The answer in words, a line each; empty where none was given.
    #[must_use]
    pub fn answer(&self) -> Vec<String> {
        match &self.control {
            Control::Line { value, .. } | Control::Area { value } => value.lines().map(ToOwned::to_owned).collect(),
            Control::Select { options } | Control::Choice { options, .. } => {
                options.iter().filter(|option| option.chosen).map(|option| option.label.clone()).collect()
            }
        }
    }
}
