//! What calls leave in the operator's log: one line each, with the members of `docs/audit.md`, bounded, and without
//! anything that was not meant for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use mlflow_mcp::audit::LONGEST;
use mlflow_mcp::mcp::{Answer, respond};
use mlflow_mcp::port::HttpError;
use mlflow_mcp::tools;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::time::Duration;
use support::furnished::furnished;
use support::golden::{golden, project};
use support::outlet::Recorder;
use support::recorded::recorded;
use support::{Mlflow, post, serve};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OTHER: &str = "00-11112222333344445555666677778888-9999aaaabbbbcccc-00";

fn message(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

fn calling(tool: &str, arguments: Value) -> String {
    message("tools/call", &json!({"name": tool, "arguments": arguments}))
}

/// The lines that a request leaves.
fn lines(mlflow: &Mlflow, variables: &[(&str, &str)], headers: &[(&str, &str)], body: &str) -> Vec<Value> {
    serve(mlflow, variables, post(headers, body));
    let lines = mlflow.lines_of_log();
    lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect()
}

/// The one line of a request.
fn line(mlflow: &Mlflow, variables: &[(&str, &str)], headers: &[(&str, &str)], body: &str) -> Value {
    let lines = lines(mlflow, variables, headers, body);
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines[0].clone()
}

fn tag(key: &str) -> String {
    calling("set_run_tag", json!({"run_id": "abc", "key": key, "value": "v"}))
}

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {
    "risk:low": {}, "get_runs": {"action": "deny"}, "set_run_tag": {"arguments": {"key": "team"}},
    "set_experiment_tag": {"rate_limit": {"max": 1, "window": 60}}, "delete_run": {"action": "require_approval"},
    "delete_experiment": {"action": "confirm"}}}"#;

/// What is asked, of which MLflow, with which headers.
type Case = (&'static str, Mlflow, Vec<(&'static str, &'static str)>, String);

fn cases() -> Vec<Case> {
    let dry = json!({"run_id": "abc", "key": "team", "value": "nlp", "dry_run": true});
    let dry_run = calling("set_run_tag", dry);
    let (run, fine) = (|| recorded("3.17.2", &["runs-get"]), || Mlflow::always(200, "{}"));
    let untouched = Mlflow::untouched;
    let experiment = || json!({"experiment_id": "7", "confirm": true});
    let completing = json!({"ref": {"type": "ref/prompt", "name": "diagnose_run"},
                            "argument": {"name": "run_id", "value": ""}});
    let lists = || recorded("3.17.2", &["experiments-search", "runs-search"]);
    let deny = || vec![("x-mcp-exclude-tools", "get_run")];
    let read = |uri: &str| message("resources/read", &json!({"uri": uri}));
    let (get_run, traced) = (calling("get_run", json!({"run_id": "abc"})), vec![("traceparent", PARENT)]);
    vec![
        ("a read", run(), vec![], get_run.clone()),
        ("a read within a trace", run(), traced, get_run.clone()),
        ("a write", furnished(), vec![], tag("team")),
        ("a dry run of a write", furnished(), vec![], dry_run),
        ("a deletion that a person agreed to", fine(), vec![], calling("delete_experiment", experiment())),
        ("a rule that denies", untouched(), vec![], calling("get_runs", json!({"experiment_id": "7"}))),
        ("the default denies", untouched(), vec![], calling("set_model_alias", json!({}))),
        ("a condition that does not hold", untouched(), vec![], tag("cost")),
        ("a header that narrows", untouched(), deny(), get_run.clone()),
        ("no approval", untouched(), vec![], calling("delete_run", json!({"run_id": "abc"}))),
        (
            "no store",
            untouched(),
            vec![],
            calling("set_experiment_tag", json!({"experiment_id": "7", "key": "a", "value": "b"})),
        ),
        ("a wrong argument", untouched(), vec![], calling("get_run", json!({"run": "abc"}))),
        ("no such tool", untouched(), vec![], calling("get_rum", json!({"run_id": "abc"}))),
        ("what does not exist", recorded("3.17.2", &["runs-get-missing"]), vec![], get_run.clone()),
        ("an MLflow that fails", Mlflow::always(502, "<h1>Bad Gateway</h1>"), vec![], get_run.clone()),
        ("an MLflow that closes", Mlflow::failing(HttpError::Closed), vec![], get_run),
        ("a resource", run(), vec![], read("mlflow://run/abc")),
        (
            "a resource that is missing",
            recorded("3.17.2", &["runs-get-missing"]),
            vec![],
            read("mlflow://run/abc"),
        ),
        ("the list of resources", lists(), vec![], message("resources/list", &json!({}))),
        ("a completion", lists(), vec![], message("completion/complete", &completing)),
    ]
}

#[test]
fn every_kind_of_call_leaves_the_line_of_the_golden_file() {
    let mut text = String::new();
    for (what, mlflow, headers, body) in cases() {
        let mlflow = mlflow.taking(Duration::from_millis(250));
        serve(&mlflow, &[("MLFLOW_MCP_POLICY", POLICY)], post(&headers, &body));
        writeln!(text, "{what}").unwrap();
        mlflow.lines_of_log().iter().for_each(|line| writeln!(text, "    {line}").unwrap());
    }
    golden(&project("tests/golden/audit.txt"), &text);
}

#[test]
fn the_documentation_has_every_member_and_no_other() {
    let documentation = std::fs::read_to_string(project("docs/audit.md")).unwrap();
    let rows = documentation.lines().filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    let documented: BTreeSet<String> = rows.map(str::to_owned).collect();
    for (_, mlflow, headers, body) in cases() {
        for line in lines(&mlflow, &[("MLFLOW_MCP_POLICY", POLICY)], &headers, &body) {
            let members: BTreeSet<String> = line.as_object().unwrap().keys().cloned().collect();
            assert_eq!(members, documented);
        }
    }
}

#[test]
fn a_change_is_written_down_before_mlflow_is_asked() {
    for (body, events) in
        [(tag("team"), vec!["intent", "call"]), (calling("health", json!({})), vec!["call"])]
    {
        let lines = lines(&Mlflow::always(200, "{}"), &[], &[], &body);
        let found: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
        assert_eq!(found, events);
        assert_eq!(
            (&lines[0]["arguments_sha256"], &lines[0]["ids"]),
            (&lines[events.len() - 1]["arguments_sha256"], &lines[events.len() - 1]["ids"])
        );
    }
    let refused = line(&Mlflow::untouched(), &[("MLFLOW_MCP_READ_ONLY", "true")], &[], &tag("team"));
    assert_eq!((&refused["event"], &refused["outcome"]), (&json!("call"), &json!("refused")));
    assert_eq!(refused["rule"], "MLFLOW_MCP_READ_ONLY");
}

#[test]
fn a_call_that_is_dropped_in_the_middle_is_abandoned_and_not_lost() {
    let mlflow = Mlflow::always(200, "{}").slow();
    let (access, server) = support::server(&mlflow, &[]);
    let recorder = Recorder::new(9);
    {
        let asked = respond(server, &access, None, &recorder, post(&[], &tag("team")));
        let mut asked = std::pin::pin!(asked);
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(Future::poll(asked.as_mut(), &mut cx).is_pending());
        assert_eq!(mlflow.lines_of_log().len(), 1);
    }
    let last: Value = serde_json::from_str(&mlflow.lines_of_log()[1]).unwrap();
    assert_eq!((&last["outcome"], &last["mlflow_unanswered"]), (&json!("abandoned"), &json!(1)));
}

#[test]
fn a_batch_leaves_a_line_for_each_of_its_calls() {
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "health"}});
    let lines = lines(&Mlflow::always(200, "{}"), &[], &[], &json!([call, call, call]).to_string());
    assert_eq!(lines.len(), 3);
}

