//! `health` and the experiment tools.

use serde_json::{Value, json};

use super::world::{World, every_page, texts};

#[test]
fn health_names_the_server_and_its_version() {
    let world = World::shared();
    let state = world.ok("health", json!({}));
    assert_eq!(state["status"], "healthy");
    assert_eq!(state["mlflow_version"], world.text("/mlflow_version").as_str());
    assert_eq!(state["tracking_uri"], world.mlflow.uri().as_str());
}

#[test]
fn get_experiments_lists_the_active_ones_by_name_and_id() {
    let world = World::shared();
    let listed = world.ok("get_experiments", json!({}));
    let ids = texts(&listed, "id");
    for (key, experiment) in world.manifest["experiments"].as_object().unwrap() {
        let id = experiment["id"].as_str().unwrap().to_owned();
        assert_eq!(ids.contains(&id), key != "deleted", "{key}");
    }
    assert_eq!(listed["truncated"], false);
}

#[test]
fn search_experiments_filters_sorts_pages_and_shows_deleted_ones() {
    let world = World::shared();
    let evaluations = world
        .ok("search_experiments", json!({"filter_string": "name LIKE 'llm-eval-%'", "order_by": "name ASC"}));
    assert_eq!(texts(&evaluations, "name"), ["llm-eval-nightly", "llm-eval-release"]);
    let deleted = world.ok("search_experiments", json!({"view_type": "deleted_only"}));
    assert_eq!(texts(&deleted, "experiment_id"), [world.text("/experiments/deleted/id")]);
    let paged = every_page(&world, "search_experiments", json!({"max_results": 2, "order_by": ["name ASC"]}));
    let whole = world.ok("search_experiments", json!({"order_by": ["name ASC"]}));
    assert_eq!(Value::Array(paged), whole["result"]);
    let wrong = world.fails("search_experiments", json!({"filter_string": "name = 'a' OR name = 'b'"}));
    assert!(wrong.contains("INVALID_PARAMETER_VALUE: Invalid clause(s) in filter string"), "{wrong}");
}

#[test]
fn get_experiment_by_name_takes_any_name_and_suggests_the_nearest() {
    let world = World::shared();
    for key in ["unicode", "finetuning", "deleted"] {
        let name = world.text(&format!("/experiments/{key}/name"));
        let found = world.ok("get_experiment_by_name", json!({"name": name}));
        assert_eq!(found["experiment_id"], world.text(&format!("/experiments/{key}/id")).as_str());
        assert!(found["creation_time"].is_i64());
    }
    let slip = world.fails("get_experiment_by_name", json!({"name": "churn_clasifier"}));
    assert!(
        slip.contains("RESOURCE_DOES_NOT_EXIST") && slip.contains("Did you mean \"churn-classifier\"?"),
        "{slip}"
    );
}
