//! Where a key ring lives: a file that only its owner may use, or the environment.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::key_ring::hex;
use super::{KeyFingerprint, KeyRing, Purpose, VaultError, random};

/// A ring of a thousand keys is smaller, in bytes; anything larger is another file.
const LARGEST: u64 = 1 << 20;

/// Where the key ring is.
#[derive(Clone, PartialEq, Eq)]
pub enum KeyRingSource {
    /// In a file.
    File(PathBuf),
    /// The JSON itself, from the environment.
    Inline(String),
}

impl KeyRingSource {
    /// Reads a setting: a value that starts with `{` is the ring itself, any other is the path of its file.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        if value.trim_start().starts_with('{') { Self::Inline(value.to_owned()) } else { Self::File(value.into()) }
    }
}

impl fmt::Display for KeyRingSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "the file {}", path.display()),
            Self::Inline(_) => formatter.write_str("the variable KEY_RING"),
        }
    }
}

impl fmt::Debug for KeyRingSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyRingSource({self})")
    }
}

impl KeyRing {
    /// Reads the ring; `None` when its file does not exist.
    ///
    /// # Errors
    /// When the file cannot be read, may be used by others than its owner, or holds no usable ring.
    pub fn load(source: &KeyRingSource) -> Result<Option<Self>, VaultError> {
        let origin = source.to_string();
        match source {
            KeyRingSource::Inline(json) => Self::from_json(json.as_bytes(), &origin).map(Some),
            KeyRingSource::File(path) => match read_private(path)? {
                Some(json) => Self::from_json(&json, &origin).map(Some),
                None => Ok(None),
            },
        }
    }

    /// Writes `ring` to a new file that only its owner may use: whole or not at all, and on the disk when this returns.
    ///
    /// # Errors
    /// When there is a file already ([`VaultError::AlreadyThere`]; it stays as it is), or the file cannot be written.
    pub fn create(path: &Path, ring: &Self) -> Result<(), VaultError> {
        let draft = Draft::write(path, &ring.to_json()?)?;
        // A link, unlike a rename, never replaces what is there: of two processes that start at once one wins.
        fs::hard_link(&draft.path, path).map_err(|cause| match cause.kind() {
            ErrorKind::AlreadyExists => VaultError::AlreadyThere { path: path.to_owned() },
            _ => VaultError::Io { action: "put in place", path: path.to_owned(), cause },
        })?;
        drop(draft);
        sync_directory(path)
    }

    /// Puts `after` in the place of `before`, which must be what the file holds now.
    ///
    /// # Errors
    /// When the file holds another ring by now, or cannot be read or written; it stays as it is then.
    pub fn replace(path: &Path, before: &Self, after: &Self) -> Result<(), VaultError> {
        let draft = Draft::write(path, &after.to_json()?)?;
        let current = Self::load(&KeyRingSource::File(path.to_owned()))?;
        if current.is_none_or(|current| current.fingerprints() != before.fingerprints()) {
            let text = format!("{} changed in the meantime: look at it and try again", path.display());
            return Err(VaultError::NotAllowed(text));
        }
        fs::rename(&draft.path, path).map_err(failed("replace", path))?;
        sync_directory(path)
    }

    /// The ring for a database whose key fingerprints are `stored`, and those that are to be added there.
    /// A new ring is made only when the database knows none yet, that is before anything was sealed.
    ///
    /// # Errors
    /// As [`KeyRing::load`], [`KeyRing::check_against`] and [`KeyRing::create`]; also when the database knows keys but
    /// the file is missing.
    pub fn load_or_create(
        source: &KeyRingSource,
        stored: &[KeyFingerprint],
        now: DateTime<Utc>,
    ) -> Result<(Self, Vec<KeyFingerprint>), VaultError> {
        let ring = match (Self::load(source)?, source, stored.first()) {
            (Some(ring), _, _) => ring,
            (None, KeyRingSource::File(path), None) => Self::create_or_join(path, now)?,
            (None, _, known) => {
                let id = known.map_or("", |key| key.id.as_str());
                let problem = format!("{source} is missing, and the database was written with its key {id}");
                return Err(VaultError::Mismatch { origin: source.to_string(), problem });
            }
        };
        ring.check_against(stored)?;
        let ring = ring.completed(source, stored, now)?;
        let new = ring.check_against(stored)?;
        Ok((ring, new))
    }

    /// A ring from before there were checkpoints gets the key that signs them, if it is a file that can be written.
    fn completed(
        self,
        source: &KeyRingSource,
        stored: &[KeyFingerprint],
        now: DateTime<Utc>,
    ) -> Result<Self, VaultError> {
        let KeyRingSource::File(path) = source else { return Ok(self) };
        if stored.iter().any(|key| key.purpose == Purpose::Audit) {
            return Ok(self);
        }
        let Some(complete) = self.with_audit_key(now)? else { return Ok(self) };
        match Self::replace(path, &self, &complete) {
            Ok(()) => Ok(complete),
            // A ring that is mounted for reading only is no reason not to serve; the caller sees that the key is missing.
            Err(VaultError::Io { .. }) => Ok(self),
            Err(error) => Err(error),
        }
    }

    /// Makes a ring at `path`, or takes the one that another process has just made there.
    fn create_or_join(path: &Path, now: DateTime<Utc>) -> Result<Self, VaultError> {
        match Self::create(path, &Self::generate(now)?) {
            Ok(()) | Err(VaultError::AlreadyThere { .. }) => {}
            Err(error) => return Err(error),
        }
        let missing = || failed("read", path)(ErrorKind::NotFound.into());
        Self::load(&KeyRingSource::File(path.to_owned()))?.ok_or_else(missing)
    }
}

/// A file beside `path` that is removed unless it was put in place.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn write(target: &Path, bytes: &[u8]) -> Result<Self, VaultError> {
        let name = target.file_name().ok_or_else(|| failed("write", target)(ErrorKind::InvalidInput.into()))?;
        let mut tail = [0; 8];
        random::system(&mut tail)?;
        let path = directory(target).join(format!(".{}.{}.tmp", name.to_string_lossy(), hex(&tail)));
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed("write", target))?;
        let draft = Self { path };
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed("write", target))?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already after a rename. If it cannot be removed, an unused copy stays behind that only its owner can read.
        let _ = fs::remove_file(&self.path);
    }
}

fn read_private(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    let found = |result: io::Result<File>| match result {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("open", path)(error)),
    };
    // Asked before the file is opened, since opening a pipe would wait for its other end for ever.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(not_a_ring(path, "it is no regular file"));
    }
    let Some(file) = found(File::open(path))? else { return Ok(None) };
    let metadata = file.metadata().map_err(failed("read", path))?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(VaultError::OpenToOthers { path: path.to_owned(), mode });
    }
    if metadata.len() > LARGEST {
        return Err(not_a_ring(path, "it is larger than a mebibyte"));
    }
    let room = usize::try_from(metadata.len()).unwrap_or_default().saturating_add(64);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(LARGEST).read_to_end(&mut bytes).map_err(failed("read", path))?;
    Ok(Some(bytes))
}

fn not_a_ring(path: &Path, problem: &str) -> VaultError {
    VaultError::Malformed { origin: format!("the file {}", path.display()), problem: problem.to_owned() }
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A new name is safe from a power cut only when its directory has reached the disk too.
fn sync_directory(path: &Path) -> Result<(), VaultError> {
    File::open(directory(path)).and_then(|directory| directory.sync_all()).map_err(failed("save", path))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> VaultError {
    let path = path.to_owned();
    move |cause| VaultError::Io { action, path, cause }
}

#[cfg(test)]
mod tests;
