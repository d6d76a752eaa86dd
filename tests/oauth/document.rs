//! What a client is told before it has a token (RFC 9728).

use http::Method;
use serde_json::json;

use super::support::{Mlflow, body, post, serve};
use super::{METADATA, PING, challenge, trust, with, without};

const DOCUMENT: &str = "/.well-known/oauth-protected-resource";

fn get(
    trust: &serde_json::Value,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> http::Response<bytes::Bytes> {
    let mut request = post(headers, "");
    *request.method_mut() = method;
    *request.uri_mut() = format!("http://127.0.0.1:3000{path}").parse().unwrap();
    serve(&Mlflow::untouched(), &[("MLFLOW_MCP_OAUTH", &trust.to_string())], request)
}

#[test]
fn the_document_says_where_to_get_a_token_to_whoever_asks() {
    let expected = json!({
        "resource": "https://mcp.test/mcp",
        "authorization_servers": ["https://idp.test"],
        "scopes_supported": ["mlflow:read", "mlflow:write", "mlflow:delete"],
        "bearer_methods_supported": ["header"],
        "resource_name": "MLflow",
        "resource_documentation": env!("CARGO_PKG_REPOSITORY"),
    });
    for below in ["", "/mcp", "/mcp/", "/mcp/readonly", "/mcp/x/core"] {
        let response = get(&trust(), Method::GET, &format!("{DOCUMENT}{below}"), &[]);
        assert_eq!((response.status().as_u16(), body(&response)), (200, expected.clone()), "{below}");
        assert_eq!(response.headers()["content-type"], "application/json");
    }
    let plain = body(&get(&without("scopes"), Method::GET, DOCUMENT, &[]));
    assert_eq!(plain.get("scopes_supported"), None);
}

#[test]
fn nothing_else_is_to_be_found_there() {
    for path in [
        "/.well-known/oauth-protected-resourc",
        "/.well-known/oauth-protected-resource/other",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ] {
        assert_eq!(get(&trust(), Method::GET, path, &[]).status(), 404, "{path}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let response = get(&trust(), method.clone(), DOCUMENT, &[]);
        assert_eq!(
            (response.status().as_u16(), response.headers()["allow"].as_bytes()),
            (405, &b"GET, OPTIONS"[..]),
            "{method}"
        );
    }
}

#[test]
fn pages_may_read_the_document_and_the_challenge_as_far_as_they_may_use_the_server() {
    let local = [("origin", "http://localhost:6274")];
    let response = get(&trust(), Method::GET, DOCUMENT, &local);
    assert_eq!(response.headers()["access-control-allow-origin"], "http://localhost:6274");
    assert_eq!(get(&trust(), Method::OPTIONS, DOCUMENT, &local).status(), 204);
    assert_eq!(get(&trust(), Method::GET, DOCUMENT, &[("origin", "https://evil.test")]).status(), 403);
    let refused =
        serve(&Mlflow::untouched(), &[("MLFLOW_MCP_OAUTH", &trust().to_string())], post(&local, PING));
    assert_eq!(challenge(&refused), (401, format!("Bearer {METADATA}").as_str()));
    assert_eq!(refused.headers()["access-control-allow-origin"], "http://localhost:6274");
}

#[test]
fn without_a_token_every_method_of_the_endpoint_is_401_and_says_where_the_document_is() {
    for method in [Method::GET, Method::POST, Method::DELETE, Method::PUT] {
        for path in ["/mcp", "/mcp/readonly", "/mcp?access_token=x"] {
            let response = get(&trust(), method.clone(), path, &[]);
            assert_eq!(challenge(&response), (401, format!("Bearer {METADATA}").as_str()), "{method} {path}");
        }
    }
}

#[test]
fn the_document_of_a_server_below_another_path_is_where_the_path_says() {
    for (url, expected) in [
        ("https://mcp.test", "https://mcp.test/.well-known/oauth-protected-resource"),
        ("https://mcp.test/", "https://mcp.test/.well-known/oauth-protected-resource"),
        (
            "https://mcp.test:8443/team/mcp",
            "https://mcp.test:8443/.well-known/oauth-protected-resource/team/mcp",
        ),
        ("http://127.0.0.1:3000/mcp", "http://127.0.0.1:3000/.well-known/oauth-protected-resource/mcp"),
    ] {
        let trust = with("resource", json!(url));
        let response = get(&trust, Method::POST, "/mcp", &[]);
        assert_eq!(challenge(&response).1, format!("Bearer resource_metadata=\"{expected}\""));
        let path = expected.split_once("://").unwrap().1.split_once('/').unwrap().1;
        let document = body(&get(&trust, Method::GET, &format!("/{path}"), &[]));
        assert_eq!(document["resource"], url);
    }
}
