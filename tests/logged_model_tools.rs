//! The tools for logged models, over answers that real servers gave and over a fake that pages as MLflow does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::recorded::{fixture, recorded};
use support::{Mlflow, answer, call, call_with, failure, success};

const MODEL: &str = "m-7e0d1b46152d3df7cbb7cc102ce6943e";

fn sent(mlflow: &Mlflow, index: usize) -> Value {
    serde_json::from_slice(mlflow.seen()[index].body()).unwrap()
}

#[test]
fn a_logged_model_is_flat_with_its_metrics_and_registered_versions() {
    for id in [MODEL.to_owned(), format!(" models:/{MODEL}")] {
        let mlflow = recorded("3.17.2", &["logged-models-get"]);
        let result = call(&mlflow, "get_logged_model", json!({"model_id": id}));
        let real = &fixture("3.17.2", "logged-models-get")["response"]["body"]["model"];
        let shown = success(&result);
        for member in ["model_id", "experiment_id", "name", "model_type", "source_run_id"] {
            assert_eq!(shown[member], real["info"][member], "{member}");
        }
        assert_eq!(shown["artifact_location"], real["info"]["artifact_uri"]);
        assert_eq!(shown["creation_timestamp"], real["info"]["creation_timestamp_ms"]);
        assert_eq!((&shown["status"], &shown["params"]["rank_in_sweep"]), (&json!("READY"), &json!("1")));
        assert_eq!(shown["metrics"], real["data"]["metrics"]);
        assert_eq!(shown["model_versions"], json!([{"name": "churn-classifier", "version": "3"}]));
    }
}

#[test]
fn an_unknown_logged_model_is_told_with_the_tools_that_find_one() {
    let mlflow = recorded("3.17.2", &["logged-models-get-missing"]);
    let unknown = call(&mlflow, "get_logged_model", json!({"model_id": format!("m-{}", "0".repeat(32))}));
    assert!(failure(&unknown).contains("search_logged_models"), "{unknown}");
    for wrong in ["churn-classifier", "m-../../experiments", "models:/churn/1"] {
        let result = call(&Mlflow::untouched(), "get_logged_model", json!({"model_id": wrong}));
        assert!(failure(&result).contains("must be m- and 32 hex digits"), "{result}");
    }
}

#[test]
fn a_server_before_3_is_told_apart_from_a_model_that_is_not_there() {
    let zeros = format!("m-{}", "0".repeat(32));
    for (tool, arguments, name) in [
        ("get_logged_model", json!({"model_id": zeros}), "logged-models-get"),
        ("search_logged_models", json!({"experiment_ids": ["1"]}), "logged-models-search"),
    ] {
        let result = call(&recorded("2.22.5", &[name]), tool, arguments);
        let text = failure(&result);
        assert!(text.contains("MLflow has them since 3.0") && text.contains("get_run_artifacts"), "{text}");
    }
}

#[test]
fn a_search_sends_what_was_asked_in_mlflows_own_words() {
    let mlflow = recorded("3.17.2", &["logged-models-search-page-1"]);
    let arguments = json!({
        "experiment_ids": 1,
        "filter_string": "metrics.`holdout/auc` > 0.5",
        "max_results": "2",
        "datasets": "[{\"name\": \"churn-2025q4-test\", \"digest\": \"a92be310\"}]",
        "order_by": {"field_name": "metrics.holdout/auc", "ascending": false}
    });
    let result = call(&mlflow, "search_logged_models", arguments);
    let shown = success(&result)["result"].as_array().unwrap();
    assert_eq!((shown.len(), &shown[0]["metrics"][0]["value"]), (2, &json!(0.896)));
    assert_eq!(
        sent(&mlflow, 0),
        json!({
            "experiment_ids": ["1"],
            "filter": "metrics.`holdout/auc` > 0.5",
            "datasets": [{"dataset_name": "churn-2025q4-test", "dataset_digest": "a92be310"}],
            "max_results": 2,
            "order_by": [{"field_name": "metrics.holdout/auc", "ascending": false}]
        })
    );
}

#[test]
fn a_data_set_without_digest_is_searched_under_every_one_that_runs_know() {
    let names = ["experiments-search-datasets", "logged-models-search-dataset"];
    let mlflow = recorded("3.17.2", &names);
    let arguments = json!({"experiment_ids": ["1"], "datasets": [{"dataset_name": "churn-2025q4-test"}]});
    let result = call(&mlflow, "search_logged_models", arguments);
    assert_eq!(success(&result)["result"].as_array().unwrap().len(), 3);
    assert_eq!(success(&result)["note"], "Measured on \"churn-2025q4-test\" (digest a92be310).");
    let whole = json!([{"dataset_name": "churn-2025q4-test", "dataset_digest": "a92be310"}]);
    assert_eq!(sent(&mlflow, 1)["datasets"], whole);
    let mlflow = recorded("3.17.2", &names);
    let slip = json!({"experiment_ids": ["1"], "datasets": [{"dataset_name": "churn-2025q4-tst"}]});
    let result = call(&mlflow, "search_logged_models", slip);
    assert!(failure(&result).contains("Did you mean \"churn-2025q4-test\"?"), "{result}");
    let many: Vec<String> = (0..21).map(|id| id.to_string()).collect();
    let arguments = json!({"experiment_ids": many, "datasets": [{"dataset_name": "a"}]});
    let result = call(&Mlflow::untouched(), "search_logged_models", arguments);
    assert!(failure(&result).contains("needs its dataset_digest"), "{result}");
}

