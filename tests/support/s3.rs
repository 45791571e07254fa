//! A store that speaks enough of S3 for the tests: objects, uploads in parts, lists by pages. It checks every signature (version 4).
#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, BytesMut, Data, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use hmac::{Hmac, Mac};
use otinish::domain::event_chain::hex;
use sha2::{Digest, Sha256};

pub const BUCKET: &str = "requests";
pub const REGION: &str = "kz-east-1";
pub const ACCESS_KEY: &str = "OTINISHTESTS";
pub const SECRET_KEY: &str = "only-in-tests";
/// No part but the last may be smaller.
const SMALLEST_PART: usize = 5 * 1024 * 1024;
/// Objects on one page of a list.
const PAGE: usize = 3;

/// How the store behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Works,
    /// Every call is answered with this status.
    Fails(u16),
    /// So many calls are answered with 503 and then it works.
    FailsAtFirst(usize),
    /// Parts of uploads are answered with this status, all else works.
    FailsAtParts(u16),
    /// Nothing is answered.
    Hangs,
}

#[derive(Debug, Clone)]
struct Object {
    bytes: Vec<u8>,
    at: DateTime<Utc>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Object>,
    /// Parts of uploads that are not complete, by the id of the upload.
    uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    calls: Vec<String>,
    failures: usize,
    next: u64,
}

pub struct S3 {
    url: String,
    state: Arc<Mutex<State>>,
    mood: Arc<Mutex<Mood>>,
    handle: actix_web::dev::ServerHandle,
}

impl S3 {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let mood = Arc::new(Mutex::new(Mood::Works));
        let (all, manner) = (Arc::clone(&state), Arc::clone(&mood));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::from(Arc::clone(&all)))
                .app_data(Data::from(Arc::clone(&manner)))
                .default_service(web::to(answer))
        });
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, state, mood, handle }
    }

    /// The settings that lead to it.
    pub fn setting(&self, name: &str) -> Option<String> {
        Some(match name {
            "FILES_URL" => format!("s3://{BUCKET}/one/deployment"),
            "S3_ENDPOINT" => self.url.clone(),
            "S3_REGION" => REGION.to_owned(),
            "S3_ACCESS_KEY_ID" => ACCESS_KEY.to_owned(),
            "S3_SECRET_ACCESS_KEY" => SECRET_KEY.to_owned(),
            _ => return None,
        })
    }

    pub fn now(&self, mood: Mood) {
        self.state.lock().unwrap().failures = 0;
        *self.mood.lock().unwrap() = mood;
    }

    /// The names of all objects, with the prefix.
    pub fn names(&self) -> Vec<String> {
        self.state.lock().unwrap().objects.keys().cloned().collect()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        self.state.lock().unwrap().objects[name].bytes.clone()
    }

    pub fn put(&self, name: &str, bytes: &[u8], at: DateTime<Utc>) {
        self.state.lock().unwrap().objects.insert(name.to_owned(), Object { bytes: bytes.to_vec(), at });
    }

    /// How many uploads were begun and neither completed nor aborted.
    pub fn open_uploads(&self) -> usize {
        self.state.lock().unwrap().uploads.len()
    }

    /// The calls since the last look: the method, and what of the query says which call it is.
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// When all that is put there was written: a day of the tests, whose clock stands still.
fn written() -> DateTime<Utc> {
    "2026-11-23T05:00:00Z".parse().unwrap()
}

fn error(status: u16, code: &str) -> HttpResponse {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>of the tests</Message></Error>");
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).content_type("application/xml").body(body)
}

fn xml(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type("application/xml").body(body)
}

async fn answer(
    request: HttpRequest,
    mut payload: Payload,
    state: Data<Mutex<State>>,
    mood: Data<Mutex<Mood>>,
) -> HttpResponse {
    let mut body = BytesMut::new();
    while let Some(Ok(bytes)) = payload.next().await {
        body.extend_from_slice(&bytes);
    }
    let query: BTreeMap<String, String> =
        web::Query::from_query(request.query_string()).map_or_else(|_| BTreeMap::new(), web::Query::into_inner);
    let kind = ["uploads", "partNumber", "uploadId", "list-type"].into_iter().find(|name| query.contains_key(*name));
    let manner = *mood.lock().unwrap();
    {
        let mut state = state.lock().unwrap();
        state.calls.push(format!("{} {}", request.method(), kind.unwrap_or("object")));
        state.failures += 1;
        match manner {
            Mood::Fails(status) => return error(status, "InternalError"),
            Mood::FailsAtParts(status) if kind == Some("partNumber") => return error(status, "InternalError"),
            Mood::FailsAtFirst(count) if state.failures <= count => return error(503, "SlowDown"),
            _ => {}
        }
    }
    if manner == Mood::Hangs {
        std::future::pending::<()>().await;
    }
    if let Err(code) = check_signature(&request, &query, &body) {
        return error(403, code);
    }
    let path = request.path().to_owned();
    let Some(rest) = path.strip_prefix('/').and_then(|path| path.strip_prefix(BUCKET)) else {
        return error(404, "NoSuchBucket");
    };
    serve(&mut state.lock().unwrap(), request.method(), rest.trim_start_matches('/'), &query, &body)
}

