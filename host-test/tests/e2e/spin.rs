//! The component for Spin: where it finds what it is told. `tests/hosts.rs` of the core has the manifests.

mod imitation;

use std::collections::BTreeSet;

use http::StatusCode;
use imitation::{Imitated, fermyon::spin::variables::Error};
use serde_json::json;
use xtask::component::Component;
use xtask::scratch::Scratch;
use xtask::spin::Spin;

use super::clients::workflow;
use super::foreign::{Foreign, free_port};
use super::world::{World, component_file, project, spin_component_file};

/// One call of a tool that asks MLflow.
fn call() -> String {
    let arguments = json!({"name": "get_experiments", "arguments": {}});
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": arguments}).to_string()
}

const ORIGIN: (&str, &str) = ("mlflow_tracking_uri", "http://mlflow.example:5000/base");

#[test]
fn the_component_for_spin_imports_spins_variables_and_else_what_the_other_does() {
    let imports = |component: Component| component.imports.into_iter().collect::<BTreeSet<_>>();
    let mut found = imports(Component::read(&spin_component_file()).unwrap());
    assert!(found.remove("fermyon:spin/variables@2.0.0"), "{found:?}");
    assert_eq!(found, imports(Component::read(&component_file()).unwrap()));
}

#[test]
fn mlflow_and_its_token_are_those_of_spins_variables() {
    let outcome = Imitated::with([ORIGIN, ("mlflow_tracking_token", "s3cret")]).answer(&call());
    assert_eq!(outcome.status, StatusCode::OK, "{}", outcome.body);
    assert!(outcome.body.contains("\"isError\":false"), "{}", outcome.body);
    let asked = &outcome.sent[0];
    assert!(asked.uri().to_string().starts_with("http://mlflow.example:5000/base/api/"), "{}", asked.uri());
    assert_eq!(asked.headers()["authorization"], "Bearer s3cret");
}

#[test]
fn an_empty_value_is_an_unset_variable_and_the_environment_wins() {
    let mut spin = Imitated::with([ORIGIN, ("mlflow_tracking_token", ""), ("mlflow_mcp_callers", "")]);
    spin.environment = vec![("MLFLOW_TRACKING_URI".to_owned(), "http://other.example".to_owned())];
    let outcome = spin.answer(&call());
    let asked = &outcome.sent[0];
    assert!(asked.uri().to_string().starts_with("http://other.example/api/"), "{}", asked.uri());
    assert!(!asked.headers().contains_key("authorization"));
}

#[test]
fn a_variable_that_cannot_be_read_is_no_unset_one_and_stops_every_request() {
    for error in [Error::Provider("vault said hunter2".to_owned()), Error::Other("hunter2".to_owned())] {
        let mut spin = Imitated::with([ORIGIN]);
        spin.variables.insert("mlflow_mcp_callers".to_owned(), Err(error));
        let outcome = spin.answer(&call());
        assert_eq!(outcome.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(outcome.body.contains("MLFLOW_MCP_CALLERS cannot be read"), "{}", outcome.body);
        assert!(!outcome.body.contains("hunter2"), "{}", outcome.body);
        assert!(outcome.sent.is_empty());
    }
}

#[test]
fn callers_of_spins_variables_are_the_only_ones_who_may_ask() {
    let callers = json!([{"name": "ci", "token_sha256": "ab".repeat(32)}]).to_string();
    let outcome = Imitated::with([ORIGIN, ("mlflow_mcp_callers", &callers)]).answer(&call());
    assert_eq!(outcome.status, StatusCode::UNAUTHORIZED);
    assert!(outcome.sent.is_empty());
}

/// The real one, where there is one. Nothing here can install it, so a machine without says so and relies on the
/// imitation above and on the tests of the manifest.
#[test]
fn spin_itself_serves_the_component_where_it_is_on_path() {
    let project = project();
    let Some(spin) = Spin::find(&project) else {
        eprintln!("not tried under a real Spin: there is none on PATH");
        return;
    };
    eprintln!("trying {}", spin.version);
    let (world, folder) = (World::shared(), Scratch::new("spin").unwrap());
    let command =
        spin.up(&project, &spin_component_file(), folder.path(), free_port(), &world.mlflow.uri()).unwrap();
    let spin = Foreign::start(command, "http://");
    workflow(&world, &spin.url(), "auto");
}
