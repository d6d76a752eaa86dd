//! Callers with their own rights, in front of a real MLflow with users: each sees what MLflow lets them, and nobody
//! else's, however their calls interleave.

use std::net::SocketAddr;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use xtask::mlflow::{ADMIN, Server};

use super::http::request;
use super::leaks;
use super::stub::{answering, header};
use super::world::{Hosted, project, texts};

const USERS: [(&str, &str); 2] = [("ann", "the password of ann"), ("bob", "the password of bob")];

/// A token for this server.
const TOKEN: &str = "a token that nobody guesses";

/// Threads that call at the same time, half of them for each user.
const THREADS: usize = 8;

fn basic((user, password): (&str, &str)) -> String {
    leaks::keep_pair(user, password);
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Status and body of a POST of JSON with these headers.
fn post(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
    let headers: String = headers.iter().map(|(name, value)| format!("\r\n{name}: {value}")).collect();
    let head = format!("POST {path} HTTP/1.1\r\nContent-Type: application/json{headers}");
    let (status, body) = request(address, &head, &body.to_string()).unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// What MLflow itself answers to that user.
fn rest(mlflow: &Server, user: (&str, &str), path: &str, body: &Value) -> Value {
    let address = mlflow.uri().trim_start_matches("http://").parse().unwrap();
    let path = format!("/api/2.0/mlflow/{path}");
    let (status, body) = post(address, &path, &[("Authorization", &basic(user))], body);
    assert_eq!(status, 200, "{path}: {body}");
    body
}

fn call(address: SocketAddr, headers: &[(&str, &str)], tool: &str, arguments: &Value) -> (u16, Value) {
    let params = json!({"name": tool, "arguments": arguments});
    post(
        address,
        "/mcp",
        headers,
        &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}),
    )
}

/// An MLflow in which each user has one experiment.
fn mlflow() -> Server {
    let mlflow = Server::with_users(&project()).unwrap();
    for (name, password) in USERS {
        rest(&mlflow, ADMIN, "users/create", &json!({"username": name, "password": password}));
        rest(&mlflow, (name, password), "experiments/create", &json!({"name": format!("of {name}")}));
    }
    mlflow
}

fn hosted(mlflow: &Server, more: &[(&str, &str)]) -> Hosted {
    let uri = mlflow.uri();
    let mut variables = vec![("MLFLOW_TRACKING_URI", uri.as_str())];
    variables.extend(more);
    Hosted::start(&variables)
}