#[test]
fn what_does_not_ask_mlflow_leaves_no_line() {
    let mlflow = Mlflow::untouched();
    // Without the prompts of the registry.
    let toolsets = [("MLFLOW_MCP_TOOLSETS", "core,analysis")];
    for (method, params) in [
        ("initialize", json!({"protocolVersion": "2025-11-25", "capabilities": {}})),
        ("ping", json!({})),
        ("tools/list", json!({})),
        ("prompts/list", json!({})),
        ("prompts/get", json!({"name": "diagnose_run", "arguments": {"run_id": "a"}})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({"uri": "file:///etc/passwd"})),
        ("no/such/method", json!({})),
    ] {
        serve(&mlflow, &toolsets, post(&[], &message(method, &params)));
    }
    assert_eq!(mlflow.lines_of_log(), [""; 0]);
}

#[test]
fn the_trail_can_be_switched_off_and_a_misspelt_switch_leaves_it_on() {
    let call = calling("health", json!({}));
    let audit = |value| [("MLFLOW_MCP_AUDIT", value)];
    assert_eq!(lines(&Mlflow::always(200, "{}"), &audit("off"), &[], &call).len(), 0);
    assert_eq!(lines(&Mlflow::always(200, "{}"), &audit("on"), &[], &call).len(), 1);
    let wrong = line(&Mlflow::untouched(), &audit("Off"), &[], &call);
    assert_eq!((&wrong["outcome"], &wrong["error"]), (&json!("failed"), &json!("configuration")));
}

#[test]
fn the_caller_is_named() {
    let digest: String = Sha256::digest("a token").iter().map(|byte| format!("{byte:02x}")).collect();
    let callers = json!([{"name": "ann", "token_sha256": digest}]).to_string();
    let variables = [("MLFLOW_MCP_CALLERS", callers.as_str())];
    let headers = [("authorization", "Bearer a token")];
    let named = line(&Mlflow::always(200, "{}"), &variables, &headers, &calling("health", json!({})));
    assert_eq!(named["caller"], "ann");
    // Who is not let in makes no call.
    let mlflow = Mlflow::untouched();
    assert!(lines(&mlflow, &variables, &[], &calling("health", json!({}))).is_empty());
}

