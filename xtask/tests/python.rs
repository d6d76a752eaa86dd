//! Python environments, with an installer and an interpreter made of shell.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::process::Command;

use support::Machine;
use xtask::cache::STAMP;
use xtask::mlflow::{Server, Version};
use xtask::python::Environment;

/// `uv venv DIRECTORY` makes a python; everything else succeeds.
const UV: &str = r#"
[ "$1" = venv ] || exit 0
for last; do :; done
/bin/mkdir -p "$last/bin"
printf '#!/bin/sh\nexit 0\n' > "$last/bin/python"
/bin/chmod 755 "$last/bin/python"
"#;

/// Tells its version; without `-m` modules.
const PYTHON: &str =
    "[ \"$1\" = -c ] && { echo 3 11; echo @/bin/python3; echo '3.11 (a script)'; exit 0; }\nexit 1";

fn machine() -> Machine {
    let machine = Machine::new();
    machine.program("python3", PYTHON);
    machine.program("uv", UV);
    machine.write("root/xtask/python/tools.txt", "tool==1.0 --hash=sha256:00\n");
    machine
}

fn ensure(machine: &Machine) -> Environment {
    Environment::ensure(&machine.project(), "tools").unwrap()
}

#[test]
fn an_environment_is_installed_once_from_its_lock_file_with_hashes() {
    let machine = machine();
    let python = ensure(&machine).python();
    assert_eq!(python, ensure(&machine).python());
    assert!(Command::new(&python).status().unwrap().success());
    let installs = machine.calls("uv pip install");
    assert_eq!(installs.len(), 1);
    assert!(installs[0].contains("--require-hashes") && installs[0].ends_with("xtask/python/tools.txt"));
}

#[test]
fn one_whose_python_does_not_run_is_made_again() {
    let machine = machine();
    let python = ensure(&machine).python();
    machine.executable(&python, "#!/bin/sh\nexit 1\n");
    assert!(Command::new(ensure(&machine).python()).status().unwrap().success());
    fs::remove_file(&python).unwrap();
    assert!(Command::new(ensure(&machine).python()).status().unwrap().success());
    assert_eq!(machine.calls("uv pip install").len(), 3);
}

#[test]
fn one_that_was_never_finished_is_made_again() {
    let machine = machine();
    let python = ensure(&machine).python();
    let directory = python.parent().unwrap().parent().unwrap();
    fs::remove_file(directory.join(STAMP)).unwrap();
    ensure(&machine);
    assert_eq!(machine.calls("uv pip install").len(), 2);
}

#[test]
fn other_pins_are_another_environment() {
    let machine = machine();
    let first = ensure(&machine).python();
    machine.write("root/xtask/python/tools.txt", "tool==2.0 --hash=sha256:11\n");
    assert_ne!(first, ensure(&machine).python());
}

#[test]
fn without_python_the_error_says_what_to_do() {
    let machine = machine();
    fs::remove_file(machine.path("bin/python3")).unwrap();
    let error = Environment::ensure(&machine.project(), "tools").unwrap_err();
    assert_eq!(error.code(), 2);
    assert!(error.to_string().contains("--tracking-uri"), "{error}");
}

#[test]
fn a_python_that_is_too_old_is_refused() {
    let machine = machine();
    machine.program("python3", "echo 3 8; echo @/bin/python3; echo '3.8 (a script)'");
    let error = Environment::ensure(&machine.project(), "tools").unwrap_err();
    assert_eq!(error.code(), 2);
    assert!(error.to_string().contains("python3 is 3.8, but 3.10 or newer is needed"), "{error}");
}

/// A python with which uv can be installed in one way only.
fn python_that_installs_uv(condition: &str) -> String {
    format!(
        r#"
case "$*" in
  *version_info*) echo 3 11; echo @/bin/python3; echo '3.11 (a script)'; exit 0;;
esac
{condition}
for last; do :; done
folder=$last
[ "$2" = pip ] && {{ folder=$7; }}
/bin/mkdir -p "$folder/bin"
/bin/cp @/uv "$folder/bin/uv"
printf '#!/bin/sh\nexit 0\n' > "$folder/bin/python"
/bin/chmod 755 "$folder/bin/python"
"#
    )
}

#[test]
fn uv_is_installed_in_an_environment_where_the_path_has_none() {
    let machine = machine();
    fs::remove_file(machine.path("bin/uv")).unwrap();
    machine.script("uv", UV);
    machine.program("python3", &python_that_installs_uv("[ \"$2\" = venv ] || exit 1"));
    ensure(&machine);
    assert_eq!(machine.calls("uv pip install").len(), 1);
}

#[test]
fn uv_is_installed_into_a_folder_where_environments_cannot_be_made() {
    let machine = machine();
    machine.script("uv", UV);
    machine.program("uv", "exit 1");
    machine.program("python3", &python_that_installs_uv("[ \"$2\" = pip ] || exit 1"));
    ensure(&machine);
    assert_eq!(machine.calls("uv pip install").len(), 1);
    assert_eq!(machine.calls("python3 -m pip install").len(), 1);
}

#[test]
fn a_server_that_does_not_start_shows_the_end_of_its_log() {
    let machine = machine();
    machine.write("root/xtask/python/mlflow.txt", "mlflow==3 --hash=sha256:00\n");
    let python = Environment::ensure(&machine.project(), "mlflow").unwrap().python();
    machine
        .executable(&python, "#!/bin/sh\n[ \"$1\" = -c ] && exit 0\necho no module named mlflow\nexit 3\n");
    let error = Server::start(&machine.project(), Version::Newest, &machine.path("root")).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("ended (exit status: 3)") && text.ends_with("no module named mlflow"), "{text}");
}
