//! The HTTP layer and the routing between revisions, request by request.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, Response};
use mlflow_mcp::mcp::Payload;
use serde_json::{Value, json};
use support::{Mlflow, body, post, serve};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

fn ask(request: Request<Payload>) -> Response<Bytes> {
    serve(&Mlflow::untouched(), &[], request)
}

fn send(headers: &[(&str, &str)], text: &str) -> Response<Bytes> {
    ask(post(headers, text))
}

/// Status and JSON-RPC error code.
fn refusal(response: &Response<Bytes>) -> (u16, i64) {
    let body = body(response);
    assert_eq!(body["jsonrpc"], "2.0");
    (response.status().as_u16(), body["error"]["code"].as_i64().unwrap_or_default())
}

fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
    let mut request = Request::builder().method(method).uri(format!("http://127.0.0.1:3000{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    ask(request.body(Payload::Complete(Bytes::new())).unwrap())
}

fn modern(method: &str, params: Value) -> Response<Bytes> {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}
    });
    let mut headers = vec![("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)];
    let name = params["name"].as_str().unwrap_or_default().to_owned();
    if !name.is_empty() {
        headers.push(("mcp-name", &name));
    }
    send(&headers, &json!({"jsonrpc": "2.0", "id": "a", "method": method, "params": params}).to_string())
}

fn legacy(version: &str, method: &str, params: Value) -> Response<Bytes> {
    let text = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}).to_string();
    send(&[("mcp-protocol-version", version)], &text)
}

#[test]
fn a_foreign_origin_is_refused_and_an_own_one_is_told_what_browsers_need() {
    for origin in ["https://evil.example", "null", "not a url"] {
        assert_eq!(refusal(&send(&[("origin", origin)], PING)).0, 403, "{origin}");
    }
    // The page's own name is no proof: that is what DNS rebinding looks like.
    let rebound = send(&[("origin", "http://evil.example"), ("host", "evil.example")], PING);
    assert_eq!(refusal(&rebound).0, 403);
    let own = send(&[("origin", "http://localhost:5173")], PING);
    assert_eq!(own.status(), 200);
    assert_eq!(own.headers()["access-control-allow-origin"], "http://localhost:5173");
    assert_eq!(own.headers()["vary"], "Origin");
}

#[test]
fn listed_origins_and_hosts_are_the_operators_choice() {
    let allowed = [("MLFLOW_MCP_ALLOWED_ORIGINS", "https://ui.example")];
    let from_ui = post(&[("origin", "https://ui.example")], PING);
    assert_eq!(serve(&Mlflow::untouched(), &allowed, from_ui).status(), 200);
    let hosts = [("MLFLOW_MCP_ALLOWED_HOSTS", "mcp.example")];
    let other = post(&[("host", "other.example")], PING);
    assert_eq!(serve(&Mlflow::untouched(), &hosts, other).status(), 403);
    let listed = post(&[("host", "mcp.example:443")], PING);
    assert_eq!(serve(&Mlflow::untouched(), &hosts, listed).status(), 200);
}

#[test]
fn only_the_endpoint_exists_in_both_spellings_and_without_redirects() {
    for path in ["/", "/mcpx", "/mcp/x", "/.well-known/oauth-protected-resource", "/sse"] {
        let response = request(Method::POST, path, &[("content-type", "application/json")]);
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(response.headers()["content-type"], "application/json");
    }
    let slash = Request::post("http://127.0.0.1:3000/mcp/").header("content-type", "application/json");
    let slash = slash.body(Payload::Complete(Bytes::from_static(PING.as_bytes()))).unwrap();
    assert_eq!(ask(slash).status(), 200);
}

#[test]
fn a_preflight_is_answered_with_what_was_asked_for() {
    let response = request(
        Method::OPTIONS,
        "/mcp",
        &[("origin", "http://localhost:1"), ("access-control-request-headers", "content-type,mcp-param-x")],
    );
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers()["access-control-allow-headers"], "content-type,mcp-param-x");
    assert_eq!(response.headers()["access-control-allow-methods"], "POST, OPTIONS");
    assert_eq!(response.headers()["access-control-allow-origin"], "http://localhost:1");
}

#[test]
fn a_refusal_can_be_read_by_a_page_too() {
    let response = request(Method::GET, "/mcp", &[("origin", "http://localhost:1")]);
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["access-control-allow-origin"], "http://localhost:1");
    let exposed = &response.headers()["access-control-expose-headers"];
    assert_eq!(exposed, "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate");
}

#[test]
fn every_method_but_post_and_options_is_405_at_once() {
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::PATCH, Method::HEAD] {
        let headers = [("accept", "text/event-stream"), ("mcp-session-id", "abc")];
        let response = request(method.clone(), "/mcp", &headers);
        assert_eq!(response.status(), 405, "{method}");
        assert_eq!(response.headers()["allow"], "POST, OPTIONS");
    }
}

