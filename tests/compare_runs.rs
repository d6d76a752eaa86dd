//! Runs beside each other: what differs, what it costs, and ids that no run has.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use support::recorded::{VERSIONS, fixture, recorded};
use support::{Mlflow, answer, call, failure, success};

const MISSING: &str = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Run not found"}"#;

/// Run `r7` has the accuracy 0.7 and a seed of its own; those from 50 on are of another experiment.
fn run(n: usize) -> Value {
    let experiment = if n < 50 { "1" } else { "2" };
    json!({"info": {"run_id": format!("r{n}"), "run_name": format!("trial-{n}"), "experiment_id": experiment,
                    "status": "FINISHED", "start_time": 5},
           "data": {"metrics": [{"key": "acc", "value": f64::from(u32::try_from(n).unwrap()) / 10.0}],
                    "params": [{"key": "lr", "value": "0.1"}, {"key": "seed", "value": n.to_string()}],
                    "tags": [{"key": "team", "value": "nlp"}]}})
}

/// A server with the runs `r0` to `r99`.
fn react(request: &Request<Bytes>) -> Response<Bytes> {
    if request.uri().path().ends_with("/get") {
        let id = request.uri().query().unwrap().strip_prefix("run_id=r").unwrap_or_default();
        return match id.parse::<usize>() {
            Ok(n) if n < 100 => answer(200, json!({"run": run(n)}).to_string()),
            _ => answer(404, MISSING),
        };
    }
    let asked: Value = serde_json::from_slice(request.body()).unwrap();
    let filter = asked["filter"].as_str().unwrap_or_default();
    let wanted = |n: &usize| filter.is_empty() || filter.contains(&format!("'r{n}'"));
    let runs: Vec<Value> = (0..50).filter(wanted).map(run).collect();
    answer(200, json!({"runs": runs}).to_string())
}

fn server() -> Mlflow {
    Mlflow::new(|request| Ok(react(request)))
}

fn compare(mlflow: &Mlflow, run_ids: Value) -> Value {
    call(mlflow, "compare_runs", json!({"experiment_id": "1", "run_ids": run_ids}))
}

#[test]
fn what_differs_is_beside_what_is_the_same() {
    let result = compare(&server(), json!(["r2", "r5", "r1"]));
    let compared = success(&result);
    let names: Vec<&Value> =
        compared["runs"].as_array().unwrap().iter().map(|run| &run["run_name"]).collect();
    assert_eq!(names, ["trial-2", "trial-5", "trial-1"]);
    for member in ["run_id", "status", "start_time", "metrics", "params"] {
        assert!(compared["runs"][0].get(member).is_some(), "{member}");
    }
    assert_eq!(compared["all_metrics"], json!(["acc"]));
    assert_eq!(compared["all_params"], json!(["lr", "seed"]));
    let acc = &compared["metric_differences"]["acc"];
    assert_eq!(
        (&acc["values"], &acc["min"], &acc["max"]),
        (&json!([0.2, 0.5, 0.1]), &json!(0.1), &json!(0.5))
    );
    assert_eq!(acc["deltas"], json!([0.0, 0.3, -0.1]));
    assert_eq!(compared["same_params"], json!({"lr": "0.1"}));
    assert_eq!(compared["differing_params"], json!({"seed": ["2", "5", "1"]}));
    assert_eq!((compared["truncated"].clone(), compared.get("note")), (json!(false), None));
}

