//! No secret is ever in an answer or in the operator's log: not those that are configured, not those that callers send, however MLflow fails.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use mlflow_mcp::tools;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use support::made_up::arguments;
use support::{Mlflow, answer, post, serve};

const MODE: &str = "MLFLOW_MCP_CREDENTIALS";
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn message(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

/// Every request that can make MLflow be asked, with the name of the tool or method.
fn every_request() -> Vec<(String, String)> {
    let mut requests: Vec<(String, String)> = tools::all()
        .map(|entry| {
            let arguments = arguments(&entry.input_schema());
            let params = json!({"name": entry.spec.name, "arguments": arguments});
            (entry.spec.name.to_owned(), message("tools/call", &params))
        })
        .collect();
    for uri in [
        "mlflow://server",
        "mlflow://experiment/1",
        "mlflow://experiment-by-name/a",
        "mlflow://run/1",
        "mlflow://run/1/artifacts/a",
        "mlflow://registered-model/m",
        "mlflow://model-version/m/1",
    ] {
        requests.push((uri.to_owned(), message("resources/read", &json!({"uri": uri}))));
    }
    for prompt in ["find_best_run", "diagnose_run", "audit_mlflow_setup"] {
        let params = json!({"name": prompt, "arguments": {"experiment_id": "1", "run_id": "1"}});
        // A tool may have the name of a prompt.
        requests.push((format!("prompt {prompt}"), message("prompts/get", &params)));
    }
    let completing = json!({"ref": {"type": "ref/prompt", "name": "find_best_run"},
                            "argument": {"name": "experiment_id", "value": "a"}});
    requests.push(("completion".to_owned(), message("completion/complete", &completing)));
    for method in
        ["tools/list", "prompts/list", "resources/list", "resources/templates/list", "no/such/method"]
    {
        requests.push((method.to_owned(), message(method, &json!({}))));
    }
    requests
}

/// The answer of a token endpoint: the client's id is its token.
fn token(request: &Request<Bytes>) -> Response<Bytes> {
    let shown = request.headers()["authorization"].to_str().unwrap().strip_prefix("Basic ").unwrap();
    let pair = String::from_utf8(STANDARD.decode(shown).unwrap()).unwrap();
    let token = pair.split(':').next().unwrap();
    answer(200, json!({"access_token": token, "token_type": "Bearer"}).to_string())
}

/// An MLflow that fails in one of many ways, and each time says what it was sent; and so does every token endpoint but one.
fn echo(way: usize) -> Mlflow {
    Mlflow::new(move |request| {
        if request.uri().path() == "/token" {
            return Ok(token(request));
        }
        let dump: Vec<String> = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        let dump = dump.join("; ");
        let filler = "x".repeat(1_440);
        Ok(match way {
            0 => answer(400, json!({"error_code": "INTERNAL_ERROR", "message": dump}).to_string()),
            // So long that it is cut, perhaps within a secret.
            1 => answer(400, json!({"error_code": dump, "message": format!("{filler} {dump}")}).to_string()),
            2 => answer(401, dump),
            3 => answer(403, json!({"detail": dump}).to_string()),
            4 => answer(404, format!("<html><p>{dump}</p></html>")),
            5 => answer(502, format!("<h1>Bad Gateway</h1>{filler}{dump}")),
            6 => {
                let mut response: Response<Bytes> = answer(302, "");
                let to = format!("https://login.test/{}", dump.replace(' ', "/"));
                response.headers_mut().insert("location", HeaderValue::try_from(to).unwrap());
                response
            }
            // Not what any API answers, and not a file, which would be shown.
            _ if request.uri().path().contains("artifact") => answer(500, dump),
            7 => answer(200, dump),
            _ => answer(200, json!([dump]).to_string()),
        })
    })
}

/// A server's variables, a request's headers, and what of them is secret.
type Deployment = (Vec<(&'static str, String)>, Vec<(&'static str, String)>, Vec<String>);

fn deployments(secret: &str, other: &str) -> Vec<Deployment> {
    let pair = STANDARD.encode(format!("bob:{secret}"));
    let tracking = |name: &'static str, value: String| (name, value);
    let given = ("x-mlflow-authorization", format!("Basic {pair}"));
    let secrets = vec![secret.to_owned(), pair.clone(), other.to_owned()];
    let headers = json!({"X-Api-Key": other}).to_string();
    let caller = || (MODE, "caller".to_owned());
    let digest: String = Sha256::digest(other).iter().map(|byte| format!("{byte:02x}")).collect();
    let callers = json!([{"name": "ann", "token_sha256": digest}]).to_string();
    let recorded: Value = serde_json::from_str(include_str!("fixtures/tokens.json")).unwrap();
    let oauth = json!({"resource": "https://mcp.test/mcp", "issuer": "https://idp.test",
                       "jwks": {"keys": [recorded["keys"]["curve"]]}});
    let issued = |kind: &str, name: &str| recorded[kind][name].as_str().unwrap().to_owned();
    let holder = |token: String| {
        let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        (
            vec![caller(), ("MLFLOW_MCP_OAUTH", oauth.to_string())],
            vec![
                ("authorization", format!("Bearer {token}")),
                ("x-mlflow-authorization", format!("Basic {pair}")),
            ],
            [parts, vec![secret.to_owned(), pair.clone()]].concat(),
        )
    };
    let client = |path: &str| {
        let url = format!("https://login.test/{path}");
        let oauth = json!({"client_id": other, "client_secret": secret, "token_url": url}).to_string();
        let encoded = utf8_percent_encode(secret, UNRESERVED).to_string();
        let secrets = vec![secret.to_owned(), pair.clone(), STANDARD.encode(format!("{other}:{encoded}"))];
        (
            vec![tracking("MLFLOW_MCP_TRACKING_OAUTH", oauth)],
            vec![],
            [secrets, vec![other.to_owned()]].concat(),
        )
    };
    vec![
        client("token"),
        client("no-token"),
        holder(issued("right", "es256")),
        holder(issued("wrong", "es256_of_another_key")),
        (
            vec![
                tracking("MLFLOW_TRACKING_USERNAME", "bob".to_owned()),
                tracking("MLFLOW_TRACKING_PASSWORD", secret.to_owned()),
                tracking("MLFLOW_MCP_TRACKING_HEADERS", headers),
            ],
            vec![("authorization", format!("Bearer {other}"))],
            secrets.clone(),
        ),
        (
            vec![tracking("MLFLOW_TRACKING_URI", format!("http://bob:{secret}@mlflow.test:5000"))],
            vec![("x-mlflow-authorization", format!("Bearer {other}"))],
            secrets.clone(),
        ),
        (vec![caller()], vec![given, ("authorization", format!("Bearer {other}"))], secrets.clone()),
        (
            vec![(MODE, "caller-authorization".to_owned())],
            vec![("authorization", format!("Bearer {other}"))],
            vec![other.to_owned()],
        ),
        (
            vec![caller(), ("MLFLOW_MCP_CALLERS", callers)],
            vec![
                ("authorization", format!("Bearer {other}")),
                ("x-mlflow-authorization", format!("Basic {pair}")),
            ],
            secrets,
        ),
    ]
}

fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

proptest! {
    // Each asks everything there is to ask, of nine servers: thousands of answers.
    #![proptest_config(ProptestConfig { cases: 27, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_is_in_any_answer_however_mlflow_fails(
        secret in "[a-zA-Z0-9!#$()*+,./;=?^_|~-]{8,40}",
        other in "[A-Z0-9_-]{12,60}",
        way in 0..9_usize,
    ) {
        for (variables, headers, secrets) in deployments(&secret, &other) {
            for (name, text) in every_request() {
                let mlflow = echo(way);
                let response = serve(&mlflow, &borrowed(&variables), post(&borrowed(&headers), &text));
                let body = String::from_utf8_lossy(response.body());
                let shown = format!("{:?} {body} {:?}", response.headers(), mlflow.lines_of_log());
                for secret in &secrets {
                    prop_assert!(!shown.contains(secret.as_str()), "{} in the answer to {}: {}", secret, name, shown);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_is_in_a_question_to_a_person_or_in_what_the_client_keeps(
        key in "[0-9a-f]{64}",
        password in "[a-zA-Z0-9!#$()*+,./;=?^_|~-]{8,40}",
    ) {
        let variables = [("MLFLOW_TRACKING_USERNAME", "bob"), ("MLFLOW_TRACKING_PASSWORD", password.as_str()),
                         ("MLFLOW_MCP_SEAL_KEY", key.as_str()), ("MLFLOW_MCP_POLICY", "")];
        let ask = |more: Value| {
            let mut params = json!({"name": "delete_model_version", "arguments": {"name": "churn", "version": "3"}});
            params["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                                     "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}});
            params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let version = r#"{"model_version": {"name": "churn", "version": "3", "source": "models:/m-1"}}"#;
            let headers = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call"),
                           ("mcp-name", "delete_model_version")];
            let request = post(&headers, &message("tools/call", &params));
            String::from_utf8(serve(&Mlflow::always(200, version), &variables, request).into_body().to_vec()).unwrap()
        };
        let asked = ask(json!({}));
        let parsed: Value = serde_json::from_str(&asked).unwrap();
        let state = parsed["result"]["requestState"].as_str().unwrap();
        let kept = URL_SAFE_NO_PAD.decode(state.split('.').next().unwrap()).unwrap();
        let approved = json!({"action": "accept", "content": {"approve": true}});
        let altered = format!("{state}A");
        let refused = ask(json!({"inputResponses": {"approval": approved}, "requestState": altered}));
        prop_assert!(refused.contains("no approval of this very call"), "{}", refused);
        for shown in [asked.as_str(), refused.as_str(), &String::from_utf8(kept).unwrap()] {
            for secret in [&key, &password] {
                prop_assert!(!shown.contains(secret.as_str()), "{} in {}", secret, shown);
            }
        }
    }
}

#[test]
fn every_tool_reaches_the_mlflow_that_tells_what_it_was_sent() {
    let variables = [("MLFLOW_TRACKING_TOKEN", "hunter2hunter2")];
    let mut silent = Vec::new();
    for (name, text) in every_request() {
        let mlflow = echo(0);
        let answered = serve(&mlflow, &variables, post(&[], &text));
        let told = String::from_utf8_lossy(answered.body()).contains("authorization: ***");
        if tools::find(&name).is_some() && mlflow.seen().is_empty() {
            silent.push(name.clone());
        }
        assert!(name != "get_run" || told, "{answered:?}");
    }
    assert!(silent.is_empty(), "tools whose made-up arguments are wrong: {silent:?}");
}