#[test]
fn a_body_that_is_not_declared_as_json_is_415() {
    for kind in ["text/plain", "application/jsonx", "application/x-www-form-urlencoded"] {
        assert_eq!(refusal(&send(&[("content-type", kind)], PING)).0, 415, "{kind}");
    }
    assert_eq!(refusal(&send(&[("content-type", "")], PING)).0, 415);
    assert_eq!(send(&[("content-type", "Application/JSON; charset=utf-8")], PING).status(), 200);
}

#[test]
fn accept_is_read_leniently() {
    for accept in ["", "*/*", "application/*", "application/json", "application/json, text/event-stream"] {
        let response = send(&[("accept", accept)], PING);
        assert_eq!(response.headers()["content-type"], "application/json", "{accept}");
    }
    assert_eq!(refusal(&send(&[("accept", "text/html")], PING)).0, 406);
}

#[test]
fn a_client_that_takes_only_events_gets_one() {
    let response = send(&[("accept", "text/event-stream")], PING);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let text = "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n";
    assert_eq!(response.body(), text.as_bytes());
}

#[test]
fn a_body_that_is_too_large_or_broken_is_refused() {
    let with = |payload| {
        let request = Request::post("http://h/mcp").header("content-type", "application/json");
        ask(request.body(payload).unwrap())
    };
    assert_eq!(refusal(&with(Payload::TooLarge(4 << 20))).0, 413);
    assert_eq!(refusal(&with(Payload::Incomplete)).0, 400);
}

#[test]
fn what_is_not_json_is_a_parse_error_and_what_is_no_message_an_invalid_request() {
    for text in ["", "{", "nope"] {
        assert_eq!(refusal(&send(&[], text)), (400, -32700), "{text:?}");
    }
    let null_id = r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#;
    for text in ["null", "3", "{}", null_id, r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#] {
        assert_eq!(refusal(&send(&[], text)), (400, -32600), "{text}");
    }
}

#[test]
fn a_routing_header_that_is_there_twice_is_refused() {
    let version = ("mcp-protocol-version", "2025-11-25");
    assert_eq!(refusal(&send(&[version, version], PING)), (400, -32020));
}

#[test]
fn sessions_and_resumption_are_ignored_and_never_offered() {
    let response = send(&[("mcp-session-id", "made-up"), ("last-event-id", "9")], PING);
    assert_eq!(response.status(), 200);
    assert!(response.headers().get("mcp-session-id").is_none());
}

#[test]
fn notifications_and_responses_are_accepted_without_a_body() {
    for text in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
    ] {
        let response = send(&[], text);
        assert_eq!((response.status().as_u16(), response.body().len()), (202, 0), "{text}");
    }
    let unknown = send(&[("mcp-protocol-version", "1999-01-01")], r#"{"jsonrpc":"2.0","method":"x"}"#);
    assert_eq!(refusal(&unknown), (400, -32022));
    let modern = [("mcp-protocol-version", "2026-07-28")];
    assert_eq!(refusal(&send(&modern, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#)), (400, -32600));
}

#[test]
fn initialize_agrees_on_each_older_revision_and_never_on_another() {
    for version in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        assert_eq!(initialized(version)["protocolVersion"], version);
    }
    for version in ["1.0.0", "2026-07-28", "2099-01-01", ""] {
        assert_eq!(initialized(version)["protocolVersion"], "2025-11-25", "{version}");
    }
}

fn initialized(version: &str) -> Value {
    let params =
        json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "0"}});
    let text = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}).to_string();
    let response = send(&[], &text);
    assert!(response.headers().get("mcp-session-id").is_none());
    let result = body(&response)["result"].take();
    assert_eq!(result["serverInfo"]["name"], "mlflow-mcp");
    let capabilities = json!({"tools": {}, "prompts": {}, "resources": {}, "completions": {}});
    assert_eq!(result["capabilities"], capabilities);
    assert!(result["instructions"].as_str().unwrap().len() <= 2_048);
    assert!(result.get("resultType").is_none());
    result
}

#[test]
fn legacy_requests_are_served_without_a_session_before_them() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        assert_eq!(body(&legacy(version, "ping", json!({})))["result"], json!({}));
        let list = body(&legacy(version, "tools/list", json!({})));
        assert_eq!(list["id"], 7);
        assert!(list["result"].get("ttlMs").is_none());
    }
}

#[test]
fn an_unknown_method_is_200_for_old_clients_and_404_for_new_ones() {
    for method in ["nope", "logging/setLevel", "resources/subscribe", "server/discover"] {
        assert_eq!(refusal(&legacy("2025-11-25", method, json!({}))), (200, -32601), "{method}");
    }
    for method in ["nope", "initialize", "ping", "logging/setLevel", "subscriptions/listen"] {
        assert_eq!(refusal(&modern(method, json!({}))), (404, -32601), "{method}");
    }
}

#[test]
fn an_unknown_tool_is_invalid_params_under_status_200() {
    let params = json!({"name": "get_rum", "arguments": {}});
    assert_eq!(refusal(&legacy("2025-11-25", "tools/call", params.clone())), (200, -32602));
    let response = modern("tools/call", params);
    assert_eq!(refusal(&response), (200, -32602));
    let message = body(&response)["error"]["message"].take();
    assert!(message.as_str().unwrap().contains("did you mean \"get_run\""), "{message}");
}

