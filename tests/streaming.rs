//! Progress: when an answer is streamed, what the stream holds, and when the work behind it stops.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp::mcp::{Answer, respond};
use serde_json::{Value, json};
use support::outlet::Recorder;
use support::{Mlflow, answer, post, server, soon};

/// Pages of 100 runs without end; the number of pages that were asked for is kept.
fn endless() -> Mlflow {
    let run = |n: usize| json!({"info": {"run_id": format!("run-{n}")}});
    let page = json!({"runs": (0..100).map(run).collect::<Vec<_>>(), "next_page_token": "more"}).to_string();
    Mlflow::new(move |_| Ok(answer(200, page.clone())))
}

fn stream(mlflow: &Mlflow, outlet: &Recorder, version: &str, accept: &str, meta: Value) -> Answer {
    let mut params =
        json!({"name": "get_runs", "arguments": {"experiment_id": "1", "limit": 500}, "_meta": meta});
    let mut headers = vec![("mcp-protocol-version", version), ("accept", accept)];
    if version == "2026-07-28" {
        headers.extend([("mcp-method", "tools/call"), ("mcp-name", "get_runs")]);
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(version);
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
    }
    let body = json!({"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": params}).to_string();
    let (access, server) = server(mlflow, &[("MLFLOW_MCP_ANSWER_CHARACTERS", "400000")]);
    soon(respond(server, &access, None, outlet, post(&headers, &body)))
}

const BOTH: &str = "application/json, text/event-stream";

#[test]
fn a_client_that_listens_gets_rising_progress_and_then_the_response() {
    for version in ["2025-03-26", "2025-11-25", "2026-07-28"] {
        let outlet = Recorder::new(usize::MAX);
        let answer = stream(&endless(), &outlet, version, BOTH, json!({"progressToken": "tok"}));
        assert!(matches!(answer, Answer::Streamed), "{version}");
        let head = outlet.head.take().unwrap();
        assert_eq!(head.headers()["content-type"], "text/event-stream");
        assert_eq!(head.headers()["cache-control"], "no-cache, no-transform");
        let messages = outlet.messages();
        let (response, progress) = messages.split_last().unwrap();
        let done: Vec<&Value> = progress.iter().map(|one| &one["params"]["progress"]).collect();
        assert_eq!(done, [100.0, 200.0, 300.0, 400.0, 500.0], "{version}");
        for one in progress {
            assert_eq!(
                (&one["method"], &one["params"]["progressToken"]),
                (&json!("notifications/progress"), &json!("tok"))
            );
            assert_eq!(one["params"]["total"], 500.0);
        }
        assert_eq!((&response["id"], &response["result"]["isError"]), (&json!(9), &json!(false)));
        assert_eq!(response["result"]["structuredContent"]["result"].as_array().unwrap().len(), 500);
    }
}

#[test]
fn nothing_is_streamed_to_a_client_that_did_not_ask_for_it() {
    for (accept, meta) in [
        (BOTH, json!({})),
        (BOTH, json!({"progressToken": null})),
        (BOTH, json!({"progressToken": 1.5})),
        ("application/json", json!({"progressToken": "tok"})),
        ("*/*", json!({"progressToken": "tok"})),
    ] {
        let outlet = Recorder::new(usize::MAX);
        let answer = stream(&endless(), &outlet, "2025-11-25", accept, meta.clone());
        let Answer::Whole(response) = answer else { panic!("streamed for {accept} {meta}") };
        assert_eq!(response.headers()["content-type"], "application/json");
        assert!(outlet.head.take().is_none());
    }
}

#[test]
fn closing_the_stream_stops_the_work_in_the_newest_revision_and_in_no_older_one() {
    for (version, pages) in [("2026-07-28", 2), ("2025-11-25", 5)] {
        // The first event already finds nobody; the second page was asked for together with it.
        let (mlflow, outlet) = (endless().slow(), Recorder::new(0));
        stream(&mlflow, &outlet, version, BOTH, json!({"progressToken": 1}));
        assert_eq!(mlflow.lines().len(), pages, "{version}");
    }
}
