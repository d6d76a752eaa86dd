//! The policy in the component, and the counting in its host, over real sockets.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::http::read_request;
use super::world::{Hosted, World};

/// An MLflow that takes every change, and counts them.
fn taking() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, taken) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&taken);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let count = Arc::clone(&count);
            std::thread::spawn(move || {
                read_request(&stream);
                count.fetch_add(1, Ordering::SeqCst);
                let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
                let _ = stream.write_all(answer.as_bytes());
            });
        }
    });
    (format!("http://{address}"), taken)
}

/// How many of 200 writes at the same time pass.
fn passed(hosted: &Hosted) -> usize {
    let arguments = json!({"run_id": "abc", "key": "k", "value": "v"});
    let some = || (0..10).filter(|_| hosted.call("set_run_tag", &arguments)["isError"] == false).count();
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
    assert_eq!(passed(&hosted), 30);
    assert_eq!(taken.load(Ordering::SeqCst), 30);
    let refused = hosted.fails("set_run_tag", json!({"run_id": "abc", "key": "k", "value": "v"}));
    assert!(refused.contains("30 calls per day per caller, and they are used up"), "{refused}");
    assert!(refused.contains("Try again in "), "{refused}");
    // Another tool has a count of its own.
    hosted.ok("set_experiment_tag", json!({"experiment_id": "1", "key": "k", "value": "v"}));
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
