//! The tools that diagnose, summarise and follow runs: every number beside numpy's and scipy's, on data that is made for
//! it, read back with MLflow's own client.

use serde_json::{Value, json};
use xtask::mlflow::{Server, Version};

use super::clients::{printed, script};
use super::world::{Hosted, World, project};

/// What the script says of one tool, in front of an MLflow that is empty before.
fn checked(version: Version, tool: &str) -> Value {
    let mlflow = Server::empty(&project(), version).unwrap();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri())]);
    let mut check = script(version.environment(), "check_diagnosis.py");
    check.env("MLFLOW_DISABLE_TELEMETRY", "true").env("DO_NOT_TRACK", "true");
    check.env("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true");
    check.args([tool, "--url", &hosted.url(), "--tracking-uri", &mlflow.uri(), "--database"]);
    let summary = printed(check.arg(mlflow.data().join("mlflow.db")));
    println!("{tool}: {summary}");
    serde_json::from_str(&summary).unwrap()
}

#[test]
fn diagnose_run_says_what_numpy_says_of_every_curve() {
    for version in [Version::Newest, Version::Two] {
        let summary = checked(version, "diagnose_run");
        assert!(summary["numbers"].as_u64() > Some(150), "{summary}");
    }
}

#[test]
fn sweep_summary_says_what_scipy_says_of_500_children() {
    for version in [Version::Newest, Version::Two] {
        let summary = checked(version, "sweep_summary");
        assert_eq!(summary["children"], 500);
        assert!(summary["numbers"].as_u64() > Some(100), "{summary}");
    }
}

#[test]
fn sweep_summary_shows_the_sweep_of_the_sample_data() {
    let world = World::shared();
    let parent = world.text("/runs/sweep_parent");
    let sweep = world.ok("sweep_summary", json!({"run_id": parent, "metric": "test/auc"}));
    assert_eq!((&sweep["children"], &sweep["spread"]["count"]), (&json!(24), &json!(24)));
    assert_eq!(sweep["best"][0]["run_id"], world.text("/runs/sweep_best").as_str());
    assert_eq!(sweep["same_params"], json!({"model": "gbdt", "n_estimators": "400"}));
    let names: Vec<&str> = sweep["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["parameter"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 3);
    let child =
        world.fails("sweep_summary", json!({"run_id": sweep["best"][0]["run_id"], "metric": "test/auc"}));
    assert!(child.contains(&format!("It is itself a child, of run {parent}")), "{child}");
    let slip = world.fails("sweep_summary", json!({"run_id": parent, "metric": "test_auc"}));
    assert!(slip.contains("Did you mean \"test/auc\"?"), "{slip}");
}

#[test]
fn diagnose_run_knows_the_runs_of_the_sample_data() {
    let world = World::shared();
    let diagnosis =
        |key: &str| world.ok("diagnose_run", json!({"run_id": world.text(&format!("/runs/{key}"))}));
    let kinds = |diagnosis: &Value| -> Vec<String> {
        let findings = diagnosis["findings"].as_array().unwrap();
        findings.iter().map(|one| one["finding"].as_str().unwrap().to_owned()).collect()
    };
    let failed = diagnosis("failed");
    assert_eq!(kinds(&failed), ["failed"]);
    assert_eq!(failed["logs"][0]["path"], "error.txt");
    let told = failed["logs"][0]["lines"][0].as_str().unwrap();
    assert!(told.starts_with("ValueError: Input contains NaN"), "{failed}");
    assert_eq!(failed["findings"][0]["evidence"]["tags"]["error"], told);
    assert_eq!(kinds(&diagnosis("killed")), ["killed"]);
    assert_eq!(kinds(&diagnosis("running")), ["stalled"]);
    let diverged = diagnosis("diverged");
    assert_eq!(kinds(&diverged)[..2], ["failed", "not_a_number"]);
    let loss = diverged["findings"].as_array().unwrap().iter().find(|one| one["metric"] == "loss").unwrap();
    assert_eq!(loss["evidence"]["first_step"], 5);
    let curve = diagnosis("curve");
    assert!(curve["note"].as_str().unwrap().contains("even samples"), "{curve}");
    let unknown = world.fails("diagnose_run", json!({"run_id": "deadbeef"}));
    assert!(unknown.contains("Run with id=deadbeef not found"), "{unknown}");
}

#[test]
fn lineage_finds_what_mlflows_client_linked_from_every_beginning() {
    for version in [Version::Newest, Version::Two] {
        let summary = checked(version, "lineage");
        assert!(summary["starts"].as_u64() > Some(3), "{summary}");
    }
}

#[test]
fn lineage_answers_what_is_champion_in_the_sample_data() {
    let world = World::shared();
    let champion = world.ok("lineage", json!({"start": "churn-classifier@champion"}));
    let made = &world.manifest["registered_models"][0]["versions"][1];
    assert_eq!(champion["model_versions"][0]["version"], "2");
    assert_eq!(
        (&champion["runs"][0]["run_id"], &champion["runs"][0]["why"]),
        (&made["run_id"], &json!("trained"))
    );
    let real = world.rest(&format!("/api/2.0/mlflow/runs/get?run_id={}", made["run_id"].as_str().unwrap()));
    let metrics = real["run"]["data"]["metrics"].as_array().unwrap();
    for metric in metrics {
        assert_eq!(champion["runs"][0]["metrics"][metric["key"].as_str().unwrap()], metric["value"]);
    }
    assert_eq!(champion["logged_models"][0]["model_id"], made["model_id"]);
    assert_eq!(champion["logged_models"][0]["metrics"][0]["dataset_name"], "churn-2025q4-test");
    let baseline = world.ok("lineage", json!({"start": "dataset:5f0c1d7a"}));
    assert_eq!(baseline["runs"][0]["run_id"], world.text("/runs/baseline").as_str());
    let review = world.ok("lineage", json!({"start": world.text("/runs/agent_review")}));
    assert_eq!(review["traces"].as_array().unwrap().len(), 5);
    assert!(review["note"].as_str().unwrap().contains("more than the newest 5 traces"), "{review}");
    let slip = world.fails("lineage", json!({"start": "churn-classifier@champ"}));
    assert!(slip.contains("Did you mean \"champion\"?"), "{slip}");
}
