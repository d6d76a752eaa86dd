//! The variable, and what else is configured besides it.

use std::fmt::Write as _;

use mlflow_mcp::config;
use mlflow_mcp::mcp::Tokens as _;
use mlflow_mcp::oauth::Verifier;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::support::{Mlflow, body, call_with, failure, now, ports, post, serve, variables};
use super::{PING, RUN, key, right, status, trust, with, without};

fn changed(name: &str, value: Value) -> Value {
    let mut changed = key("rsa");
    changed[name] = value;
    with("jwks", json!({"keys": [changed]}))
}

#[test]
fn a_trust_that_is_wrong_admits_no_call_and_says_what_is_wrong() {
    for (trust, problem) in [
        ("hunter2".to_owned(), "no JSON object"),
        ("[]".to_owned(), "no JSON object"),
        ("{}".to_owned(), "it needs \"resource\""),
        (without("issuer").to_string(), "it needs \"issuer\""),
        (without("jwks").to_string(), "\"jwks_uri\" or \"jwks\""),
        (with("jwks_uri", json!("https://idp.test/keys")).to_string(), "both \"jwks\" and \"jwks_uri\""),
        (with("isuer", json!("x")).to_string(), "Did you mean \"issuer\"?"),
        (with("resource", json!(5)).to_string(), "\"resource\" is a text"),
        (with("resource", json!("http://mcp.test/mcp")).to_string(), "\"resource\" is no https URL"),
        (with("resource", json!("https://mcp.test/mcp#x")).to_string(), "\"resource\" is no https URL"),
        (with("resource", json!("https://u:p@mcp.test/mcp")).to_string(), "\"resource\" is no https URL"),
        (with("resource", json!("mcp.test")).to_string(), "\"resource\" is no https URL"),
        (with("issuer", json!("http://idp.test")).to_string(), "\"issuer\" is no https URL"),
        (with("issuer", json!("https://idp.test/\"")).to_string(), "\"issuer\" is no https URL"),
        (with("audience", json!([])).to_string(), "\"audience\" is a text"),
        (with("audience", json!("")).to_string(), "\"audience\" is a text"),
        (with("audience", json!(["a", 1])).to_string(), "\"audience\" is a text"),
        (with("scopes", json!({})).to_string(), "\"scopes\" is an object"),
        (with("scopes", json!(["mlflow:read"])).to_string(), "\"scopes\" is an object"),
        (with("scopes", json!({"a": "hgh"})).to_string(), "Did you mean \"high\"?"),
        (with("scopes", json!({"a": 1})).to_string(), "Risk classes"),
        (with("scopes", json!({"a b": "low"})).to_string(), "no scope has"),
        (with("scopes", json!({"a\"": "low"})).to_string(), "no scope has"),
        (with("scopes", json!({"": "low"})).to_string(), "no scope has"),
        (with("name_claim", json!("")).to_string(), "\"name_claim\" is a text"),
        (with("jwks", json!({"keys": []})).to_string(), "no key in it"),
        (
            with("jwks", json!({"keys": [key("rsa"), key("weak")]})).to_string(),
            "key 1 is of no use: an RSA key has from 2048",
        ),
        (with("jwks", json!({"keys": [key("p384")]})).to_string(), "neither an RSA key"),
        (
            with("jwks", json!({"keys": [{"kty": "oct", "k": "aHVudGVyMg"}]})).to_string(),
            "private, or a shared secret",
        ),
        (changed("d", json!("aHVudGVyMg")).to_string(), "private, or a shared secret"),
        (changed("e", json!("Aw")).to_string(), "65537"),
        (changed("alg", json!("RS512")).to_string(), "neither RS256"),
        (changed("use", json!("enc")).to_string(), "not for signatures"),
        (with("jwks", json!([key("rsa")])).to_string(), "no set of keys"),
    ] {
        let variables = [("MLFLOW_MCP_OAUTH", trust.as_str())];
        let result = call_with(&Mlflow::untouched(), &variables, "get_run", json!({"run_id": "abc"}));
        let said = failure(&result);
        assert!(said.contains("MLFLOW_MCP_OAUTH is wrong") && said.contains(problem), "{trust}: {said}");
        assert!(!said.contains("hunter2") && !said.contains("aHVudGVyMg"), "{said}");
    }
}

#[test]
fn the_audience_is_the_resource_unless_another_is_named() {
    assert_eq!(status(&with("audience", json!("api://mlflow")), right("rs256")), 401);
    assert_eq!(
        status(&with("audience", json!(["api://mlflow", "https://mcp.test/mcp"])), right("rs256")),
        200
    );
    let moved = with("resource", json!("https://elsewhere.test/mcp"));
    assert_eq!(status(&moved, right("rs256")), 401);
}

