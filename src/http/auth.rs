//! Who calls: a member of the staff by access token, or a requester by the request's secret.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::headers::RawBearer;
use super::limit;
use super::problem::ApiError;
use super::trace::MemberId;
use crate::app::App;
use crate::services::error::ServiceError;
use crate::services::sign_in::{self, Member};

/// The member who is signed in; 401 without one, 403 for one who has to set a password or a second factor up first.
#[derive(Debug)]
pub struct SignedIn(pub Member);

/// The same for the calls by which that is done: nobody is held up here.
#[derive(Debug)]
pub struct SignedInFirst(pub Member);

impl FromRequest for SignedInFirst {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let member = signed_in(request, payload);
        Box::pin(async move { Ok(Self(member.await?)) })
    }
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let member = signed_in(request, payload);
        Box::pin(async move {
            let member = member.await?;
            member.check_free()?;
            Ok(Self(member))
        })
    }
}

fn signed_in(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<Member, ApiError>> + use<> {
    let token = RawBearer::from_request(request, payload);
    let app = request.app_data::<Data<App>>().cloned();
    let request = request.clone();
    async move {
        let RawBearer(token) = token.await?;
        let app = app.ok_or_else(|| ServiceError::Internal("the server was built without its app".to_owned()))?;
        let app = app.into_inner();
        let member = sign_in::member(&app, &token).await?;
        limit::account(&request, &app, &member.id)?;
        request.extensions_mut().insert(MemberId(member.id.clone()));
        Ok(member)
    }
}
