//! The component of functions under Wassette, which makes a tool of each and shows them to models, installed as
//! `docs/hosts.md` says.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use xtask::process::quiet;
use xtask::scratch::Scratch;
use xtask::tools_world::WORDS;
use xtask::wassette::Wassette;

use super::clients::{printed, script};
use super::foreign::{Foreign, free_port};
use super::world::{World, project, tools_component_file};

/// What Wassette calls the component: the name of its file.
const ID: &str = "mlflow-mcp-tools";
/// To compile the component takes it some seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// A Wassette that has loaded the component, in a home of its own.
struct Loaded {
    wassette: Wassette,
    home: Scratch,
}

impl Loaded {
    /// With the policy of `deploy/`, for an MLflow at `host`.
    fn reaching(host: &str, tracking_uri: &str) -> Self {
        let project = project();
        let home = Scratch::new("wassette").unwrap();
        let loaded = Self { wassette: Wassette::ensure(&project).unwrap(), home };
        let component = loaded.home.path().join(format!("{ID}.wasm"));
        fs::copy(tools_component_file(), &component).unwrap();
        loaded.say(&["component", "load", &format!("file://{}", component.display())]);
        let policy = fs::read_to_string(project.root.join("deploy/wassette.yaml")).unwrap();
        let policy = policy.replace("mlflow.example.com", host);
        assert_eq!(policy.matches(&format!("host: {host}")).count(), 1, "{policy}");
        let place = loaded.home.path().join("data/wassette/components").join(format!("{ID}.policy.yaml"));
        fs::write(place, policy).unwrap();
        loaded.say(&["secret", "set", ID, &format!("MLFLOW_TRACKING_URI={tracking_uri}")]);
        loaded
    }

    fn variables(&self) -> [(&'static str, PathBuf); 3] {
        let folder = |name: &str| self.home.path().join(name);
        [("HOME", folder("")), ("XDG_CONFIG_HOME", folder("config")), ("XDG_DATA_HOME", folder("data"))]
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.wassette.command();
        command.args(arguments).envs(self.variables());
        command
    }

    /// What it answers to a command that comes to an end.
    fn say(&self, arguments: &[&str]) -> Value {
        let said = quiet(&mut self.command(arguments), PATIENCE).unwrap_or_else(|error| panic!("{error}"));
        serde_json::from_slice(&said).unwrap()
    }

    /// How a client starts it.
    fn program(&self) -> Value {
        let command = self.command(&["run", "--disable-builtin-tools"]);
        let arguments: Vec<_> = command.get_args().map(|one| one.to_str().unwrap()).collect();
        let variables = BTreeMap::from(self.variables());
        json!({"command": command.get_program().to_str(), "args": arguments, "env": variables})
    }

    fn serve(&self) -> Foreign {
        let address = format!("127.0.0.1:{}", free_port());
        let options = ["serve", "--streamable-http", "--disable-builtin-tools", "--bind-address", &address];
        Foreign::start(self.command(&options), "listening on http://")
    }
}

/// What is asked: the tool as ours has it, its arguments, and whether that goes well.
fn calls(world: &World) -> Vec<(&'static str, Value, bool)> {
    let (run, churn) = (world.text("/runs/baseline"), world.text("/experiments/churn/id"));
    let tags = json!({"model": "gbdt"}).to_string();
    vec![
        ("get_runs", json!({"experiment_id": churn}), true),
        ("get_runs", json!({"experiment_id": churn, "limit": 2, "order_by": ["start_time DESC"]}), true),
        ("health", json!({}), true),
        ("get_experiments", json!({}), true),
        ("get_run", json!({"run_id": run}), true),
        ("search_runs_by_tags", json!({"experiment_id": churn, "tags": tags, "limit": 4}), true),
        ("get_best_run", json!({"experiment_id": churn, "metric": "test/auc", "ascending": true}), true),
        ("get_run", json!({"run_id": "0".repeat(32)}), false),
        ("get_best_run", json!({"experiment_id": churn, "metric": "no/such/metric"}), false),
    ]
}

fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

/// A call as a client of Wassette makes it.
fn function(tool: &str, arguments: &Value) -> Value {
    let arguments = arguments.as_object().unwrap().iter();
    let arguments: BTreeMap<String, &Value> = arguments.map(|(name, value)| (kebab(name), value)).collect();
    json!([format!("mlflow-{}", kebab(tool)), arguments])
}

/// What the official client finds behind this door must be what our own host says.
fn same_as_ours(world: &World, door: &[&str]) {
    let calls = calls(world);
    let mut asked: Vec<Value> = calls.iter().map(|(tool, arguments, _)| function(tool, arguments)).collect();
    let run = world.text("/runs/baseline");
    asked.push(function("set_run_tag", &json!({"run_id": run, "key": "wassette", "value": "was here"})));
    let mut client = script("clients", "call_functions.py");
    let found = printed(client.args(door).arg(json!(asked).to_string()));
    let found: Value = serde_json::from_str(&found).unwrap();
    let answers = found["answers"].as_array().unwrap();
    for ((tool, arguments, well), answer) in calls.iter().zip(answers) {
        if *well {
            let answer: Value = serde_json::from_str(answer["ok"].as_str().unwrap()).unwrap();
            assert_eq!(answer, world.ok(tool, arguments.clone()), "{tool} {arguments}");
        } else {
            assert_eq!(answer["err"], world.fails(tool, arguments.clone()), "{tool} {arguments}");
        }
    }
    // What the default policy limits, and nothing can count, is not done.
    let refused = answers.last().unwrap()["err"].as_str().unwrap();
    assert!(refused.contains("no store") && refused.contains("nothing was changed"), "{refused}");
    let kept = world.rest(&format!("/api/2.0/mlflow/runs/get?run_id={run}"));
    assert!(!kept.to_string().contains("was here"), "{kept}");
    // The words that a model reads are all there.
    let words = fs::read_to_string(project().root.join(WORDS)).unwrap();
    let words: Value = serde_json::from_str(&words).unwrap();
    let words = words["worlds"]["root"]["func_exports"].as_object().unwrap();
    let words: BTreeMap<&str, &str> =
        words.iter().map(|(name, one)| (name.as_str(), one["docs"].as_str().unwrap())).collect();
    assert_eq!(found["tools"], json!(words));
    // To Wassette an option is a value that may be null: one cannot leave it out.
    assert_eq!(
        found["left_out"],
        json!(["Error: expected object shape for object, found: missing field limit"])
    );
}

#[test]
fn the_official_client_gets_through_wassette_what_it_gets_from_our_host() {
    let world = World::shared();
    let loaded = Loaded::reaching("127.0.0.1", &world.mlflow.uri());
    same_as_ours(&world, &["--program", &loaded.program().to_string(), "--mode", "legacy"]);
    let served = loaded.serve();
    for mode in ["legacy", "2026-07-28"] {
        same_as_ours(&world, &["--url", &served.url(), "--mode", mode]);
    }
}

#[test]
fn under_wassette_a_host_that_its_policy_does_not_name_is_not_reached() {
    let world = World::shared();
    let loaded = Loaded::reaching("mlflow.example.org", &world.mlflow.uri());
    let said = loaded.say(&["tool", "invoke", "mlflow-health"]);
    let health: Value = serde_json::from_str(said["ok"].as_str().unwrap()).unwrap();
    assert_eq!(health["status"], "unhealthy");
    assert_eq!(health["tracking_uri"], world.mlflow.uri());
    let error = health["error"].as_str().unwrap();
    assert!(error.contains("the sandbox does not let this server connect"), "{error}");
}