#[test]
fn a_holder_has_a_name_that_no_caller_of_a_list_and_no_other_holder_has() {
    let name = |claim: &str, token: &str| {
        let text = with("name_claim", json!(claim)).to_string();
        let trust = config::read(&variables(&[("MLFLOW_MCP_OAUTH", &text)])).oauth.unwrap();
        let world = Mlflow::untouched();
        now(Verifier::new(&trust, ports(&world)).holder(right(token).as_bytes())).unwrap().name
    };
    assert_eq!(name("sub", "rs256"), "oauth:ann");
    assert_eq!(name("sub", "other_names"), "oauth:auth0|b%C3%B6b%20ci");
    assert_eq!(name("client_id", "other_names"), "oauth:robot");
    // What a list may name has no colon.
    let listed = json!([{"name": "oauth:ann", "token_sha256": "0".repeat(64)}]).to_string();
    let result = call_with(
        &Mlflow::untouched(),
        &[("MLFLOW_MCP_CALLERS", &listed)],
        "get_run",
        json!({"run_id": "abc"}),
    );
    assert!(failure(&result).contains("letters, digits"));
}

#[test]
fn callers_of_a_list_and_holders_of_tokens_are_known_side_by_side() {
    let digest = |token: &str| {
        Sha256::digest(token).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    };
    let listed = json!([
        {"name": "ci", "token_sha256": digest("a token of a list")},
        // A token can be on the list, whatever it looks like: then it is that caller's, for as long as it is listed.
        {"name": "old", "token_sha256": digest(super::wrong().find(|(name, _)| *name == "expired").unwrap().1)},
    ])
    .to_string();
    let oauth = trust().to_string();
    let both = [("MLFLOW_MCP_CALLERS", listed.as_str()), ("MLFLOW_MCP_OAUTH", oauth.as_str())];
    let ask = |token: &str| {
        let bearer = format!("Bearer {token}");
        serve(&Mlflow::untouched(), &both, post(&[("authorization", &bearer)], PING)).status().as_u16()
    };
    assert_eq!(ask("a token of a list"), 200);
    assert_eq!(ask(right("rs256")), 200);
    assert_eq!(ask("another token"), 401);
    for (name, token) in super::wrong() {
        assert_eq!(ask(token), if name == "expired" { 200 } else { 401 }, "{name}");
    }
    assert_eq!(serve(&Mlflow::untouched(), &both, post(&[], PING)).status(), 401);
}

#[test]
fn mlflow_sees_nothing_of_the_token() {
    let (oauth, bearer) = (trust().to_string(), format!("Bearer {}", right("rs256")));
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_run","arguments":{"run_id":"abc"}}}"#;
    for (more, headers) in [
        (vec![], vec![]),
        (vec![("MLFLOW_TRACKING_TOKEN", "tok")], vec![]),
        (vec![("MLFLOW_MCP_CREDENTIALS", "caller")], vec![("x-mlflow-authorization", "Bearer own")]),
    ] {
        let mlflow = Mlflow::always(200, RUN);
        let variables = [vec![("MLFLOW_MCP_OAUTH", oauth.as_str())], more].concat();
        let headers = [vec![("authorization", bearer.as_str())], headers].concat();
        let response = serve(&mlflow, &variables, post(&headers, call));
        assert_eq!(body(&response)["result"]["isError"], false);
        for request in mlflow.seen() {
            let sent = format!("{} {:?} {:?}", request.uri(), request.headers(), request.body());
            let authorization = request.headers().get("authorization").map(|value| value.to_str().unwrap());
            assert!(right("rs256").split('.').all(|part| !sent.contains(part)), "{sent}");
            assert!(authorization.is_none_or(|value| value == "Bearer tok" || value == "Bearer own"));
        }
    }
    let same = [("authorization", bearer.as_str()), ("x-mlflow-authorization", bearer.as_str())];
    let variables = [("MLFLOW_MCP_OAUTH", oauth.as_str()), ("MLFLOW_MCP_CREDENTIALS", "caller")];
    let response = serve(&Mlflow::untouched(), &variables, post(&same, call));
    assert!(failure(&body(&response)["result"]).contains("MLflow must not see"));
}

#[test]
fn a_front_of_mlflow_cannot_take_tokens_of_its_own() {
    let oauth = trust().to_string();
    let variables =
        [("MLFLOW_MCP_OAUTH", oauth.as_str()), ("MLFLOW_MCP_CREDENTIALS", "caller-authorization")];
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_run","arguments":{"run_id":"abc"}}}"#;
    let bearer = format!("Bearer {}", right("rs256"));
    let response = serve(&Mlflow::untouched(), &variables, post(&[("authorization", &bearer)], call));
    let said = body(&response)["result"].take();
    assert!(failure(&said).contains("MLFLOW_MCP_OAUTH expects"), "{said}");
}
