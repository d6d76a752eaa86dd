//! A person before deletions, asked by the official client in front of a real MLflow; and everything but their yes.

use std::time::{Duration, SystemTime};

use mlflow_mcp::config::{self, Source};
use mlflow_mcp::mlflow::Tracking;
use mlflow_mcp::policy::{Approvals, Call, Caller, Consent, DEFAULT, Policy};
use mlflow_mcp::tools::{self, Tools};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use xtask::mlflow::Version;

use super::changes::Bench;
use super::clients::{printed, script};
use super::world::Hosted;

/// What questions are sealed with.
pub const KEY: &str = "f4f0b6d3a1c2958774635241302f1e0d0c0b0a09080706050403020100ffeedd";

const ANN: &str = "the token of ann";
const BOB: &str = "the token of bob";

/// What came of a call by the official client, with a person who does as told.
pub fn answer(url: &str, token: &str, person: &str, tool: &str, arguments: &Value) -> Value {
    opened("auto", url, token, person, tool, arguments)
}

fn opened(mode: &str, url: &str, token: &str, person: &str, tool: &str, arguments: &Value) -> Value {
    let mut client = script("clients", "approval.py");
    client.args(["--url", url, "--mode", mode, "--token", token, "answer", "--person", person, tool]);
    serde_json::from_str(&printed(client.arg(arguments.to_string()))).unwrap()
}

fn callers() -> String {
    let caller = |(name, token): (&str, &str)| {
        let digest: String = Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({"name": name, "token_sha256": digest})
    };
    Value::from_iter([("ann", ANN), ("bob", BOB)].map(caller)).to_string()
}

/// The component under the policy that holds when none is given, in front of that MLflow.
fn hosted(bench: &Bench, key: &str) -> Hosted {
    let (uri, callers) = (bench.mlflow_uri(), callers());
    Hosted::start(&[
        ("MLFLOW_TRACKING_URI", &uri),
        ("MLFLOW_MCP_POLICY", ""),
        ("MLFLOW_MCP_SEAL_KEY", key),
        ("MLFLOW_MCP_CALLERS", &callers),
    ])
}

/// What the server gave Ann to keep, so many seconds ago, when it asked about that deletion.
fn kept(bench: &Bench, key: &str, run_id: &str, ago: u64) -> String {
    let variables = [("MLFLOW_TRACKING_URI", bench.mlflow_uri()), ("MLFLOW_MCP_SEAL_KEY", key.to_owned())];
    let config = config::read(&|name: &str| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    });
    let (seal, tools) = (config.seal.unwrap(), config.tools.unwrap());
    let Source::Service(credentials) = tools.credentials else { panic!("the server's own credentials") };
    let place = Tracking { base: tools.base, credentials, limits: tools.limits }.digest();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() - Duration::from_secs(ago);
    let call = Call {
        spec: tools::find("delete_run").unwrap().spec,
        arguments: json!({"run_id": run_id}).as_object().unwrap().clone(),
        caller: &Caller::named("ann"),
        consent: Consent::None,
    };
    let policy = Policy::parse(DEFAULT, &Tools).unwrap();
    let question = policy.question(&call).unwrap().unwrap();
    question.pending(Approvals { seal: &seal, place: &place, now }, true).state
}

#[test]
fn what_a_person_approves_is_done_and_what_they_do_not_is_not() {
    let bench = Bench::of(Version::Newest);
    let hosted = hosted(&bench, KEY);
    for mode in ["auto", "2026-07-28"] {
        let (_, run) = bench.run(&format!("asked about ({mode})"));
        let deletion = json!({"run_id": run});
        let ask = |person: &str| opened(mode, &hosted.url(), ANN, person, "delete_run", &deletion);
        for (person, says) in [("decline", "said no"), ("cancel", "without an answer")] {
            let came = ask(person);
            assert_eq!(came["came"], "failed", "{came}");
            assert!(came["text"].as_str().unwrap().contains(says), "{came}");
            assert_eq!(bench.stage(&run), "active");
        }
        let came = ask("accept");
        let read = came["read"].as_array().unwrap();
        assert_eq!((&came["came"], read.len()), (&json!("done"), 1), "{came}");
        let read = read[0].as_str().unwrap();
        for says in [
            run.as_str(),
            &format!("of experiment \"asked about ({mode})\""),
            &format!("restore_run or `mlflow runs restore --run-id {run}` restores it"),
            "once, within 10 minutes",
        ] {
            assert!(read.contains(says), "{read}");
        }
        assert_eq!(bench.stage(&run), "deleted");
    }
}

