//! `health` and the experiment tools.

use std::collections::BTreeSet;

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
fn an_experiment_is_found_by_any_name_and_by_its_id_and_the_nearest_name_is_suggested() {
    let world = World::shared();
    for key in ["unicode", "finetuning", "deleted"] {
        let name = world.text(&format!("/experiments/{key}/name"));
        let found = world.ok("get_experiment_by_name", json!({"name": name}));
        assert_eq!(found["experiment_id"], world.text(&format!("/experiments/{key}/id")).as_str());
        assert!(found["creation_time"].is_i64());
        assert_eq!(world.ok("get_experiment", json!({"experiment_id": found["experiment_id"]})), found);
    }
    let slip = world.fails("get_experiment_by_name", json!({"name": "churn_clasifier"}));
    assert!(
        slip.contains("RESOURCE_DOES_NOT_EXIST") && slip.contains("Did you mean \"churn-classifier\"?"),
        "{slip}"
    );
}

#[test]
fn the_names_of_an_experiment_are_those_of_all_its_active_runs() {
    let world = World::shared();
    let id = world.text("/experiments/churn/id");
    let runs = every_page(&world, "get_runs", json!({"experiment_id": id, "limit": 50}));
    for (tool, member) in [
        ("get_experiment_metrics", "metrics"),
        ("get_experiment_params", "params"),
        ("get_experiment_tags", "tags"),
    ] {
        let names: BTreeSet<&String> =
            runs.iter().flat_map(|run| run[member].as_object().unwrap().keys()).collect();
        let listed = world.ok(tool, json!({"experiment_id": id}));
        assert_eq!(listed["result"], json!(names), "{tool}");
        assert_eq!((&listed["total"], &listed["runs_read"]), (&json!(names.len()), &json!(runs.len())));
    }
    let some = world.ok("get_experiment_metrics", json!({"experiment_id": id, "prefix": "val/"}));
    assert_eq!(some["result"], json!(["val/auc", "val/loss"]));
    let odd =
        world.ok("get_experiment_params", json!({"experiment_id": world.text("/experiments/unicode/id")}));
    assert!(odd["result"].as_array().unwrap().contains(&json!("学习率")), "{odd}");
}

#[test]
fn the_names_of_an_unknown_experiment_are_an_error_and_of_an_empty_one_none() {
    let world = World::shared();
    for tool in ["get_experiment_metrics", "get_experiment_params", "get_experiment_tags"] {
        let empty = world.ok(tool, json!({"experiment_id": world.text("/experiments/empty/id")}));
        assert_eq!((&empty["result"], &empty["runs_read"]), (&json!([]), &json!(0)));
        let unknown = world.fails(tool, json!({"experiment_id": "99999"}));
        assert!(unknown.contains("there is no experiment with id \"99999\""), "{unknown}");
    }
    let deleted =
        world.ok("get_experiment_tags", json!({"experiment_id": world.text("/experiments/deleted/id")}));
    assert!(deleted["note"].as_str().unwrap().contains("is deleted"), "{deleted}");
}
