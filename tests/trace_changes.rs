//! What changes traces: what is sent, what it was before, how it is taken back, and what changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::furnished::{changes, furnished};
use support::{Mlflow, answer, call, failure, success};

/// The one change that was sent, with its body.
fn sent(mlflow: &Mlflow) -> (String, Value) {
    let change = changes(mlflow);
    assert_eq!(change.len(), 1, "{change:?}");
    let seen = mlflow.seen();
    let request =
        seen.iter().rfind(|request| request.method() != "GET" && !request.uri().path().ends_with("/search"));
    (change[0].clone(), serde_json::from_slice(request.unwrap().body()).unwrap())
}

/// Does it; the answer and what was sent.
fn done(tool: &str, arguments: Value) -> (Value, String, Value) {
    let mlflow = furnished();
    let answer = success(&call(&mlflow, tool, arguments)).clone();
    let (line, body) = sent(&mlflow);
    (answer, line, body)
}

/// Why it is refused, without a change.
fn refused(tool: &str, arguments: Value) -> String {
    let mlflow = furnished();
    let result = call(&mlflow, tool, arguments);
    assert!(changes(&mlflow).is_empty(), "{:?}", mlflow.lines());
    failure(&result).to_owned()
}

#[test]
fn tags_are_set_and_removed_with_their_old_values() {
    let (answer, line, body) = done("set_trace_tag", json!({"trace_id": "7", "key": "team", "value": true}));
    assert!(line.starts_with("PATCH ") && line.contains("/api/2.0/mlflow/traces/7/tags"), "{line}");
    assert_eq!(body, json!({"key": "team", "value": "true"}));
    assert_eq!((&answer["previous_value"], &answer["value"]), (&json!("cv"), &json!("true")));
    assert_eq!(answer["undo"], r#"set_trace_tag {"trace_id":"7","key":"team","value":"cv"}"#);
    let (answer, ..) = done("set_trace_tag", json!({"trace_id": "7", "key": "new", "value": "x"}));
    assert_eq!(answer["undo"], r#"delete_trace_tag {"trace_id":"7","key":"new"}"#);
    let (answer, line, body) = done("delete_trace_tag", json!({"trace_id": "7", "key": "team"}));
    assert!(line.starts_with("DELETE ") && line.contains("/traces/7/tags"), "{line}");
    assert_eq!((&body, &answer["previous_value"]), (&json!({"key": "team"}), &json!("cv")));
    assert_eq!(answer["undo"], r#"set_trace_tag {"trace_id":"7","key":"team","value":"cv"}"#);
}

#[test]
fn what_mlflow_would_cut_or_lose_is_refused_before_anything_is_sent() {
    let long = "x".repeat(8_001);
    assert!(
        refused("set_trace_tag", json!({"trace_id": "7", "key": "k", "value": long}))
            .contains("8001 characters")
    );
    let key = "k".repeat(251);
    assert!(
        refused("set_trace_tag", json!({"trace_id": "7", "key": key, "value": "v"}))
            .contains("251 characters")
    );
    for tool in ["set_trace_tag", "delete_trace_tag"] {
        let mut arguments = json!({"trace_id": "7", "key": "mlflow.artifactLocation"});
        if tool == "set_trace_tag" {
            arguments["value"] = json!("s3://elsewhere");
        }
        assert!(refused(tool, arguments).contains("by which MLflow finds the trace's spans"));
    }
    assert!(
        refused("delete_trace_tag", json!({"trace_id": "7", "key": "tem"}))
            .contains("Did you mean \"team\"?")
    );
    let arguments = json!({"trace_id": "7", "name": "n".repeat(251), "value": "1"});
    assert!(refused("log_trace_feedback", arguments).contains("251 characters"));
}

#[test]
fn a_value_is_sent_in_its_own_type() {
    for (given, sent) in [
        (json!(true), json!(true)),
        (json!("false"), json!(false)),
        (json!(0.9), json!(0.9)),
        (json!("good"), json!("good")),
        (json!("{\"f1\": 0.5}"), json!({"f1": 0.5})),
        (json!({"f1": 0.5}), json!({"f1": 0.5})),
    ] {
        let (answer, line, body) =
            done("log_trace_feedback", json!({"trace_id": "7", "name": "ok", "value": given}));
        assert!(
            line.starts_with("POST ") && line.ends_with("/api/3.0/mlflow/traces/7/assessments"),
            "{line}"
        );
        assert_eq!(body["assessment"]["feedback"], json!({"value": sent}));
        assert_eq!(body["assessment"]["source"], json!({"source_type": "CODE", "source_id": "default"}));
        assert_eq!(answer["undo"], r#"delete_trace_assessment {"trace_id":"7","assessment_id":"7"}"#);
    }
    let arguments = json!({"trace_id": "7", "name": "answer", "value": "{\"a\": [1]}", "source_type": "llm_judge",
                           "source_id": "judge", "metadata": {"round": 2}});
    let (_, _, body) = done("log_trace_expectation", arguments);
    let value = json!({"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "{\"a\":[1]}"}});
    assert_eq!(body["assessment"]["expectation"], value);
    assert_eq!(body["assessment"]["source"], json!({"source_type": "LLM_JUDGE", "source_id": "judge"}));
    assert_eq!(body["assessment"]["metadata"], json!({"round": "2"}));
    let (_, _, body) =
        done("log_trace_expectation", json!({"trace_id": "7", "name": "answer", "value": "Paris"}));
    assert_eq!(body["assessment"]["expectation"], json!({"value": "Paris"}));
    assert_eq!(body["assessment"]["source"]["source_type"], "HUMAN");
    for value in ["null", "  "] {
        refused("log_trace_feedback", json!({"trace_id": "7", "name": "n", "value": value}));
    }
    let robot = refused(
        "log_trace_feedback",
        json!({"trace_id": "7", "name": "n", "value": "1", "source_type": "ROBOT"}),
    );
    assert!(robot.contains("\"LLM_JUDGE\""), "{robot}");
    let object = refused("log_trace_feedback", json!({"trace_id": "7", "name": {"a": 1}, "value": "1"}));
    assert!(object.contains("must be a string, not an object"), "{object}");
}

#[test]
fn an_assessment_of_a_span_names_one_that_is_there() {
    let arguments = json!({"trace_id": "7", "name": "n", "value": "1", "span_id": "06fa86c09c79b31e"});
    // Furnished traces have no spans.
    assert!(refused("log_trace_feedback", arguments.clone()).contains("has no span \"06fa86c09c79b31e\""));
    let inner = furnished();
    let mlflow = Mlflow::new(move |request| {
        if request.uri().path().ends_with("get-trace-artifact") {
            return Ok(answer(200, r#"{"spans": [{"span_id": "BvqGwJx5sx4=", "name": "s"}]}"#));
        }
        mlflow_mcp_answer(&inner, request)
    });
    success(&call(&mlflow, "log_trace_feedback", arguments));
    assert_eq!(sent(&mlflow).1["assessment"]["span_id"], "06fa86c09c79b31e");
}

/// What another MLflow answers.
fn mlflow_mcp_answer(
    mlflow: &Mlflow,
    request: &http::Request<bytes::Bytes>,
) -> Result<http::Response<bytes::Bytes>, mlflow_mcp::port::HttpError> {
    use mlflow_mcp::port::{Http, Limits};
    let limits = Limits {
        connect: std::time::Duration::ZERO,
        first_byte: std::time::Duration::ZERO,
        between_bytes: std::time::Duration::ZERO,
        body: 1 << 20,
    };
    support::now(mlflow.send(request.clone(), &limits))
}

#[test]
fn an_assessment_is_changed_where_it_can_be() {
    let arguments = json!({"trace_id": "7", "assessment_id": "7", "value": "false", "metadata": {"round": "2", "by": "me"}});
    let (answer, line, body) = done("update_trace_assessment", arguments.clone());
    assert!(line.starts_with("PATCH ") && line.ends_with("/api/3.0/mlflow/traces/7/assessments/7"), "{line}");
    assert_eq!(body["update_mask"], "feedback,metadata");
    assert_eq!(body["assessment"]["feedback"], json!({"value": false}));
    assert_eq!((&answer["previous_value"], &answer["previous_rationale"]), (&json!(true), &json!("It is.")));
    assert_eq!(
        answer["undo"],
        r#"update_trace_assessment {"trace_id":"7","assessment_id":"7","value":"true","metadata":"{\"round\":\"1\"}"}"#
    );
    let mut dry = arguments;
    dry["dry_run"] = json!(true);
    let told =
        success(&call(&furnished(), "update_trace_assessment", dry))["would"].as_str().unwrap().to_owned();
    assert_eq!(
        told,
        "Change feedback \"correct\" (7) of trace 7: value from true to false, metadata \"by\" from nothing to \"me\", \
         metadata \"round\" from \"1\" to \"2\"."
    );
    assert!(
        refused("update_trace_assessment", json!({"trace_id": "7", "assessment_id": "7"}))
            .contains("nothing to change")
    );
    let expectation =
        r#"{"assessment": {"assessment_id": "7", "assessment_name": "a", "expectation": {"value": "x"}}}"#;
    let mlflow = Mlflow::always(200, expectation);
    let result = call(
        &mlflow,
        "update_trace_assessment",
        json!({"trace_id": "7", "assessment_id": "7", "rationale": "r"}),
    );
    assert!(failure(&result).contains("only feedback has one") && changes(&mlflow).is_empty(), "{result}");
}

#[test]
fn what_cannot_be_taken_back_has_no_call_that_says_so() {
    let new = json!({"trace_id": "7", "assessment_id": "7", "metadata": {"by": "me"}});
    let (answer, ..) = done("update_trace_assessment", new);
    assert_eq!(answer["undo"], "None: MLflow cannot take away what was not there before.");
    // Where a judge failed there is no value, and null is none that could be set.
    let failed = r#"{"assessment": {"assessment_id": "7", "assessment_name": "a", "rationale": "r",
        "feedback": {"value": null, "error": {"error_code": "E"}}}}"#;
    let mlflow = Mlflow::always(200, failed);
    let arguments = json!({"trace_id": "7", "assessment_id": "7", "value": "true", "rationale": "s"});
    let result = call(&mlflow, "update_trace_assessment", arguments);
    assert_eq!(
        success(&result)["undo"],
        r#"update_trace_assessment {"trace_id":"7","assessment_id":"7","rationale":"r"}"#
    );
}

#[test]
fn a_deleted_assessment_is_told_with_the_call_that_logs_it_again() {
    let (answer, line, body) =
        done("delete_trace_assessment", json!({"trace_id": "7", "assessment_id": "7"}));
    assert!(
        line.starts_with("DELETE ") && line.ends_with("/api/3.0/mlflow/traces/7/assessments/7"),
        "{line}"
    );
    assert_eq!(body, json!({"trace_id": "7", "assessment_id": "7"}));
    let undo = answer["undo"].as_str().unwrap().strip_prefix("log_trace_feedback ").unwrap();
    let arguments: Value = serde_json::from_str(undo).unwrap();
    let (_, _, body) = done("log_trace_feedback", arguments);
    assert_eq!(body["assessment"]["feedback"], json!({"value": true}));
    assert_eq!(body["assessment"]["source"], json!({"source_type": "HUMAN", "source_id": "zoe"}));
    assert_eq!(
        (&body["assessment"]["rationale"], &body["assessment"]["metadata"]),
        (&json!("It is."), &json!({"round": "1"}))
    );
}

#[test]
fn traces_are_linked_once() {
    let (answer, line, body) = done("link_traces_to_run", json!({"run_id": "7", "trace_ids": "7, 7"}));
    assert!(line.ends_with("/api/2.0/mlflow/traces/link-to-run"), "{line}");
    assert_eq!(body, json!({"trace_ids": ["7"], "run_id": "7"}));
    assert_eq!((&answer["linked"], &answer["already_linked"]), (&json!(["7"]), &json!([])));
    let inner = furnished();
    let mlflow = Mlflow::new(move |request| {
        if request.uri().path().ends_with("/traces/search") {
            return Ok(answer_linked());
        }
        mlflow_mcp_answer(&inner, request)
    });
    let result = call(&mlflow, "link_traces_to_run", json!({"run_id": "7", "trace_ids": ["7"]}));
    assert_eq!(
        (&success(&result)["linked"], &success(&result)["already_linked"]),
        (&json!([]), &json!(["7"]))
    );
    assert!(changes(&mlflow).is_empty());
    let many: Vec<String> = (0..101).map(|n| format!("tr-{n}")).collect();
    assert!(refused("link_traces_to_run", json!({"run_id": "7", "trace_ids": many})).contains("101 traces"));
}

fn answer_linked() -> http::Response<bytes::Bytes> {
    answer(200, r#"{"traces": [{"trace_id": "7"}]}"#)
}

#[test]
fn traces_are_deleted_by_id_or_by_time_and_never_by_both_or_neither() {
    let (answer, line, body) = done("delete_traces", json!({"experiment_id": "7", "trace_ids": ["7"]}));
    assert!(line.ends_with("/api/2.0/mlflow/traces/delete-traces"), "{line}");
    assert_eq!(body, json!({"experiment_id": "7", "request_ids": ["7"]}));
    assert_eq!((&answer["traces_deleted"], &answer["trace_ids"]), (&json!(1), &json!(["7"])));
    for arguments in [
        json!({"experiment_id": "7"}),
        json!({"experiment_id": "7", "max_traces": 5}),
        json!({"experiment_id": "7", "trace_ids": ["7"], "max_timestamp_millis": 5}),
        json!({"experiment_id": "7", "trace_ids": ["7"], "max_traces": 5}),
    ] {
        let text = refused("delete_traces", arguments);
        assert!(text.contains("nothing was deleted"), "{text}");
    }
    assert!(
        refused("delete_traces", json!({"experiment_id": "7", "max_timestamp_millis": 0}))
            .contains("at least 1")
    );
    let elsewhere = refused("delete_traces", json!({"experiment_id": "8", "trace_ids": ["7"]}));
    assert!(elsewhere.contains("is in experiment 7, not in 8"), "{elsewhere}");
}

#[test]
fn a_person_reads_from_when_to_when_in_whatever_order_the_traces_are_named() {
    let mlflow = Mlflow::new(|request| {
        let id = request.uri().path().rsplit('/').next().unwrap().to_owned();
        Ok(match id.strip_prefix("tr-") {
            Some(day) => {
                let info = json!({"trace_id": id, "request_time": format!("2026-01-{day}T09:00:00Z"), "state": "OK",
                    "trace_location": {"mlflow_experiment": {"experiment_id": "7"}}});
                answer(200, json!({"trace": {"trace_info": info}}).to_string())
            }
            None => answer(200, r#"{"experiment": {"experiment_id": "7", "name": "agent"}}"#),
        })
    });
    let arguments =
        json!({"experiment_id": "7", "trace_ids": ["tr-15", "tr-11", "tr-19", "tr-14"], "dry_run": true});
    let result = call(&mlflow, "delete_traces", arguments);
    let told = success(&result)["would"].as_str().unwrap();
    assert!(told.contains("from 2026-01-11T09:00:00.000Z to 2026-01-19T09:00:00.000Z"), "{told}");
}

#[test]
fn what_is_deleted_by_time_is_what_was_looked_at() {
    let oldest = || {
        Mlflow::new(|request| {
            Ok(match request.uri().path() {
                "/api/3.0/mlflow/traces/search" => {
                    let asked: Value = serde_json::from_slice(request.body()).unwrap();
                    assert_eq!(
                        (&asked["filter"], &asked["max_results"]),
                        (&json!("timestamp_ms <= 1768727640000"), &json!(2))
                    );
                    assert_eq!(asked["order_by"], json!(["timestamp_ms ASC"]));
                    let row = |id: &str, time: &str| json!({"trace_id": id, "request_time": time, "state": "ERROR", "tags": {"mlflow.traceName": "a"}});
                    answer(200, json!({"traces": [row("tr-1", "2026-01-18T09:00:00Z"), row("tr-2", "2026-01-18T09:14:00Z")]}).to_string())
                }
                "/api/2.0/mlflow/traces/delete-traces" => answer(200, r#"{"traces_deleted": 2}"#),
                _ => answer(
                    200,
                    r#"{"experiment": {"experiment_id": "7", "name": "agent", "lifecycle_stage": "active"}}"#,
                ),
            })
        })
    };
    let mut arguments =
        json!({"experiment_id": 7, "max_timestamp_millis": 1_768_727_640_000_i64, "max_traces": 2});
    let mlflow = oldest();
    let result = call(&mlflow, "delete_traces", arguments.clone());
    assert_eq!(success(&result)["traces_deleted"], 2);
    assert_eq!(sent(&mlflow).1, json!({"experiment_id": "7", "request_ids": ["tr-1", "tr-2"]}));
    arguments["dry_run"] = json!(true);
    let told = success(&call(&oldest(), "delete_traces", arguments))["would"].as_str().unwrap().to_owned();
    assert_eq!(
        told,
        "Delete 2 traces of experiment \"agent\" (7), begun from 2026-01-18T09:00:00.000Z to 2026-01-18T09:14:00.000Z: \
         \"a\" (tr-1), \"a\" (tr-2). 2 of them failed, 0 have assessments. They cannot be restored."
    );
}

#[test]
fn a_server_before_assessments_is_told_with_the_version_that_has_them() {
    let second = || {
        Mlflow::new(|request| {
            let path = request.uri().path();
            Ok(if path == "/api/2.0/mlflow/traces/7/info" {
                answer(
                    200,
                    r#"{"trace_info": {"request_id": "7", "experiment_id": "7", "timestamp_ms": 5, "status": "OK"}}"#,
                )
            } else {
                answer(404, "<!doctype html><title>404 Not Found</title>")
            })
        })
    };
    for (tool, arguments) in [
        ("log_trace_feedback", json!({"trace_id": "7", "name": "n", "value": "1"})),
        ("update_trace_assessment", json!({"trace_id": "7", "assessment_id": "7", "value": "1"})),
        ("delete_trace_assessment", json!({"trace_id": "7", "assessment_id": "7"})),
    ] {
        let result = call(&second(), tool, arguments);
        assert!(failure(&result).contains("MLflow has them since 3.2"), "{tool}: {result}");
    }
}