#[test]
fn missing_or_wrong_parameters_are_invalid_params() {
    for params in [json!({}), json!({"name": 3}), json!({"name": "health", "arguments": []})] {
        assert_eq!(refusal(&legacy("2025-11-25", "tools/call", params)), (200, -32602));
    }
    for cursor in [json!("made up"), json!(""), json!(7)] {
        let response = legacy("2025-11-25", "tools/list", json!({"cursor": cursor}));
        assert_eq!(refusal(&response), (200, -32602));
    }
}

#[test]
fn discover_names_every_revision_newest_first() {
    let response = modern("server/discover", json!({}));
    let body = body(&response);
    assert_eq!(body["id"], "a");
    let result = &body["result"];
    let versions = json!(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]);
    assert_eq!(result["supportedVersions"], versions);
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["cacheScope"], "public");
    assert!(result["ttlMs"].is_u64());
    assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "mlflow-mcp");
}

#[test]
fn the_icon_goes_to_the_revisions_that_have_icons_and_only_with_the_introduction() {
    let icon = |server: &Value| server["icons"][0]["src"].as_str().unwrap_or_default().to_owned();
    let server = |version| {
        let params = json!({"protocolVersion": version, "capabilities": {}});
        body(&legacy(version, "initialize", params))["result"]["serverInfo"].take()
    };
    assert_eq!(icon(&server("2025-06-18")), "");
    let source = icon(&server("2025-11-25"));
    let svg = STANDARD.decode(source.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap();
    let svg = String::from_utf8(svg).unwrap();
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>"), "{svg}");
    let key = "io.modelcontextprotocol/serverInfo";
    assert_eq!(icon(&body(&modern("server/discover", json!({})))["result"]["_meta"][key]), source);
    assert_eq!(icon(&body(&modern("tools/list", json!({})))["result"]["_meta"][key]), "");
}

#[test]
fn modern_requests_that_contradict_themselves_are_400() {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}
    });
    let text =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}).to_string();
    let version = ("mcp-protocol-version", "2026-07-28");
    assert_eq!(refusal(&send(&[], &text)), (400, -32020));
    assert_eq!(refusal(&send(&[version], &text)), (400, -32020));
    assert_eq!(refusal(&send(&[version, ("mcp-method", "tools/call")], &text)), (400, -32020));
    assert_eq!(send(&[version, ("mcp-method", " tools/list ")], &text).status(), 200);
    let bare = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    assert_eq!(refusal(&send(&[version, ("mcp-method", "tools/list")], &bare)), (400, -32602));
}

#[test]
fn a_version_that_nobody_knows_is_answered_with_those_we_speak() {
    let response = legacy("1999-01-01", "tools/list", json!({}));
    assert_eq!(refusal(&response), (400, -32022));
    assert_eq!(body(&response)["error"]["data"]["requested"], "1999-01-01");
    assert_eq!(body(&response)["error"]["data"]["supported"][1], "2025-11-25");
}

#[test]
fn batches_work_in_the_revisions_that_have_them() {
    let batch =
        format!(r#"[{PING},{{"jsonrpc":"2.0","method":"notifications/x"}},{}]"#, PING.replace(":1,", ":2,"));
    for version in ["", "2025-03-26", "2024-11-05"] {
        let response = send(&[("mcp-protocol-version", version)], &batch);
        assert_eq!(response.status(), 200);
        let ids: Vec<Value> =
            body(&response).as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!(ids, [json!(1), json!(2)]);
    }
    let notifications = r#"[{"jsonrpc":"2.0","method":"notifications/x"}]"#;
    assert_eq!(send(&[], notifications).status(), 202);
}

#[test]
fn batches_that_are_not_one_are_refused_whole() {
    let initialize = r#"[{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}]"#;
    let many = format!("[{}]", vec![PING; 51].join(","));
    for text in ["[]", "[1]", initialize, many.as_str()] {
        assert_eq!(refusal(&send(&[], text)), (400, -32600), "{text}");
    }
    let newer = [("mcp-protocol-version", "2025-06-18")];
    assert_eq!(refusal(&send(&newer, &format!("[{PING}]"))), (400, -32600));
}

#[test]
fn discovery_and_lists_need_neither_mlflow_nor_configuration() {
    let broken = [("MLFLOW_TRACKING_URI", "nonsense")];
    for method in ["tools/list", "ping"] {
        let text = json!({"jsonrpc": "2.0", "id": 1, "method": method}).to_string();
        assert_eq!(serve(&Mlflow::untouched(), &broken, post(&[], &text)).status(), 200);
    }
}

#[test]
fn the_tool_list_is_the_same_bytes_every_time() {
    let list = || legacy("2025-11-25", "tools/list", json!({})).into_body();
    assert_eq!(list(), list());
}
