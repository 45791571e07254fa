//! Where sealed files lie: a folder, or a store that speaks S3. Only sealed bytes ever get here.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    BackoffConfig, ClientOptions, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig,
};

/// Bytes that are gathered before they go to a folder.
const FOLDER_PART: usize = 256 * 1024;
/// The same for S3, where no part but the last may be smaller.
const S3_PART: usize = 5 * 1024 * 1024;
/// Seconds that one call may take, where the settings say nothing.
const TIMEOUT: u64 = 30;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a store that fails is tried anew before the caller is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where files lie, as the settings say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilesUrl {
    /// A folder on this machine.
    Folder(PathBuf),
    /// A bucket.
    S3(Box<Bucket>),
}

/// A bucket of a store that speaks S3.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What the names of objects begin with; may be empty.
    pub prefix: String,
    /// The address of the store; none for AWS.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// Who writes there.
    pub access_key_id: String,
    /// Their secret.
    pub secret_access_key: String,
    /// How long one call may take.
    pub timeout: Duration,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Bucket").field("name", &self.name).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl fmt::Display for FilesUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(formatter, "the folder {}", folder.display()),
            Self::S3(bucket) => write!(formatter, "the bucket {}", bucket.name),
        }
    }
}

impl FilesUrl {
    /// Reads `FILES_URL`, and for a bucket the settings beside it.
    ///
    /// # Errors
    /// The variable that cannot be used, and what is expected.
    pub fn parse(
        url: Option<String>,
        default: PathBuf,
        get: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, (&'static str, String)> {
        let Some(url) = url else { return Ok(Self::Folder(default)) };
        if let Some(folder) = url.strip_prefix("file:").filter(|folder| !folder.is_empty()) {
            return Ok(Self::Folder(PathBuf::from(folder)));
        }
        let expected = || ("FILES_URL", "expected file:<folder> or s3://<bucket>/<prefix>".to_owned());
        let place = url.strip_prefix("s3://").ok_or_else(expected)?;
        let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
        if name.is_empty() || name.contains(['?', '#', '@', ' ']) || prefix.contains(['?', '#', ' ']) {
            return Err(expected());
        }
        let needed = |name: &'static str| get(name).ok_or((name, "needed where FILES_URL is s3://…".to_owned()));
        let endpoint = get("S3_ENDPOINT");
        if endpoint.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            return Err(("S3_ENDPOINT", "expected https://<host> or http://<host>".to_owned()));
        }
        let timeout = get("S3_TIMEOUT").map_or(Some(TIMEOUT), |seconds| seconds.parse().ok());
        let timeout = timeout.filter(|seconds| (1..=300).contains(seconds));
        let timeout = timeout.ok_or_else(|| ("S3_TIMEOUT", "expected seconds, from 1 to 300".to_owned()))?;
        Ok(Self::S3(Box::new(Bucket {
            timeout: Duration::from_secs(timeout),
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint,
            region: get("S3_REGION").unwrap_or_else(|| "us-east-1".to_owned()),
            access_key_id: needed("S3_ACCESS_KEY_ID")?,
            secret_access_key: needed("S3_SECRET_ACCESS_KEY")?,
        })))
    }
}

/// What can go wrong with an object.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// It is not there.
    #[error("an object is missing in the file store")]
    Missing,
    /// The store cannot be used right now.
    #[error("the file store cannot be used: {0}")]
    Unavailable(String),
}

impl From<object_store::Error> for FilesError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::Unavailable(said(&other.to_string())),
        }
    }
}

/// What a store said, short: first of all the name of the error, which stands far behind in what it says.
fn said(error: &str) -> String {
    let name = error.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    let name = name.map(|(name, _)| format!("{name}: ")).unwrap_or_default();
    name.chars().take(100).chain(error.chars().take(300)).collect()
}

/// Where something is to be written, nothing is missing but the place for it.
fn writing(error: object_store::Error) -> FilesError {
    match FilesError::from(error) {
        FilesError::Missing => FilesError::Unavailable("there is no such bucket or folder".to_owned()),
        other @ FilesError::Unavailable(_) => other,
    }
}

/// The file store of a running process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    part: usize,
}

