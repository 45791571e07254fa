use std::net::SocketAddr;
use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::web;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::*;
use crate::http::json::Json;
use crate::http::testing;

fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/ok").route(web::get().to(|| async { HttpResponse::Ok().body("fine") })))
        .service(web::resource("/panic").route(web::get().to(panics)))
        .service(web::resource("/slow").route(web::get().to(slow)))
        .service(
            web::resource("/form")
                .route(web::post().to(|form: Json<serde_json::Value>| async move { form.canonical.len().to_string() })),
        );
}

async fn panics() -> HttpResponse {
    tokio::task::yield_now().await;
    panic!("a fault")
}

async fn slow() -> HttpResponse {
    tokio::time::sleep(Duration::from_millis(600)).await;
    HttpResponse::Ok().body("done")
}

struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    task: JoinHandle<io::Result<()>>,
    _folder: tempfile::TempDir,
}

fn start() -> Running {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (server, handle) = bind_and_run(testing::app(folder.path()), listener, routes).unwrap();
    Running { address, handle, task: tokio::spawn(server), _folder: folder }
}

/// Everything that the server says until it closes the connection or nothing came for a while.
async fn read_all(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let mut buffer = [0_u8; 4096];
    while let Ok(Ok(count)) = tokio::time::timeout(Duration::from_millis(1500), stream.read(&mut buffer)).await {
        if count == 0 {
            break;
        }
        said.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&said).into_owned()
}

async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    read_all(&mut stream).await
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_answered_and_the_server_goes_on() {
    let running = start();
    for _ in 0..10 {
        let said = ask(running.address, &get("/panic")).await;
        assert!(said.starts_with("HTTP/1.1 500 "), "{said}");
        assert!(said.contains("application/problem+json") && said.contains("\"code\":\"internal\""), "{said}");
        assert!(said.contains("x-trace-id: ") && !said.contains("a fault"), "{said}");
    }
    assert!(ask(running.address, &get("/ok")).await.ends_with("fine"));
    running.handle.stop(true).await;
    running.task.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn head_sends_the_headers_of_get_and_no_body() {
    let running = start();
    let said = ask(running.address, &get("/ok").replace("GET", "HEAD")).await;
    assert!(said.starts_with("HTTP/1.1 200 ") && said.contains("content-length: 4"), "{said}");
    assert!(said.ends_with("\r\n\r\n"), "{said}");
    let said = ask(running.address, &get("/nowhere").replace("GET", "HEAD")).await;
    assert!(said.starts_with("HTTP/1.1 404 ") && said.ends_with("\r\n\r\n"), "{said}");
    running.handle.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_a_request_in_flight_end_and_takes_no_new_ones() {
    let running = start();
    let address = running.address;
    let slow = tokio::spawn(async move { ask(address, &get("/slow")).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    running.handle.stop(true).await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(slow.await.unwrap().ends_with("done"));
    running.task.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_in_chunks_are_refused_long_before_their_end() {
    let running = start();
    let stream = TcpStream::connect(running.address).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let head = "POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    writing.write_all(head.as_bytes()).await.unwrap();
    let sender = tokio::spawn(async move {
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        for _ in 0..160 {
            if writing.write_all(chunk.as_bytes()).await.is_err() {
                return;
            }
        }
        let _ = writing.write_all(b"0\r\n\r\n").await;
    });
    let mut said = vec![0_u8; 4096];
    let count = tokio::time::timeout(Duration::from_secs(10), reading.read(&mut said)).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&said[..count]).into_owned();
    assert!(said.starts_with("HTTP/1.1 413 ") && said.contains("payload_too_large"), "{said}");
    drop(reading);
    sender.await.unwrap();
    running.handle.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_no_http_are_refused_and_the_server_goes_on() {
    let running = start();
    let many = "X-Many: y\r\n".repeat(200);
    let broken = [
        "GET\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n".to_owned(),
        "POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\n{many}\r\n"),
        format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(200_000)),
    ];
    for request in broken {
        let said = ask(running.address, &request).await;
        let shown: String = request.chars().take(60).collect();
        assert!(said.starts_with("HTTP/1.1 4"), "{shown}: {said}");
    }
    assert!(ask(running.address, &get("/ok")).await.ends_with("fine"));
    running.handle.stop(false).await;
}
