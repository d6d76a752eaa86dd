//! What was said of a trace, as it is shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use support::recorded::{asked, fixture, recorded};
use support::{Mlflow, answer, call, failure, success};

const FAILED: &str = "tr-3ba7d776964aecde5af9de68283261e1";

#[test]
fn an_assessment_is_shown_whole() {
    let id = asked("3.17.2", "traces-assessment");
    let mlflow = recorded("3.17.2", &["traces-assessment"]);
    let result = call(&mlflow, "get_trace_assessment", json!({"trace_id": FAILED, "assessment_id": id}));
    let (shown, real) =
        (success(&result), &fixture("3.17.2", "traces-assessment")["response"]["body"]["assessment"]);
    for member in
        ["assessment_id", "assessment_name", "trace_id", "rationale", "create_time", "last_update_time"]
    {
        assert_eq!(shown[member], real[member], "{member}");
    }
    assert_eq!((&shown["kind"], &shown["value"]), (&json!("feedback"), &real["feedback"]["value"]));
    assert_eq!((&shown["source_type"], &shown["source_id"]), (&json!("LLM_JUDGE"), &json!("judge-70b")));
    let none = json!({"trace_id": FAILED, "assessment_id": asked("3.17.2", "traces-assessment-missing")});
    let result = call(&recorded("3.17.2", &["traces-assessment-missing"]), "get_trace_assessment", none);
    assert!(failure(&result).contains("RESOURCE_DOES_NOT_EXIST"), "{result}");
    let second = json!({"trace_id": asked("2.22.5", "traces-info"), "assessment_id": asked("2.22.5", "traces-assessment")});
    let result = call(&recorded("2.22.5", &["traces-assessment"]), "get_trace_assessment", second);
    assert!(failure(&result).contains("MLflow has them since 3.2"), "{result}");
}

#[test]
fn an_assessment_of_any_length_keeps_to_its_room() {
    let metadata: BTreeMap<String, String> =
        (0..2_000).map(|n| (format!("k{n:04}"), "v".repeat(150))).collect();
    let one = json!({"assessment_id": "a-1", "assessment_name": "n", "feedback": {"value": true},
                     "rationale": "because ".repeat(2_000), "metadata": metadata});
    let body = json!({"assessment": one}).to_string();
    let mlflow = Mlflow::new(move |_| Ok(answer(200, body.clone())));
    let result = call(&mlflow, "get_trace_assessment", json!({"trace_id": "tr-1", "assessment_id": "a-1"}));
    let shown = success(&result);
    assert!(shown.to_string().chars().count() <= 40_000, "{}", shown.to_string().len());
    let rationale = shown["rationale"].as_str().unwrap();
    assert!(rationale.len() > 10_000 && rationale.ends_with("... (16000 characters)"), "{}", rationale.len());
    let left = shown["metadata"].as_object().unwrap().len();
    let gaps = shown["gaps"].as_array().unwrap();
    let gap = json!({"pointer": "/metadata", "unit": "members", "shown": left, "total": 2_000});
    assert!(left > 50 && gaps.contains(&gap), "{left} {gaps:?}");
    assert_eq!(shown["value"], true);
}

#[test]
fn what_is_said_is_shown_in_its_own_type() {
    let assessment = |said: Value| {
        let mut one =
            json!({"assessment_id": "a-1", "assessment_name": "n", "source": {"source_type": "CODE"}});
        one.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        let body = json!({"assessment": one}).to_string();
        let mlflow = Mlflow::new(move |_| Ok(answer(200, body.clone())));
        success(&call(&mlflow, "get_trace_assessment", json!({"trace_id": "tr-1", "assessment_id": "a-1"})))
            .clone()
    };
    let expected = json!({"expectation": {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "{\"a\": [1]}"}}});
    for (said, kind, value) in [
        (json!({"feedback": {"value": false}}), "feedback", json!(false)),
        (json!({"feedback": {"value": {"f1": 0.5}}}), "feedback", json!({"f1": 0.5})),
        (json!({"expectation": {"value": "Paris"}}), "expectation", json!("Paris")),
        (expected, "expectation", json!({"a": [1]})),
        (json!({"issue": {"issue_name": "slow"}}), "issue", Value::Null),
    ] {
        let shown = assessment(said);
        assert_eq!((shown["kind"].as_str(), &shown["value"]), (Some(kind), &value));
    }
    let failed = assessment(
        json!({"feedback": {"value": null, "error": {"error_code": "E", "error_message": "down"}}}),
    );
    assert_eq!((&failed["value"], &failed["error"]["error_message"]), (&Value::Null, &json!("down")));
}
