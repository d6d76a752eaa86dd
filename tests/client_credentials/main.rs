//! Access tokens for MLflow by the client credentials grant of OAuth 2: when one is got, shown, kept and got anew, and what
//! is told where there is none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod keeping;
mod refusals;
mod variable;

use std::cell::Cell;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use support::{Mlflow, answer, call_with, failure, success};

const RUN: &str = r#"{"run": {"info": {"run_id": "abc", "experiment_id": "1"}, "data": {}}}"#;
const TOKEN_URL: &str = "https://login.test/oauth2/token";
const SECRET: &str = "s:cr et/häkchen";

/// What the variable holds, with these members besides those that every one has.
fn oauth(more: &Value) -> String {
    let mut oauth = json!({"client_id": "the client", "client_secret": SECRET, "token_url": TOKEN_URL});
    oauth.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    oauth.to_string()
}

/// An authorization server and an MLflow that admits only who shows the newest of its tokens.
#[derive(Clone, Default)]
struct Gate {
    issued: Rc<Cell<u32>>,
    revoked: Rc<Cell<u32>>,
    /// How many more requests it admits before it revokes the newest, if that is said.
    admits: Rc<Cell<Option<u32>>>,
    lasts: Option<u64>,
}

impl Gate {
    fn mlflow(&self) -> Mlflow {
        let gate = self.clone();
        Mlflow::new(move |request| Ok(gate.react(request)))
    }

    fn react(&self, request: &Request<Bytes>) -> Response<Bytes> {
        if is_of_token(request) {
            self.issued.set(self.issued.get() + 1);
            let mut given = json!({"access_token": self.token(), "token_type": "bearer"});
            if let Some(seconds) = self.lasts {
                given["expires_in"] = seconds.into();
            }
            return answer(200, given.to_string());
        }
        match self.admits.get() {
            Some(0) => self.revoke(),
            Some(left) => self.admits.set(Some(left - 1)),
            None => {}
        }
        let shown = request.headers().get("authorization").map(|value| value.to_str().unwrap());
        let is_good = self.issued.get() > self.revoked.get();
        match shown {
            Some(shown) if is_good && shown == format!("Bearer {}", self.token()) => answer(200, RUN),
            _ => answer(401, format!("not {shown:?}")),
        }
    }

    fn token(&self) -> String {
        format!("access-token-{}", self.issued.get())
    }

    /// From now on the newest token is refused, too.
    fn revoke(&self) {
        self.admits.set(None);
        self.revoked.set(self.issued.get());
    }
}

fn is_of_token(request: &Request<Bytes>) -> bool {
    request.uri().host() == Some("login.test")
}

/// What was sent: `got` for a request for a token, and of any other what it showed.
fn sent(mlflow: &Mlflow) -> Vec<String> {
    let one = |request: &Request<Bytes>| match request.headers().get("authorization") {
        _ if is_of_token(request) => "got".to_owned(),
        Some(shown) => shown.to_str().unwrap().to_owned(),
        None => "nothing".to_owned(),
    };
    mlflow.seen().iter().map(one).collect()
}

fn get_run(mlflow: &Mlflow, more: &Value) -> Value {
    let oauth = oauth(more);
    call_with(mlflow, &[("MLFLOW_MCP_TRACKING_OAUTH", &oauth)], "get_run", json!({"run_id": "abc"}))
}

/// The text of the failure of a call, of which nothing is secret.
fn refusal(mlflow: &Mlflow, more: &Value) -> String {
    let result = get_run(mlflow, more);
    let text = failure(&result).to_owned();
    shows_no_secret(mlflow, &text);
    text
}

