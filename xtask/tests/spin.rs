//! Which program on `PATH` is the Spin that is meant, and how it is started.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::Path;

use support::Machine;
use xtask::spin::Spin;

#[test]
fn debians_model_checker_is_no_spin_and_neither_is_none() {
    let machine = Machine::new();
    assert!(Spin::find(&machine.project()).is_none());
    machine.program("spin", "echo 'Spin Version 6.5.2 -- 6 December 2019'");
    assert!(Spin::find(&machine.project()).is_none());
}

#[test]
fn spin_gets_our_manifest_with_the_component_that_is_meant() {
    let machine = Machine::new();
    machine.program("spin", "echo 'spin 4.0.2 (e3ea0d4 2026-06-23)'");
    let manifest = include_str!("../../spin.toml");
    machine.write("root/spin.toml", manifest);
    std::fs::create_dir(machine.path("state")).unwrap();
    let project = machine.project();
    let spin = Spin::find(&project).unwrap();
    assert_eq!(spin.version, "spin 4.0.2 (e3ea0d4 2026-06-23)");
    let mut command = spin
        .up(&project, Path::new("/elsewhere/it.wasm"), &machine.path("state"), 3000, "http://mlflow.example")
        .unwrap();
    assert!(command.status().unwrap().success());
    let copy = std::fs::read_to_string(machine.path("state/spin.toml")).unwrap();
    assert!(copy.contains("source = \"/elsewhere/it.wasm\""));
    assert_eq!(copy.lines().count(), manifest.lines().count());
    let calls = machine.calls("spin up");
    assert!(calls.len() == 1 && calls[0].ends_with("--listen 127.0.0.1:3000"), "{calls:?}");
}