#[test]
fn six_ways_around_a_person_are_refused_and_so_is_an_approval_that_was_used() {
    let bench = Bench::of(Version::Newest);
    let hosted = hosted(&bench, KEY);
    let (experiment, run) = bench.run("approved");
    let (_, other) = bench.run("not approved");
    let call = json!({"run_id": run});
    let foreign = "The seal of another server.".repeat(2);
    let foreign: String = Sha256::digest(foreign).iter().map(|byte| format!("{byte:02x}")).collect();
    let attempts = json!({
        "another argument": {"arguments": {"run_id": other}},
        "another tool": {"tool": "delete_experiment", "arguments": {"experiment_id": experiment}},
        "another caller": {"another_caller": true},
        "too late": {"state": kept(&bench, KEY, &run, 601)},
        "an altered seal": {"alter": true},
        "a foreign seal": {"state": kept(&bench, &foreign, &run, 0)},
    });
    let plan = json!({"tool": "delete_run", "arguments": call, "token": BOB, "attempts": attempts});
    let mut client = script("clients", "approval.py");
    client.args(["--url", &hosted.url(), "--token", ANN, "tamper"]).arg(plan.to_string());
    let came: Value = serde_json::from_str(&printed(&mut client)).unwrap();
    for name in attempts.as_object().unwrap().keys() {
        let (attempt, late) = (&came[name], name == "too late");
        let says = if late { "came too late" } else { "no approval of this very call" };
        assert_eq!(attempt["came"], "failed", "{name}: {attempt}");
        assert!(attempt["text"].as_str().unwrap().contains(says), "{name}: {attempt}");
    }
    assert_eq!(came["as it was"]["came"], "done", "{came}");
    let again = &came["once more"];
    assert_eq!(again["came"], "failed");
    assert!(again["text"].as_str().unwrap().contains("used before and counts once"), "{again}");
    assert_eq!((bench.stage(&run).as_str(), bench.stage(&other).as_str()), ("deleted", "active"));
    let found = bench.get(&format!("/api/2.0/mlflow/experiments/get?experiment_id={experiment}"));
    assert_eq!(found["experiment"]["lifecycle_stage"], "active");
}

#[test]
fn every_deletion_of_the_registry_says_what_it_takes_with_it() {
    let bench = Bench::of(Version::Newest);
    let hosted = hosted(&bench, KEY);
    bench.model("asked-about", 2);
    bench.rest(
        "POST",
        "/api/2.0/mlflow/registered-models/alias",
        &json!({"name": "asked-about", "alias": "champion", "version": "2"}),
    );
    let (experiment, _) = bench.run("asked about whole");
    for (tool, arguments, says) in [
        ("delete_model_alias", json!({"name": "asked-about", "alias": "champion"}), "which names version 2"),
        ("delete_model_version", json!({"name": "asked-about", "version": 1}), "s3://bucket/model"),
        ("delete_registered_model", json!({"name": "asked-about"}), "with 1 version for good"),
        ("delete_experiment", json!({"experiment_id": experiment}), "\"asked about whole\" "),
    ] {
        let came = answer(&hosted.url(), ANN, "accept", tool, &arguments);
        assert_eq!(came["came"], "done", "{tool}: {came}");
        assert!(came["read"][0].as_str().unwrap().contains(says), "{tool}: {came}");
    }
    assert!(!bench.exists("asked-about"));
}

#[test]
fn clients_that_cannot_ask_and_calls_that_would_fail_reach_nobody() {
    let bench = Bench::of(Version::Newest);
    let hosted = hosted(&bench, KEY);
    let (_, run) = bench.run("asked by nobody");
    let deletion = json!({"run_id": run});
    let allows = r#""tools": {"delete_run": {"action": "allow"}}"#;
    for (mode, person) in [("auto", "nobody"), ("legacy", "nobody"), ("legacy", "accept")] {
        let came = opened(mode, &hosted.url(), ANN, person, "delete_run", &deletion);
        assert_eq!((&came["came"], &came["read"]), (&json!("failed"), &json!([])), "{mode} {person}: {came}");
        assert!(came["text"].as_str().unwrap().contains(allows), "{came}");
        assert_eq!(came.get("code").is_some_and(|code| code == -32021), mode == "auto", "{came}");
    }
    let unknown = answer(&hosted.url(), ANN, "accept", "delete_run", &json!({"run_id": "0".repeat(32)}));
    assert_eq!(unknown["read"], json!([]), "{unknown}");
    assert!(unknown["text"].as_str().unwrap().contains("RESOURCE_DOES_NOT_EXIST"), "{unknown}");
    assert_eq!(bench.stage(&run), "active");
}
