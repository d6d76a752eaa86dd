//! What is worked out beside the data, against what pandas, numpy and scipy make of the same data.

use serde_json::{Value, json};
use xtask::mlflow::{Server, Version};

use super::clients::{printed, script};
use super::world::{Hosted, World, project};

/// Ten thousand runs with all that numbers can be: `xtask/python/check_numbers.py` says what is compared.
#[test]
fn every_number_is_that_of_pandas_numpy_and_scipy() {
    let mlflow = Server::empty(&project(), Version::Newest).unwrap();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri())]);
    let mut check = script("mlflow", "check_numbers.py");
    check.args(["--url", &hosted.url(), "--tracking-uri", &mlflow.uri()]);
    let summary = printed(check.arg("--database").arg(mlflow.data().join("mlflow.db")));
    println!("{summary}");
}

/// What a query matched as, and the runs.
fn matches(found: &Value) -> Vec<(String, Vec<Value>)> {
    let ids = |one: &Value| one["runs"].as_array().unwrap().iter().map(|run| run["run_id"].clone()).collect();
    let matched = found["result"].as_array().unwrap().iter();
    matched.map(|one| (one["matched_as"].as_str().unwrap().to_owned(), ids(one))).collect()
}

#[test]
fn find_runs_takes_whatever_is_known_of_a_run() {
    let world = World::shared();
    let baseline = world.text("/runs/baseline");
    let model = &world.manifest["registered_models"][0];
    let champion =
        world.ok("get_model_version_by_alias", json!({"name": model["name"], "alias": "champion"}));
    let run = world.ok("get_run", json!({"run_id": baseline}));
    let dataset = &run["inputs"][0];
    let commit = run["tags"]["mlflow.source.git.commit"].as_str().map(str::to_owned);
    let mut cases = vec![
        (json!(baseline), "run id", json!(baseline)),
        (json!(baseline[..9]), "beginning of a run id", json!(baseline)),
        (run["run_name"].clone(), "run name", json!(baseline)),
        (json!(run["run_name"].as_str().unwrap()[2..].to_uppercase()), "part of a run name", json!(baseline)),
        (json!(world.text("/runs/deleted")), "run id", json!(world.text("/runs/deleted"))),
        (
            json!(format!("{}@champion", model["name"].as_str().unwrap())),
            "model version or alias",
            champion["run_id"].clone(),
        ),
        (json!("champion"), "model version or alias", champion["run_id"].clone()),
        (dataset["digest"].clone(), "dataset digest", json!(baseline)),
        (dataset["name"].clone(), "dataset name", json!(baseline)),
        (json!("stage = baseline"), "tag", json!(baseline)),
    ];
    cases.extend(commit.map(|commit| (json!(commit[..10]), "git commit", json!(baseline))));
    for (query, matched_as, run_id) in cases {
        let found = world.ok("find_runs", json!({"query": query, "limit": 100}));
        let found = matches(&found);
        assert!(
            found.iter().any(|(name, runs)| name == matched_as && runs.contains(&run_id)),
            "{query} as {matched_as}: {found:?}"
        );
    }
    for invocation in world.manifest["invocations"].as_array().unwrap() {
        let found = world.ok("find_runs", json!({"query": invocation["invocation_id"], "limit": 100}));
        let (name, runs) = &matches(&found)[0];
        assert_eq!(
            (name.as_str(), runs.len()),
            ("invocation id", invocation["runs"].as_array().unwrap().len())
        );
    }
}

#[test]
fn find_runs_leads_to_pages_and_tells_what_it_did_not_find() {
    let world = World::shared();
    let baseline = world.text("/runs/baseline");
    let found = world.ok("find_runs", json!({"query": baseline}));
    let run = &found["result"][0]["runs"][0];
    let churn = world.text("/experiments/churn/id");
    assert_eq!(run["url"], format!("{}/#/experiments/{churn}/runs/{baseline}", world.mlflow.uri()));
    assert_eq!(run["experiment_name"], world.text("/experiments/churn/name").as_str());
    let nothing = world.ok("find_runs", json!({"query": "no such thing 🚀"}));
    assert_eq!((&nothing["result"], nothing["no_match_as"].as_array().unwrap().len()), (&json!([]), 7));
    let start = world.ok("get_run", json!({"run_id": baseline}))["start_time"].as_i64().unwrap();
    let window = json!({"started_after": start.to_string(), "started_before": (start + 1).to_string()});
    assert!(matches(&world.ok("find_runs", window))[0].1.contains(&json!(baseline)));
}

