//! The tools for logged models.

use serde_json::{Value, json};

use super::world::{Hosted, World, every_page, texts};

/// The ids that the sample data logged, the newest first.
fn made(world: &World) -> Vec<String> {
    let ids = world.manifest["logged_models"].as_array().unwrap();
    ids.iter().rev().map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn real(world: &World, id: &str) -> Value {
    world.rest(&format!("/api/2.0/mlflow/logged-models/{id}"))["model"].take()
}

#[test]
fn get_logged_model_shows_what_mlflow_has_of_each() {
    let world = World::shared();
    for id in made(&world) {
        let real = real(&world, &id);
        let shown = world.ok("get_logged_model", json!({"model_id": id}));
        for member in ["model_id", "experiment_id", "name", "model_type", "source_run_id"] {
            assert_eq!(shown[member], real["info"][member], "{member}");
        }
        let metrics = real["data"]["metrics"].as_array().cloned().unwrap_or_default();
        assert_eq!(shown["metrics"], json!(metrics));
        let params = real["data"]["params"].as_array().map_or(0, Vec::len);
        assert_eq!(shown["params"].as_object().unwrap().len(), params);
    }
    let version = world.ok("get_model_version", json!({"model_name": "churn-classifier", "version": "2"}));
    let model = world.ok("get_logged_model", json!({"model_id": version["source"]}));
    assert_eq!(model["model_versions"], json!([{"name": "churn-classifier", "version": "2"}]));
    let unknown = world.fails("get_logged_model", json!({"model_id": format!("m-{}", "0".repeat(32))}));
    assert!(unknown.contains("RESOURCE_DOES_NOT_EXIST"), "{unknown}");
}

#[test]
fn search_logged_models_filters_sorts_and_pages() {
    let world = World::shared();
    let id = world.text("/experiments/churn/id");
    let all = every_page(&world, "search_logged_models", json!({"experiment_ids": [id], "max_results": 3}));
    let ids: Vec<&str> = all.iter().map(|model| model["model_id"].as_str().unwrap()).collect();
    assert_eq!(ids, made(&world));
    let best_first = json!([{"field_name": "metrics.holdout/auc", "ascending": false}]);
    for order_by in [best_first.clone(), json!(best_first.to_string())] {
        let arguments = json!({"experiment_ids": id, "order_by": order_by, "max_results": 1,
                               "filter_string": "metrics.`holdout/auc` > 0.88"});
        let ranked = every_page(&world, "search_logged_models", arguments);
        let ranks: Vec<&Value> = ranked.iter().map(|model| &model["params"]["rank_in_sweep"]).collect();
        assert_eq!(ranks, ["1", "2", "3"]);
    }
    let filtered = |filter: &str| {
        world.ok("search_logged_models", json!({"experiment_ids": [id], "filter_string": filter}))
    };
    assert_eq!(texts(&filtered("status = 3"), "status"), ["FAILED"]);
    let words = filtered("status = 'FAILED'");
    assert_eq!(words["result"], json!([]), "MLflow has learned words: nobody needs to be warned any more");
    assert!(words["note"].as_str().unwrap().contains("3 FAILED"), "{words}");
    let wrong =
        world.fails("search_logged_models", json!({"experiment_ids": [id], "filter_string": "foo = 'x'"}));
    assert!(wrong.contains("no attribute 'foo'"), "{wrong}");
    let unknown = world.fails(
        "search_logged_models",
        json!({"experiment_ids": [id, "99999"], "filter_string": "name = 'x'"}),
    );
    assert!(unknown.contains("there is no experiment with id \"99999\""), "{unknown}");
}

#[test]
fn search_logged_models_finds_by_data_set_with_and_without_digest() {
    let world = World::shared();
    let id = world.text("/experiments/churn/id");
    let search = |datasets: Value| json!({"experiment_ids": [id], "datasets": datasets});
    let whole = world
        .ok("search_logged_models", search(json!([{"name": "churn-2025q4-test", "digest": "a92be310"}])));
    let named = world.ok("search_logged_models", search(json!([{"dataset_name": "churn-2025q4-test"}])));
    assert_eq!((texts(&whole, "model_id").len(), &whole["result"]), (3, &named["result"]));
    let trained = world.ok("search_logged_models", search(json!([{"dataset_name": "churn-2025q4-train"}])));
    assert_eq!(trained["result"], json!([]));
    let slip = world.fails("search_logged_models", search(json!([{"dataset_name": "churn-test"}])));
    assert!(slip.contains("\"churn-2025q4-test\""), "{slip}");
}

#[test]
fn search_logged_models_goes_on_after_a_cut_whatever_the_page() {
    let world = World::shared();
    let hosted = Hosted::start(&[
        ("MLFLOW_TRACKING_URI", &world.mlflow.uri()),
        ("MLFLOW_MCP_ANSWER_CHARACTERS", "2500"),
    ]);
    for max_results in [1, 3, 4, 100] {
        let mut arguments =
            json!({"experiment_ids": [world.text("/experiments/churn/id")], "max_results": max_results});
        let mut ids = Vec::new();
        loop {
            let page = hosted.ok("search_logged_models", arguments.clone());
            ids.extend(texts(&page, "model_id"));
            match page.get("next_page_token") {
                Some(token) => arguments["page_token"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(ids, made(&world), "{max_results}");
    }
}
