//! What is worked out of many traces, over answers that real servers gave and over made-up ones that can be counted by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::recorded::{fixture, recorded};
use support::{Mlflow, answer, call, failure, success};

const LACKS: &str = "<!doctype html><title>404 Not Found</title>";

/// Trace number `n` of a server: every fifth failed, three make a session, one is begun every half hour.
fn trace(n: usize) -> Value {
    let failed = n.is_multiple_of(5);
    let tokens = json!({"input_tokens": 10 * n, "output_tokens": n, "total_tokens": 11 * n}).to_string();
    let cost = json!({"total_cost": 0.25}).to_string();
    let minutes = 30 * n;
    json!({
        "trace_id": format!("tr-{n:04}"),
        "trace_location": {"mlflow_experiment": {"experiment_id": "1"}},
        "request_time": format!("2026-01-{:02}T{:02}:{:02}:00Z", 1 + minutes / 1440, minutes / 60 % 24, minutes % 60),
        "execution_duration": format!("{}s", n as f64 / 100.0),
        "state": if failed { "ERROR" } else { "OK" },
        "request_preview": format!("in {n}"),
        "response_preview": format!("out {n}"),
        "trace_metadata": {"mlflow.trace.session": format!("s{}", n / 3), "mlflow.trace.user": "zoe",
                           "mlflow.trace.tokenUsage": tokens, "mlflow.trace.cost": cost},
        "tags": {"mlflow.traceName": if n.is_multiple_of(2) { "even" } else { "odd" }, "team": if failed { "red" } else { "blue" }},
    })
}

/// A server with so many, newest first, that works out nothing itself.
fn many(count: usize) -> Mlflow {
    Mlflow::new(move |request| {
        if request.uri().path() != "/api/3.0/mlflow/traces/search" {
            return Ok(answer(404, LACKS));
        }
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let start = asked["page_token"].as_str().map_or(0, |token| {
            let token: Value = serde_json::from_slice(&STANDARD.decode(token).unwrap()).unwrap();
            usize::try_from(token["offset"].as_u64().unwrap()).unwrap()
        });
        let most = usize::try_from(asked["max_results"].as_u64().unwrap()).unwrap();
        assert!(most <= 500, "MLflow refuses more");
        let end = count.min(start + most);
        let mut page = json!({"traces": (start..end).map(|row| trace(count - 1 - row)).collect::<Vec<_>>()});
        if end < count {
            page["next_page_token"] = STANDARD.encode(json!({"offset": end}).to_string()).into();
        }
        Ok(answer(200, page.to_string()))
    })
}

#[test]
fn sessions_are_the_traces_that_share_a_name() {
    let result = call(&many(31), "search_sessions", json!({"experiment_ids": ["1"], "max_results": 3}));
    let answer = success(&result);
    let sessions = answer["result"].as_array().unwrap();
    let ids: Vec<&Value> = sessions.iter().map(|session| &session["session_id"]).collect();
    assert_eq!(ids, ["s10", "s9", "s8"]);
    let s9 = &sessions[1];
    assert_eq!((&s9["traces"], &s9["errors"]), (&json!(3), &json!(0)));
    assert_eq!((&sessions[2]["errors"], &sessions[0]["errors"]), (&json!(1), &json!(1)));
    assert_eq!(s9["trace_ids"], json!(["tr-0027", "tr-0028", "tr-0029"]));
    assert_eq!(
        s9["token_usage"],
        json!({"input_tokens": 840.0, "output_tokens": 84.0, "total_tokens": 924.0})
    );
    assert_eq!(s9["cost"], json!({"total_cost": 0.75}));
    assert_eq!((&s9["first_request"], &s9["last_response"]), (&json!("in 27"), &json!("out 29")));
    assert_eq!((&s9["first_request_time"], &s9["user"]), (&json!("2026-01-01T13:30:00.000Z"), &json!("zoe")));
    // From the beginning of the first to the end of the last, an hour later.
    assert_eq!((&s9["duration_ms"], &s9["execution_ms"]), (&json!(3_600_290.0), &json!(840.0)));
    assert_eq!(answer["note"], "11 sessions in 31 traces.");
    let rest = json!({"experiment_ids": ["1"], "max_results": 30, "page_token": answer["next_page_token"]});
    let rest = call(&many(31), "search_sessions", rest);
    let rest = success(&rest)["result"].as_array().unwrap();
    assert_eq!((rest.len(), &rest[7]["session_id"]), (8, &json!("s0")));
}

