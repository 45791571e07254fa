//! What can go wrong with keys and sealed data. No text here ever holds key bytes or opened data.

use std::io;
use std::path::PathBuf;

/// An error of the vault. Each text says what to do, or where to look.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Randomness(#[source] getrandom::Error),
    /// The key ring could not be read or written.
    #[error("cannot {action} the key ring {}: {cause}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        cause: io::Error,
    },
    /// Somebody besides the owner may read or write the key ring.
    #[error("the key ring {} has mode {mode:04o}, so others than its owner may use it: chmod 600 {}", path.display(), path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A key ring is there already and is not overwritten.
    #[error("there is a key ring at {} already; it is never overwritten", path.display())]
    AlreadyThere {
        /// The file.
        path: PathBuf,
    },
    /// The text of the key ring is not what it should be.
    #[error("{origin} is no usable key ring: {problem}")]
    Malformed {
        /// The file or the variable.
        origin: String,
        /// What is wrong, without a secret.
        problem: String,
    },
    /// The database was written with keys that are not there.
    #[error("{problem}; what was sealed with it cannot be opened: restore the copy of {origin} that holds it")]
    Mismatch {
        /// The file or the variable.
        origin: String,
        /// Which key, by id.
        problem: String,
    },
    /// A change of the ring that would lose data or break search.
    #[error("{0}")]
    NotAllowed(String),
    /// A request key was wrapped with a master key that the ring does not hold.
    #[error("the master key {id} is not in the key ring")]
    UnknownMasterKey {
        /// The id of the master key.
        id: String,
    },
    /// Sealed data could not be opened: it is damaged, lies in another place than it was sealed for, or its key is another one.
    #[error("cannot open {place}: it is damaged, was moved from another place, or was sealed with another key")]
    Unopened {
        /// Table, row and field, or the request whose key it is.
        place: String,
    },
    /// A value could not be turned into sealed data or back.
    #[error("what lies in {place} has another shape than expected")]
    Shape {
        /// Table, row and field.
        place: String,
    },
}
