//! The portable component under jco: a host made of JavaScript.

use serde_json::json;
use xtask::node::Environment;

use super::clients::workflow;
use super::foreign::{Foreign, free_port};
use super::http;
use super::world::{World, portable_component_file, project};

/// `jco serve`, as it says of itself: one instance for all requests, unless it is told otherwise.
fn serve(tracking_uri: &str, more: &[&str]) -> Foreign {
    let mut command = Environment::ensure(&project(), "jco").unwrap().program("jco");
    command.arg("serve").arg(portable_component_file());
    command.args(["--host", "127.0.0.1", "--port", &free_port().to_string()]).args(more);
    command.env("MLFLOW_TRACKING_URI", tracking_uri);
    Foreign::start(command, "listening @ ")
}

#[test]
fn jco_serves_the_whole_workflow_with_the_portable_component() {
    let world = World::shared();
    let jco = serve(&world.mlflow.uri(), &[]);
    let arguments = json!({"run_id": world.text("/runs/baseline")});
    let there = http::call(jco.address, "get_run", &arguments);
    assert_eq!(there, world.hosted.call("get_run", &arguments));
    workflow(&world, &jco.url(), "auto");
}

#[test]
fn jco_answers_the_same_when_every_request_has_an_instance_of_its_own() {
    let world = World::shared();
    let jco = serve(&world.mlflow.uri(), &["--isolate-requests", "instance"]);
    for _ in 0..2 {
        let there = http::call(jco.address, "get_experiments", &json!({}));
        assert_eq!(there, world.hosted.call("get_experiments", &json!({})));
    }
}
