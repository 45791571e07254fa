//! Forms on pages that hold several, and what went wrong with them.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, ResponseError};

use crate::http::api::AppData;
use crate::http::pages::chrome::Chrome;
use crate::http::pages::input::Input;
use crate::http::problem::{ApiError, words};

/// A form of its own under a heading.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    /// Its id on the page, and the start of the ids in it.
    pub id: &'static str,
    /// The heading.
    pub heading: String,
    /// What it is for; empty without.
    pub lead: String,
    /// Where it is sent.
    pub action: String,
    /// The words of its button.
    pub button: String,
    /// What it does is seldom wanted, so that it stands folded.
    pub folded: bool,
    /// The questions.
    pub inputs: Vec<Input>,
    /// Fields that nobody sees.
    pub hidden: Vec<(&'static str, String)>,
    /// What stands in the way as a whole; empty without.
    pub mistake: String,
}

impl Panel {
    /// A panel with its texts: `console-panel-<id>`, `console-panel-<id>-lead` where there is one, and `console-panel-<id>-button`.
    #[must_use]
    pub fn new(p: &Chrome, id: &'static str, action: String, mut inputs: Vec<Input>) -> Self {
        for input in &mut inputs {
            input.id = format!("{id}-{}", input.id);
        }
        let lead = format!("console-panel-{id}-lead");
        Self {
            id,
            heading: p.t(&format!("console-panel-{id}")),
            lead: if p.app.texts.has(&lead) { p.t(&lead) } else { String::new() },
            action,
            button: p.t(&format!("console-panel-{id}-button")),
            inputs,
            ..Self::default()
        }
    }

    /// The same, folded until it is wanted.
    #[must_use]
    pub fn folded(mut self) -> Self {
        self.folded = true;
        self
    }

    /// The same, with a field that nobody sees.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.hidden.push((name, value));
        self
    }

    /// The same, with what went wrong beside its questions.
    #[must_use]
    pub fn wrong(mut self, wrongs: Option<&Wrongs>) -> Self {
        let Some(wrongs) = wrongs else { return self };
        let mut rest = Vec::new();
        for (question, text) in &wrongs.fields {
            match self.inputs.iter_mut().find(|input| fits(input, question)) {
                Some(input) => input.mistake.clone_from(text),
                None => rest.push(text.clone()),
            }
        }
        if wrongs.fields.is_empty() {
            rest.push(wrongs.detail.clone());
        }
        self.mistake = rest.join(" ");
        self.folded = false;
        self
    }
}

/// Whether a mistake, named by the part of the body that it is in, belongs to a question.
#[must_use]
pub fn fits(input: &Input, question: &str) -> bool {
    let rest = question.strip_prefix(input.name.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest == "s" || rest.starts_with('.') || rest.starts_with("s."))
}

/// What went wrong with a form.
#[derive(Debug, Clone)]
pub struct Wrongs {
    /// The status of the page that tells it.
    pub status: StatusCode,
    /// The stable name of the problem.
    pub code: String,
    /// What to correct, by question.
    pub fields: BTreeMap<String, String>,
    /// The problem as a whole.
    pub detail: String,
}

impl Wrongs {
    /// Sorts out what can be told on the page of the form.
    ///
    /// # Errors
    /// With the error itself where that has to be a page of its own.
    pub fn of(app: &AppData, request: &HttpRequest, error: impl Into<ApiError>) -> Result<Self, ApiError> {
        let error = error.into();
        let status = error.status_code();
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED) || status.is_server_error() {
            return Err(error);
        }
        let language = Chrome::of(request)?.language;
        let said = words(app, language, request, &error);
        let text = |code: &'static str, args: &_| app.texts.field(language, code, args);
        let fields = error.errors().iter().map(|mistake| {
            (mistake.pointer.trim_start_matches('/').replace('/', "."), text(mistake.code, &mistake.args))
        });
        Ok(Self { status, code: error.code().to_owned(), fields: fields.collect(), detail: said.detail })
    }
}
