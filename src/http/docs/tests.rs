use actix_web::test::TestRequest;
use utoipa::openapi::{InfoBuilder, OpenApiBuilder};

use super::*;
use crate::http::testing::{Answer, send};

fn routes(config: &mut ServiceConfig) {
    let description = OpenApiBuilder::new().info(InfoBuilder::new().title("Otinish").version("1").build()).build();
    configure(config, &description).unwrap();
}

async fn get(path: &str) -> Answer {
    send(routes, TestRequest::get().uri(path)).await
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

#[actix_web::test]
async fn the_description_is_served_as_openapi_3_1() {
    let answer = get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.json()["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(answer.json()["info"]["title"], "Otinish");
}

#[actix_web::test]
async fn the_page_is_reached_without_its_slash_and_behind_any_prefix() {
    let answer = get("/docs").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (308, Some("docs/")));
    let answer = get("/docs/").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/html"));
    assert_eq!(get("/docs/index.html").await.body, answer.body);
    assert_eq!(get("/docs/nothing.js").await.problem(), "not_found");
    assert_eq!(get("/docs/../Cargo.toml").await.problem(), "not_found");
}

#[actix_web::test]
async fn the_page_loads_the_description_of_this_server_and_asks_no_validator() {
    let script = get("/docs/swagger-initializer.js").await;
    assert!(script.text().contains("\"../openapi.json\""), "{}", script.text());
    assert!(script.text().contains("\"validatorUrl\": \"none\""));
    assert!(!script.text().contains("://"));
}

#[actix_web::test]
async fn the_page_and_its_parts_load_nothing_from_other_hosts() {
    let page = get("/docs/").await;
    assert!(!page.text().contains("://") && !page.text().contains("\"//"), "{}", page.text());
    let parts: Vec<&str> =
        page.text().split(['"', '\'']).filter(|part| has_ending(part, &["js", "css", "png"])).collect();
    assert!(parts.len() >= 5, "{parts:?}");
    for part in parts {
        let answer = get(&format!("/docs/{}", part.trim_start_matches("./"))).await;
        assert_eq!(answer.status, 200, "{part}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(!policy.contains("http") && !policy.contains('*') && !policy.contains("eval"), "{policy}");
        if has_ending(part, &["css"]) {
            assert!(
                !answer.text().contains("url(http")
                    && !answer.text().contains("url(//")
                    && !answer.text().contains("@import")
            );
        }
    }
}

#[actix_web::test]
async fn large_parts_are_compressed_for_whoever_takes_that() {
    let request = TestRequest::get().uri("/docs/swagger-ui-bundle.js").insert_header(("accept-encoding", "gzip"));
    let zipped = send(routes, request).await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert!(zipped.body.len() * 2 < get("/docs/swagger-ui-bundle.js").await.body.len());
}
