//! The tools that show traces, over answers that real servers gave, the newest and the oldest that is supported.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use mlflow_mcp::spec::{Effect, Toolset};
use mlflow_mcp::tools;
use serde_json::{Value, json};
use support::recorded::{asked, fixture, recorded};
use support::{Mlflow, answer, call, call_with, failure, success};

const FAILED: &str = "tr-3ba7d776964aecde5af9de68283261e1";

fn sent(mlflow: &Mlflow, index: usize) -> Value {
    serde_json::from_slice(mlflow.seen()[index].body()).unwrap()
}

#[test]
fn traces_are_off_until_they_are_chosen_by_name() {
    let call = |toolsets: &str| {
        let none = Mlflow::always(200, "{}");
        call_with(
            &none,
            &[("MLFLOW_MCP_TOOLSETS", toolsets)],
            "search_traces",
            json!({"experiment_ids": ["1"]}),
        )
    };
    assert!(!Toolset::DEFAULT.contains(&Toolset::Traces));
    assert!(failure(&call("")).contains("MLFLOW_MCP_TOOLSETS leaves only tools of core, analysis"));
    for on in ["traces", "core,traces", "all"] {
        assert!(failure(&call(on)).contains("did not answer as MLflow does"), "{on}");
    }
    let own = tools::all().filter(|entry| entry.spec.toolset == Toolset::Traces);
    let reads = own.filter(|entry| entry.spec.effect == Effect::Read).count();
    assert_eq!(reads, 8);
}

#[test]
fn a_search_tells_what_mlflow_has_without_what_it_notes_for_itself() {
    let mlflow = recorded("3.17.2", &["traces-search-errors"]);
    let arguments = json!({"experiment_id": 9, "filter_string": "status = 'ERROR'", "max_results": "3"});
    let result = call(&mlflow, "search_traces", arguments);
    let shown = success(&result)["result"].as_array().unwrap();
    let real = &fixture("3.17.2", "traces-search-errors")["response"]["body"]["traces"];
    assert_eq!(shown.len(), real.as_array().unwrap().len());
    for (shown, real) in shown.iter().zip(real.as_array().unwrap()) {
        for member in ["trace_id", "client_request_id", "state", "request_time", "request_preview"] {
            assert_eq!(shown[member], real[member], "{member}");
        }
        assert_eq!(shown["session_id"], real["trace_metadata"]["mlflow.trace.session"]);
        assert_eq!(shown["run_id"], real["trace_metadata"]["mlflow.sourceRun"]);
        assert_eq!(shown["tags"], json!({"release": "2026.1", "topic": "refund"}));
        assert_eq!(shown["assessments"][0]["value"], real["assessments"][0]["feedback"]["value"]);
        assert_eq!(shown["assessments"][0]["assessment_id"], real["assessments"][0]["assessment_id"]);
    }
    assert_eq!(shown[0]["execution_duration_ms"], 30_073.0);
    let asked = sent(&mlflow, 0);
    assert_eq!(asked["locations"][0]["mlflow_experiment"]["experiment_id"], "9");
    assert_eq!((&asked["filter"], &asked["max_results"]), (&json!("status = 'ERROR'"), &json!(3)));
    assert_eq!(asked["order_by"], json!(["timestamp_ms DESC"]));
}

#[test]
fn a_server_of_the_second_line_tells_the_same_of_a_trace() {
    let mlflow = recorded("2.22.5", &["traces-search", "traces-second-search"]);
    let arguments =
        json!({"experiment_ids": ["9"], "order_by": "execution_time_ms DESC, name", "run_id": "abc"});
    let result = call(&mlflow, "search_traces", arguments);
    let first = &success(&result)["result"][0];
    let real = &fixture("2.22.5", "traces-second-search")["response"]["body"]["traces"][0];
    assert_eq!(first["trace_id"], real["request_id"]);
    assert_eq!((&first["name"], &first["state"]), (&json!("answer_ticket"), &json!("OK")));
    assert_eq!((&first["session_id"], &first["tags"]["release"]), (&json!("session-3"), &json!("2026.1")));
    assert!(first["request_preview"].as_str().unwrap().contains("question"));
    assert_eq!(first["request_time"], "2026-01-18T10:17:00.000Z");
    let query = mlflow.seen()[1].uri().query().unwrap().to_owned();
    assert_eq!(
        query,
        "max_results=20&experiment_ids=9&order_by=execution_time_ms%20DESC&order_by=name&filter=run_id%20%3D%20%27abc%27"
    );
}

