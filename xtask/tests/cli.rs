//! What `cargo xtask serve` says before it starts anything: one line, exit code 2.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::net::TcpListener;
use std::process::{Command, Output};

use support::Machine;

fn serve(machine: &Machine, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("serve")
        .args(arguments)
        .env_clear()
        .env("PATH", machine.path("bin"))
        .env("MLFLOW_MCP_CACHE", machine.path("cache"))
        .output()
        .unwrap()
}

/// The one line of a refusal.
fn refusal(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(output.stdout.is_empty());
    text
}

fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

#[test]
fn a_taken_port_is_named() {
    let (_taken, address) = listener();
    let uri = format!("http://{address}");
    let text = refusal(&serve(&Machine::new(), &["--listen", &address, "--tracking-uri", &uri]));
    assert!(text.contains(&format!("{address} is taken")) && text.contains("--listen"), "{text}");
}

#[test]
fn a_listen_address_that_is_none_is_refused() {
    let text = refusal(&serve(&Machine::new(), &["--listen", "3000"]));
    assert!(text.contains("--listen takes HOST:PORT"), "{text}");
}

#[test]
fn a_malformed_tracking_uri_is_refused_without_repeating_it() {
    let text = refusal(&serve(&Machine::new(), &["--tracking-uri", "postgres://me:secret@db/x"]));
    assert!(text.contains("http://127.0.0.1:5000") && !text.contains("secret"), "{text}");
}

#[test]
fn an_unreachable_server_is_named_without_its_password() {
    let (closed, address) = listener();
    drop(closed);
    let uri = format!("http://me:secret@{address}/");
    let text = refusal(&serve(&Machine::new(), &["--listen", "127.0.0.1:0", "--tracking-uri", &uri]));
    assert!(
        text.contains(&format!("http://{address} cannot be reached")) && !text.contains("secret"),
        "{text}"
    );
}

#[test]
fn the_local_server_needs_python() {
    let text = refusal(&serve(&Machine::new(), &["--listen", "127.0.0.1:0"]));
    assert!(text.contains("python3 was not found") && text.contains("--tracking-uri"), "{text}");
}

#[test]
fn an_unknown_way_to_the_target_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("build")
        .env("MLFLOW_MCP_WASM_TARGET", "guess")
        .output()
        .unwrap();
    assert!(refusal(&output).contains("set it to `rustup` or `debian`"));
}

#[test]
fn an_unknown_fuzz_target_is_refused_with_those_there_are() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["fuzz", "transports"]).output().unwrap();
    assert!(refusal(&output).contains("jsonrpc, policy, token, transport"));
}