#[test]
fn tags_and_data_sets_are_compared_if_asked_for() {
    let run = |n: usize| {
        let mut run = run(n);
        run["info"]["experiment_id"] = json!(if n == 2 { "2" } else { "1" });
        let name = json!({"key": "mlflow.runName", "value": format!("trial-{n}")});
        run["data"]["tags"] =
            json!([{"key": "team", "value": "nlp"}, {"key": "owner", "value": n.to_string()}, name]);
        let context = |value: &str| json!([{"key": "mlflow.data.context", "value": value}]);
        let used = |name: &str, value: &str| json!({"dataset": {"name": name, "digest": "d"}, "tags": context(value)});
        run["inputs"] = json!({"dataset_inputs": [used("a", "training"), used("a", "eval"), used(&format!("b{n}"), "eval")]});
        run
    };
    let mlflow = Mlflow::new(move |request| {
        let id = request.uri().query().unwrap_or_default().strip_prefix("run_id=r").unwrap_or_default();
        Ok(answer(200, json!({"run": run(id.parse().unwrap())}).to_string()))
    });
    let compare = |include: Value| {
        let arguments = json!({"experiment_id": "1", "run_ids": ["r1", "r2"], "include": include});
        success(&call(&mlflow, "compare_runs", arguments)).clone()
    };
    let compared = compare(json!(["tags", "datasets"]));
    assert_eq!(compared["differing_tags"], json!({"owner": ["1", "2"]}));
    let datasets =
        json!({"a d": ["training, eval", "training, eval"], "b1 d": ["eval", null], "b2 d": [null, "eval"]});
    assert_eq!(compared["datasets"], datasets);
    assert_eq!(compared["experiment_ids"], json!(["1", "2"]));
    let compared = compare(json!([]));
    assert_eq!((compared.get("differing_tags"), compared.get("datasets")), (None, None));
    let result = call(
        &Mlflow::untouched(),
        "compare_runs",
        json!({"experiment_id": "1", "run_ids": ["r1"], "include": ["tag"]}),
    );
    assert!(failure(&result).contains("\"include\"") && failure(&result).contains("tags"), "{result}");
}

#[test]
fn ids_come_in_every_form_that_clients_send() {
    for run_ids in [
        json!(["r1", "r2"]),
        json!("[\"r1\", \"r2\"]"),
        json!("r1,r2"),
        json!("r1, r2"),
        json!(["r1,r2", "r1"]),
    ] {
        let result = compare(&server(), run_ids.clone());
        assert_eq!(success(&result)["runs"].as_array().unwrap().len(), 2, "{run_ids}");
    }
    assert_eq!(success(&compare(&server(), json!("r1")))["runs"][0]["run_id"], "r1");
    for (run_ids, what) in [(json!([]), "names no run"), (json!(" ,"), "names no run")] {
        assert!(failure(&compare(&Mlflow::untouched(), run_ids)).contains(what));
    }
    let many: Vec<String> = (0..101).map(|n| format!("r{n}")).collect();
    assert!(failure(&compare(&Mlflow::untouched(), json!(many))).contains("at most 100"));
}

#[test]
fn five_runs_are_got_one_by_one_and_more_by_one_search() {
    let few = server();
    compare(&few, json!(["r1", "r2", "r3", "r4", "r5"]));
    assert!(few.lines().len() == 5 && few.lines().iter().all(|line| line.contains("/runs/get?")));
    let many = server();
    let ids: Vec<String> = (0..40).map(|n| format!("r{n}")).collect();
    let result = compare(&many, json!(ids));
    assert_eq!(many.lines(), ["POST /api/2.0/mlflow/runs/search"]);
    let shown: Vec<&Value> =
        success(&result)["runs"].as_array().unwrap().iter().map(|run| &run["run_id"]).collect();
    assert_eq!(shown, ids.iter().collect::<Vec<_>>());
}

#[test]
fn runs_of_other_experiments_are_found_and_told() {
    let mlflow = server();
    let result = compare(&mlflow, json!(["r1", "r2", "r3", "r4", "r60", "r70"]));
    assert!(success(&result)["note"].as_str().unwrap().contains("2 of the runs are of other experiments"));
    assert_eq!(success(&result)["runs"][5]["run_id"], "r70");
    // One search, and one question for each that it could not find.
    assert_eq!(mlflow.lines().len(), 3);
}

