//! `mlflow-mcp check`: what works and what does not, on one screen.

use std::net::TcpListener;
use std::process::Command;

use super::world::World;

/// The exit code and what was printed.
fn check(tracking_uri: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlflow-mcp"));
    command.args(["check", "--tracking-uri", tracking_uri]).env_clear().envs(variables.iter().copied());
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn what_works_is_shown_with_version_and_policy() {
    let world = World::shared();
    let (code, text) = check(&world.mlflow.uri(), &[]);
    assert_eq!(code, Some(0), "{text}");
    let version = world.ok("health", serde_json::json!({}))["mlflow_version"].as_str().unwrap().to_owned();
    for part in [world.mlflow.uri(), version, "logged models".to_owned(), "tools: ".to_owned()] {
        assert!(text.contains(&part), "{part}: {text}");
    }
    assert!(text.lines().count() <= 24, "{text}");
    let (_, reading) = check(&world.mlflow.uri(), &[("MLFLOW_MCP_READ_ONLY", "true")]);
    assert!(reading.contains(" 0 write, 0 overwrite or delete"), "{reading}");
}

#[test]
fn what_does_not_work_is_said_with_the_next_step() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (code, text) = check(&format!("http://{address}"), &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("FAILED: ") && text.contains("Start MLflow"), "{text}");
}
