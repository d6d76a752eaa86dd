//! Resources and completion against what a real MLflow has.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::http::rpc;
use super::world::World;

fn ask(world: &World, method: &str, params: Value) -> Value {
    let mut body = rpc(world.hosted.address(), method, &params).unwrap();
    assert!(body.get("error").is_none(), "{method} {params}: {body}");
    body["result"].take()
}

fn read(world: &World, uri: &str) -> Value {
    ask(world, "resources/read", json!({"uri": uri}))["contents"][0].take()
}

#[test]
fn what_is_listed_can_be_read() {
    let world = World::shared();
    let list = ask(&world, "resources/list", json!({}));
    let resources = list["resources"].as_array().unwrap();
    assert!(resources.len() > 10);
    for resource in resources {
        let uri = resource["uri"].as_str().unwrap();
        let content = read(&world, uri);
        assert_eq!((&content["uri"], &content["mimeType"]), (&resource["uri"], &resource["mimeType"]));
        assert!(serde_json::from_str::<Value>(content["text"].as_str().unwrap()).is_ok(), "{uri}");
    }
}

#[test]
fn every_template_reads_the_sample_data() {
    let world = World::shared();
    let run = world.text("/artifacts/run_id");
    let text = |content: Value| content["text"].as_str().unwrap().to_owned();
    let by_name = "mlflow://experiment-by-name/Zo%C3%AB%27s%20%22gr%C3%B6%C3%9Fte%22%20%E5%AE%9E%E9%AA%8C%20%F0%9F%9A%80";
    let unicode: Value = serde_json::from_str(&text(read(&world, by_name))).unwrap();
    assert_eq!(unicode["experiment_id"], world.text("/experiments/unicode/id").as_str());
    let model: Value =
        serde_json::from_str(&text(read(&world, "mlflow://registered-model/churn-classifier"))).unwrap();
    let champion = world.manifest["registered_models"][0]["aliases"]["champion"].clone();
    assert_eq!(model["aliases"]["champion"], champion);
    let version = format!("mlflow://model-version/churn-classifier/{}", champion.as_str().unwrap());
    let version: Value = serde_json::from_str(&text(read(&world, &version))).unwrap();
    assert_eq!(version["aliases"], json!(["champion"]));
    let report = text(read(&world, &format!("mlflow://run/{run}/artifacts/report.md")));
    assert_eq!(report.as_bytes(), world.file(&run, "report.md"));
    let png = world.text("/artifacts/files/png/path");
    let picture = read(&world, &format!("mlflow://run/{run}/artifacts/{png}"));
    assert_eq!(STANDARD.decode(picture["blob"].as_str().unwrap()).unwrap(), world.file(&run, &png));
    let log = rpc(
        world.hosted.address(),
        "resources/read",
        &json!({"uri": format!("mlflow://run/{run}/artifacts/logs/train.log")}),
    );
    let log = log.unwrap()["error"]["message"].take();
    assert!(log.as_str().unwrap().contains("get_artifact_content reads it in parts"), "{log}");
}

#[test]
fn arguments_are_completed_from_the_sample_data() {
    let world = World::shared();
    let complete = |prompt: &str, name: &str, value: &str, others: Value| {
        let params = json!({"ref": {"type": "ref/prompt", "name": prompt}, "argument": {"name": name, "value": value},
                            "context": {"arguments": others}});
        ask(&world, "completion/complete", params)["completion"]["values"].take()
    };
    let id = world.text("/experiments/finetuning/id");
    assert_eq!(complete("find_best_run", "experiment_id", "llm-finetune", json!({})), json!([id]));
    assert_eq!(
        complete("find_best_run", "metric", "eval/a", json!({"experiment_id": id})),
        json!(["eval/accuracy"])
    );
    let run = world.text("/curve/run_id");
    assert_eq!(complete("diagnose_run", "run_id", &run[..12], json!({})), json!([run]));
    assert_eq!(complete("promote_best_model", "model_name", "churn", json!({})), json!(["churn-classifier"]));
}