#[test]
fn diff_runs_shows_what_two_runs_of_two_experiments_have_and_have_not() {
    let world = World::shared();
    let (baseline, best) = (world.text("/runs/baseline"), world.text("/runs/sweep_best"));
    let diff = world.ok("diff_runs", json!({"baseline_run_id": baseline, "run_id": best}));
    let [one, other] = [&baseline, &best].map(|id| world.ok("get_run", json!({"run_id": id})));
    assert_eq!(diff["params"]["model"], json!({"baseline": "logreg", "run": "gbdt"}));
    for (name, value) in one["params"].as_object().unwrap() {
        let same = other["params"].get(name) == Some(value);
        assert_eq!(
            (diff["same_params"].get(name).is_some(), diff["params"].get(name).is_some()),
            (same, !same),
            "{name}"
        );
    }
    let auc = &diff["metrics"]["test/auc"];
    let of = |run: &Value| run["metrics"]["test/auc"].as_f64().unwrap();
    assert_eq!(auc["delta"].as_f64(), Some(of(&other) - of(&one)));
    assert_eq!(auc["relative"].as_f64(), Some((of(&other) - of(&one)) / of(&one)));
    let curve = world.text("/curve/run_id");
    let far = world.ok("diff_runs", json!({"baseline_run_id": baseline, "run_id": curve}));
    assert_ne!(far["baseline"]["experiment_id"], far["run"]["experiment_id"]);
    let unknown = world.fails("diff_runs", json!({"baseline_run_id": baseline, "run_id": "deadbeef"}));
    assert!(unknown.contains("there is no run \"deadbeef\""), "{unknown}");
}

/// What the pictures themselves look like is in `tests/pictures`.
#[test]
fn plot_metrics_draws_curves_bands_and_dots() {
    let world = World::shared();
    let drawn = |arguments: Value| {
        let result = world.hosted.call("plot_metrics", &arguments);
        let image = &result["content"][1];
        assert_eq!((&image["type"], &image["mimeType"]), (&json!("image"), &json!("image/png")), "{result}");
        let data = image["data"].as_str().unwrap();
        // The first bytes of every PNG.
        assert!(data.starts_with("iVBORw0KGgo") && data.len() < 80_000, "{}", data.len());
        result["structuredContent"].clone()
    };
    let (run, metric) = (world.text("/curve/run_id"), world.text("/curve/metric"));
    let curve = drawn(json!({"run_ids": [run], "metrics": [metric]}));
    assert_eq!((&curve["kind"], &curve["result"][0]["metric"]), (&json!("lines"), &json!(metric)));
    assert!(curve["result"][0]["url"].as_str().unwrap().ends_with(&run), "{curve}");
    let churn = world.text("/experiments/churn/id");
    let sweep = json!({"experiment_ids": [churn], "metrics": ["test/auc"]});
    let with = |more: Value| {
        let mut arguments = sweep.clone();
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        drawn(arguments)
    };
    let dots = with(
        json!({"x": "params.max_depth", "group_by": "params.model", "filter": "params.max_depth LIKE '%'"}),
    );
    assert_eq!((&dots["kind"], &dots["x"]["scale"]), (&json!("dots"), &json!("linear")), "{dots}");
    let bands = with(json!({"x": "time", "group_by": "params.model"}));
    let best = with(json!({"x": "params.model"}))["result"][0]["max"].clone();
    assert_eq!((&bands["kind"], &bands["y"]["max"]), (&json!("bands"), &best), "{bands}");
}

/// A run with a model says what the model needs.
#[test]
fn diff_runs_compares_environment_files_of_models() {
    let world = World::shared();
    let model = &world.manifest["registered_models"][0]["versions"][0];
    let (made, baseline) = (model["run_id"].clone(), world.text("/runs/baseline"));
    let diff = world.ok("diff_runs", json!({"baseline_run_id": baseline, "run_id": made}));
    let environment = diff["environment"].as_object().unwrap();
    assert!(
        environment
            .iter()
            .any(|(file, lines)| file.ends_with("requirements.txt") && lines.get("only_run").is_some()),
        "{diff}"
    );
}
