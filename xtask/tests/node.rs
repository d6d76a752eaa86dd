//! Node environments, with an npm and a Node made of shell; and the lock files that are installed.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::Machine;
use xtask::Result;
use xtask::node::Environment;

/// `npm ci` installs whatever stands in the folder's lock file, here always a Node.
const NPM: &str = r#"
[ "$1" = ci ] || exit 1
/bin/mkdir -p node_modules/.bin
/bin/cp @/bin/node-of-npm node_modules/.bin/node
echo {} > node_modules/.package-lock.json
"#;

/// Tells its version, else what it was called with.
fn node(version: &str) -> String {
    format!("[ \"$1\" = --version ] && {{ echo {version}; exit 0; }}\necho $PACKAGES $*")
}

fn machine(version: &str) -> Machine {
    let machine = Machine::new();
    machine.program("node", &node(version));
    machine.program("node-of-npm", &node("v22.23.3"));
    machine.program("npm", NPM);
    for name in ["node", "tools"] {
        machine.write(&format!("root/xtask/node/{name}/package.json"), "{}");
        machine.write(&format!("root/xtask/node/{name}/package-lock.json"), name);
    }
    machine
}

fn ensure(machine: &Machine) -> Result<Environment> {
    Environment::ensure(&machine.project(), "tools")
}

/// What a script of the environment is started with: the folder of the packages, and arguments.
fn started(environment: &Environment) -> String {
    let output = environment.script("client.mjs").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_environment_is_installed_once_from_its_lock_file_and_runs_no_script() {
    let machine = machine("v22.19.0");
    let first = started(&ensure(&machine).unwrap());
    assert_eq!(first, started(&ensure(&machine).unwrap()));
    assert!(first.trim_end().ends_with("xtask/node/client.mjs"), "{first}");
    assert!(first.starts_with(machine.path("cache").to_str().unwrap()), "{first}");
    let installs = machine.calls("npm");
    assert_eq!(installs.len(), 1);
    assert!(installs[0].starts_with("npm ci --ignore-scripts"), "{installs:?}");
}

#[test]
fn another_lock_file_is_another_environment() {
    let machine = machine("v24.0.0");
    let first = started(&ensure(&machine).unwrap());
    machine.write("root/xtask/node/tools/package-lock.json", "newer tools");
    assert_ne!(first, started(&ensure(&machine).unwrap()));
}

#[test]
fn one_without_its_packages_is_made_again() {
    let machine = machine("v24.0.0");
    let first = started(&ensure(&machine).unwrap());
    let (packages, _) = first.split_once(' ').unwrap();
    fs::remove_dir_all(Path::new(packages).join("node_modules")).unwrap();
    assert_eq!(first, started(&ensure(&machine).unwrap()));
    assert_eq!(machine.calls("npm").len(), 2);
}

#[test]
fn a_node_of_the_path_that_is_too_old_installs_a_newer_one() {
    let machine = machine("v22.18.0");
    let program = ensure(&machine).unwrap().program("tool");
    assert!(Path::new(program.get_program()).starts_with(machine.path("cache")), "{program:?}");
    assert_eq!(machine.calls("npm ci").len(), 2);
    ensure(&machine).unwrap();
    assert_eq!(machine.calls("npm ci").len(), 2);
}

#[test]
fn a_private_node_that_does_not_run_is_no_installation() {
    let machine = machine("v20.20.2");
    machine.program("node-of-npm", "exit 1");
    let error = ensure(&machine).unwrap_err();
    assert_eq!(error.code(), 2);
    let text = error.to_string();
    assert!(text.starts_with("PATH has Node 20.20, but 22.19 or newer is needed"), "{text}");
    assert!(text.ends_with("its Node does not run"), "{text}");
}

#[test]
fn without_npm_the_error_says_what_to_do() {
    let machine = machine("v22.19.0");
    fs::remove_file(machine.path("bin/npm")).unwrap();
    let error = ensure(&machine).unwrap_err();
    assert_eq!(error.code(), 2);
    let text = error.to_string();
    assert!(text.contains("npm was not found on PATH: install Node.js"), "{text}");
}

#[test]
fn without_npm_what_is_installed_already_is_used() {
    let machine = machine("v22.19.0");
    ensure(&machine).unwrap();
    fs::remove_file(machine.path("bin/npm")).unwrap();
    assert!(ensure(&machine).is_ok());
}

#[test]
fn every_lock_file_has_a_hash_for_each_package_and_names_no_registry() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("node");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let Ok(text) = fs::read_to_string(entry.unwrap().path().join("package-lock.json")) else { continue };
        let lock: Value = serde_json::from_str(&text).unwrap();
        for (name, package) in
            lock["packages"].as_object().unwrap().iter().filter(|(name, _)| !name.is_empty())
        {
            let hash = package["integrity"].as_str().unwrap_or_default();
            assert!(hash.starts_with("sha512-"), "{name} has no hash");
            assert!(package.get("resolved").is_none(), "{name} names where it was downloaded from");
            seen += 1;
        }
    }
    assert!(seen > 0, "no lock file was read");
}
