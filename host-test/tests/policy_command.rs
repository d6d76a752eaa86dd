//! `--policy FILE`, and `mlflow-mcp policy test`, run as a user runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file with this text, removed with the test.
struct Policy(PathBuf);

impl Policy {
    fn of(text: impl AsRef<[u8]>) -> Policy {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("policy-{}-{number}.json", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Policy(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlflow-mcp"));
    command.args(arguments).env_clear().envs(variables.iter().copied()).output().unwrap()
}

/// Exit code and standard output of `policy test`.
fn test(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let output = run(&[&["policy", "test"][..], arguments].concat(), variables);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// The one line of a complaint.
fn complaint(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(arguments, variables);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), text.lines().count()), (Some(2), 1), "{text}");
    text
}

/// What is said of a tool in the table.
fn of<'a>(table: &'a str, tool: &str) -> &'a str {
    let row = table.lines().find(|row| row.split_whitespace().next() == Some(tool));
    row.unwrap_or_else(|| panic!("no {tool} in {table}"))
}

#[test]
fn without_a_policy_every_tool_is_shown_with_what_the_default_says() {
    let (code, table) = test(&[], &[]);
    assert_eq!((code, table.lines().count()), (0, mlflow_mcp::tools::all().count()));
    assert!(of(&table, "get_run").ends_with("read       allow by risk:low"), "{table}");
    let write = of(&table, "set_run_tag");
    assert!(write.ends_with("overwrite  allow by risk:medium; 30 calls per minute per caller"), "{write}");
    assert!(of(&table, "delete_run").ends_with("delete     require_approval by risk:high"), "{table}");
}