#[test]
fn an_id_that_no_run_has_is_named_with_what_was_probably_meant() {
    for (id, hint) in [
        ("trial-7", "\"trial-7\" is the name of run r7."),
        ("0123456789abcdef", "looks like an invocation_id"),
        ("it's", "get_runs lists run ids"),
    ] {
        for others in [vec!["r1"], vec!["r1", "r2", "r3", "r4", "r5"]] {
            let ids: Vec<&str> = others.into_iter().chain([id]).collect();
            let result = compare(&server(), json!(ids));
            let text = failure(&result);
            assert!(text.contains(&format!("there is no run {id:?}")) && text.contains(hint), "{text}");
        }
    }
}

#[test]
fn eight_questions_at_most_are_under_way() {
    // Every run is one that the search does not find.
    let mlflow = Mlflow::new(|request| Ok(react(request))).slow();
    let ids: Vec<String> = (50..90).map(|n| format!("r{n}")).collect();
    let result = compare(&mlflow, json!(ids));
    assert_eq!(success(&result)["runs"].as_array().unwrap().len(), 40);
    assert_eq!((mlflow.most_at_once(), mlflow.lines().len()), (8, 41));
}

#[test]
fn a_hundred_runs_with_much_in_them_keep_to_the_bound_and_say_so() {
    let big = |n: usize| {
        let params: Vec<Value> =
            (0..60).map(|p| json!({"key": format!("param_{p}"), "value": "x".repeat(100 + n % 2)})).collect();
        json!({"info": {"run_id": format!("r{n}"), "experiment_id": "1"}, "data": {"params": params}})
    };
    let mlflow = Mlflow::new(move |_| {
        Ok(answer(200, json!({"runs": (0..100).map(big).collect::<Vec<_>>()}).to_string()))
    });
    let ids: Vec<String> = (0..100).map(|n| format!("r{n}")).collect();
    let result = compare(&mlflow, json!(ids));
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.chars().count() <= 40_000, "{}", text.len());
    let compared = success(&result);
    assert_eq!(
        (&compared["truncated"], compared["all_params"].as_array().unwrap().len()),
        (&json!(true), 60)
    );
    assert!(
        compared["note"].as_str().unwrap().contains("differing_params has 2 of 60"),
        "{}",
        compared["note"]
    );
    let shown = compared["runs"].as_array().unwrap().len();
    let said = compared["note"].as_str().unwrap().contains(&format!("Only the first {shown} of 100 runs"));
    assert!(shown > 60 && said == (shown < 100), "{}", compared["note"]);
}

#[test]
fn fields_choose_what_is_shown_of_each_run() {
    let arguments = json!({"experiment_id": "1", "run_ids": ["r1", "r2"], "fields": ["metrics.acc"]});
    let result = call(&server(), "compare_runs", arguments);
    assert_eq!(success(&result)["runs"][1], json!({"run_id": "r2", "metrics": {"acc": 0.2}}));
    let arguments = json!({"experiment_id": "1", "limit": 1, "response_format": "concise"});
    let result = call(&server(), "get_runs", arguments);
    assert_eq!(success(&result)["result"][0].get("tags"), None);
    let arguments = json!({"experiment_id": "1", "fields": "metric"});
    let result = call(&Mlflow::untouched(), "get_runs", arguments);
    assert!(failure(&result).contains("\"fields\" has \"metric\""), "{result}");
}

#[test]
fn runs_of_real_servers_are_compared() {
    for version in VERSIONS {
        let (one, other) = (fixture(version, "runs-get"), fixture(version, "runs-get-with-model"));
        let id = |fixture: &Value| fixture["response"]["body"]["run"]["info"]["run_id"].clone();
        let mlflow = recorded(version, &["runs-get", "runs-get-with-model"]);
        let result = compare(&mlflow, json!([id(&one), id(&other)]));
        let compared = success(&result);
        assert_eq!(compared["differing_params"]["model"], json!(["logreg", "gbdt"]));
        assert_eq!(compared["metric_differences"]["test/auc"]["values"], json!([0.8127, 0.8815]));
        assert_eq!(compared["metric_differences"]["val/auc"]["deltas"], json!([null, null]));
    }
}
