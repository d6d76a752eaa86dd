//! Every way to the wasm target and the fall from one to the next, on a machine made of shell scripts.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::process::Command;
use std::time::Duration;

use support::Machine;
use xtask::Result;
use xtask::target::{Search, Target, Way};

/// A compiler whose libraries are in `@/NAME/wasm32-wasip2/lib` and fit it once `@/NAME/fits` exists.
fn compiler(machine: &Machine, name: &str, script: &str) {
    machine.script(
        script,
        &format!(
            r#"
case "$*" in
  -vV) echo "rustc 1.0.0 ({name})";;
  --print*) echo "@/{name}/wasm32-wasip2/lib";;
  *) [ -e "@/{name}/fits" ] || {{ echo "error: found crate compiled by another version" >&2; exit 1; }};;
esac"#
        ),
    );
}

/// A machine with two compilers, neither of which has the target; Debian 12, root.
fn machine() -> Machine {
    let machine = Machine::new();
    compiler(&machine, "default", "bin/rustc");
    compiler(&machine, "system", "usr/rustc-web");
    machine.write("system/fits", "");
    machine.program("id", "echo 0");
    machine.write("etc/os-release", "NAME=Debian\nID=debian\n");
    machine.write("etc/apt/sources.list", "deb http://mirror.example/debian bookworm main\n");
    machine
}

fn search(machine: &Machine) -> Search {
    Search {
        shell: machine.shell(),
        cache: machine.cache(),
        system_rustc: machine.path("usr/rustc-web"),
        etc: machine.path("etc"),
        rustup_limit: Duration::from_secs(60),
    }
}

fn run(machine: &Machine, way: Way) -> Result<Target> {
    search(machine).run(way)
}

fn default() -> Target {
    Target { rustc: None }
}

fn system(machine: &Machine) -> Target {
    Target { rustc: Some(machine.path("usr/rustc-web")) }
}

/// The libraries of a compiler, as an installation leaves them.
fn library(machine: &Machine, name: &str) {
    machine.write(&format!("{name}/wasm32-wasip2/lib/libstd-0.rlib"), "std");
}

const RUSTUP: &str = r#"
/bin/mkdir -p @/default/wasm32-wasip2/lib
: > @/default/wasm32-wasip2/lib/libstd-0.rlib
: > @/default/fits"#;

/// Debian's package tools and cargo, as the recipe uses them.
fn debian(machine: &Machine) {
    machine.program(
        "apt-get",
        r#"
case "$*" in
  *sourcelist=*" update") list=${2#Dir::Etc::sourcelist=}; while read -r line; do echo "$line"; done < "$list" > @/later;;
  *" download wasi-libc") : > wasi-libc_1_all.deb;;
esac"#,
    );
    machine.program(
        "dpkg",
        r#"
folder=$3/usr/lib/wasm32-wasip2
/bin/mkdir -p "$folder"
for name in libc.a crt1-command.o crt1-reactor.o; do echo "$name" > "$folder/$name"; done"#,
    );
    machine.program(
        "cargo",
        r#"
/bin/mkdir -p target/wasm32-wasip2/release/deps
echo std > target/wasm32-wasip2/release/deps/libstd-1.rlib
echo "$RUSTC $RUSTC_BOOTSTRAP $CARGO_ENCODED_RUSTFLAGS" > @/cargo-environment"#,
    );
}

#[test]
fn a_compiler_that_has_the_target_is_taken_and_nothing_is_installed() {
    let machine = machine();
    library(&machine, "default");
    machine.write("default/fits", "");
    machine.program("rustup", RUSTUP);
    assert_eq!(run(&machine, Way::Any).unwrap(), default());
    assert!(machine.calls("rustup").is_empty());
}

#[test]
fn a_proof_is_remembered_until_the_libraries_change() {
    let machine = machine();
    library(&machine, "default");
    machine.write("default/fits", "");
    let proofs = || machine.calls("rustc --edition").len();
    run(&machine, Way::Any).unwrap();
    run(&machine, Way::Any).unwrap();
    assert_eq!(proofs(), 1);
    machine.write("default/wasm32-wasip2/lib/libstd-0.rlib", "another std");
    run(&machine, Way::Any).unwrap();
    assert_eq!(proofs(), 2);
}

#[test]
fn libraries_of_another_compiler_version_do_not_count() {
    let machine = machine();
    library(&machine, "default");
    library(&machine, "system");
    assert_eq!(run(&machine, Way::Any).unwrap(), system(&machine));
}

