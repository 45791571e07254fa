//! The main story: from a form to an answer, in each language.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::{TestApp, clock_states, forms};

#[tokio::test]
async fn a_request_goes_from_form_to_answer_in_each_language() {
    for (language, complain) in [("kk", "уәкілетті"), ("ru", "уполномоченн"), ("en", "authorised body")]
    {
        let test = TestApp::start().await;
        let agent = test.staff("agent", Role::Agent, "kazteleport").await;
        let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
        let mut form = forms::access();
        form["language"] = json!(language);
        let request = test.submit_confirmed("kazteleport", &form).await;
        let seen = test.get(&request.path(""), Some(&request.token)).await.expect(200);
        assert_eq!(seen["status"], "verification");
        assert_eq!(seen["headline"], json!({"clock": "information", "due_on": "2026-11-26"}));

        let queue = test.get("/api/v1/staff/requests", Some(&agent.token)).await.expect(200);
        assert_eq!(queue["items"][0]["reference"], request.reference.as_str());
        let do_it = async |member, action: &str, body: Value| {
            test.act(member, &request.reference, action, body).await.expect(200)
        };
        do_it(&agent, "assign", json!({"assignee": "me"})).await;
        do_it(&agent, "verify", json!({"result": "confirmed", "method": "records"})).await;
        do_it(&agent, "start", json!({})).await;
        let proposal = json!({"outcome": "granted", "letter": "Here is what we hold."});
        do_it(&agent, "propose", proposal).await;
        test.act(&agent, &request.reference, "approve", json!({})).await.problem(403, "forbidden");
        let view = do_it(&dpo, "approve", json!({})).await;
        assert_eq!(view["status"], "answered");
        assert_eq!(clock_states(&view), ["claim_response running", "information running"]);

        test.work().await;
        let view = test.view(&dpo, &request.reference).await;
        assert_eq!(clock_states(&view), ["claim_response met", "information met"]);
        let answer = test.get(&request.path("/answer"), Some(&request.token)).await.expect(200);
        assert_eq!(answer["letter"], "Here is what we hold.");
        assert!(answer["how_to_complain"].as_str().unwrap().contains(complain), "{answer}");

        let to_requester: Vec<String> = test
            .mails()
            .into_iter()
            .filter(|mail| mail.to == forms::EMAIL)
            .map(|mail| {
                assert!(!mail.text.contains("Айгүл") && !mail.subject.contains("Айгүл"));
                assert!(mail.text.contains(&request.reference) && mail.html.contains("lang="));
                assert_eq!(mail.language, language);
                mail.subject
            })
            .collect();
        assert_eq!(to_requester.len(), 4, "receipt, identity confirmed, work started, answer ready: {to_requester:?}");
    }
}