fn serve(
    state: &mut State,
    method: &Method,
    name: &str,
    query: &BTreeMap<String, String>,
    body: &[u8],
) -> HttpResponse {
    let upload = query.get("uploadId");
    match (method.as_str(), name) {
        ("GET", "") => list(state, query),
        ("POST", _) if query.contains_key("uploads") => {
            state.next += 1;
            let id = format!("upload-{}", state.next);
            state.uploads.insert(id.clone(), BTreeMap::new());
            xml(format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"))
        }
        ("POST", _) => complete(state, name, upload, body),
        ("PUT", _) if upload.is_some() => {
            let number = query["partNumber"].parse().unwrap();
            let Some(parts) = upload.and_then(|id| state.uploads.get_mut(id)) else {
                return error(404, "NoSuchUpload");
            };
            parts.insert(number, body.to_vec());
            HttpResponse::Ok().insert_header(("etag", format!("\"{}\"", hex(&Sha256::digest(body))))).finish()
        }
        ("PUT", _) => {
            state.objects.insert(name.to_owned(), Object { bytes: body.to_vec(), at: written() });
            HttpResponse::Ok().insert_header(("etag", "\"whole\"")).finish()
        }
        ("DELETE", _) => {
            match upload {
                Some(id) => drop(state.uploads.remove(id)),
                None => drop(state.objects.remove(name)),
            }
            HttpResponse::NoContent().finish()
        }
        ("GET" | "HEAD", _) => match state.objects.get(name) {
            None => error(404, "NoSuchKey"),
            Some(object) => HttpResponse::Ok()
                .insert_header(("etag", "\"whole\""))
                .insert_header(("last-modified", object.at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()))
                .body(object.bytes.clone()),
        },
        _ => error(405, "MethodNotAllowed"),
    }
}

fn complete(state: &mut State, name: &str, upload: Option<&String>, body: &[u8]) -> HttpResponse {
    let Some(parts) = upload.and_then(|id| state.uploads.get(id)) else { return error(404, "NoSuchUpload") };
    let text = String::from_utf8_lossy(body);
    let named: Vec<u32> =
        text.split("<PartNumber>").skip(1).map(|rest| rest.split('<').next().unwrap().parse().unwrap()).collect();
    if named.is_empty() || named != parts.keys().copied().collect::<Vec<_>>() {
        return error(400, "InvalidPart");
    }
    let whole = parts.len() - 1;
    if parts.values().take(whole).any(|part| part.len() < SMALLEST_PART) {
        return error(400, "EntityTooSmall");
    }
    let bytes = parts.values().flatten().copied().collect();
    state.objects.insert(name.to_owned(), Object { bytes, at: written() });
    state.uploads.remove(upload.unwrap());
    xml("<CompleteMultipartUploadResult><ETag>whole</ETag></CompleteMultipartUploadResult>".to_owned())
}

fn list(state: &State, query: &BTreeMap<String, String>) -> HttpResponse {
    let prefix = query.get("prefix").map_or("", String::as_str);
    let after = query.get("continuation-token").map_or("", String::as_str);
    let all: Vec<_> =
        state.objects.iter().filter(|(name, _)| name.starts_with(prefix) && name.as_str() > after).collect();
    let mut body = String::from("<ListBucketResult>");
    for (name, object) in all.iter().take(PAGE) {
        let (at, size) = (object.at.format("%Y-%m-%dT%H:%M:%S.000Z"), object.bytes.len());
        body.extend([format!(
            "<Contents><Key>{name}</Key><LastModified>{at}</LastModified><Size>{size}</Size><ETag>whole</ETag></Contents>"
        )]);
    }
    if let Some((last, _)) = all.get(PAGE - 1).filter(|_| all.len() > PAGE) {
        body.push_str("<IsTruncated>true</IsTruncated>");
        body.extend([format!("<NextContinuationToken>{last}</NextContinuationToken>")]);
    }
    body.push_str("</ListBucketResult>");
    xml(body)
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn encoded(text: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if safe(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The signature as the store's description says how it is made.
fn check_signature(request: &HttpRequest, query: &BTreeMap<String, String>, body: &[u8]) -> Result<(), &'static str> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = header("authorization").strip_prefix("AWS4-HMAC-SHA256 ").ok_or("AccessDenied")?;
    let part = |name: &str| {
        let found = given.split(", ").flat_map(|part| part.split(',')).find_map(|part| part.trim().strip_prefix(name));
        found.ok_or("AuthorizationHeaderMalformed")
    };
    let (credential, signed, signature) = (part("Credential=")?, part("SignedHeaders=")?, part("Signature=")?);
    let mut scope = credential.splitn(2, '/');
    let (access_key, scope) = (scope.next().unwrap(), scope.next().unwrap_or_default());
    if access_key != ACCESS_KEY {
        return Err("InvalidAccessKeyId");
    }
    let hash = header("x-amz-content-sha256");
    if hash != "UNSIGNED-PAYLOAD" && hash != hex(&Sha256::digest(body)) {
        return Err("XAmzContentSHA256Mismatch");
    }
    let pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let headers: Vec<String> = signed.split(';').map(|name| format!("{name}:{}\n", header(name).trim())).collect();
    let canonical =
        [request.method().as_str(), request.uri().path(), &pairs.join("&"), &headers.concat(), signed, hash].join("\n");
    let date = header("x-amz-date");
    let text = ["AWS4-HMAC-SHA256", date, scope, &hex(&Sha256::digest(canonical.as_bytes()))].join("\n");
    let day = scope.split('/').next().unwrap_or_default();
    let start = keyed(format!("AWS4{SECRET_KEY}").as_bytes(), day);
    let key = [REGION, "s3", "aws4_request"].iter().fold(start, |key, part| keyed(&key, part));
    let expected = hex(&keyed(&key, &text));
    let scoped = scope == format!("{day}/{REGION}/s3/aws4_request") && date.starts_with(day);
    if scoped && signature == expected { Ok(()) } else { Err("SignatureDoesNotMatch") }
}
