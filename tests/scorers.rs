//! The tools for scorers, over an MLflow whose jobs go as the test wants.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::cell::Cell;
use std::time::Duration;

use http::Response;
use mlflow_mcp::port::{Http as _, HttpError, Limits};
use serde_json::{Value, json};
use support::{Mlflow, answer, call, call_with, failure, success};

/// Of an MLflow behind another; nothing waits.
const LIMITS: Limits = Limits {
    connect: Duration::ZERO,
    first_byte: Duration::ZERO,
    between_bytes: Duration::ZERO,
    body: 1 << 20,
};

type Answer = Result<Response<bytes::Bytes>, HttpError>;

const NO_ROUTE: &str = "<!doctype html><title>404 Not Found</title>";

fn ok(body: &Value) -> Answer {
    Ok(answer(200, body.to_string()))
}

fn scorer(name: &str) -> Value {
    let data =
        json!({"instructions": "Is {{ outputs }} polite?", "model": "openai:/big", "inference_params": null});
    let serialized = json!({"name": name, "description": null, "instructions_judge_pydantic_data": data});
    json!({"experiment_id": 7, "scorer_name": name, "scorer_version": 1, "scorer_id": "s",
           "serialized_scorer": serialized.to_string()})
}

/// What a judge says of the trace.
fn said(name: &str, rationale: &str) -> Value {
    json!({"assessments": [{"assessment_id": "a-1", "assessment_name": name, "feedback": {"value": "yes"}, "rationale": rationale}],
           "failures": []})
}

/// Jobs of two judges; `job` answers what is asked of one, by its id and how often any was asked for before.
fn judging(job: impl Fn(&str, usize) -> Answer + 'static) -> Mlflow {
    let asked = Cell::new(0);
    Mlflow::new(move |request| {
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        let name = if query.contains("kind") { "kind" } else { "polite" };
        match path.rsplit_once("/mlflow/").map_or(path, |(_, rest)| rest) {
            "scorers/get" if query.contains("%2C") => {
                Ok(answer(404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}"#))
            }
            "scorers/get" => ok(&json!({"scorer": scorer(name)})),
            "scorer/invoke" => {
                let body: Value = serde_json::from_slice(request.body()).unwrap();
                let name = if body["serialized_scorer"].as_str().unwrap().contains("kind") {
                    "kind"
                } else {
                    "polite"
                };
                ok(&json!({"jobs": [{"job_id": format!("j-{name}"), "trace_ids": body["trace_ids"]}]}))
            }
            rest if rest.starts_with("traces/") => ok(&json!({"trace": {"trace_info": {
                "trace_id": rest.trim_start_matches("traces/"), "state": "OK",
                "trace_location": {"mlflow_experiment": {"experiment_id": "7"}}}}})),
            rest if rest.contains("jobs/") => job(rest, asked.replace(asked.get() + 1)),
            other => panic!("MLflow was asked for {other}"),
        }
    })
}

fn judge(mlflow: &Mlflow, scorers: &str) -> Value {
    let arguments = json!({"experiment_id": 7, "trace_ids": "tr-2, tr-1", "scorers": scorers});
    success(&call(mlflow, "evaluate_traces", arguments)).clone()
}

#[test]
fn jobs_are_waited_for_and_what_they_say_is_put_together_by_trace() {
    let mlflow = judging(|job, asked| match (job, asked) {
        (_, 0..4) => ok(&json!({"status": "RUNNING", "result": null})),
        ("jobs/j-polite", _) => ok(&json!({"status": "SUCCEEDED", "result": {
            "tr-1": said("polite", "It is."), "tr-2": {"assessments": [], "failures": [{"error_code": "X", "error_message": "no key"}]}}})),
        _ => ok(&json!({"status": "SUCCEEDED", "result": {"tr-1": said("kind", "It is.")}})),
    });
    let judged = judge(&mlflow, "polite, kind");
    assert_eq!((&judged["complete"], &judged["truncated"]), (&json!(true), &json!(false)), "{judged}");
    assert_eq!(judged["jobs"][1], json!({"job_id": "j-kind", "scorer": "kind", "status": "SUCCEEDED"}));
    let traces: Vec<&Value> =
        judged["result"].as_array().unwrap().iter().map(|one| &one["trace_id"]).collect();
    assert_eq!(traces, ["tr-2", "tr-1"]);
    assert_eq!(
        judged["result"][0]["assessments"],
        json!([{"name": "polite", "value": null, "error": "X: no key"}])
    );
    let names: Vec<&Value> =
        judged["result"][1]["assessments"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["polite", "kind"]);
    let sent: Vec<Value> = mlflow
        .seen()
        .iter()
        .filter(|request| request.uri().path().ends_with("/scorer/invoke"))
        .map(|request| serde_json::from_slice(request.body()).unwrap())
        .collect();
    assert_eq!((sent.len(), &sent[0]["trace_ids"]), (2, &json!(["tr-2", "tr-1"])));
    assert_eq!((&sent[0]["log_assessments"], &sent[0]["experiment_id"]), (&json!(true), &json!("7")));
}

#[test]
fn when_the_time_is_over_the_answer_leads_on() {
    let mlflow = judging(|_, _| ok(&json!({"status": "RUNNING", "result": null})));
    let judged = judge(&mlflow, "polite");
    assert_eq!((&judged["complete"], &judged["jobs"][0]["job_id"]), (&json!(false), &json!("j-polite")));
    let note = judged["note"].as_str().unwrap();
    assert!(note.contains("get_scorer_jobs") && note.contains("cancel_scorer_job"), "{note}");
    let looks = mlflow.lines().iter().filter(|line| line.contains("/jobs/")).count();
    assert!((40..=46).contains(&looks), "{looks} looks, one a second");
}

#[test]
fn what_was_begun_is_told_whatever_fails_then() {
    let mlflow = judging(|_, _| Err(HttpError::Unreachable));
    let judged = judge(&mlflow, "polite");
    assert_eq!(judged["jobs"], json!([{"job_id": "j-polite", "scorer": "polite", "status": "PENDING"}]));
    assert!(judged["note"].as_str().unwrap().contains("could not be told: no connection"), "{judged}");
    // The second of two judges is refused.
    let count = Cell::new(0);
    let one = judging(|_, _| ok(&json!({"status": "SUCCEEDED", "result": {}})));
    let mlflow = Mlflow::new(move |request| {
        let invoked = request.uri().path().ends_with("/scorer/invoke") && count.replace(count.get() + 1) > 0;
        if invoked {
            return Ok(answer(
                400,
                r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "not that one"}"#,
            ));
        }
        support::now(one.send(request.clone(), &LIMITS))
    });
    let judged = judge(&mlflow, "polite, kind");
    assert_eq!(judged["jobs"].as_array().unwrap().len(), 1, "{judged}");
    let note = judged["note"].as_str().unwrap();
    assert!(note.contains("\"kind\" and those after it were not begun: INVALID_PARAMETER_VALUE"), "{note}");
}