#[test]
fn sessions_beyond_what_is_read_are_told() {
    let mlflow = many(5_100);
    let result = call(&mlflow, "search_sessions", json!({"experiment_ids": ["1"]}));
    let note = success(&result)["note"].as_str().unwrap();
    assert!(note.starts_with("1667 sessions in 5000 traces. Older traces were not read"), "{note}");
    assert_eq!(mlflow.seen().len(), 10);
}

const FIGURES: [&str; 6] = [
    "traces-metrics-trace_count",
    "traces-metrics-latency",
    "traces-metrics-input_tokens",
    "traces-metrics-output_tokens",
    "traces-metrics-total_tokens",
    "traces-metrics-total_cost",
];

#[test]
fn figures_are_those_of_the_server() {
    let mlflow = recorded("3.17.2", &FIGURES);
    let result = call(&mlflow, "trace_statistics", json!({"experiment_ids": [9]}));
    let (row, points) = (&success(&result)["result"][0], |name: &str| {
        fixture("3.17.2", name)["response"]["body"]["data_points"][0]["values"].clone()
    });
    assert_eq!(success(&result)["computed"], "server");
    assert_eq!((&row["traces"], &row["errors"]), (&json!(12), &json!(2)));
    assert_eq!(row["error_rate"], 2.0 / 12.0);
    let latency = points(FIGURES[1]);
    for (shown, theirs) in
        [("mean", "AVG"), ("p50", "P50.0"), ("p95", "P95.0"), ("p99", "P99.0"), ("max", "MAX")]
    {
        assert_eq!(row["latency_ms"][shown], latency[theirs], "{shown}");
    }
    for kind in ["input_tokens", "output_tokens", "total_tokens"] {
        assert_eq!(row["tokens"][kind], points(&format!("traces-metrics-{kind}"))["SUM"], "{kind}");
    }
    assert_eq!(row["cost"]["total_cost"], points(FIGURES[5])["SUM"]);
    // What was asked is what was recorded, so that the answers belong to it.
    for (request, name) in mlflow.seen().iter().zip(FIGURES) {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let was = &fixture("3.17.2", name)["request"]["body"];
        for member in
            ["metric_name", "view_type", "aggregations", "dimensions", "experiment_ids", "max_results"]
        {
            assert_eq!(asked[member], was[member], "{name} {member}");
        }
    }
}

#[test]
fn a_bad_condition_is_told_before_or_by_mlflow() {
    for filter in ["status = 'ERROR'", "trace.name = 'x'"] {
        let arguments = json!({"experiment_ids": ["9"], "filters": [filter]});
        let result = call(&Mlflow::untouched(), "trace_statistics", arguments);
        assert!(failure(&result).contains("trace.tag.team = 'blue'"), "{result}");
    }
    let window =
        json!({"experiment_ids": ["9"], "started_after": "2026-01-02", "started_before": "2026-01-01"});
    assert!(
        failure(&call(&Mlflow::untouched(), "trace_statistics", window)).contains("no trace can lie between")
    );
    let refused = recorded("3.17.2", &["traces-metrics-400"]);
    let result = call(
        &refused,
        "trace_statistics",
        json!({"experiment_ids": ["9"], "filters": ["trace.status = 'x'"]}),
    );
    assert!(failure(&result).contains("Valid entities are"), "{result}");
}