impl Files {
    /// Opens the store. A folder must be there; nothing is asked of a bucket yet.
    ///
    /// # Errors
    /// When the folder or the settings of the bucket cannot be used.
    pub fn open(url: &FilesUrl) -> Result<Self, FilesError> {
        match url {
            FilesUrl::Folder(folder) => {
                let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
                Ok(Self { store: Arc::new(store), part: FOLDER_PART })
            }
            FilesUrl::S3(bucket) => {
                let retry = RetryConfig { backoff: BackoffConfig::default(), max_retries: 3, retry_timeout: PATIENCE };
                let patience = ClientOptions::new().with_timeout(bucket.timeout).with_connect_timeout(CONNECT);
                let mut builder = AmazonS3Builder::new()
                    .with_client_options(patience)
                    // One object at a time by the plain call, which every store knows.
                    .with_disable_bulk_delete(true)
                    .with_bucket_name(&bucket.name)
                    .with_region(&bucket.region)
                    .with_access_key_id(&bucket.access_key_id)
                    .with_secret_access_key(&bucket.secret_access_key)
                    .with_retry(retry);
                if let Some(endpoint) = &bucket.endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
                }
                let store: Arc<dyn ObjectStore> = Arc::new(builder.build()?);
                let store = if bucket.prefix.is_empty() {
                    store
                } else {
                    Arc::new(PrefixStore::new(store, bucket.prefix.as_str()))
                };
                Ok(Self { store, part: S3_PART })
            }
        }
    }

    /// Begins a new object. It is there only when its writer was finished.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn create(&self, name: &str) -> Result<FileWriter, FilesError> {
        let upload = self.store.put_multipart(&Path::from(name)).await.map_err(writing)?;
        Ok(FileWriter { upload, buffer: Vec::new(), part: self.part })
    }

    /// The bytes of an object.
    ///
    /// # Errors
    /// `Missing`, or that the store cannot be used.
    pub async fn read(&self, name: &str) -> Result<BoxStream<'static, Result<Vec<u8>, FilesError>>, FilesError> {
        let object = self.store.get(&Path::from(name)).await?;
        Ok(object.into_stream().map(|piece| Ok(piece?.to_vec())).boxed())
    }

    /// Deletes an object; one that is not there is no mistake.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn delete(&self, name: &str) -> Result<(), FilesError> {
        match self.store.delete(&Path::from(name)).await.map_err(FilesError::from) {
            Ok(()) | Err(FilesError::Missing) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Writes an object, reads it and deletes it.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn probe(&self) -> Result<(), FilesError> {
        const CONTENT: &[u8] = b"written by a check of the file store, may be deleted";
        let name = format!("check-{}", new_name()?);
        let mut writer = self.create(&name).await?;
        writer.write(CONTENT).await?;
        writer.finish().await?;
        let read = self.read_whole(&name).await;
        self.delete(&name).await?;
        match read? {
            content if content == CONTENT => Ok(()),
            _ => Err(FilesError::Unavailable("what was written is not what is read".to_owned())),
        }
    }

    async fn read_whole(&self, name: &str) -> Result<Vec<u8>, FilesError> {
        let pieces: Vec<Result<Vec<u8>, FilesError>> = self.read(name).await?.collect().await;
        Ok(pieces.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// All objects: their names, and when each was written.
    #[must_use]
    pub fn list(&self) -> BoxStream<'static, Result<(String, DateTime<Utc>), FilesError>> {
        self.store.list(None).map(|object| object.map_err(FilesError::from)).map(named).boxed()
    }
}

fn new_name() -> Result<String, FilesError> {
    let number = getrandom::u64().map_err(|error| FilesError::Unavailable(format!("no randomness: {error}")))?;
    Ok(format!("{number:016x}"))
}

fn named(object: Result<object_store::ObjectMeta, FilesError>) -> Result<(String, DateTime<Utc>), FilesError> {
    object.map(|object| (object.location.to_string(), object.last_modified))
}

/// An object that is being written.
#[derive(Debug)]
pub struct FileWriter {
    upload: Box<dyn MultipartUpload>,
    buffer: Vec<u8>,
    part: usize,
}

impl FileWriter {
    /// Writes more.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FilesError> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= self.part { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), FilesError> {
        let part = std::mem::take(&mut self.buffer);
        self.upload.put_part(PutPayload::from(part)).await.map_err(writing)
    }

    /// Makes the object be there.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn finish(&mut self) -> Result<(), FilesError> {
        if !self.buffer.is_empty() {
            self.flush().await?;
        }
        self.upload.complete().await.map_err(writing)?;
        Ok(())
    }

    /// Throws away what was written.
    pub async fn abort(&mut self) {
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(error = %FilesError::from(error), "an upload that was given up could not be cleared away");
        }
    }
}