#[test]
fn pages_go_on_where_they_stopped() {
    let mlflow = recorded("3.17.2", &["traces-search-page-1", "traces-search-page-2"]);
    let mut arguments = json!({"experiment_ids": ["9"], "max_results": 2});
    let first = call(&mlflow, "search_traces", arguments.clone());
    arguments["page_token"] = success(&first)["next_page_token"].clone();
    let second = call(&mlflow, "search_traces", arguments);
    let ids = |result: &Value| -> Vec<Value> {
        success(result)["result"].as_array().unwrap().iter().map(|trace| trace["trace_id"].clone()).collect()
    };
    assert_eq!(sent(&mlflow, 1)["page_token"], success(&first)["next_page_token"]);
    assert!(ids(&first).len() == 2 && ids(&second).len() == 2);
    assert!(ids(&first).iter().all(|id| !ids(&second).contains(id)));
}

#[test]
fn experiments_are_found_by_name_and_near_ones_are_named() {
    let mlflow = recorded("3.17.2", &["experiments-get-by-name", "traces-search"]);
    success(&call(&mlflow, "search_traces", json!({"experiment_ids": ["churn-classifier"]})));
    assert_eq!(sent(&mlflow, 1)["locations"][0]["mlflow_experiment"]["experiment_id"], "1");
    let mlflow = recorded("3.17.2", &["experiments-get-by-name-missing", "experiments-search"]);
    let result = call(&mlflow, "search_traces", json!({"experiment_id": "suport-agent"}));
    assert!(failure(&result).contains("Did you mean \"support-agent\"?"), "{result}");
    let none = call(&Mlflow::untouched(), "search_traces", json!({}));
    assert!(failure(&none).contains("\"experiment_ids\" names 0 experiments"), "{none}");
}

#[test]
fn nothing_found_is_told_apart_from_an_unknown_experiment_and_a_bad_filter() {
    let search = |names: &[&str]| {
        call(
            &recorded("3.17.2", names),
            "search_traces",
            json!({"experiment_ids": ["1"], "filter_string": "foo = 'x'"}),
        )
    };
    assert_eq!(success(&search(&["traces-search-none", "experiments-get"]))["result"], json!([]));
    let unknown = search(&["traces-search-none", "experiments-get-missing"]);
    assert!(failure(&unknown).contains("there is no experiment with id \"1\""), "{unknown}");
    let bad = search(&["traces-search-400"]);
    assert!(failure(&bad).contains("Invalid attribute key 'foo'"), "{bad}");
    let mlflow = recorded("2.22.5", &["traces-search", "traces-second-search-400"]);
    let bad = call(&mlflow, "search_traces", json!({"experiment_ids": ["1"], "filter_string": "foo = 'x'"}));
    assert!(failure(&bad).contains("foo"), "{bad}");
}

#[test]
fn a_trace_is_shown_with_the_tree_of_its_spans_on_both_lines() {
    let newest = recorded("3.17.2", &["traces-info-error", "traces-native-error"]);
    let second = recorded("2.22.5", &["traces-info", "traces-second-info", "traces-native-error"]);
    let mut trees = Vec::new();
    for (mlflow, id) in [(newest, FAILED.to_owned()), (second, asked("2.22.5", "traces-info"))] {
        let result = call(&mlflow, "get_trace", json!({"trace_id": id}));
        let trace = success(&result);
        assert_eq!((&trace["state"], &trace["name"]), (&json!("ERROR"), &json!("answer_ticket")));
        // All that MLflow has, its own tags among it.
        assert!(trace["tags"]["mlflow.artifactLocation"].as_str().unwrap().starts_with("mlflow-artifacts:/"));
        assert_eq!(trace["trace_metadata"]["mlflow.source.name"], "agent.py");
        assert_eq!(trace["span_count"], 3);
        trees.push(trace["spans"].clone());
    }
    assert_eq!(trees[0], trees[1]);
    let column =
        |name: &str| -> Vec<&Value> { trees[0].as_array().unwrap().iter().map(|line| &line[name]).collect() };
    assert_eq!(column("name"), ["answer_ticket", "search_articles", "refund_order"]);
    assert_eq!(column("depth"), [&json!(0), &json!(1), &json!(1)]);
    assert_eq!(column("type"), ["AGENT", "RETRIEVER", "TOOL"]);
    assert_eq!(column("status"), ["ERROR", "OK", "ERROR"]);
    assert_eq!(column("span_id"), ["412858236b569f2d", "310b8a043ea1cbfe", "92a175d0683790f3"]);
    assert_eq!(column("start_ms"), [&json!(0.0), &json!(5.0), &json!(65.0)]);
    assert_eq!(column("duration_ms"), [&json!(30_073.0), &json!(60.0), &json!(30_000.0)]);
    assert_eq!(trees[0][2]["error"], "PermissionError: refunds above 200 EUR need approval");
}