#[test]
fn a_server_that_works_out_nothing_has_its_traces_counted() {
    let figures = |arguments: Value| {
        let mut all = json!({"experiment_ids": ["1"]});
        all.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
        success(&call(&many(101), "trace_statistics", all)).clone()
    };
    let whole = figures(json!({}));
    let row = &whole["result"][0];
    assert_eq!(whole["computed"], "here");
    assert!(whole["note"].as_str().unwrap().starts_with("Of all 101 traces"), "{whole}");
    assert_eq!(
        (&row["traces"], &row["errors"], &row["error_rate"]),
        (&json!(101), &json!(21), &json!(21.0 / 101.0))
    );
    // Durations are 0, 10, ..., 1000 ms: numpy.percentile(numpy.arange(101) * 10, [50, 95, 99]).
    assert_eq!(
        row["latency_ms"],
        json!({"mean": 500.0, "p50": 500.0, "p95": 950.0, "p99": 990.0, "max": 1000.0})
    );
    assert_eq!(
        row["tokens"],
        json!({"input_tokens": 50_500.0, "output_tokens": 5_050.0, "total_tokens": 55_550.0})
    );
    assert_eq!(row["cost"], json!({"total_cost": 25.25}));
    let names = figures(json!({"group_by": "name"}));
    let rows = names["result"].as_array().unwrap();
    assert_eq!((&rows[0]["group"], &rows[0]["traces"]), (&json!({"name": "even"}), &json!(51)));
    assert_eq!((&rows[1]["group"], &rows[1]["traces"]), (&json!({"name": "odd"}), &json!(50)));
    let days = figures(json!({"bucket_seconds": 86_400, "group_by": "status"}));
    let rows = days["result"].as_array().unwrap();
    let second = json!({"status": "ERROR", "time_bucket": "2026-01-02T00:00:00Z"});
    let failed = rows.iter().find(|row| row["group"] == second).unwrap();
    // Traces 48 to 95 of that day; 50, 55, ... 95 failed.
    assert_eq!((&failed["traces"], &failed["error_rate"]), (&json!(10), &json!(1.0)));
}

#[test]
fn conditions_are_translated_where_the_traces_are_read() {
    let mlflow = many(3);
    let arguments = json!({"experiment_ids": ["1"], "started_after": "2026-01-01", "started_before": "2026-01-02",
                           "filters": ["trace.status = 'OK'", "trace.tag.team = 'blue'", "trace.metadata.`a.b` = 'c'"]});
    success(&call(&mlflow, "trace_statistics", arguments));
    let asked: Value = serde_json::from_slice(mlflow.seen().last().unwrap().body()).unwrap();
    assert_eq!(
        asked["filter"],
        "status = 'OK' AND tags.team = 'blue' AND metadata.`a.b` = 'c' AND timestamp_ms >= 1767225600000 AND timestamp_ms < 1767312000000"
    );
}

#[test]
fn the_second_line_has_its_traces_counted_too() {
    let mut page = fixture("2.22.5", "traces-second-search");
    // The recorded page is not the last: reading on would ask for what was not recorded.
    page["response"]["body"].as_object_mut().unwrap().remove("next_page_token");
    let last = page["response"]["body"].to_string();
    let rest = Mlflow::new(move |request| {
        let is_search = request.uri().path() == "/api/2.0/mlflow/traces";
        Ok(if is_search { answer(200, last.clone()) } else { answer(404, LACKS) })
    });
    let result = call(&rest, "trace_statistics", json!({"experiment_ids": ["9"]}));
    let row = &success(&result)["result"][0];
    assert_eq!((&row["traces"], &row["errors"]), (&json!(3), &json!(1)));
    assert_eq!(row["latency_ms"]["max"], 30_073.0);
}