#[test]
fn a_server_that_runs_no_jobs_is_told_to_its_operator() {
    let react = judging(|_, _| ok(&json!({})));
    let mlflow = Mlflow::new(move |request| {
        if request.uri().path().ends_with("/scorer/invoke") {
            let message = "Mlflow server job execution feature is not enabled, please set environment variable \
                           'MLFLOW_SERVER_ENABLE_JOB_EXECUTION' to 'true' to enable it.";
            return Ok(answer(500, json!({"error_code": "INTERNAL_ERROR", "message": message}).to_string()));
        }
        support::now(react.send(request.clone(), &LIMITS))
    });
    let arguments = json!({"experiment_id": 7, "trace_ids": ["tr-1"], "scorers": ["polite"]});
    let result = call(&mlflow, "evaluate_traces", arguments);
    let text = failure(&result);
    assert!(
        text.contains("nothing was begun") && text.contains("MLFLOW_SERVER_ENABLE_JOB_EXECUTION=true"),
        "{text}"
    );
}

#[test]
fn servers_from_3_9_on_have_their_jobs_elsewhere() {
    let mlflow = Mlflow::new(|request| match request.uri().path() {
        "/ajax-api/3.0/jobs/j-1" => {
            ok(&json!({"status": "SUCCEEDED", "result": {"tr-1": said("polite", "x")}}))
        }
        _ => Ok(answer(404, NO_ROUTE)),
    });
    let result = call(&mlflow, "get_scorer_jobs", json!({"job_ids": ["j-1"]}));
    assert_eq!(success(&result)["result"][0]["trace_id"], "tr-1");
    let old = Mlflow::always(404, NO_ROUTE);
    let result = call(&old, "get_scorer_jobs", json!({"job_ids": ["j-1"]}));
    assert!(failure(&result).contains("needs MLflow 3.9 or newer"), "{result}");
    let result = call(&old, "list_scorers", json!({"experiment_id": 7}));
    assert!(failure(&result).contains("needs MLflow 3.4 or newer"), "{result}");
    let result = call(&Mlflow::untouched(), "get_scorer_jobs", json!({"job_ids": ["../x"]}));
    assert!(failure(&result).contains("which is no UUID"), "{result}");
}