#[test]
fn an_unknown_trace_and_what_is_no_id_are_told() {
    let id = asked("3.17.2", "traces-info-missing");
    let mlflow = recorded("3.17.2", &["traces-info-missing", "traces-native-missing"]);
    let result = call(&mlflow, "get_trace", json!({"trace_id": id}));
    assert!(
        failure(&result).contains("RESOURCE_DOES_NOT_EXIST") && failure(&result).contains("search_traces")
    );
    let id = asked("2.22.5", "traces-second-info-missing".trim_end_matches("-missing"));
    assert_eq!(id.len(), 32);
    for wrong in ["tr-1/../../experiments", "tr 1", "%2e%2e", "..", &"a".repeat(200)] {
        for tool in ["get_trace", "get_span", "get_trace_assessment", "set_trace_tag", "delete_trace_tag"] {
            let arguments =
                json!({"trace_id": wrong, "span_id": "1", "assessment_id": "1", "key": "k", "value": "v"});
            let schema = tools::find(tool).unwrap().input_schema();
            let known = |(name, _): &(&String, &Value)| schema["properties"].get(name.as_str()).is_some();
            let arguments: serde_json::Map<String, Value> = arguments
                .as_object()
                .unwrap()
                .iter()
                .filter(known)
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            let result = call(&Mlflow::untouched(), tool, Value::Object(arguments));
            assert!(failure(&result).contains("no id that MLflow makes"), "{tool} {wrong}: {result}");
        }
    }
}

#[test]
fn a_trace_without_stored_spans_is_shown_without_them() {
    let missing = r#"{"error_code": "NOT_FOUND", "message": "Trace data not found for path=/x"}"#;
    let info = fixture("3.17.2", "traces-info-error");
    let mlflow = Mlflow::new(move |request| {
        let is_info = request.uri().path().starts_with("/api/3.0/");
        Ok(if is_info { answer(200, info["response"]["body"].to_string()) } else { answer(404, missing) })
    });
    let result = call(&mlflow, "get_trace", json!({"trace_id": FAILED}));
    assert_eq!(success(&result)["spans"], json!([]));
    assert!(success(&result)["note"].as_str().unwrap().contains("Trace data not found"));
}

#[test]
fn a_span_is_shown_with_what_went_in_and_out() {
    for (version, id) in [("3.17.2", FAILED.to_owned()), ("2.22.5", asked("2.22.5", "traces-native-error"))] {
        let get = |arguments: Value| {
            let mut all = json!({"trace_id": id, "span_id": "310b8a043ea1cbfe"});
            all.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
            call(&recorded(version, &["traces-native-error"]), "get_span", all)
        };
        let result = get(json!({}));
        let span = success(&result);
        assert_eq!(span["inputs"], json!({"query": "Refund 10600, it's been 3 weeks!", "k": 3}));
        assert_eq!(span["outputs"], json!(["help/refund-193", "help/refund-131", "help/refund-110"]));
        assert_eq!((&span["type"], &span["parent_id"]), (&json!("RETRIEVER"), &json!("412858236b569f2d")));
        assert_eq!(
            (&span["start_time"], &span["duration_ms"]),
            (&json!("2026-01-18T10:03:00.005Z"), &json!(60.0))
        );
        let part = get(json!({"pointer": "/outputs", "start": 1}));
        assert_eq!(success(&part)["value"], json!(["help/refund-131", "help/refund-110"]));
        assert_eq!(success(&get(json!({"pointer": "/inputs/k"})))["value"], 3);
        assert_eq!(
            success(&get(json!({"pointer": "/inputs/query", "start": 7})))["value"],
            "10600, it's been 3 weeks!"
        );
        let nothing = get(json!({"pointer": "/input/k"}));
        assert!(failure(&nothing).contains("Did you mean \"/inputs\"?"), "{nothing}");
        let failed = get(json!({"span_id": "92a175d0683790f3"}));
        let event = &success(&failed)["events"][0];
        assert_eq!((&event["name"], &event["offset_ms"]), (&json!("exception"), &json!(30_000.0)));
        assert_eq!(event["attributes"]["exception.type"], "PermissionError");
        let unknown = get(json!({"span_id": "refund_order"}));
        assert!(failure(&unknown).contains("is the name of 92a175d0683790f3"), "{unknown}");
    }
}

/// A trace with one span, whose inputs hold a long text and a long list.
fn long() -> Mlflow {
    let text: String = (0..40_000_u32).map(|n| char::from_digit(n % 10, 10).unwrap()).collect();
    let items: Vec<String> = (0..3_000).map(|n| format!("item {n}")).collect();
    let inputs = json!({"text": text, "items": items, "k": 3}).to_string();
    let span = json!({"name": "long", "span_id": "BvqGwJx5sx4=", "start_time_unix_nano": 5, "end_time_unix_nano": 9,
                      "status": {"code": 1}, "attributes": {"mlflow.spanInputs": inputs, "model": "\"m\""}});
    Mlflow::always(200, Box::leak(json!({"spans": [span]}).to_string().into_boxed_str()))
}

