//! Aliases, tags of models, and registering.

use serde_json::{Value, json};
use xtask::mlflow::Version;

use super::{Bench, tag};

fn an_alias_moves_and_says_where_it_was(line: Version) {
    let bench = Bench::of(line);
    bench.model("aliased", 2);
    let alias = |version: u32| {
        bench.ok("set_model_alias", json!({"name": "aliased", "alias": "champion", "version": version}))
    };
    assert_eq!(alias(1)["previous_version"], Value::Null);
    assert_eq!(alias(2)["previous_version"], "1");
    assert_eq!(bench.version("aliased", "2")["aliases"], json!(["champion"]));
    let reserved = json!({"name": "aliased", "alias": "latest", "version": 1});
    assert!(bench.fails("set_model_alias", reserved).contains("reserved"));
    for (tool, arguments) in [
        ("delete_model_version", json!({"name": "aliased", "version": 2})),
        ("delete_registered_model", json!({"name": "aliased"})),
    ] {
        let refused = bench.fails(tool, arguments);
        assert!(refused.contains("champion") && refused.contains("nothing was deleted"), "{refused}");
    }
    let remove = json!({"name": "aliased", "alias": "champion"});
    assert_eq!(bench.ok("delete_model_alias", remove.clone())["version"], "2");
    assert_eq!(bench.version("aliased", "2").get("aliases"), None);
    assert!(bench.fails("delete_model_alias", remove).contains("has no alias"));
    bench.ok("set_registered_model_tag", json!({"name": "aliased", "key": "tier", "value": true}));
    let found = bench.get("/api/2.0/mlflow/registered-models/get?name=aliased");
    assert_eq!(tag(&found["registered_model"]["tags"], "tier"), Some("true"));
}

#[test]
fn an_alias_moves_and_says_where_it_was_on_the_newest_mlflow() {
    an_alias_moves_and_says_where_it_was(Version::Newest);
}

#[test]
fn an_alias_moves_and_says_where_it_was_on_mlflow_2() {
    an_alias_moves_and_says_where_it_was(Version::Two);
}

#[test]
fn an_alias_moves_and_says_where_it_was_on_mlflow_3_5() {
    an_alias_moves_and_says_where_it_was(Version::Early);
}

/// As MLflow 2 logs a model, and whoever writes the files: a directory with `MLmodel` under the run.
fn a_model_among_the_files_of_a_run_is_registered(line: Version, name: &str) {
    let bench = Bench::of(line);
    let (experiment, run) = bench.run(&format!("{name}-files"));
    let path =
        format!("/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/nested/model/MLmodel");
    assert_eq!(bench.ask("PUT", &path, "flavors: {}\n").0, 200);
    let arguments = json!({"model_name": name, "model_uri": format!("runs:/{run}/nested/model"),
                           "tags": {"task": "churn", "folds": 5}});
    let answer = bench.ok("register_model", arguments);
    assert_eq!((&answer["version"], &answer["created_model"]), (&json!("1"), &json!(true)));
    let found = bench.version(name, "1");
    assert!(
        found["source"].as_str().unwrap().ends_with(&format!("/{run}/artifacts/nested/model")),
        "{found}"
    );
    assert_eq!(found["run_id"], run.as_str());
    assert_eq!((tag(&found["tags"], "task"), tag(&found["tags"], "folds")), (Some("churn"), Some("5")));
    a_bad_source_leaves_nothing_behind(&bench, &run);
}

fn a_bad_source_leaves_nothing_behind(bench: &Bench, run: &str) {
    for uri in [
        format!("runs:/{run}/nothing"),
        format!("runs:/{}/model", "0".repeat(32)),
        "models:/no-such-model/1".to_owned(),
        "models:/no-such-model@champion".to_owned(),
        "runs:/".to_owned(),
        "file:///etc".to_owned(),
    ] {
        bench.fails("register_model", json!({"model_name": "left-behind", "model_uri": uri}));
        assert!(!bench.exists("left-behind"), "{uri}");
    }
}

#[test]
fn a_model_among_the_files_of_a_run_is_registered_on_the_newest_mlflow() {
    a_model_among_the_files_of_a_run_is_registered(Version::Newest, "from-files");
}

#[test]
fn a_model_among_the_files_of_a_run_is_registered_on_mlflow_2() {
    a_model_among_the_files_of_a_run_is_registered(Version::Two, "from-files");
}

#[test]
fn a_model_among_the_files_of_a_run_is_registered_on_mlflow_3_5() {
    a_model_among_the_files_of_a_run_is_registered(Version::Early, "from-files");
}

#[test]
fn a_logged_model_is_registered_by_its_run_its_id_and_another_version() {
    let bench = Bench::of(Version::Newest);
    let (experiment, run) = bench.run("logged");
    let log = |step: u32| {
        let body = json!({"experiment_id": experiment, "name": "model", "source_run_id": run});
        let made = bench.rest("POST", "/api/2.0/mlflow/logged-models", &body);
        let id = made["model"]["info"]["model_id"].as_str().unwrap().to_owned();
        let body = json!({"run_id": run, "models": [{"model_id": id, "step": step}]});
        bench.rest("POST", "/api/2.0/mlflow/runs/outputs", &body);
        id
    };
    let (_first, last) = (log(1), log(9));
    let register =
        |uri: String| bench.ok("register_model", json!({"model_name": "from-logged", "model_uri": uri}));
    assert_eq!(register(format!("runs:/{run}/model"))["source"], format!("models:/{last}"));
    assert_eq!(register(format!("models:/{last}"))["run_id"], run.as_str());
    assert_eq!(register("models:/from-logged/1".to_owned())["source"], "models:/from-logged/1");
    // The model knows the versions that are it, as if MLflow's own client had registered them; a version of a version
    // is none of these there, either.
    let model = bench.get(&format!("/api/2.0/mlflow/logged-models/{last}"));
    let linked = tag(&model["model"]["info"]["tags"], "mlflow.modelVersions").unwrap_or_default();
    assert_eq!(linked.matches("from-logged").count(), 2, "{linked}");
    let missing = bench.fails(
        "register_model",
        json!({"model_name": "left-behind", "model_uri": format!("models:/m-{}", "0".repeat(32))}),
    );
    assert!(missing.contains("RESOURCE_DOES_NOT_EXIST"), "{missing}");
    let other = json!({"model_name": "left-behind", "model_uri": format!("runs:/{run}/other")});
    assert!(bench.fails("register_model", other).contains(&format!("models:/{last}")));
    assert!(!bench.exists("left-behind"));
}
