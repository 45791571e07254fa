//! Bodies in chunks that are never read to their end.
//!
//! When a call is answered before its body came to an end, the server hangs up after a while. Not so with a body in chunks that
//! nobody holds any more: it is then read on for as long as the caller likes, and a caller who never ends it keeps the connection for
//! ever. So such a body is held until the answer is sent.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::{InternalError, PayloadError};
use actix_web::http::header::TRANSFER_ENCODING;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage};
use futures_util::Stream;

/// Middleware, outermost: holds a body in chunks until its answer is sent.
///
/// # Errors
/// Carry a whole answer, as those of [`super::trace::trace`] do.
pub async fn hold<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !request.headers().contains_key(TRANSFER_ENCODING) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let held = Held(Rc::new(RefCell::new(request.take_payload())));
    request.set_payload(Payload::Stream { payload: Box::pin(held.clone()) });
    match next.call(request).await {
        Ok(answer) => Ok(answer.map_body(|_, body| BoxBody::new(Answer { body: body.boxed(), _held: held }))),
        Err(error) => {
            let answer = error.error_response().map_body(|_, body| BoxBody::new(Answer { body, _held: held }));
            Err(InternalError::from_response("answered", answer).into())
        }
    }
}

/// The body of a call, shared between whoever reads it and the answer.
#[derive(Clone)]
struct Held(Rc<RefCell<Payload>>);

impl Stream for Held {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// The body of an answer, which holds that of its call.
struct Answer {
    body: BoxBody,
    _held: Held,
}

impl MessageBody for Answer {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.as_mut().body.as_pin_mut().poll_next(context)
    }
}