#[test]
fn long_rationales_give_way_to_more_traces() {
    let mlflow = Mlflow::new(|_| {
        let traces = (0..60).map(|n| (format!("tr-{n:02}"), said("polite", &"because ".repeat(200))));
        ok(&json!({"status": "SUCCEEDED", "result": traces.collect::<serde_json::Map<_, _>>()}))
    });
    let limit = [("MLFLOW_MCP_ANSWER_CHARACTERS", "8000")];
    let result = call_with(&mlflow, &limit, "get_scorer_jobs", json!({"job_ids": ["j-1"]}));
    let judged = success(&result);
    let shown = judged["result"].as_array().unwrap().len();
    assert!((15..60).contains(&shown) && judged.to_string().len() <= 8_000, "{shown}");
    assert!(
        judged["note"].as_str().unwrap().contains(&format!("{shown} of 60 traces are shown")),
        "{judged}"
    );
    assert_eq!(judged["truncated"], true);
}

#[test]
fn lists_of_scorers_go_on_where_they_were_cut() {
    let mlflow = Mlflow::new(|_| {
        let scorers: Vec<Value> = (0..80).map(|n| scorer(&format!("judge number {n:03}"))).collect();
        ok(&json!({"scorers": scorers}))
    });
    let limit = [("MLFLOW_MCP_ANSWER_CHARACTERS", "8000")];
    let (mut names, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut arguments = json!({"experiment_id": "7"});
        if !token.is_null() {
            arguments["page_token"] = token;
        }
        let result = call_with(&mlflow, &limit, "list_scorers", arguments);
        let page = success(&result);
        names.extend(
            page["result"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()),
        );
        token = page["next_page_token"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names, (0..80).map(|n| format!("judge number {n:03}")).collect::<Vec<_>>());
}

#[test]
fn a_scorer_that_is_too_long_is_shown_as_far_as_it_fits() {
    let data = json!({"instructions": "Is {{ outputs }} kind? ".repeat(5_000), "model": "openai:/big",
                      "inference_params": {"stop": (0..4_000).map(|n| format!("word {n}")).collect::<Vec<_>>()}});
    let serialized =
        json!({"name": "kind", "description": "short", "instructions_judge_pydantic_data": data});
    let mut one = scorer("kind");
    one["serialized_scorer"] = json!(serialized.to_string());
    let body = json!({"scorer": one}).to_string();
    let mlflow = Mlflow::new(move |_| Ok(answer(200, body.clone())));
    let result = call(&mlflow, "get_scorer", json!({"experiment_id": "7", "name": "kind"}));
    let shown = success(&result);
    assert!(shown.to_string().chars().count() <= 40_000, "{}", shown.to_string().len());
    let instructions = shown["instructions"].as_str().unwrap();
    assert!(
        instructions.len() > 15_000 && instructions.ends_with("... (115000 characters)"),
        "{}",
        instructions.len()
    );
    assert_eq!((&shown["description"], &shown["omitted"]["clipped_values"]), (&json!("short"), &json!(1)));
    let words = shown["settings"].to_string().matches("word ").count();
    assert_eq!(shown["omitted"]["settings"], 4_000 - words);
    assert!(words > 1_000, "{words}");
}

#[test]
fn a_name_with_a_comma_is_one_where_there_is_such_a_scorer() {
    let named = |there: bool| {
        let mlflow = Mlflow::new(move |request| {
            if request.uri().path().ends_with("/scorers/get") && there {
                return ok(&json!({"scorer": scorer("polite, or kind")}));
            }
            judging(|_, _| ok(&json!({"status": "SUCCEEDED", "result": {}}))).react(request)
        });
        let arguments = json!({"experiment_id": 7, "trace_ids": "tr-1", "scorers": ["polite, or kind"], "wait_seconds": 0});
        success(&call(&mlflow, "evaluate_traces", arguments))["jobs"].as_array().unwrap().len()
    };
    assert_eq!((named(true), named(false)), (1, 2));
}
