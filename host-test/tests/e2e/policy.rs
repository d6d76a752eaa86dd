//! The policy in the component, and the counting in its host, over real sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::stub::answering;
use super::world::{Hosted, World};

/// What there is to change.
const THERE: &str =
    r#"{"run": {"info": {"run_id": "1"}}, "experiment": {"experiment_id": "1", "name": "e"}}"#;

/// An MLflow that takes every change, and counts them.
fn taking() -> (String, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    let uri = answering(move |request| {
        if request.starts_with("GET ") {
            return THERE.to_owned();
        }
        count.fetch_add(1, Ordering::SeqCst);
        "{}".to_owned()
    });
    (uri, taken)
}

/// A tool that writes, and arguments that it takes.
fn tag(of: &str) -> (String, Value) {
    (format!("set_{of}_tag"), json!({format!("{of}_id"): "1", "key": "k", "value": "v"}))
}

/// How many of 200 writes at the same time pass: twenty threads, each of which calls all of these tools in turn.
fn passed(hosted: &Hosted, tools: &[(String, Value)]) -> usize {
    let calls = || tools.iter().cycle().take(10);
    let some =
        || calls().filter(|(tool, arguments)| hosted.call(tool, arguments)["isError"] == false).count();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(some)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

#[test]
fn of_200_writes_at_the_same_time_exactly_as_many_pass_as_the_limit_says() {
    let (mlflow, taken) = taking();
    // A day, so that the test hardly ever meets the end of a window.
    let policy = r#"{"version": "1", "tools": {"risk:medium": {"limits": [{"window": "day", "max": 30}]}}}"#;
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow), ("MLFLOW_MCP_POLICY", policy)]);
    assert_eq!(passed(&hosted, &[tag("run")]), 30);
    assert_eq!(taken.load(Ordering::SeqCst), 30);
    let refused = hosted.fails("set_run_tag", json!({"run_id": "abc", "key": "k", "value": "v"}));
    assert!(refused.contains("30 calls per day per caller, and they are used up"), "{refused}");
    assert!(refused.contains("Try again in "), "{refused}");
    // Another tool has a count of its own.
    hosted.ok("set_experiment_tag", json!({"experiment_id": "1", "key": "k", "value": "v"}));
}

#[test]
fn two_tools_that_share_a_counter_share_the_limit_however_their_calls_interleave() {
    let (mlflow, taken) = taking();
    let policy = r#"{"version": "1", "tools": {
        "set_*_tag": {"limits": [{"counter": "tags", "window": "day", "max": 30, "scope": "global"}]}}}"#;
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow), ("MLFLOW_MCP_POLICY", policy)]);
    assert_eq!(passed(&hosted, &[tag("run"), tag("experiment")]), 30);
    assert_eq!(taken.load(Ordering::SeqCst), 30);
    for (tool, arguments) in [tag("run"), tag("experiment")] {
        let refused = hosted.fails(&tool, arguments);
        assert!(refused.contains("of all callers together, other tools included"), "{refused}");
    }
}

#[test]
fn windows_follow_one_another() {
    let (mlflow, _) = taking();
    let policy =
        r#"{"version": "1", "tools": {"set_run_tag": {"limits": [{"window": "second", "max": 1}]}}}"#;
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow), ("MLFLOW_MCP_POLICY", policy)]);
    let arguments = json!({"run_id": "abc", "key": "k", "value": "v"});
    let mut admitted = 0;
    // As long as it takes: each window admits one more.
    while admitted < 4 {
        admitted += usize::from(hosted.call("set_run_tag", &arguments)["isError"] == false);
    }
}

#[test]
fn a_host_without_a_policy_reads_writes_within_limits_and_deletes_nothing() {
    let world = World::shared();
    let uri = world.mlflow.uri();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &uri), ("MLFLOW_MCP_POLICY", "")]);
    hosted.ok("get_run", json!({"run_id": world.text("/runs/baseline")}));
    let (mlflow, taken) = taking();
    let writing = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow), ("MLFLOW_MCP_POLICY", "")]);
    writing.ok("set_run_tag", json!({"run_id": "abc", "key": "k", "value": "v"}));
    let refused = writing.fails("delete_run", json!({"run_id": "abc"}));
    assert!(refused.contains("wants a person to approve delete_run"), "{refused}");
    assert_eq!(taken.load(Ordering::SeqCst), 1);
}