#[test]
fn what_mlflow_says_of_a_bad_search_reaches_the_caller() {
    for (name, said) in [
        ("logged-models-search-400-token", "Order by in the page token does not match"),
        ("logged-models-search-500-attribute", "has no attribute 'foo'"),
    ] {
        let arguments = json!({"experiment_ids": ["1"], "filter_string": "foo = 'x'"});
        let result = call(&recorded("3.17.2", &[name]), "search_logged_models", arguments);
        assert!(failure(&result).contains(said), "{result}");
    }
    let none = call(&Mlflow::untouched(), "search_logged_models", json!({"experiment_ids": []}));
    assert!(failure(&none).contains("\"experiment_ids\" is empty"), "{none}");
}

#[test]
fn nothing_found_is_told_apart_from_an_unknown_experiment() {
    let nothing = ["logged-models-search-dataset-name", "experiments-get"];
    let found = call(&recorded("3.17.2", &nothing), "search_logged_models", json!({"experiment_ids": ["1"]}));
    assert_eq!(success(&found)["result"], json!([]));
    let unknown = ["logged-models-search-dataset-name", "experiments-get-missing"];
    let result =
        call(&recorded("3.17.2", &unknown), "search_logged_models", json!({"experiment_ids": ["999999"]}));
    assert!(failure(&result).contains("there is no experiment with id \"999999\""), "{result}");
}

#[test]
fn a_filter_that_has_the_status_in_words_is_told_that_it_never_holds() {
    let search = |filter: &str| {
        let mlflow = recorded("3.17.2", &["logged-models-search"]);
        let result =
            call(&mlflow, "search_logged_models", json!({"experiment_ids": ["1"], "filter_string": filter}));
        success(&result)["note"].clone()
    };
    for words in ["status = 'READY'", "name = 'a' AND status IN ('LOGGED_MODEL_READY', 'x')"] {
        assert!(search(words).as_str().unwrap().contains("2 READY"), "{words}");
    }
    assert_eq!((search("status = 2"), search("name = 'READY'")), (Value::Null, Value::Null));
}

/// A server with so many models whose tokens hold the question, as MLflow's do: any other is refused.
fn many(count: usize) -> Mlflow {
    Mlflow::new(move |request| {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let mut start = 0;
        if let Some(token) = asked["page_token"].as_str() {
            let token: Value = serde_json::from_slice(&STANDARD.decode(token).unwrap()).unwrap();
            if token["experiment_ids"] != asked["experiment_ids"] {
                let body =
                    r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "Experiment IDs do not match"}"#;
                return Ok(answer(400, body));
            }
            start = usize::try_from(token["offset"].as_u64().unwrap()).unwrap();
        }
        let end = count.min(start + usize::try_from(asked["max_results"].as_u64().unwrap()).unwrap());
        let model =
            |row| json!({"info": {"model_id": format!("m-{row:03}"), "status_message": "s".repeat(900)}});
        let mut page = json!({"models": (start..end).map(model).collect::<Vec<_>>()});
        if end < count {
            let token = json!({"experiment_ids": asked["experiment_ids"], "offset": end});
            page["next_page_token"] = STANDARD.encode(token.to_string()).into();
        }
        Ok(answer(200, page.to_string()))
    })
}

#[test]
fn every_model_is_shown_once_however_the_pages_are_cut() {
    for max_results in [5, 30, 60, 1_000] {
        let mlflow = many(60);
        let mut arguments = json!({"experiment_ids": ["1"], "max_results": max_results});
        let mut ids = Vec::new();
        loop {
            let small = [("MLFLOW_MCP_ANSWER_CHARACTERS", "10000")];
            let result = call_with(&mlflow, &small, "search_logged_models", arguments.clone());
            let page = success(&result);
            assert!(page.to_string().chars().count() <= 10_000);
            ids.extend(page["result"].as_array().unwrap().iter().map(|model| model["model_id"].clone()));
            match page.get("next_page_token") {
                Some(token) => arguments["page_token"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(ids, (0..60).map(|row| json!(format!("m-{row:03}"))).collect::<Vec<_>>(), "{max_results}");
        // A token without the question would be refused.
        for request in mlflow.seen() {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            let token = body["page_token"].as_str().map(|token| STANDARD.decode(token).unwrap());
            assert!(token.is_none_or(|token| String::from_utf8(token).unwrap().contains("experiment_ids")));
        }
    }
}
