//! The tools that read the model registry.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::world::{World, every_page, texts};

const CHURN: &str = "churn-classifier";

/// `[{"key": k, "value": v}]` as tools show it.
fn tags(pairs: &Value) -> Value {
    let pairs = pairs.as_array().cloned().unwrap_or_default();
    pairs
        .into_iter()
        .map(|mut pair| (pair["key"].as_str().unwrap().to_owned(), pair["value"].take()))
        .collect()
}

fn real_model(world: &World, name: &str) -> Value {
    world.rest(&format!("/api/2.0/mlflow/registered-models/get?name={name}"))["registered_model"].take()
}

fn real_version(world: &World, version: &str) -> Value {
    let path = format!("/api/2.0/mlflow/model-versions/get?name={CHURN}&version={version}");
    world.rest(&path)["model_version"].take()
}

/// Every model that the sample data registered, prompts left out.
fn made(world: &World) -> BTreeMap<String, Value> {
    let models = world.manifest["registered_models"].as_array().unwrap();
    models
        .iter()
        .map(|model| (model["name"].as_str().unwrap().to_owned(), model["aliases"].clone()))
        .collect()
}

#[test]
fn get_registered_models_lists_models_with_their_aliases_and_no_prompts() {
    let world = World::shared();
    let made = made(&world);
    let listed = every_page(&world, "get_registered_models", json!({"max_results": 1}));
    let shown: BTreeMap<String, Value> = listed
        .iter()
        .map(|model| (model["name"].as_str().unwrap().to_owned(), model["aliases"].clone()))
        .collect();
    assert_eq!((listed.len(), &shown), (made.len(), &made));
    for model in &listed {
        let real = real_model(&world, model["name"].as_str().unwrap());
        for member in ["creation_timestamp", "last_updated_timestamp", "description"] {
            assert_eq!(model[member], real[member], "{member}");
        }
        assert_eq!(model["tags"], tags(&real["tags"]));
    }
    let found = world.ok(
        "get_registered_models",
        json!({"filter_string": "tags.team = 'growth' AND name ILIKE 'CHURN%'"}),
    );
    assert_eq!(
        (texts(&found, "name"), texts(&found, "latest_version")),
        (vec![CHURN.to_owned()], vec!["3".to_owned()])
    );
    let prompts = world
        .ok("get_registered_models", json!({"filter_string": "tags.`mlflow.prompt.is_prompt` = 'true'"}));
    assert_eq!(texts(&prompts, "name").len(), world.manifest["prompts"].as_array().unwrap().len());
    let wrong = world.fails("get_registered_models", json!({"filter_string": "team = 'growth'"}));
    assert!(wrong.contains("INVALID_PARAMETER_VALUE"), "{wrong}");
}

#[test]
fn get_registered_model_shows_a_model_that_has_aliases() {
    let world = World::shared();
    let real = real_model(&world, CHURN);
    let shown = world.ok("get_registered_model", json!({"name": CHURN}));
    assert_eq!(shown["aliases"], made(&world)[CHURN]);
    let latest = shown["latest_versions"].as_array().unwrap();
    assert_eq!(latest.len(), real["latest_versions"].as_array().unwrap().len());
    for (shown, real) in latest.iter().zip(real["latest_versions"].as_array().unwrap()) {
        for member in ["version", "current_stage", "status", "run_id", "description", "source"] {
            assert_eq!(shown[member], real[member], "{member}");
        }
    }
    let empty = world.ok("get_registered_model", json!({"name": "support-router"}));
    assert_eq!((&empty["latest_versions"], &empty["aliases"]), (&json!([]), &json!({})));
    let slip = world.fails("get_registered_model", json!({"name": "churn"}));
    assert!(slip.contains("RESOURCE_DOES_NOT_EXIST") && slip.contains("\"churn-classifier\""), "{slip}");
}