#[test]
fn rustup_adds_the_target() {
    let machine = machine();
    machine.program("rustup", RUSTUP);
    assert_eq!(run(&machine, Way::Any).unwrap(), default());
    assert_eq!(machine.calls("rustup"), ["rustup target add wasm32-wasip2"]);
}

#[test]
fn where_rustup_fails_debian_packages_make_the_target() {
    let machine = machine();
    machine.program("rustup", "echo 'error: could not download' >&2; exit 1");
    debian(&machine);
    // Libraries of an older compiler are in the way.
    machine.write("system/wasm32-wasip2/lib/old.rlib", "old");
    assert_eq!(run(&machine, Way::Any).unwrap(), system(&machine));

    let installed = machine.path("system/wasm32-wasip2/lib");
    for file in [
        "libstd-1.rlib",
        "self-contained/libc.a",
        "self-contained/crt1-command.o",
        "self-contained/crt1-reactor.o",
    ] {
        assert!(installed.join(file).exists(), "{file}");
    }
    assert!(!installed.join("old.rlib").exists());
    let later = fs::read_to_string(machine.path("later")).unwrap();
    assert_eq!(later, "Types: deb\nURIs: http://mirror.example/debian\nSuites: forky\nComponents: main\n");
    let environment = fs::read_to_string(machine.path("cargo-environment")).unwrap();
    assert!(
        environment.starts_with(&format!("{} 1 -L", machine.path("usr/rustc-web").display())),
        "{environment}"
    );
    assert!(environment.contains("-Cembed-bitcode=yes"), "{environment}");
}

#[test]
fn a_rustup_that_hangs_is_stopped() {
    let machine = machine();
    machine.program("rustup", "echo $$ > @/pid; exec /bin/sleep 1000");
    debian(&machine);
    let search = Search { rustup_limit: Duration::from_secs(2), ..search(&machine) };
    assert_eq!(search.run(Way::Any).unwrap(), system(&machine));
    let pid = fs::read_to_string(machine.path("pid")).unwrap();
    let alive = Command::new("/bin/sh").args(["-c", &format!("kill -0 {} 2>/dev/null", pid.trim())]).status();
    assert!(!alive.unwrap().success(), "rustup is still there");
}

#[test]
fn a_rustup_whose_target_does_not_work_gives_way_too() {
    let machine = machine();
    machine.program("rustup", "exit 0");
    debian(&machine);
    assert_eq!(run(&machine, Way::Any).unwrap(), system(&machine));
}

#[test]
fn a_chosen_way_is_the_only_one() {
    let machine = machine();
    library(&machine, "default");
    machine.write("default/fits", "");
    machine.program("rustup", RUSTUP);
    debian(&machine);
    assert_eq!(run(&machine, Way::Debian).unwrap(), system(&machine));
    assert!(machine.calls("rustup").is_empty() && machine.calls("rustc ").is_empty());

    let other = self::machine();
    other.program("rustup", "exit 1");
    debian(&other);
    assert_eq!(run(&other, Way::Rustup).unwrap_err().code(), 2);
    assert!(other.calls("apt-get").is_empty());
}

#[test]
fn where_no_way_works_the_error_names_them_all_with_their_reasons() {
    let machine = machine();
    machine.program("rustup", "echo 'error: could not download' >&2; exit 1");
    machine.program("id", "echo 1000");
    let error = run(&machine, Way::Any).unwrap_err();
    let text = error.to_string();
    assert_eq!(error.code(), 2);
    for part in [
        "rustup target add wasm32-wasip2",
        "apt-get install rustc libstd-rust-dev-wasm32",
        "MLFLOW_MCP_WASM_TARGET=debian",
        "has no standard library for wasm32-wasip2",
        "could not download",
        "needs root",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

#[test]
fn another_distribution_is_not_touched() {
    let machine = machine();
    machine.write("etc/os-release", "ID=fedora\n");
    debian(&machine);
    let error = run(&machine, Way::Debian).unwrap_err();
    assert!(error.to_string().contains("this is not Debian"), "{error}");
    assert!(machine.calls("apt-get").is_empty());
}

#[test]
fn a_recipe_that_breaks_off_leaves_the_old_libraries() {
    let machine = machine();
    debian(&machine);
    machine.program("cargo", "echo 'error: no network' >&2; exit 101");
    machine.write("system/wasm32-wasip2/lib/old.rlib", "old");
    let error = run(&machine, Way::Debian).unwrap_err();
    assert!(error.to_string().contains("no network"), "{error}");
    assert!(machine.path("system/wasm32-wasip2/lib/old.rlib").exists());
}
