//! The program, run as a user runs it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use support::client::fetch;
use support::upstream::Upstream;
use support::{guest_file, tls};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlflow-mcp"));
    command.args(arguments).env_clear();
    command
}

/// Runs the program to its end.
fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    command(arguments).envs(variables.iter().copied()).output().unwrap()
}

/// The program's one line of complaint; anything else fails the test.
fn complaint(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(arguments, variables);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

/// The program at work; killed with the test.
struct Serving {
    child: Child,
    stderr: BufReader<ChildStderr>,
    address: SocketAddr,
}

impl Serving {
    /// Serves the misbehaving guest on a free loopback port.
    fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Serving {
        Serving::start_on("127.0.0.1:0", arguments, variables)
    }

    fn start_on(listen: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Serving {
        let mut command = command(&["serve", "--listen", listen, "--component"]);
        command.arg(guest_file()).args(arguments).envs(variables.iter().copied());
        let mut child = command.stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let address =
            line.strip_prefix("mlflow-mcp: serving http://").and_then(|rest| rest.strip_suffix("/mcp\n"));
        let address = address.unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        Serving { child, stderr, address }
    }

    /// Sends a signal, waits for the end, and gives the exit code and what was written since the start.
    fn signal(mut self, signal: &str) -> (Option<i32>, String) {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let mut text = String::new();
        self.stderr.read_to_string(&mut text).unwrap();
        (code, text)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The variables that the component sees, and apart from them the key that it seals with.
async fn environment(serving: &Serving) -> (String, String) {
    let seen = fetch(serving.address, "/env").await.body;
    let (keys, others): (Vec<&str>, Vec<&str>) =
        seen.lines().partition(|line| line.starts_with("MLFLOW_MCP_SEAL_KEY="));
    let others = others.iter().map(|line| format!("{line}\n")).collect();
    (others, keys.iter().filter_map(|line| line.split_once('=')).map(|(_, key)| key).collect())
}

#[test]
fn it_says_its_version() {
    let output = run(&["--version"], &[]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        concat!("mlflow-mcp ", env!("CARGO_PKG_VERSION"), "\n")
    );
    assert!(output.status.success());
}

#[tokio::test]
async fn it_hands_on_the_variables_of_mlflow_and_no_others() {
    let variables =
        [("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000"), ("MLFLOW_X", "y"), ("HOME", "/nowhere")];
    let serving = Serving::start(&[], &variables);
    assert_eq!(environment(&serving).await.0, "MLFLOW_TRACKING_URI=http://127.0.0.1:5000\nMLFLOW_X=y\n");
}

#[tokio::test]
async fn each_start_has_a_key_of_its_own_to_seal_with_unless_it_is_given_one() {
    let mut keys = HashSet::new();
    for variables in [&[][..], &[], &[("MLFLOW_MCP_SEAL_KEY", " ")]] {
        let (_, key) = environment(&Serving::start(&[], variables)).await;
        assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
        keys.insert(key);
    }
    assert_eq!(keys.len(), 3);
    let given = "ab".repeat(32);
    let serving = Serving::start(&[], &[("MLFLOW_MCP_SEAL_KEY", &given)]);
    assert_eq!(environment(&serving).await.1, given);
}

#[tokio::test]
async fn the_option_wins_over_the_variable() {
    let variables = [("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")];
    let serving = Serving::start(&["--tracking-uri", "http://127.0.0.1:5001"], &variables);
    assert_eq!(environment(&serving).await.0, "MLFLOW_TRACKING_URI=http://127.0.0.1:5001\n");
}

#[tokio::test]
async fn it_serves_without_a_tracking_server() {
    for variables in [&[][..], &[("MLFLOW_TRACKING_URI", "")]] {
        let serving = Serving::start(&[], variables);
        assert_eq!(environment(&serving).await.0, "");
        let answer = fetch(serving.address, "/fetch?url=http://127.0.0.1:5000/").await.body;
        assert_eq!(answer, "error: ErrorCode::HttpRequestDenied\n");
    }
}

#[tokio::test]
async fn the_keys_of_tokens_can_be_fetched_from_where_they_are_said_to_be_and_from_nowhere_else() {
    // Nobody listens there.
    let server = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let oauth = format!(
        r#"{{"resource": "https://mcp.test/mcp", "issuer": "https://idp.test", "jwks_uri": "http://{server}/keys"}}"#
    );
    let serving = Serving::start(&[], &[("MLFLOW_MCP_OAUTH", &oauth)]);
    let there = fetch(serving.address, &format!("/fetch?url=http://{server}/keys")).await.body;
    assert_eq!(there, "error: ErrorCode::ConnectionRefused\n");
    let other = Serving::start(&[], &[("MLFLOW_MCP_OTHER", &oauth)]);
    let elsewhere = fetch(other.address, &format!("/fetch?url=http://{server}/keys")).await.body;
    assert_eq!(elsewhere, "error: ErrorCode::HttpRequestDenied\n");
}

#[tokio::test]
async fn tokens_for_mlflow_can_be_got_from_where_they_are_said_to_be_given() {
    // Nobody listens there.
    let server = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let oauth =
        format!(r#"{{"client_id": "c", "client_secret": "s", "token_url": "http://{server}/token"}}"#);
    let variable = [("MLFLOW_MCP_TRACKING_OAUTH", oauth.as_str())];
    let by_variable = [("MLFLOW_TRACKING_URI", "http://127.0.0.1:1"), variable[0]];
    for serving in [
        Serving::start(&[], &by_variable),
        Serving::start(&["--tracking-uri", "http://127.0.0.1:1"], &variable),
    ] {
        let there = fetch(serving.address, &format!("/fetch?url=http://{server}/token")).await.body;
        assert_eq!(there, "error: ErrorCode::ConnectionRefused\n");
    }
}

#[tokio::test]
async fn the_allow_list_comes_from_option_or_variable() {
    let upstream = Upstream::mirror().await;
    let pattern = format!("http://127.0.0.0/8:{}", upstream.addr().port());
    let by_option = Serving::start(&["--allow-outbound", &pattern], &[]);
    let both = format!("https://login.example,{pattern}");
    let by_variable = Serving::start(&[], &[("MLFLOW_MCP_ALLOW_OUTBOUND", &both)]);
    for serving in [by_option, by_variable] {
        let answer = fetch(serving.address, &format!("/fetch?url={}", upstream.url("/"))).await.body;
        assert!(answer.starts_with("status: 200"), "{answer}");
    }
}

#[tokio::test]
async fn certificates_come_from_options_or_from_mlflows_own_variables() {
    let upstream = tls::server(true).await;
    let uri = format!("https://localhost:{}", upstream.addr().port());
    let (authorities, identity) = (tls::files().0, tls::identity());
    let (authorities, identity) = (authorities.to_str().unwrap(), identity.to_str().unwrap());
    let by_options = Serving::start(
        &["--tracking-uri", &uri, "--ca-file", authorities, "--client-cert", identity],
        &[("MLFLOW_TRACKING_SERVER_CERT_PATH", "no/such/file.pem")],
    );
    let by_variables = Serving::start(
        &["--tracking-uri", &uri],
        &[("MLFLOW_TRACKING_SERVER_CERT_PATH", authorities), ("MLFLOW_TRACKING_CLIENT_CERT_PATH", identity)],
    );
    for serving in [by_options, by_variables] {
        let answer = fetch(serving.address, &format!("/fetch?url={uri}/")).await.body;
        assert_eq!(answer, "status: 200\nsecret");
    }
}

#[test]
fn what_would_weaken_tls_or_cannot_be_read_is_refused() {
    let start = ["serve", "--listen", "127.0.0.1:0"];
    let text = complaint(&start, &[("MLFLOW_TRACKING_INSECURE_TLS", "true")]);
    assert!(text.contains("MLFLOW_TRACKING_INSECURE_TLS") && text.contains("--ca-file"), "{text}");
    let text = complaint(&start, &[("MLFLOW_TRACKING_SERVER_CERT_PATH", "no/such/file.pem")]);
    assert!(text.contains("no/such/file.pem"), "{text}");
    let text = complaint(&start, &[("HTTPS_PROXY", "https://user:hush@proxy")]);
    assert!(text.contains("HTTPS_PROXY") && !text.contains("hush"), "{text}");
}

#[test]
fn a_pattern_that_is_none_is_named_with_the_reason() {
    let output = run(&["serve", "--allow-outbound", "https://login.example/keys"], &[]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("--allow-outbound") && text.contains("without a path"), "{text}");
}

#[tokio::test]
async fn limits_come_from_the_command_line() {
    let serving = Serving::start(&["--max-request-time", "50ms"], &[]);
    assert_eq!(fetch(serving.address, "/hold").await.status, 504);
}

#[test]
fn signals_end_it_in_order() {
    for signal in ["TERM", "INT"] {
        let (code, text) = Serving::start(&[], &[]).signal(signal);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("mlflow-mcp: stopping"), "{text}");
    }
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let text = complaint(&["serve", "--listen", &format!("127.0.0.1:{port}")], &[]);
    assert!(text.contains(&format!("port {port}")) && text.contains("choose another port"), "{text}");
}

#[test]
fn a_malformed_tracking_uri_is_refused_without_its_secrets() {
    for uri in
        ["mlflow", "ftp://user:hush@host", "http://user:hush@host:port/?token=hush", "http://", "databricks"]
    {
        let text = complaint(&["serve", "--listen", "127.0.0.1:0", "--tracking-uri", uri], &[]);
        assert!(text.contains("MLFLOW_TRACKING_URI") && !text.contains("hush"), "{text}");
        assert_eq!(complaint(&["serve", "--listen", "127.0.0.1:0"], &[("MLFLOW_TRACKING_URI", uri)]), text);
    }
}

#[test]
fn an_address_that_others_can_reach_needs_consent() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:3000"] {
        let text = complaint(&["serve", "--listen", listen], &[]);
        for named in ["--allow-public-listen", "MLFLOW_MCP_CALLERS", "MLFLOW_MCP_OAUTH"] {
            assert!(text.contains(named), "{text}");
        }
        assert_eq!(complaint(&["serve", "--listen", listen], &[("MLFLOW_MCP_CALLERS", " ")]), text);
    }
    let known = Serving::start_on("0.0.0.0:0", &[], &[("MLFLOW_MCP_CALLERS", "[]")]);
    assert!(known.address.ip().is_unspecified());
    let trusting = Serving::start_on("0.0.0.0:0", &[], &[("MLFLOW_MCP_OAUTH", "{}")]);
    assert!(trusting.address.ip().is_unspecified());
    let public = Serving::start_on("0.0.0.0:0", &["--allow-public-listen"], &[]);
    assert!(public.address.ip().is_unspecified());
}

#[test]
fn what_is_no_address_is_refused() {
    for listen in ["", "3000", "127.0.0.1", "127.0.0.1:port", "127.0.0.1:99999"] {
        let text = complaint(&["serve", "--listen", listen], &[]);
        assert!(text.contains("--listen") && text.contains("127.0.0.1:3000"), "{text}");
    }
}

#[test]
fn a_component_that_cannot_be_served_is_named() {
    let text = complaint(&["serve", "--listen", "127.0.0.1:0", "--component", "no/such/file.wasm"], &[]);
    assert!(text.contains("no/such/file.wasm"), "{text}");
    let text =
        complaint(&["serve", "--listen", "127.0.0.1:0", "--component", env!("CARGO_MANIFEST_PATH")], &[]);
    assert!(text.contains("not a component"), "{text}");
}