#[test]
fn what_is_too_long_is_cut_and_can_be_read_to_its_end() {
    let small = [("MLFLOW_MCP_ANSWER_CHARACTERS", "10000")];
    let get = |more: Value| {
        let mut arguments = json!({"trace_id": "tr-1", "span_id": "06fa86c09c79b31e"});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let result = call_with(&long(), &small, "get_span", arguments);
        let span = success(&result).clone();
        assert!(span.to_string().chars().count() <= 10_000);
        span
    };
    let whole = get(json!({}));
    assert_eq!((&whole["inputs"]["k"], &whole["attributes"]["model"]), (&json!(3), &json!("m")));
    let gaps = whole["gaps"].as_array().unwrap();
    let gap = |pointer: &str| {
        gaps.iter().find(|gap| gap["pointer"] == pointer).unwrap_or_else(|| panic!("{gaps:?}"))
    };
    assert_eq!(gap("/inputs/text")["total"], 40_000);
    assert_eq!(
        (&gap("/inputs/items")["total"], &gap("/inputs/items")["unit"]),
        (&json!(3_000), &json!("items"))
    );
    let (mut text, mut start) = (String::new(), json!(0));
    while !start.is_null() {
        let part = get(json!({"pointer": "/inputs/text", "start": start}));
        text += part["value"].as_str().unwrap();
        start = part["next_start"].clone();
    }
    assert!(
        text.len() == 40_000
            && text.bytes().enumerate().all(|(at, digit)| usize::from(digit - b'0') == at % 10)
    );
    let (mut items, mut start) = (Vec::new(), json!(0));
    while !start.is_null() {
        let part = get(json!({"pointer": "/inputs/items", "start": start}));
        items.extend(part["value"].as_array().unwrap().clone());
        start = part["next_start"].clone();
    }
    assert!(items.len() == 3_000 && items.iter().enumerate().all(|(n, item)| *item == format!("item {n}")));
}

#[test]
fn a_tree_of_many_spans_is_shown_in_parts() {
    let spans: Vec<Value> = (0..900_i64)
        .map(|n| json!({"name": format!("step {n}"), "context": {"span_id": format!("{n:016x}")}, "start_time": n, "end_time": n + 1,
                        "parent_id": (n > 0).then(|| format!("{:016x}", (n - 1) / 3))}))
        .collect();
    let spans = json!({"spans": spans}).to_string();
    let info = fixture("3.17.2", "traces-info-error")["response"]["body"].to_string();
    let mlflow = Mlflow::new(move |request| {
        let is_info = request.uri().path().starts_with("/api/3.0/");
        Ok(answer(200, if is_info { info.clone() } else { spans.clone() }))
    });
    let (mut ids, mut offset) = (Vec::new(), json!(0));
    while !offset.is_null() {
        let arguments = json!({"trace_id": FAILED, "span_offset": offset});
        let result = call_with(&mlflow, &[("MLFLOW_MCP_ANSWER_CHARACTERS", "10000")], "get_trace", arguments);
        let trace = success(&result);
        assert!(trace.to_string().chars().count() <= 10_000);
        assert_eq!(trace["span_count"], 900);
        ids.extend(
            trace["spans"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| line["span_id"].as_str().unwrap().to_owned()),
        );
        offset = trace["next_span_offset"].clone();
    }
    ids.sort();
    assert_eq!(ids, (0..900).map(|n| format!("{n:016x}")).collect::<Vec<_>>());
}

#[test]
fn traces_of_a_model_are_looked_for_in_its_experiment() {
    let model = fixture("3.17.2", "logged-models-get");
    let path = model["request"]["path_and_query"].as_str().unwrap();
    let id = path.rsplit('/').next().unwrap();
    let mlflow = recorded("3.17.2", &["logged-models-get", "traces-search"]);
    let arguments = json!({"model_id": id, "filter_string": "status = 'OK'"});
    success(&call(&mlflow, "search_traces", arguments));
    let asked: Value = serde_json::from_slice(mlflow.seen()[1].body()).unwrap();
    let experiment = &model["response"]["body"]["model"]["info"]["experiment_id"];
    assert_eq!(&asked["locations"][0]["mlflow_experiment"]["experiment_id"], experiment);
    assert_eq!(asked["filter"], format!("status = 'OK' AND request_metadata.`mlflow.modelId` = '{id}'"));
}
