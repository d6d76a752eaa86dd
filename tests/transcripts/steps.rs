//! What is asked, in the order of the file.

use http::Method;
use mlflow_mcp::mcp::Version;
use serde_json::{Value, json};

use super::Step;
use super::client::{Ask, Client};

const RUN: &str = "a56e81534ade6b691c03edae54ac9c10";
const NO_RUN: &str = "00000000000000000000000000000000";

/// Every exchange of a transcript.
pub(crate) fn all(client: &Client) -> Vec<Step> {
    let groups =
        [opening, tools, progress, resources, prompts, lifeless, batches, http_layer, contradictions];
    groups.iter().flat_map(|group| group(client)).collect()
}

fn step(title: &'static str, ask: Ask, mlflow: &'static [&'static str]) -> Step {
    Step { title, ask, mlflow }
}

/// An exchange that MLflow has no part in.
fn alone(title: &'static str, ask: Ask) -> Step {
    step(title, ask, &[])
}

fn call(client: &Client, tool: &str, arguments: Value) -> Ask {
    client.ask("tools/call", json!({"name": tool, "arguments": arguments}))
}

fn opening(client: &Client) -> Vec<Step> {
    let initialize = |version: &str| {
        let about = json!({"name": "transcript", "version": "1.0.0"});
        let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": about});
        client.ask("initialize", params)
    };
    if client.version.is_modern() {
        return vec![
            alone("server/discover", client.ask("server/discover", json!({}))),
            alone("initialize does not exist any more", initialize("2026-07-28")),
        ];
    }
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    // The version is agreed on by this request, so its header comes with the next one.
    let first = |version| initialize(version).without("mcp-protocol-version");
    vec![
        alone("initialize", first(client.version.as_str())),
        alone("initialized", client.send(&initialized)),
        alone("initialize with a revision that this server does not have", first("2099-01-01")),
        alone("server/discover does not exist yet", client.ask("server/discover", json!({}))),
    ]
}

fn tools(client: &Client) -> Vec<Step> {
    let tag = json!({"run_id": RUN, "key": "team", "value": "nlp"});
    let by_a_person = json!({
        "name": "set_run_tag",
        "arguments": tag.clone(),
        "_meta": {"io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}}
    });
    vec![
        alone("tools/list", client.ask("tools/list", json!({}))),
        alone("tools/list with a cursor", client.ask("tools/list", json!({"cursor": "made-up"}))),
        step("tools/call", call(client, "get_run", json!({"run_id": RUN})), &["runs-get"]),
        step(
            "tools/call: the tool fails",
            call(client, "get_run", json!({"run_id": NO_RUN})),
            &["runs-get-missing"],
        ),
        alone("tools/call: an argument is missing", call(client, "get_run", json!({}))),
        alone(
            "tools/call: an argument is of the wrong type",
            call(client, "get_runs", json!({"experiment_id": "1", "limit": "many"})),
        ),
        step("tools/call: a person has to approve it", client.ask("tools/call", by_a_person), &["runs-get"]),
        alone("tools/call: nobody can be asked to approve it", call(client, "set_run_tag", tag)),
        alone("tools/call: unknown tool", call(client, "get_rum", json!({}))),
        alone("tools/call without a name", client.ask("tools/call", json!({}))),
    ]
}

fn progress(client: &Client) -> Vec<Step> {
    let params = json!({
        "name": "get_runs",
        "arguments": {"experiment_id": "1", "limit": 4},
        "_meta": {"progressToken": "token-1"}
    });
    vec![
        step(
            "progress, for a client that takes events and gives a token",
            client.ask("tools/call", params.clone()),
            &["runs-search-page-1", "runs-search-page-2"],
        ),
        step(
            "no progress for a client that takes no events",
            client.ask("tools/call", params).set("accept", "application/json"),
            &["runs-search-page-1", "runs-search-page-2"],
        ),
        alone(
            "a client that takes nothing but events",
            client.ask("resources/templates/list", json!({})).set("accept", "text/event-stream"),
        ),
    ]
}

fn resources(client: &Client) -> Vec<Step> {
    let read = |uri: &str| client.ask("resources/read", json!({"uri": uri}));
    vec![
        step(
            "resources/list",
            client.ask("resources/list", json!({})),
            &["experiments-search", "runs-search"],
        ),
        alone("resources/templates/list", client.ask("resources/templates/list", json!({}))),
        step("resources/read", read(&format!("mlflow://run/{RUN}")), &["runs-get"]),
        step(
            "resources/read: MLflow has no such thing",
            read(&format!("mlflow://run/{NO_RUN}")),
            &["runs-get-missing"],
        ),
        alone("resources/read: not one of our URIs", read("file:///etc/passwd")),
        alone("resources/subscribe", client.ask("resources/subscribe", json!({"uri": "mlflow://server"}))),
    ]
}

fn prompts(client: &Client) -> Vec<Step> {
    let get =
        |arguments: Value| client.ask("prompts/get", json!({"name": "diagnose_run", "arguments": arguments}));
    let completing = json!({
        "ref": {"type": "ref/prompt", "name": "find_best_run"},
        "argument": {"name": "experiment_id", "value": "support"}
    });
    vec![
        alone("prompts/list", client.ask("prompts/list", json!({}))),
        alone("prompts/get", get(json!({"run_id": RUN}))),
        alone("prompts/get: an argument is missing", get(json!({}))),
        step("completion/complete", client.ask("completion/complete", completing), &["experiments-search"]),
    ]
}

/// Messages to which there is little to say.
fn lifeless(client: &Client) -> Vec<Step> {
    let cancelled =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    vec![
        alone("ping", client.ask("ping", json!({}))),
        alone("an unknown method", client.ask("tools/guess", json!({}))),
        alone("logging/setLevel", client.ask("logging/setLevel", json!({"level": "debug"}))),
        alone("a notification", client.send(&cancelled)),
        alone(
            "a response, though nothing was asked",
            client.send(&json!({"jsonrpc": "2.0", "id": 1, "result": {}})),
        ),
    ]
}

fn batches(client: &Client) -> Vec<Step> {
    let mut second = client.message("tools/guess", json!({}));
    second["id"] = json!("second");
    let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let two = json!([client.message("ping", json!({})), notification, second]);
    vec![
        alone("a batch", client.send(&two)),
        alone("an empty batch", client.send(&json!([]))),
        alone(
            "a batch of notifications",
            client.send(&json!([{"jsonrpc": "2.0", "method": "notifications/x"}])),
        ),
    ]
}

fn http_layer(client: &Client) -> Vec<Step> {
    let list = || client.ask("prompts/list", json!({}));
    let page = "http://localhost:6274";
    let preflight = Ask::new(Method::OPTIONS, "/mcp")
        .with("origin", page)
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "content-type,mcp-protocol-version");
    let with_body = |body: &str| Ask { body: body.to_owned(), ..list() };
    vec![
        alone("GET", Ask::new(Method::GET, "/mcp").with("accept", "text/event-stream")),
        alone("DELETE of a session", Ask::new(Method::DELETE, "/mcp").with("mcp-session-id", "s-1")),
        alone("a preflight", preflight),
        alone("a page of this machine", list().with("origin", page)),
        alone("a page of another", list().with("origin", "https://evil.example")),
        alone("another path", Ask::new(Method::GET, "/.well-known/oauth-protected-resource")),
        alone("a content type that is not JSON", list().set("content-type", "text/plain")),
        alone("an answer in a form that there is not", list().set("accept", "text/html")),
        alone("a body that is not JSON", with_body("{\"jsonrpc\": \"2.0\",")),
        alone("a body that is no message", with_body("{\"id\": 7, \"method\": \"ping\"}")),
        alone("a session and an event id, which mean nothing", {
            list().with("mcp-session-id", "s-1").with("last-event-id", "9")
        }),
    ]
}

fn contradictions(client: &Client) -> Vec<Step> {
    let list = || client.ask("prompts/list", json!({}));
    let claim = |version: &str| {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": {}
        });
        json!({"jsonrpc": "2.0", "id": 1, "method": "prompts/list", "params": {"_meta": meta}})
    };
    let other = if client.version == Version::V2025_11_25 { "2025-06-18" } else { "2025-11-25" };
    let mut steps = vec![
        alone("a version header that nobody knows", list().set("mcp-protocol-version", "1999-01-01")),
        alone(
            "a version header that is there twice",
            list().set("mcp-protocol-version", client.version.as_str()).with("mcp-protocol-version", other),
        ),
        alone(
            "a body that claims another revision than the header",
            client.send(&claim(other)).set("mcp-protocol-version", client.version.as_str()),
        ),
    ];
    if client.version.is_modern() {
        let bare = json!({"jsonrpc": "2.0", "id": 1, "method": "prompts/list"});
        let unknown = client.send(&claim("2099-01-01")).with("mcp-method", "prompts/list");
        steps.extend([
            alone("a body that claims nothing", client.send(&bare).with("mcp-method", "prompts/list")),
            alone("no version header", list().without("mcp-protocol-version")),
            alone("no Mcp-Method", list().without("mcp-method")),
            alone("another Mcp-Method", list().set("mcp-method", "tools/list")),
            alone("another Mcp-Name", call(client, "get_run", json!({})).set("mcp-name", "health")),
            alone("a revision that does not exist", unknown.set("mcp-protocol-version", "2099-01-01")),
        ]);
    } else {
        steps.extend([
            alone("initialize under the header of 2026-07-28", {
                client.ask("initialize", json!({})).set("mcp-protocol-version", "2026-07-28")
            }),
            alone("a body that claims this revision, without a header", {
                client.send(&claim(client.version.as_str())).without("mcp-protocol-version")
            }),
        ]);
    }
    steps
}
