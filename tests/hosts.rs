//! The manifests with which other hosts run the component.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use support::golden::project;

/// The one variable that the manifest makes of two: Spin's list of allowed hosts takes no paths.
const TRACKING_URI: &str = "mlflow_tracking_uri";

#[derive(Deserialize)]
struct Variable {
    default: Option<String>,
    #[serde(default)]
    secret: bool,
}

/// What the tests look at.
struct Spin {
    text: String,
    whole: Value,
    declared: BTreeMap<String, Variable>,
    given: BTreeMap<String, String>,
}

fn read(path: &str) -> String {
    std::fs::read_to_string(project(path)).unwrap()
}

fn spin() -> Spin {
    let text = read("spin.toml");
    let whole: Value = toml::from_str(&text).expect("spin.toml is TOML");
    let declared = serde_json::from_value(whole["variables"].clone()).unwrap();
    let given = serde_json::from_value(whole["component"]["mlflow-mcp"]["variables"].clone()).unwrap();
    Spin { text, whole, declared, given }
}

/// The variables that the component reads, in small letters, as Spin writes them.
fn variables() -> BTreeSet<String> {
    let source = read("src/config.rs");
    let constants =
        source.lines().filter(|line| line.contains("const ") && line.contains(": &str = \"MLFLOW_"));
    constants.filter_map(|line| line.split('"').nth(1)).map(str::to_ascii_lowercase).collect()
}

/// The names between `{{` and `}}`.
fn templates(text: &str) -> Vec<&str> {
    text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap().trim()).collect()
}

#[test]
fn spin_hands_the_component_every_variable_that_it_reads_and_no_other() {
    let (spin, variables) = (spin(), variables());
    assert!(variables.len() > 10, "src/config.rs declares its variables in another form: {variables:?}");
    for name in &variables {
        assert!(
            spin.given.contains_key(name),
            "spin.toml does not know {name}. Add these two lines, each to its table:\n\
             [variables]\n{name} = {{ default = \"\" }}    # with `, secret = true` if it is one\n\
             [component.mlflow-mcp.variables]\n{name} = \"{{{{ {name} }}}}\""
        );
    }
    let unknown: Vec<_> = spin.given.keys().filter(|name| !variables.contains(*name)).collect();
    assert!(unknown.is_empty(), "spin.toml has variables that the component does not read: {unknown:?}");
}

#[test]
fn what_spin_hands_over_is_the_operators_value_under_the_same_name() {
    let spin = spin();
    for (name, value) in spin.given.iter().filter(|(name, _)| *name != TRACKING_URI) {
        assert_eq!(*value, format!("{{{{ {name} }}}}"));
    }
    assert_eq!(spin.given[TRACKING_URI], "{{ mlflow_origin }}{{ mlflow_path }}");
    let used: BTreeSet<&str> = spin.given.values().flat_map(|value| templates(value)).collect();
    let declared: BTreeSet<&str> = spin.declared.keys().map(String::as_str).collect();
    assert_eq!(used, declared, "a variable is used and not declared, or declared and not used");
}

#[test]
fn without_a_value_from_the_operator_a_variable_of_spin_is_an_unset_one() {
    let set: Vec<_> =
        spin().declared.into_iter().filter(|(_, variable)| variable.default.as_deref() != Some("")).collect();
    assert_eq!(set.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["mlflow_origin"]);
}

/// A letter first, then letters and digits in words with single underscores between them.
#[test]
fn every_name_is_one_that_spin_takes() {
    for name in spin().declared.keys().chain(spin().given.keys()) {
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        assert!(name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('_').all(word), "{name}");
    }
}

#[test]
fn spin_knows_which_variables_are_secrets() {
    let secret = |name: &str| {
        ["password", "token", "tracking_oauth", "callers", "headers", "key", "secret"]
            .iter()
            .any(|word| name.contains(word))
    };
    for (name, variable) in spin().declared {
        assert_eq!(variable.secret, secret(&name), "{name}: `secret` in spin.toml");
    }
}

#[test]
fn under_spin_the_component_reaches_mlflow_and_nothing_else() {
    let spin = spin();
    let component = &spin.whole["component"]["mlflow-mcp"];
    assert_eq!(component["allowed_outbound_hosts"], serde_json::json!(["{{ mlflow_origin }}"]));
    assert_eq!(component["key_value_stores"], serde_json::json!(["default"]));
    for name in ["files", "sqlite_databases", "ai_models", "environment"] {
        assert_eq!(component.get(name), None, "{name}");
    }
}