#[test]
fn failures_of_the_same_kind_are_one_group() {
    let failing = |n: usize| {
        let message = if n == 3 { "no".to_owned() } else { format!("order {} not found", 10_391 + n) };
        let event = json!({"name": "exception", "attributes": [
            {"key": "exception.type", "value": {"string_value": "KeyError"}},
            {"key": "exception.message", "value": {"string_value": message}}]});
        let status = json!({"code": "STATUS_CODE_ERROR"});
        json!({"trace_info": {"trace_id": format!("tr-{:04}", n * 5)}, "spans": [
            {"span_id": "BvqGwJx5sx4=", "name": "root", "status": status, "start_time_unix_nano": 1, "end_time_unix_nano": 9},
            {"span_id": "LbnaqwCzXE8=", "parent_span_id": "BvqGwJx5sx4=", "name": "lookup", "status": status, "events": [event],
             "attributes": [{"key": "mlflow.spanType", "value": {"string_value": "TOOL"}}],
             "start_time_unix_nano": 2, "end_time_unix_nano": 3}]})
    };
    let mlflow = Mlflow::new(move |request| {
        let path = request.uri().path();
        Ok(match path {
            "/api/3.0/mlflow/traces/search" => {
                let asked: Value = serde_json::from_slice(request.body()).unwrap();
                assert_eq!(asked["filter"], "status = 'ERROR' AND name = 'x'");
                let rows: Vec<Value> = (0..6).rev().map(|n| trace(n * 5)).collect();
                answer(200, json!({"traces": rows}).to_string())
            }
            "/api/3.0/mlflow/traces/batchGet" => {
                // The newest has no spans in the database.
                answer(200, json!({"traces": (0..5).map(failing).collect::<Vec<_>>()}).to_string())
            }
            _ => answer(404, r#"{"error_code": "NOT_FOUND", "message": "Trace data not found"}"#),
        })
    });
    let arguments = json!({"experiment_ids": ["1"], "filter_string": "name = 'x'"});
    let result = call(&mlflow, "group_trace_errors", arguments);
    let answer = success(&result);
    assert_eq!(answer["traces"], 6);
    let groups = answer["result"].as_array().unwrap();
    assert_eq!(groups.len(), 3);
    let first = &groups[0];
    assert_eq!(
        (&first["exception_type"], &first["message"]),
        (&json!("KeyError"), &json!("order <n> not found"))
    );
    assert_eq!(
        (&first["span_name"], &first["span_type"], &first["traces"]),
        (&json!("lookup"), &json!("TOOL"), &json!(4))
    );
    assert_eq!(first["example"], "order 10395 not found");
    assert_eq!(first["trace_ids"], json!(["tr-0020", "tr-0010", "tr-0005", "tr-0000"]));
    assert_eq!(first["first_request_time"], "2026-01-01T00:00:00Z");
    assert_eq!(first["last_request_time"], "2026-01-01T10:00:00Z");
    assert_eq!(groups.iter().map(|group| group["traces"].as_u64().unwrap()).sum::<u64>(), 6);
    assert!(answer["note"].as_str().unwrap().contains("Of 1 traces MLflow has no spans"));
}

#[test]
fn failures_are_grouped_on_recorded_servers() {
    let newest = recorded("3.17.2", &["traces-search-errors", "traces-batch", "traces-native-error"]);
    let ends = |version: &str, name: &str| {
        let mut page = fixture(version, name)["response"]["body"].clone();
        page.as_object_mut().unwrap().remove("next_page_token");
        page.to_string()
    };
    let (found, spans) =
        (ends("2.22.5", "traces-second-search-errors"), fixture("2.22.5", "traces-native-error"));
    let second = Mlflow::new(move |request| {
        Ok(match request.uri().path() {
            "/api/2.0/mlflow/traces" => answer(200, found.clone()),
            "/ajax-api/2.0/mlflow/get-trace-artifact" => answer(200, spans["response"]["body"].to_string()),
            _ => answer(404, LACKS),
        })
    });
    for mlflow in [newest, second] {
        let result = call(&mlflow, "group_trace_errors", json!({"experiment_ids": ["9"]}));
        let groups = success(&result)["result"].as_array().unwrap();
        let same = groups.iter().find(|group| group["exception_type"] == "PermissionError").unwrap();
        assert_eq!((&same["span_name"], &same["span_type"]), (&json!("refund_order"), &json!("TOOL")));
        assert_eq!(same["message"], "refunds above <n> EUR need approval");
    }
}

#[test]
fn what_goes_with_failing_stands_first() {
    let names = ["traces-correlation-itself", "traces-correlation", "traces-correlation-never"];
    let mlflow = recorded("3.17.2", &names);
    let arguments =
        json!({"experiment_ids": ["9"], "candidates": ["tags.`topic` = 'refund'", "tags.`topic` = 'bug'"]});
    let result = call(&mlflow, "correlate_traces", arguments);
    let answer = success(&result);
    assert_eq!(
        (&answer["target"], &answer["target_traces"], &answer["traces"]),
        (&json!("status = 'ERROR'"), &json!(2), &json!(12))
    );
    let rows = answer["result"].as_array().unwrap();
    assert_eq!(rows[0]["condition"], "tags.`topic` = 'refund'");
    assert_eq!(rows[0]["npmi"], fixture("3.17.2", "traces-correlation")["response"]["body"]["npmi"]);
    assert_eq!((&rows[0]["traces"], &rows[0]["target_traces"]), (&json!(3), &json!(2)));
    assert_eq!((&rows[0]["rate"], &rows[0]["rate_without"]), (&json!(2.0 / 3.0), &json!(0.0)));
    assert_eq!((&rows[1]["npmi"], &rows[1]["rate"]), (&json!(-1.0), &json!(0.0)));
    for (request, name) in mlflow.seen().iter().zip(names) {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(asked, fixture("3.17.2", name)["request"]["body"], "{name}");
    }
}

#[test]
fn conditions_are_found_among_tags_metadata_names_and_spans() {
    let mlflow = Mlflow::new(|request| {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        Ok(match request.uri().path() {
            "/api/3.0/mlflow/traces/search" => {
                let failed = asked["filter"] == "status = 'ERROR'";
                let rows: Vec<Value> = (0..40).filter(|n| !failed || n % 5 == 0).map(trace).collect();
                answer(200, json!({"traces": rows}).to_string())
            }
            "/api/3.0/mlflow/traces/metrics" => {
                let dimension = asked["dimensions"][0].as_str().unwrap().to_owned();
                let point = json!({"dimensions": {dimension: "it's"}, "values": {"COUNT": 3.0}});
                answer(200, json!({"data_points": [point]}).to_string())
            }
            _ => {
                let told = json!({"npmi": "NaN", "filter1_count": 8, "filter2_count": 8, "joint_count": 8, "total_count": 40});
                answer(200, told.to_string())
            }
        })
    });
    let result = call(&mlflow, "correlate_traces", json!({"experiment_ids": ["1"]}));
    let rows = success(&result)["result"].as_array().unwrap();
    let conditions: Vec<&str> = rows.iter().map(|row| row["condition"].as_str().unwrap()).collect();
    for expected in [
        "name = 'even'",
        "tags.`team` = 'red'",
        "span.name = \"it's\"",
        "span.type = \"it's\"",
        "metadata.`mlflow.trace.session` = 's5'",
    ] {
        assert!(conditions.contains(&expected), "{expected}: {conditions:?}");
    }
    // What is the same for all traces tells nothing.
    assert!(!conditions.iter().any(|condition| condition.contains("zoe")), "{conditions:?}");
    assert_eq!(rows[0]["npmi"], "NaN");
}

#[test]
fn a_server_without_correlations_is_told_with_the_version_that_has_them() {
    let mlflow = recorded("2.22.5", &["traces-correlation"]);
    let result = call(&mlflow, "correlate_traces", json!({"experiment_ids": ["9"]}));
    assert!(failure(&result).contains("MLflow has them since 3.4"), "{result}");
    let refused = recorded("3.17.2", &["traces-correlation-itself", "traces-correlation-400"]);
    let result =
        call(&refused, "correlate_traces", json!({"experiment_ids": ["9"], "candidates": ["foo = 'x'"]}));
    assert!(failure(&result).contains("Invalid attribute key 'foo'"), "{result}");
}