#[test]
fn mlflow_is_told_the_trace_and_our_span_and_nothing_that_is_not_a_trace() {
    let meta = |trace: &str| {
        let params = json!({"name": "health", "arguments": {}, "_meta": {"traceparent": trace}});
        message("tools/call", &params)
    };
    let none = calling("health", json!({}));
    for (headers, body, expected) in [
        (vec![], none.clone(), None),
        (vec![("traceparent", PARENT)], none.clone(), Some(PARENT)),
        (vec![], meta(PARENT), Some(PARENT)),
        // The message knows better than what carries it.
        (vec![("traceparent", OTHER)], meta(PARENT), Some(PARENT)),
        (vec![("traceparent", PARENT)], meta("nonsense"), Some(PARENT)),
        (vec![("traceparent", PARENT), ("traceparent", PARENT)], none.clone(), None),
        (vec![("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\" evil")], none, None),
    ] {
        let mlflow = Mlflow::always(200, "{}");
        let line = line(&mlflow, &[], &headers, &body);
        for request in mlflow.seen() {
            let sent = request.headers().get("traceparent").map(|value| value.to_str().unwrap());
            assert_eq!(sent.map(|sent| &sent[..36]), expected.map(|parent| &parent[..36]), "{headers:?}");
            assert_eq!(sent.map(|sent| &sent[36..52]), line["span_id"].as_str());
            assert!(sent.is_none_or(|sent| sent[36..52] != PARENT[36..52]));
        }
        assert_eq!(line["trace_id"].as_str(), expected.map(|parent| &parent[3..35]));
        assert_eq!(line["parent_span_id"].as_str(), expected.map(|parent| &parent[36..52]));
    }
}

#[test]
fn a_stream_leaves_the_same_line_as_an_answer() {
    let mlflow = recorded("3.17.2", &["runs-search"]);
    let (access, server) = support::server(&mlflow, &[]);
    let params =
        json!({"name": "get_runs", "arguments": {"experiment_id": "7"}, "_meta": {"progressToken": 1}});
    let request = post(&[("accept", "text/event-stream")], &message("tools/call", &params));
    let answer = support::now(respond(server, &access, None, &Recorder::new(9), request));
    assert!(matches!(answer, Answer::Streamed));
    assert_eq!(mlflow.lines_of_log().len(), 1);
}

/// Texts that try to break out of a line, or to fill it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("\n{\"event\":\"call\",\"caller\":\"admin\"}".to_owned()),
        Just("\u{1b}[2J\r\n\u{0}\u{85}\u{2028}".repeat(400)),
        Just("\"},\"decision\":\"allowed\"".to_owned()),
        "\\PC{0,3000}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_a_line_is_one_short_line_of_json(
        tool in prop_oneof![
            text(),
            proptest::sample::select(tools::all().map(|entry| entry.spec.name.to_owned()).collect::<Vec<_>>()),
        ],
        ids in proptest::collection::vec(text(), 12),
        trace in text(),
    ) {
        let mut arguments = json!({"run_ids": ids});
        let names = ["run_id", "experiment_id", "name", "model_name", "version", "src_model_name", "dst_model_name",
                     "src_version", "alias", "key", "value", "model_id"];
        for (name, id) in names.iter().zip(&ids) {
            arguments[name] = json!(id);
        }
        let params = json!({"name": tool, "arguments": arguments, "_meta": {"traceparent": trace}});
        let mlflow = Mlflow::always(200, "{}");
        serve(&mlflow, &[], post(&[], &message("tools/call", &params)));
        let lines = mlflow.lines_of_log();
        prop_assert!((1..=2).contains(&lines.len()));
        for line in lines {
            prop_assert!(line.len() < LONGEST, "{} bytes", line.len());
            prop_assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line}");
            let read: Value = serde_json::from_str(&line).unwrap();
            prop_assert!(read["caller"].is_null() && read["tool"].is_string(), "{line}");
        }
    }
}

#[test]
fn a_secret_that_is_sent_as_an_id_is_not_shown() {
    for (variables, headers) in [
        (vec![("MLFLOW_TRACKING_TOKEN", "hunter2hunter2")], vec![]),
        (vec![], vec![("authorization", "Bearer hunter2hunter2")]),
        (
            vec![("MLFLOW_MCP_CREDENTIALS", "caller")],
            vec![("x-mlflow-authorization", "Bearer hunter2hunter2")],
        ),
    ] {
        for body in [
            calling("get_run", json!({"run_id": "hunter2hunter2"})),
            calling("compare_runs", json!({"run_ids": ["a", "hunter2hunter2"]})),
            calling("hunter2hunter2", json!({})),
            message("resources/read", &json!({"uri": "mlflow://run/hunter2hunter2"})),
        ] {
            let text = line(&Mlflow::always(200, "{}"), &variables, &headers, &body).to_string();
            assert!(!text.contains("hunter2") && text.contains("***"), "{text}");
        }
    }
}