#[test]
fn spin_serves_the_component_that_its_build_makes_on_every_path() {
    let spin = spin();
    assert_eq!(spin.whole["spin_manifest_version"], 2);
    assert_eq!(spin.whole["application"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(spin.whole["trigger"]["http"][0]["component"], "mlflow-mcp");
    assert_eq!(spin.whole["trigger"]["http"][0]["route"], "/...");
    let component = &spin.whole["component"]["mlflow-mcp"];
    assert_eq!(component["source"], "target/spin/wasm32-wasip2/release/mlflow_mcp.wasm");
    assert_eq!(component["build"]["command"], "cargo xtask build --spin");
    assert!(!spin.text.contains("[component.mlflow-mcp.dependencies"));
}

fn manifest(path: &str) -> Value {
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The entries of a list that have a name, by it.
fn named(list: &Value) -> BTreeMap<String, Value> {
    let entries = list.as_array().unwrap().iter();
    entries.map(|entry| (entry["name"].as_str().unwrap().to_owned(), entry.clone())).collect()
}

#[test]
fn the_manifest_for_spinkube_sets_variables_and_a_store_that_spin_toml_has() {
    let spin = spin();
    let app = manifest("deploy/spinapp.yaml");
    assert_eq!(
        (app["apiVersion"].as_str(), app["kind"].as_str()),
        (Some("core.spinkube.dev/v1alpha1"), Some("SpinApp"))
    );
    for (name, entry) in named(&app["spec"]["variables"]) {
        let declared = spin.declared.get(&name).unwrap_or_else(|| panic!("spin.toml has no variable {name}"));
        let by_reference = entry["valueFrom"]["secretKeyRef"]["key"].is_string();
        assert_eq!(declared.secret, by_reference, "{name}: a secret belongs into a Secret");
    }
    assert!(named(&app["spec"]["variables"]).contains_key("mlflow_mcp_callers"), "everybody could call");
    let stores = named(&app["spec"]["runtimeConfig"]["keyValueStores"]);
    assert_eq!(stores.into_keys().collect::<Vec<_>>(), ["default"]);
    assert!(app["spec"]["image"].as_str().unwrap().ends_with(concat!(":", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn the_manifest_for_wasmcloud_sets_variables_that_exist_and_lets_out_to_mlflow_only() {
    let deployment = manifest("deploy/wasmcloud.yaml");
    assert_eq!(deployment["apiVersion"], "runtime.wasmcloud.dev/v1alpha1");
    assert_eq!(deployment["kind"], "WorkloadDeployment");
    let spec = &deployment["spec"]["template"]["spec"];
    let component = &spec["components"][0];
    let resources = &component["localResources"];
    let config: BTreeMap<String, String> =
        serde_json::from_value(resources["environment"]["config"].clone()).unwrap();
    for name in config.keys() {
        assert!(variables().contains(&name.to_ascii_lowercase()), "{name} is no variable");
    }
    assert_eq!(resources["allowedHosts"], serde_json::json!([config["MLFLOW_TRACKING_URI"]]));
    assert!(component["image"].as_str().unwrap().ends_with(concat!(
        ":",
        env!("CARGO_PKG_VERSION"),
        "-portable"
    )));
    // What the portable world of wit/server.wit asks of a host, and Rust's standard library does not.
    assert_eq!(spec["hostInterfaces"].as_array().unwrap().len(), 1);
    let interface = &spec["hostInterfaces"][0];
    assert_eq!((&interface["namespace"], &interface["package"]), (&"wasi".into(), &"http".into()));
    let world = read("wit/server.wit");
    let portable = world.split("world portable-server").nth(1).unwrap();
    let wanted: BTreeSet<&str> = portable
        .lines()
        .filter_map(|line| line.trim().split("wasi:http/").nth(1)?.split('@').next())
        .collect();
    let served: BTreeSet<&str> =
        interface["interfaces"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(served, wanted);
}

#[test]
fn the_policy_for_wassette_names_variables_that_exist_and_one_host() {
    let policy = manifest("deploy/wassette.yaml");
    let permissions = policy["permissions"].as_object().unwrap();
    assert_eq!(permissions.keys().collect::<Vec<_>>(), ["network", "environment"]);
    assert_eq!(permissions["network"]["allow"].as_array().unwrap().len(), 1);
    let variables = variables();
    for one in permissions["environment"]["allow"].as_array().unwrap() {
        let name = one["key"].as_str().unwrap();
        assert!(variables.contains(&name.to_ascii_lowercase()), "there is no variable {name}");
    }
}
