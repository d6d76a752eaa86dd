//! Callers with tokens of a real authorization server, in front of a real MLflow.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use xtask::node;
use xtask::process::quiet;
use xtask::python;

use super::http::request;
use super::world::{Hosted, World, project};

/// The secret of every client of an [`Issuer`].
pub const SECRET: &str = "the secret of a test";

/// The authorization server `xtask/node/issuer`.
pub struct Issuer {
    child: Child,
    pub url: String,
}

impl Issuer {
    pub fn start() -> Self {
        let environment = node::Environment::ensure(&project(), "issuer").unwrap();
        let mut command = environment.script("issuer/issuer.mjs");
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (mut url, mut said) = (String::new(), BufReader::new(child.stdout.take().unwrap()));
        said.read_line(&mut url).unwrap();
        // What else it says must be read, or it ends because nobody does.
        std::thread::spawn(move || said.lines().map_while(Result::ok).for_each(drop));
        Self { child, url: url.trim().to_owned() }
    }

    pub fn address(&self) -> SocketAddr {
        self.url.trim_start_matches("http://").parse().unwrap()
    }

    /// A token for that client, that resource and that scope.
    fn token(&self, client: &str, resource: &str, scope: &str) -> String {
        let plus = |text: &str| text.replace(' ', "+");
        let basic = STANDARD.encode(format!("{client}:{}", plus(SECRET)));
        let head = format!(
            "POST /token HTTP/1.1\r\nAuthorization: Basic {basic}\r\nContent-Type: application/x-www-form-urlencoded"
        );
        let form = format!("grant_type=client_credentials&scope={}&resource={resource}", plus(scope));
        let (status, body) = request(self.address(), &head, &form).unwrap();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let answer: Value = serde_json::from_slice(&body).unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A host that takes the issuer's tokens, in front of the shared MLflow.
struct Protected {
    hosted: Hosted,
    url: String,
}

fn protected(world: &World, issuer: &Issuer) -> Protected {
    // Its URL is part of its configuration, so its port must be known before it starts.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{address}/mcp");
    let oauth = json!({
        "resource": url,
        "issuer": issuer.url,
        "jwks_uri": format!("{}/jwks", issuer.url),
        "scopes": {"mlflow:read": "low", "mlflow:write": "medium", "mlflow:delete": "high"},
    });
    let variables = [("MLFLOW_TRACKING_URI", world.mlflow.uri()), ("MLFLOW_MCP_OAUTH", oauth.to_string())];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let hosted = Hosted::listening(address, &variables, &[issuer.url.parse().unwrap()]);
    Protected { hosted, url }
}

impl Protected {
    /// The answer to a call with this token.
    fn call(&self, token: &str, tool: &str, arguments: &Value) -> (u16, Value) {
        let params = json!({"name": tool, "arguments": arguments});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
        let head =
            format!("POST /mcp HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}");
        let (status, body) = request(self.hosted.address(), &head, &body).unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    fn status(&self, token: &str) -> u16 {
        self.call(token, "search_experiments", &json!({})).0
    }
}

fn client(protected: &Protected, issuer: &Issuer, mode: &str, more: &[&str]) -> Value {
    let project = project();
    let mut command = Command::new(python::Environment::ensure(&project, "clients").unwrap().python());
    command.arg(project.python_file("authorized.py"));
    command.args(["--url", &protected.url, "--mode", mode, "--issuer", &issuer.url]);
    command.args(["--client", "agent", "--secret", SECRET]).args(more);
    let printed = quiet(&mut command, Duration::from_secs(300)).unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_slice(&printed).unwrap()
}

#[test]
fn the_official_client_finds_the_authorization_server_gets_a_token_and_calls_in_each_era() {
    let (world, issuer) = (World::shared(), Issuer::start());
    let protected = protected(&world, &issuer);
    let expected = world.ok("get_experiments", json!({}));
    for mode in ["auto", "legacy", "2026-07-28"] {
        let answer = client(&protected, &issuer, mode, &[]);
        assert_eq!(answer["result"], expected, "{mode}");
        assert_eq!(answer["scope"], "mlflow:read mlflow:write mlflow:delete", "{mode}");
        let tools = answer["tools"].as_array().unwrap();
        assert!(tools.contains(&json!("delete_run")), "{mode}: {tools:?}");
    }
}

#[test]
fn the_official_client_asks_for_a_wider_scope_where_its_token_does_not_reach() {
    let (world, issuer) = (World::shared(), Issuer::start());
    let protected = protected(&world, &issuer);
    let narrow = issuer.token("agent", &protected.url, "mlflow:read");
    for mode in ["auto", "legacy", "2026-07-28"] {
        let answer = client(&protected, &issuer, mode, &["--narrow", &narrow]);
        // With the token it began with, it was shown no more than that token reaches.
        assert!(!answer["tools"].as_array().unwrap().contains(&json!("set_run_tag")), "{mode}");
        let scope = answer["scope"].as_str().unwrap();
        assert!(scope.split(' ').any(|scope| scope == "mlflow:write"), "{mode}: {scope}");
        // That there is no such run is MLflow's answer: the call was made.
        assert!(answer["tagged"][0].as_str().unwrap().contains("not found"), "{mode}: {answer}");
    }
}

#[test]
fn a_token_lets_its_holder_do_what_its_scope_says_and_only_here() {
    let (world, issuer) = (World::shared(), Issuer::start());
    let protected = protected(&world, &issuer);
    let read = issuer.token("reader", &protected.url, "mlflow:read");
    let write = issuer.token("agent", &protected.url, "mlflow:write");
    let elsewhere = issuer.token("agent", "http://127.0.0.1:1/mcp", "mlflow:read mlflow:write");
    let (status, answer) = protected.call(&read, "search_experiments", &json!({}));
    assert_eq!((status, &answer["result"]["isError"]), (200, &json!(false)), "{answer}");
    let tag = json!({"run_id": "0".repeat(32), "key": "k", "value": "v"});
    assert_eq!(protected.call(&read, "set_run_tag", &tag).0, 403);
    // That there is no such run is MLflow's answer: the call was made.
    let (status, answer) = protected.call(&write, "set_run_tag", &tag);
    assert_eq!((status, &answer["result"]["isError"]), (200, &json!(true)), "{answer}");
    assert!(answer.to_string().contains("not found"), "{answer}");
    assert_eq!(protected.call(&write, "delete_run", &json!({"run_id": "0".repeat(32)})).0, 403);
    assert_eq!(protected.status(&elsewhere), 401);
    let (signed, signature) = read.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    assert_eq!(protected.status(&format!("{signed}.{other}{}", &signature[1..])), 401);
    assert_eq!(protected.status("a token"), 401);
}

#[test]
fn a_token_of_another_authorization_server_is_nobodys() {
    let (world, issuer, other) = (World::shared(), Issuer::start(), Issuer::start());
    let protected = protected(&world, &issuer);
    assert_eq!(protected.status(&other.token("agent", &protected.url, "mlflow:read")), 401);
    assert_eq!(protected.status(&issuer.token("agent", &protected.url, "mlflow:read")), 200);
}

#[test]
fn keys_are_fetched_once_for_all_instances() {
    let (world, issuer) = (World::shared(), Issuer::start());
    let protected = protected(&world, &issuer);
    let token = issuer.token("reader", &protected.url, "mlflow:read");
    assert_eq!(protected.status(&token), 200);
    drop(issuer);
    for _ in 0..5 {
        assert_eq!(protected.status(&token), 200);
    }
}

#[test]
fn where_the_keys_cannot_be_had_nobody_gets_in() {
    let (world, issuer) = (World::shared(), Issuer::start());
    let protected = protected(&world, &issuer);
    let token = issuer.token("reader", &protected.url, "mlflow:read");
    drop(issuer);
    let (status, answer) = protected.call(&token, "search_experiments", &json!({}));
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(status == 503 && message.contains("nobody answers there"), "{answer}");
}
