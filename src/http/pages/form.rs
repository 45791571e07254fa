//! The fields of a form that a browser sent.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{Data, Form, Query};
use actix_web::{FromRequest, HttpRequest};
use chrono::NaiveDate;

use super::guard;
use crate::app::App;
use crate::domain::intake::FieldError;
use crate::domain::text;
use crate::http::json::BODY_TIME;
use crate::http::problem::ApiError;
use crate::services::error::{Refusal, ServiceError};

/// The fields of a form in the order of the page, after its token was checked.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl std::fmt::Debug for Fields {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What people typed belongs into no log.
        formatter.debug_struct("Fields").field("count", &self.0.len()).finish()
    }
}

impl Fields {
    /// From pairs, as they were sent.
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The parameters of a query. Whatever else mail programs hang on to a link is no mistake of the reader's.
    #[must_use]
    pub fn of_query(request: &HttpRequest) -> Self {
        let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string());
        Self(pairs.map(Query::into_inner).unwrap_or_default())
    }

    /// The first value of a field, without space around it; empty where it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// The same, none where nothing was typed.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// The day that was typed into a field.
    ///
    /// # Errors
    /// `required` or `date_format` at the field.
    pub fn day(&self, name: &str) -> Result<NaiveDate, ServiceError> {
        let pointer = format!("/{name}");
        text::date(self.get(name)).map_err(|error| ServiceError::Invalid(vec![FieldError::at(&pointer, error)]))
    }

    /// All values of a field, as of boxes that were ticked.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(field, value)| field == name && !value.trim().is_empty())
            .map(|(_, value)| value.trim())
    }

    /// All fields.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

impl FromRequest for Fields {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let fields = Unchecked::from_request(request, payload);
        let app = request.app_data::<Data<App>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let app = app.ok_or_else(|| ServiceError::Internal("the server was built without its app".to_owned()))?;
            let Unchecked(fields) = fields.await?;
            guard::check(&app, &request, fields.get("csrf"))?;
            Ok(fields)
        })
    }
}

/// The fields of a form whose token its handler has yet to check.
#[derive(Debug, Clone, Default)]
pub struct Unchecked(pub Fields);

impl FromRequest for Unchecked {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = Form::<Vec<(String, String)>>::from_request(request, payload);
        Box::pin(async move {
            let form = tokio::time::timeout(BODY_TIME, form).await.map_err(|_| Refusal::new("request_timeout", 408))?;
            let form = form.map_err(|error| match error.as_response_error().status_code().as_u16() {
                413 => Refusal::new("payload_too_large", 413),
                _ => Refusal::new("bad_request", 400),
            })?;
            Ok(Self(Fields(form.into_inner())))
        })
    }
}
