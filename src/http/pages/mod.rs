//! The pages: what people see who never call the API. They are written on the server, work without scripts, and call the same
//! services as the API.
//!
//! Every page goes through [`around::around`], which knows the reader's language, sees to it that a form was sent from one of our own
//! pages, and writes errors as pages; [`compress::careful`] sees to it what is compressed. What all templates share stands in [`chrome::Chrome`].

pub mod around;
pub mod assets;
pub mod chrome;
pub mod compress;
pub mod error;
pub mod form;
pub mod frame;
pub mod guard;
pub mod input;
pub mod landing;
pub mod public;
pub mod staff;

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};

/// Registers all pages.
pub fn configure(config: &mut ServiceConfig) {
    config.configure(assets::configure).configure(public::configure).configure(staff::configure).service(
        web::resource("/")
            .wrap(from_fn(around::around))
            .wrap(Compress::default())
            .wrap(from_fn(compress::careful))
            .route(web::get().to(landing::show)),
    );
}
