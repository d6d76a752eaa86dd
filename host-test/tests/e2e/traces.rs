//! The tools for traces: every fact and every change beside MLflow's own client and MLflow's own MCP server, on the newest
//! MLflow; what the last of its second line has of them on that.

use serde_json::{Value, json};
use xtask::mlflow::{Server, Version};

use super::clients::{printed, script};
use super::world::{Hosted, project};

/// The toolset is not on by itself.
const ON: (&str, &str) = ("MLFLOW_MCP_TOOLSETS", "all");

#[test]
fn traces_are_told_and_changed_as_mlflow_itself_does() {
    let mlflow = Server::empty(&project(), Version::Newest).unwrap();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri()), ON]);
    let mut check = script("official", "check_traces.py");
    check.env("MLFLOW_DISABLE_TELEMETRY", "true").env("DO_NOT_TRACK", "true");
    let summary = printed(check.args(["--url", &hosted.url(), "--tracking-uri", &mlflow.uri()]));
    println!("{summary}");
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["traces"], 60);
    assert!(summary["reads"]["facts"].as_u64() > Some(2_500), "{summary}");
    assert!(summary["figures"]["facts"].as_u64() > Some(150), "{summary}");
    assert!(summary["official"]["facts"].as_u64() > Some(500), "{summary}");
    assert!(summary["official"]["changes"].as_u64() > Some(15), "{summary}");
    let own = [
        "delete_trace_assessment",
        "delete_trace_tag",
        "delete_traces",
        "get_trace",
        "get_trace_assessment",
        "link_traces_to_run",
        "log_trace_expectation",
        "log_trace_feedback",
        "search_traces",
        "set_trace_tag",
        "update_trace_assessment",
    ];
    assert_eq!(summary["official"]["tools"], json!(own));
}

#[test]
fn traces_of_the_sample_data_are_searched_grouped_and_explained() {
    let (mlflow, sample) = Server::with_sample(&project(), Version::Newest).unwrap();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri()), ON]);
    let found = hosted.ok("search_traces", json!({"experiment_id": "support-agent", "max_results": 500}));
    let made = sample.manifest["traces"].as_array().unwrap();
    for (shown, made) in found["result"].as_array().unwrap().iter().rev().zip(made) {
        for member in ["trace_id", "state"] {
            assert_eq!(shown[member], made[member], "{member}");
        }
        assert_eq!(shown["tags"]["topic"], made["topic"]);
    }
    let sessions = hosted.ok("search_sessions", json!({"experiment_ids": ["support-agent"]}));
    assert_eq!(
        (&sessions["result"][0]["session_id"], &sessions["result"][0]["traces"]),
        (&json!("session-3"), &json!(3))
    );
    let figures =
        hosted.ok("trace_statistics", json!({"experiment_ids": ["support-agent"], "group_by": "status"}));
    assert_eq!((&figures["computed"], &figures["result"][0]["traces"]), (&json!("server"), &json!(2)));
    let groups = hosted.ok("group_trace_errors", json!({"experiment_ids": ["support-agent"]}));
    assert_eq!(groups["result"][0]["span_name"], "refund_order");
    let why = hosted.ok("correlate_traces", json!({"experiment_ids": ["support-agent"]}));
    assert_eq!(why["result"][0]["condition"], "span.name = 'refund_order'");
    let trace = hosted.ok("get_trace", json!({"trace_id": made[2]["trace_id"]}));
    let failed = &trace["spans"][2];
    let span = hosted.ok("get_span", json!({"trace_id": made[2]["trace_id"], "span_id": failed["span_id"]}));
    assert_eq!(span["events"][0]["attributes"]["exception.type"], "TimeoutError");
    let assessment = json!({"trace_id": made[2]["trace_id"], "assessment_id": made[2]["assessments"][0]});
    assert_eq!(hosted.ok("get_trace_assessment", assessment)["value"], false);
}

/// The tags of an experiment's traces, by id, as MLflow's own client reads them.
fn real(mlflow: &Server, experiment: &str) -> Value {
    let mut read = script("mlflow2", "read_traces.py");
    read.env("MLFLOW_DISABLE_TELEMETRY", "true").env("DO_NOT_TRACK", "true");
    let read = printed(read.args(["--tracking-uri", &mlflow.uri(), "--experiment", experiment]));
    serde_json::from_str(&read).unwrap()
}

#[test]
fn traces_of_mlflow_2_are_tagged_and_deleted() {
    let (mlflow, sample) = Server::with_sample(&project(), Version::Two).unwrap();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri()), ON]);
    let made = sample.manifest["traces"].as_array().unwrap();
    let id = made[2]["trace_id"].as_str().unwrap();
    let experiment = sample.manifest["experiments"]["agent"]["id"].as_str().unwrap();
    let tagged = hosted.ok("set_trace_tag", json!({"trace_id": id, "key": "team", "value": "größe'\""}));
    assert_eq!(tagged["previous_value"], Value::Null);
    assert_eq!(real(&mlflow, experiment)[id]["team"], "größe'\"");
    let removed = hosted.ok("delete_trace_tag", json!({"trace_id": id, "key": "team"}));
    assert_eq!(removed["previous_value"], "größe'\"");
    let tags = &real(&mlflow, experiment)[id];
    assert!(tags.is_object() && tags.get("team").is_none(), "{tags}");
    let feedback = hosted.fails("log_trace_feedback", json!({"trace_id": id, "name": "ok", "value": true}));
    assert!(feedback.contains("MLflow has them since 3.2"), "{feedback}");
    let run = sample.manifest["runs"]["baseline"].clone();
    let linked = hosted.fails("link_traces_to_run", json!({"trace_ids": [id], "run_id": run}));
    assert!(linked.contains("MLflow has them since 3.3"), "{linked}");
    let oldest =
        json!({"experiment_id": experiment, "max_timestamp_millis": 4_000_000_000_000_i64, "max_traces": 2});
    let deleted = hosted.ok("delete_traces", oldest);
    assert_eq!(deleted["trace_ids"], json!([made[0]["trace_id"], made[1]["trace_id"]]));
    let named = hosted.ok("delete_traces", json!({"experiment_id": experiment, "trace_ids": id}));
    assert_eq!(named["traces_deleted"], 1);
    let left = real(&mlflow, experiment);
    let left: Vec<&String> = left.as_object().unwrap().keys().collect();
    assert_eq!(left.len(), made.len() - 3);
    assert!(made.iter().skip(3).all(|trace| left.iter().any(|id| trace["trace_id"] == **id)), "{left:?}");
    let left = hosted.ok("search_traces", json!({"experiment_ids": [experiment]}));
    assert_eq!(left["result"].as_array().unwrap().len(), made.len() - 3);
}
