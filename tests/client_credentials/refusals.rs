//! What is told where there is no token, and that nothing told is secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mlflow_mcp::port::HttpError;
use serde_json::json;

use super::support::{Mlflow, answer, call_with, success};
use super::{TOKEN_URL, is_of_token, oauth, refusal};

#[test]
fn where_no_token_can_be_had_mlflow_is_not_asked_and_the_answer_says_what_to_mend() {
    let said = |status: u16, body: &'static str| Mlflow::always(status, body);
    for (mlflow, problem, hint) in [
        (Mlflow::failing(HttpError::Forbidden), "its operator must allow it", "allowed_outbound_hosts"),
        (Mlflow::failing(HttpError::Unreachable), "nobody answers there", "token_url"),
        (Mlflow::failing(HttpError::Untrusted), "certificate", "token_url"),
        (Mlflow::failing(HttpError::ConnectTimeout), "no answer in time", "token_url"),
        (Mlflow::failing(HttpError::TooLarge), "larger than any", "token_url"),
        (Mlflow::failing(HttpError::Incomplete), "broke off", "token_url"),
        (
            said(401, r#"{"error": "invalid_client"}"#),
            "invalid_client (HTTP 401)",
            "client_id and client_secret",
        ),
        (
            said(400, r#"{"error": "invalid_client"}"#),
            "invalid_client (HTTP 400)",
            "client_id and client_secret",
        ),
        (said(401, "<h1>no</h1>"), "HTTP 401", "client_id and client_secret"),
        (said(400, r#"{"error": "invalid_scope"}"#), "invalid_scope", "correct scope"),
        (said(400, r#"{"error": "invalid_target"}"#), "invalid_target", "resource"),
        (said(400, r#"{"error": "unauthorized_client"}"#), "unauthorized_client", "client credentials grant"),
        (
            said(400, r#"{"error": "unsupported_grant_type"}"#),
            "unsupported_grant_type",
            "client credentials grant",
        ),
        (said(404, ""), "HTTP 404", "token_url must be the token endpoint"),
        (said(302, ""), "HTTP 302", "Redirects are not followed"),
        (said(503, "busy"), "HTTP 503", "try again"),
        (said(429, ""), "HTTP 429", "try again"),
        (said(200, "<html>"), "has no access_token", "token endpoint"),
        (said(200, "{}"), "has no access_token", "token endpoint"),
        (
            said(200, r#"{"access_token": 5, "token_type": "Bearer"}"#),
            "has no access_token",
            "token endpoint",
        ),
        (said(200, r#"{"access_token": "access-token"}"#), "another token_type", "token endpoint"),
        (
            said(200, r#"{"access_token": "access-token", "token_type": "mac"}"#),
            "another token_type",
            "token endpoint",
        ),
        (
            said(200, r#"{"access_token": "access-token\r\nX: 1", "token_type": "Bearer"}"#),
            "no header can carry",
            "",
        ),
        (said(200, r#"{"access_token": "", "token_type": "Bearer"}"#), "no header can carry", ""),
    ] {
        let text = refusal(&mlflow, &json!({}));
        assert!(text.contains(problem) && text.contains(hint) && text.contains(TOKEN_URL), "{text}");
        assert!(mlflow.seen().iter().all(is_of_token), "{:?}", mlflow.lines());
        assert_eq!(mlflow.seen().len(), 1, "{text}");
    }
}

#[test]
fn a_connection_that_broke_before_an_answer_is_tried_once_more() {
    let mlflow = Mlflow::failing(HttpError::Closed);
    assert!(refusal(&mlflow, &json!({})).contains("broke off"));
    assert_eq!(mlflow.seen().len(), 2);
}

#[test]
fn an_authorization_server_that_fails_is_asked_once_in_a_call() {
    let mlflow = Mlflow::always(500, "").slow();
    let oauth = oauth(&json!({}));
    let variables = [("MLFLOW_MCP_TRACKING_OAUTH", oauth.as_str())];
    let result = call_with(&mlflow, &variables, "health", json!({}));
    let text = success(&result)["error"].as_str().unwrap();
    assert!(text.contains(TOKEN_URL) && text.contains("HTTP 500"), "{text}");
    assert_eq!(mlflow.seen().len(), 1);
}

#[test]
fn of_what_an_authorization_server_says_only_the_code_of_an_error_is_quoted() {
    let pair = STANDARD.encode("the%20client:hunter_hunter");
    for code in ["hunter_hunter", &pair, "Basic x", "no\nsuch code", "INVALID", "é", &"x".repeat(41)] {
        let body = json!({"error": code, "error_description": "hunter_hunter"}).to_string();
        let mlflow = Mlflow::new(move |_| Ok(answer(400, body.clone())));
        let text = refusal(&mlflow, &json!({"client_secret": "hunter_hunter"}));
        assert!(
            text.contains("HTTP 400") && !text.contains(code) && !text.contains("hunter_hunter"),
            "{text}"
        );
    }
}

#[test]
fn a_token_is_hidden_wherever_mlflow_quotes_it() {
    for status in [400, 403, 404, 500, 302, 200] {
        let mlflow = Mlflow::new(move |request| {
            if is_of_token(request) {
                return Ok(answer(200, r#"{"access_token": "access-token", "token_type": "Bearer"}"#));
            }
            let shown = request.headers()["authorization"].to_str().unwrap();
            Ok(answer(status, format!("you sent {shown} and I do not like it")))
        });
        let text = refusal(&mlflow, &json!({}));
        assert!(text.contains("***") || status == 404 || status == 302, "{status}: {text}");
    }
}