#[test]
fn get_model_versions_pages_through_all_with_what_mlflow_has_of_them() {
    let world = World::shared();
    let shown = every_page(&world, "get_model_versions", json!({"model_name": CHURN, "max_results": 2}));
    let numbers: Vec<&str> = shown.iter().map(|version| version["version"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["3", "2", "1"]);
    for shown in &shown {
        let real = real_version(&world, shown["version"].as_str().unwrap());
        for member in [
            "name",
            "version",
            "creation_timestamp",
            "last_updated_timestamp",
            "current_stage",
            "description",
            "run_id",
            "status",
            "source",
        ] {
            assert_eq!(shown[member], real[member], "{member}");
        }
        assert_eq!(shown["tags"], tags(&real["tags"]));
        assert_eq!(shown["aliases"], real.get("aliases").cloned().unwrap_or(json!([])));
    }
    let none = world.ok("get_model_versions", json!({"model_name": "support-router"}));
    assert_eq!(none["result"], json!([]));
    let unknown = world.fails("get_model_versions", json!({"model_name": "it's"}));
    assert!(unknown.contains("there is no registered model named \"it's\""), "{unknown}");
    let prompt = world.ok("get_model_versions", json!({"model_name": "support-answer"}));
    assert_eq!(texts(&prompt, "version"), ["3", "2", "1"]);
}

#[test]
fn get_model_version_adds_what_the_run_logged_and_does_without_a_run() {
    let world = World::shared();
    for made in world.manifest["registered_models"][0]["versions"].as_array().unwrap() {
        let shown = world.ok("get_model_version", json!({"model_name": CHURN, "version": made["version"]}));
        let run = world.ok("get_run", json!({"run_id": made["run_id"]}));
        assert_eq!((&shown["run_metrics"], &shown["run_params"]), (&run["metrics"], &run["params"]));
        assert_eq!((&shown["run_id"], &shown["model_id"]), (&made["run_id"], &made["model_id"]));
    }
    let without = world.ok("get_model_version", json!({"model_name": "support-judge", "version": 1}));
    assert_eq!((&without["run_metrics"], &without["note"]), (&json!({}), &json!("The version has no run.")));
    let unknown = world.fails("get_model_version", json!({"model_name": CHURN, "version": "99"}));
    assert!(unknown.contains("has no version \"99\"") && unknown.contains("The newest is 3"), "{unknown}");
    let alias = world.fails("get_model_version", json!({"model_name": CHURN, "version": "champion"}));
    assert!(alias.contains("get_model_version_by_alias"), "{alias}");
}

#[test]
fn get_model_version_by_alias_follows_aliases_and_names_those_there_are() {
    let world = World::shared();
    for (alias, version) in made(&world)[CHURN].as_object().unwrap() {
        let shown = world.ok("get_model_version_by_alias", json!({"name": CHURN, "alias": alias}));
        assert_eq!((&shown["version"], &shown["aliases"]), (version, &json!([alias])));
    }
    let latest = world.ok("get_model_version_by_alias", json!({"name": CHURN, "alias": "latest"}));
    assert_eq!(latest["version"], "3");
    let slip = world.fails("get_model_version_by_alias", json!({"name": CHURN, "alias": "champoin"}));
    assert!(slip.contains("Did you mean \"champion\"?") && slip.contains("challenger (version 3)"), "{slip}");
    let none = world.fails("get_model_version_by_alias", json!({"name": "support-router", "alias": "x"}));
    assert!(none.contains("It has no aliases."), "{none}");
}

#[test]
fn get_latest_versions_gives_the_newest_of_each_stage() {
    let world = World::shared();
    let all = world.ok("get_latest_versions", json!({"name": CHURN}));
    let stages: BTreeMap<String, String> =
        texts(&all, "current_stage").into_iter().zip(texts(&all, "version")).collect();
    let expected = [("Archived", "1"), ("Production", "2"), ("Staging", "3")];
    assert_eq!(stages, expected.map(|(stage, version)| (stage.to_owned(), version.to_owned())).into());
    let some = world.ok("get_latest_versions", json!({"name": CHURN, "stages": ["Staging"]}));
    assert_eq!(texts(&some, "version"), ["3"]);
    assert_eq!(some["result"][0]["aliases"], json!(["challenger"]));
    let unknown = world.fails("get_latest_versions", json!({"name": "nope"}));
    assert!(unknown.contains("there is no registered model named \"nope\""), "{unknown}");
}