#[test]
fn variables_and_callers_narrow_what_is_shown() {
    let callers =
        format!(r#"[{{"name": "nightly", "token_sha256": "{}", "tools": ["get_run"]}}]"#, "ab".repeat(32));
    let variables = [("MLFLOW_MCP_READ_ONLY", "true"), ("MLFLOW_MCP_CALLERS", callers.as_str())];
    let (_, everybody) = test(&[], &variables);
    assert!(of(&everybody, "get_runs").contains("allow"), "{everybody}");
    assert!(of(&everybody, "set_run_tag").contains("MLFLOW_MCP_READ_ONLY leaves only tools that read"));
    let (_, ci) = test(&["--caller", "nightly"], &variables);
    assert!(of(&ci, "get_run").contains("allow") && of(&ci, "get_runs").contains("deny: "), "{ci}");
    let text = complaint(&["policy", "test", "--caller", "nigthly"], &variables);
    assert!(text.contains("Did you mean \"nightly\"?"), "{text}");
    let text = complaint(&["policy", "test", "--caller", "nightly"], &[]);
    assert!(text.contains("MLFLOW_MCP_CALLERS is not set"), "{text}");
    let text = complaint(&["policy", "test", "--caller", "nightly"], &[("MLFLOW_MCP_CALLERS", "[]")]);
    assert!(text.contains("MLFLOW_MCP_CALLERS names nobody"), "{text}");
}

#[test]
fn a_call_is_judged_with_the_rule_that_decides() {
    let policy = Policy::of(
        r#"{"version": "1", "tools": {"get_run": {}, "risk:high": {"action": "confirm"},
            "set_*_tag": {"arguments": {"key": "team-*"}, "rate_limit": {"max": 5, "window": 60}},
            "delete_run": {"action": "deny", "reason": "Ask Ann."}}}"#,
    );
    let judge = |tool: &str, arguments: &str| test(&[tool, arguments, "--policy", policy.path()], &[]);
    let tag = |key: &str| format!(r#"{{"run_id": "a", "key": "{key}", "value": "b"}}"#);
    for (tool, arguments, code, says) in [
        ("get_run", r#"{"run_id": "a"}"#.to_owned(), 0, "admitted: allow by get_run"),
        ("set_run_tag", tag("team-a"), 0, "5 calls per minute per caller; only with argument \"key\""),
        (
            "set_run_tag",
            tag("cost"),
            1,
            "the policy's rule \"set_*_tag\" wants argument \"key\" to be \"team-*\"",
        ),
        ("delete_run", r#"{"run_id": "a"}"#.to_owned(), 1, "rule \"delete_run\" says so (Ask Ann.)"),
        ("get_runs", r#"{"experiment_id": "1"}"#.to_owned(), 1, "no rule of the policy is about it"),
        ("delete_experiment", r#"{"experiment_id": "1"}"#.to_owned(), 1, "rule \"risk:high\" wants a person"),
        (
            "delete_experiment",
            r#"{"experiment_id": "1", "confirm": true}"#.to_owned(),
            0,
            "confirm by risk:high",
        ),
    ] {
        let (found, text) = judge(tool, &arguments);
        assert!(
            found == code && text.contains(says) && text.lines().count() == 1,
            "{tool} {arguments}: {text}"
        );
    }
}

#[test]
fn what_is_no_call_is_neither_admitted_nor_refused() {
    for (arguments, says) in [
        (["get_rum", "{}"], "Did you mean \"get_run\"?"),
        (["get_run", "run_id=a"], "a JSON object"),
        (["get_run", "[]"], "a JSON object"),
        (["get_run", "{}"], "argument \"run_id\" is missing"),
    ] {
        let text = complaint(&[&["policy", "test"][..], &arguments].concat(), &[]);
        assert!(text.contains(says), "{text}");
    }
}

#[test]
fn a_policy_that_is_wrong_keeps_the_server_from_starting_and_names_file_and_nearest_name() {
    let wrong = r#"{"version": "1", "tools": {"delete_rum": {}}}"#;
    let policy = Policy::of(wrong);
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["policy", "test"]] {
        let text = complaint(&[command, &["--policy", policy.path()]].concat(), &[]);
        assert!(text.contains(policy.path()) && text.contains("Did you mean \"delete_run\"?"), "{text}");
        let text = complaint(command, &[("MLFLOW_MCP_POLICY", wrong)]);
        assert!(
            text.contains("MLFLOW_MCP_POLICY") && text.contains("Did you mean \"delete_run\"?"),
            "{text}"
        );
        let text = complaint(command, &[("MLFLOW_MCP_TOOLSETS", "cor")]);
        assert!(text.contains("MLFLOW_MCP_TOOLSETS") && text.contains("Did you mean \"core\"?"), "{text}");
    }
}

#[test]
fn a_policy_that_cannot_be_read_is_named() {
    let serve = |path: &str| complaint(&["serve", "--listen", "127.0.0.1:0", "--policy", path], &[]);
    assert!(serve("no/such/policy.json").contains("cannot read the policy no/such/policy.json"));
    assert!(serve(env!("CARGO_TARGET_TMPDIR")).contains("cannot read the policy"));
    for (text, says) in [
        (b"\xff\xfe".to_vec(), "UTF-8"),
        (b" \n".to_vec(), "it is empty"),
        (b"{".to_vec(), "not JSON"),
        (vec![b' '; 2 << 20], "more than 1048576 bytes"),
    ] {
        let policy = Policy::of(text);
        let complaint = serve(policy.path());
        assert!(complaint.contains(policy.path()) && complaint.contains(says), "{complaint}");
    }
}

#[test]
fn a_policy_is_given_once() {
    let policy = Policy::of(r#"{"version": "1"}"#);
    let both = [("MLFLOW_MCP_POLICY", r#"{"version": "1", "default": "allow"}"#)];
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["policy", "test"]] {
        let text = complaint(&[command, &["--policy", policy.path()]].concat(), &both);
        assert!(text.contains("--policy and MLFLOW_MCP_POLICY both"), "{text}");
    }
    let (code, _) = test(&["--policy", policy.path()], &[("MLFLOW_MCP_POLICY", " ")]);
    assert_eq!(code, 0);
}