fn shows_no_secret(mlflow: &Mlflow, text: &str) {
    let shown = format!("{text} {:?} {}", mlflow.lines_of_log(), mlflow.shelf());
    let pair = STANDARD.encode("the%20client:s%3Acr%20et%2Fh%C3%A4kchen");
    for secret in [SECRET, "s%3Acr%20et%2Fh%C3%A4kchen", pair.as_str(), "access-token"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn a_token_is_asked_for_as_rfc_6749_has_it_and_shown_to_mlflow_and_to_nobody_else() {
    let mlflow = Gate::default().mlflow();
    let more = json!({"scope": "a:b c", "audience": "https://ml.test/", "resource": "https://ml.test/api"});
    let result = get_run(&mlflow, &more);
    shows_no_secret(&mlflow, &success(&result).to_string());
    let seen = mlflow.seen();
    assert_eq!(
        (seen.len(), seen[0].method().as_str(), seen[0].uri().to_string().as_str()),
        (2, "POST", TOKEN_URL)
    );
    let mut headers: Vec<(&str, &str)> =
        seen[0].headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    headers.sort_unstable();
    let form = "grant_type=client_credentials&scope=a%3Ab%20c&audience=https%3A%2F%2Fml.test%2F&resource=https%3A%2F%2Fml.test%2Fapi";
    assert_eq!(seen[0].body(), form);
    let basic = format!("Basic {}", STANDARD.encode("the%20client:s%3Acr%20et%2Fh%C3%A4kchen"));
    assert_eq!(
        headers,
        [
            ("accept", "application/json"),
            ("authorization", basic.as_str()),
            ("content-length", form.len().to_string().as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
            ("user-agent", concat!("mlflow-mcp/", env!("CARGO_PKG_VERSION"))),
        ]
    );
    assert!(mlflow.limits()[0].body <= 64 << 10);
    assert_eq!(seen[1].uri().host(), Some("mlflow.test"));
    assert_eq!(seen[1].headers()["authorization"], "Bearer access-token-1");
}

#[test]
fn the_token_endpoint_and_the_scope_are_those_of_databricks_if_none_is_written() {
    for (uri, endpoint) in [
        ("https://ws.databricks.test/prefix", "https://ws.databricks.test/oidc/v1/token"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000/oidc/v1/token"),
    ] {
        let mlflow = Mlflow::new(|request| match request.uri().path() {
            "/oidc/v1/token" => Ok(answer(200, r#"{"access_token": "t", "token_type": "Bearer"}"#)),
            _ => Ok(answer(200, RUN)),
        });
        let written = json!({"client_id": "c", "client_secret": "s"}).to_string();
        let variables = [("MLFLOW_TRACKING_URI", uri), ("MLFLOW_MCP_TRACKING_OAUTH", written.as_str())];
        success(&call_with(&mlflow, &variables, "get_run", json!({"run_id": "abc"})));
        let asked = &mlflow.seen()[0];
        assert_eq!(asked.uri().to_string(), endpoint);
        assert_eq!(asked.body(), "grant_type=client_credentials&scope=all-apis");
    }
    // With an endpoint that is written nothing is asked for that is not.
    let mlflow = Gate::default().mlflow();
    success(&get_run(&mlflow, &json!({})));
    assert_eq!(mlflow.seen()[0].body(), "grant_type=client_credentials");
}

#[test]
fn a_request_for_a_token_is_no_call_of_mlflow_in_the_audit_trail_and_has_no_trace() {
    let mlflow = Gate::default().mlflow();
    let oauth = oauth(&json!({}));
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                         "params": {"name": "get_run", "arguments": {"run_id": "abc"}}});
    let headers =
        [("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("cookie", "a=b")];
    support::serve(
        &mlflow,
        &[("MLFLOW_MCP_TRACKING_OAUTH", &oauth)],
        support::post(&headers, &request.to_string()),
    );
    let line: Value = serde_json::from_str(&mlflow.lines_of_log()[0]).unwrap();
    assert_eq!((&line["mlflow_calls"], &line["mlflow_status"]), (&json!(1), &json!(200)), "{line}");
    let with_trace: Vec<bool> =
        mlflow.seen().iter().map(|request| request.headers().contains_key("traceparent")).collect();
    assert_eq!(with_trace, [false, true]);
    assert!(!mlflow.seen()[0].headers().contains_key("cookie"));
}

#[test]
fn the_workspace_and_other_headers_go_to_mlflow_besides_and_not_to_the_authorization_server() {
    let mlflow = Gate::default().mlflow();
    let oauth = oauth(&json!({}));
    let variables = [
        ("MLFLOW_MCP_TRACKING_OAUTH", oauth.as_str()),
        ("MLFLOW_WORKSPACE", "team-blue"),
        ("MLFLOW_MCP_TRACKING_HEADERS", r#"{"X-Api-Key": "k 1"}"#),
    ];
    success(&call_with(&mlflow, &variables, "get_run", json!({"run_id": "abc"})));
    let seen = mlflow.seen();
    for name in ["x-mlflow-workspace", "x-api-key"] {
        assert_eq!([0, 1].map(|index| seen[index].headers().contains_key(name)), [false, true], "{name}");
    }
    let own = [
        ("MLFLOW_MCP_TRACKING_OAUTH", oauth.as_str()),
        ("MLFLOW_MCP_TRACKING_HEADERS", r#"{"Authorization": "x"}"#),
    ];
    let result = call_with(&Mlflow::untouched(), &own, "get_run", json!({"run_id": "abc"}));
    assert!(failure(&result).contains("another variable sets"), "{result}");
}
