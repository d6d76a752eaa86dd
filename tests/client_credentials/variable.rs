//! The variable, and what else is configured besides it.

use serde_json::{Value, json};

use super::support::{Mlflow, call_with, failure};
use super::{SECRET, oauth};

#[test]
fn beside_other_credentials_of_the_server_or_those_of_callers_it_is_a_contradiction_that_is_told() {
    let oauth = oauth(&json!({}));
    for (name, value, also) in [
        ("MLFLOW_TRACKING_USERNAME", "bob", "MLFLOW_TRACKING_USERNAME is set"),
        ("MLFLOW_TRACKING_PASSWORD", "hunter2hunter2", "MLFLOW_TRACKING_PASSWORD is set"),
        ("MLFLOW_TRACKING_TOKEN", "hunter2hunter2", "MLFLOW_TRACKING_TOKEN is set"),
        ("MLFLOW_TRACKING_URI", "http://bob:hunter2hunter2@h.test", "MLFLOW_TRACKING_URI has a user"),
        ("MLFLOW_MCP_CREDENTIALS", "caller", "MLFLOW_MCP_CREDENTIALS"),
        ("MLFLOW_MCP_CREDENTIALS", "caller-authorization", "MLFLOW_MCP_CREDENTIALS"),
    ] {
        let variables = [("MLFLOW_MCP_TRACKING_OAUTH", oauth.as_str()), (name, value)];
        let result = call_with(&Mlflow::untouched(), &variables, "get_run", json!({"run_id": "abc"}));
        let text = failure(&result);
        assert!(text.contains("MLFLOW_MCP_TRACKING_OAUTH") && text.contains(also), "{text}");
        assert!(!text.contains("hunter2") && !text.contains(SECRET), "{text}");
    }
}

#[test]
fn a_variable_that_is_wrong_is_told_by_its_member_and_without_any_value() {
    let with = |name: &str, value: Value| oauth(&json!({name: value}));
    let without = |name: &str| {
        let mut oauth: Value = serde_json::from_str(&oauth(&json!({}))).unwrap();
        oauth.as_object_mut().unwrap().remove(name);
        oauth.to_string()
    };
    for (written, problem) in [
        ("hunter2".to_owned(), "no JSON object"),
        (r#"["hunter2"]"#.to_owned(), "no JSON object"),
        ("{}".to_owned(), "it needs \"client_id\""),
        (without("client_secret"), "it needs \"client_secret\""),
        (with("client_secret", json!(["hunter2"])), "\"client_secret\" is a text"),
        (with("client_secret", json!("")), "\"client_secret\" is a text"),
        (with("clientsecret", json!("hunter2")), "Did you mean \"client_secret\"?"),
        (with("token_url", json!("http://hunter2.test/token")), "\"token_url\" is no https URL"),
        (with("token_url", json!("https://u:hunter2@login.test/token")), "\"token_url\" is no https URL"),
        (with("token_url", json!("https://login.test/token?hunter2")), "\"token_url\" is no https URL"),
        (with("token_url", json!("/hunter2")), "\"token_url\" is no https URL"),
        // MLflow is `http://mlflow.test:5000` here.
        (without("token_url"), "write \"token_url\""),
        (with("scope", json!("hunter2\n")), "\"scope\" has characters"),
        (with("scope", json!("hunter2  b")), "\"scope\" has characters"),
        (with("scope", json!(["hunter2"])), "\"scope\" is a text"),
        (with("audience", json!(7)), "\"audience\" is a text"),
        (with("resource", json!({})), "\"resource\" is a text"),
    ] {
        let variables = [("MLFLOW_MCP_TRACKING_OAUTH", written.as_str())];
        let result = call_with(&Mlflow::untouched(), &variables, "get_run", json!({"run_id": "abc"}));
        let text = failure(&result);
        assert!(
            text.contains("MLFLOW_MCP_TRACKING_OAUTH is wrong") && text.contains(problem),
            "{written}: {text}"
        );
        assert!(!text.contains("hunter2") && !text.contains(SECRET), "{text}");
    }
}