#[test]
fn each_caller_sees_exactly_what_mlflow_lets_them_and_interleaved_calls_leak_nothing() {
    let mlflow = mlflow();
    let host = hosted(&mlflow, &[("MLFLOW_MCP_CREDENTIALS", "caller")]);
    let address = host.address();
    for (user, other) in [(USERS[0], "of bob"), (USERS[1], "of ann")] {
        let own = rest(&mlflow, user, "experiments/search", &json!({"max_results": 100}));
        let own: Vec<&str> =
            own["experiments"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
        assert!(own.contains(&format!("of {}", user.0).as_str()) && !own.contains(&other), "{own:?}");
        let credentials = basic(user);
        let headers = [("X-MLflow-Authorization", credentials.as_str())];
        let (_, answer) = call(address, &headers, "search_experiments", &json!({}));
        assert_eq!(texts(&answer["result"]["structuredContent"], "name"), own);
        let (_, denied) = call(address, &headers, "get_experiment_by_name", &json!({"name": other}));
        assert_eq!(denied["result"]["isError"], true, "{denied}");
    }
    // MLflow works out a hash of the password for each of these.
    interleaved(address, 600, |user, text| {
        let other = if user == USERS[0] { "of bob" } else { "of ann" };
        text.contains(&format!("of {}", user.0)) && !text.contains(other)
    });
}

/// So many calls, half of them of each user, at the same time; `own` says whether an answer is that user's and nobody
/// else's.
fn interleaved(address: SocketAddr, calls: usize, own: impl Fn((&str, &str), &str) -> bool + Sync) {
    let calls_of = |user: (&str, &str)| {
        let credentials = basic(user);
        for _ in 0..calls / THREADS {
            let headers = [("X-MLflow-Authorization", credentials.as_str())];
            let text = call(address, &headers, "search_experiments", &json!({})).1.to_string();
            assert!(own(user, &text), "{} got {text}", user.0);
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS / 2 {
            scope.spawn(|| calls_of(USERS[0]));
            scope.spawn(|| calls_of(USERS[1]));
        }
    });
}

#[test]
fn of_10_000_interleaved_calls_none_is_asked_with_the_credentials_of_another() {
    // An MLflow with users takes half a second and more for ten calls; this one says whose credentials it was shown.
    let uri = answering(|request| {
        let shown = sha256(header(request, "authorization").unwrap_or_default());
        json!({"experiments": [{"experiment_id": "1", "name": shown}]}).to_string()
    });
    let host = Hosted::start(&[("MLFLOW_TRACKING_URI", &uri), ("MLFLOW_MCP_CREDENTIALS", "caller")]);
    let address = host.address();
    let digests = USERS.map(|user| sha256(&basic(user)));
    thread::scope(|scope| {
        // Who brings none is answered all the while, and never with what somebody else is shown.
        let strangers = scope.spawn(|| {
            for _ in 0..500 {
                let text = call(address, &[], "search_experiments", &json!({})).1.to_string();
                assert!(text.contains("with each caller's own credentials"), "{text}");
                assert!(!digests.iter().any(|digest| text.contains(digest)), "{text}");
            }
        });
        interleaved(address, 10_000, |user, text| {
            let [ann, bob] = [0, 1].map(|index| text.contains(&digests[index]));
            (ann, bob) == (user == USERS[0], user == USERS[1])
        });
        strangers.join().unwrap();
    });
}

#[test]
fn who_brings_no_credentials_or_wrong_ones_is_told_which_header_to_send() {
    let mlflow = mlflow();
    let host = hosted(&mlflow, &[("MLFLOW_MCP_CREDENTIALS", "caller")]);
    let (wrong, right) = (basic(("ann", "another password")), basic(USERS[0]));
    for headers in [
        vec![],
        // Not where this server looks.
        vec![("Authorization", right.as_str())],
        vec![("X-MLflow-Authorization", wrong.as_str())],
    ] {
        let (status, answer) = call(host.address(), &headers, "get_experiments", &json!({}));
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(status == 200 && text.contains("X-MLflow-Authorization"), "{text}");
    }
}

#[test]
fn a_front_of_mlflow_takes_its_credentials_and_a_server_with_callers_takes_both() {
    let mlflow = mlflow();
    let ann = basic(USERS[0]);
    let of_mlflow = ("X-MLflow-Authorization", ann.as_str());
    let front = hosted(&mlflow, &[("MLFLOW_MCP_CREDENTIALS", "caller-authorization")]);
    let seen = |host: &Hosted, headers: &[(&str, &str)]| {
        let (status, answer) = call(host.address(), headers, "search_experiments", &json!({}));
        (status, answer.to_string().contains("of ann"))
    };
    assert_eq!(seen(&front, &[("Authorization", ann.as_str())]), (200, true));
    assert_eq!(seen(&front, &[of_mlflow]), (200, false));

    leaks::keep(TOKEN);
    let callers = json!([{"name": "ci", "token_sha256": sha256(TOKEN)}]).to_string();
    let right = format!("Bearer {TOKEN}");
    let both = hosted(&mlflow, &[("MLFLOW_MCP_CREDENTIALS", "caller"), ("MLFLOW_MCP_CALLERS", &callers)]);
    assert_eq!(seen(&both, &[of_mlflow, ("Authorization", right.as_str())]), (200, true));
    assert_eq!(seen(&both, &[of_mlflow, ("Authorization", "Bearer another")]), (401, false));
    assert_eq!(seen(&both, &[of_mlflow]), (401, false));
}
