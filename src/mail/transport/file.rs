//! Mails written as `.eml` files, for a deployment without a mail server.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use super::{SendFailure, SendOutcome};
use crate::mail::envelope::{OutgoingMail, build};

/// How many temporary names are tried before giving up; each one taken is left over from a crash.
const MAX_TEMPORARY_NAMES: u32 = 1000;

/// Writes each mail to `<Message-ID without brackets>.eml`. A file appears whole or not at all, and a second attempt
/// at the same mail replaces it by the same bytes.
#[derive(Debug, Clone)]
pub struct FileTransport {
    dir: PathBuf,
}

impl FileTransport {
    /// Mails go to `dir`, which is created with the first one, readable by its owner only.
    #[must_use]
    pub const fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Writes `mail`. A full disk or a missing permission is worth another attempt.
    pub async fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        // The builder lets only such message ids through as are safe file names.
        let Ok(message) = build(mail) else { return Err(SendFailure::of("invalid")).into() };
        let (dir, name) = (self.dir.clone(), mail.message_id.clone());
        blocking(move || create_dir(&dir).and_then(|()| write_whole(&dir, &name, &message.formatted()))).await.into()
    }

    /// Creates the folder where it is missing, and tries to write there.
    ///
    /// # Errors
    /// `io` when that fails.
    pub async fn check(&self) -> Result<(), SendFailure> {
        let dir = self.dir.clone();
        blocking(move || {
            create_dir(&dir)?;
            let (path, _) = create_temporary(&dir, "check")?;
            fs::remove_file(path)
        })
        .await
    }
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), SendFailure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(SendFailure::of("io")),
    }
}

fn create_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

fn write_whole(dir: &Path, name: &str, contents: &[u8]) -> io::Result<()> {
    let (temporary, file) = create_temporary(dir, name)?;
    let written = fill(file, contents).and_then(|()| fs::rename(&temporary, dir.join(format!("{name}.eml"))));
    if written.is_err() {
        // The first failure is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written.and_then(|()| sync_dir(dir))
}

fn fill(mut file: File, contents: &[u8]) -> io::Result<()> {
    file.write_all(contents)?;
    file.sync_all()
}

/// A new file beside the final one, since a rename is whole only within one file system. Its name tells readers of
/// `*.eml` to keep off. `create_new` follows no link and shares no file with another process.
fn create_temporary(dir: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let process = std::process::id();
    for attempt in 0..MAX_TEMPORARY_NAMES {
        let path = dir.join(format!(".{name}.{process}-{attempt}.part"));
        match options.open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (path, file)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// The new name is on the disk only when the folder is.
#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::envelope::tests::sample;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_mail_becomes_one_whole_file_named_by_its_message_id() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("data/mail");
        let transport = FileTransport::new(dir.clone());
        assert_eq!(transport.send(&sample()).await, SendOutcome::Accepted);
        assert_eq!(transport.send(&sample()).await, SendOutcome::Accepted);
        let name = format!("{}.eml", sample().message_id);
        assert_eq!(names(&dir), std::slice::from_ref(&name));
        assert_eq!(fs::read(dir.join(name)).unwrap(), build(&sample()).unwrap().formatted());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_may_read_the_mails() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("mail");
        assert_eq!(FileTransport::new(dir.clone()).send(&sample()).await, SendOutcome::Accepted);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        assert_eq!(mode(&dir.join(format!("{}.eml", sample().message_id))), 0o600);
    }

    #[tokio::test]
    async fn a_message_id_that_leads_out_of_the_folder_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let transport = FileTransport::new(root.path().join("mail"));
        for message_id in
            ["../out@example.kz", "a/b@example.kz", "..@example.kz", "a\\b@example.kz", "a\0@example.kz", ""]
        {
            let mail = OutgoingMail { message_id: message_id.to_owned(), ..sample() };
            let failure = SendFailure::of("invalid");
            assert_eq!(transport.send(&mail).await, SendOutcome::Refused { failure }, "{message_id:?}");
        }
        assert!(names(root.path()).is_empty());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_worth_another_attempt() {
        let root = tempfile::tempdir().unwrap();
        let in_the_way = root.path().join("mail");
        fs::write(&in_the_way, "a file").unwrap();
        let transport = FileTransport::new(in_the_way);
        let failure = SendFailure::of("io");
        assert_eq!(transport.check().await, Err(failure.clone()));
        assert_eq!(transport.send(&sample()).await, SendOutcome::Retry { failure });
    }

    #[tokio::test]
    async fn a_failed_rename_leaves_no_temporary_file() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(format!("{}.eml", sample().message_id))).unwrap();
        let outcome = FileTransport::new(root.path().to_owned()).send(&sample()).await;
        assert_eq!(outcome, SendOutcome::Retry { failure: SendFailure::of("io") });
        assert_eq!(names(root.path()), [format!("{}.eml", sample().message_id)]);
    }

    #[tokio::test]
    async fn a_temporary_file_left_by_a_crash_does_not_stand_in_the_way() {
        let root = tempfile::tempdir().unwrap();
        let (left_over, _) = create_temporary(root.path(), &sample().message_id).unwrap();
        let transport = FileTransport::new(root.path().to_owned());
        assert_eq!(transport.check().await, Ok(()));
        assert_eq!(transport.send(&sample()).await, SendOutcome::Accepted);
        assert!(left_over.exists());
        assert_eq!(names(root.path()).len(), 2);
    }
}
