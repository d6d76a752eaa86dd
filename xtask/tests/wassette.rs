//! A program that wants a newer C library than the machine's, on machines made of shell scripts.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;

use support::Machine;
use xtask::Result;
use xtask::debian::Debian;
use xtask::process::output;
use xtask::wassette::{command, install};

/// A package with a program that runs under Debian's newer libraries, and without them only where `@/newer` is.
fn machine() -> Machine {
    let machine = Machine::new();
    machine.script(
        "package/wassette",
        r#"[ -e @/newer ] || [ -n "$LIBRARIES" ] || { echo "GLIBC_2.39 not found" >&2; exit 1; }; echo "ran $*""#,
    );
    machine.write("etc/os-release", "ID=debian\n");
    machine.write("etc/apt/sources.list", "deb http://mirror.example/debian bookworm main\n");
    machine.program(
        "apt-get",
        r#"
case "$*" in
  *sourcelist=*" update") list=${2#Dir::Etc::sourcelist=}; while read -r line; do echo "$line"; done < "$list" > @/later;;
  *" download libc6 libgcc-s1") : > libc6_2_all.deb; : > libgcc-s1_14_all.deb;;
esac"#,
    );
    machine.script(
        "loader",
        r#"[ "$1" = --library-path ] && shift && LIBRARIES=$1 && export LIBRARIES && shift && exec $*"#,
    );
    machine.program(
        "dpkg",
        r#"
folder=$3/usr/lib/x86_64-linux-gnu
/bin/mkdir -p "$folder"
case "$2" in
  */libc6*) /bin/cp @/loader "$folder/ld-linux-x86-64.so.2"; : > "$folder/libc.so.6";;
  *) : > "$folder/libgcc_s.so.1";;
esac"#,
    );
    fs::create_dir(machine.path("installed")).unwrap();
    machine
}

fn installed(machine: &Machine) -> Result<()> {
    let (shell, etc) = (machine.shell(), machine.path("etc"));
    install(
        &Debian { shell: &shell, etc: &etc },
        &machine.path("package/wassette"),
        &machine.path("installed"),
    )
}

fn said(machine: &Machine) -> String {
    let output =
        output(command(&machine.shell(), &machine.path("installed")).arg("serve"), std::time::Duration::MAX);
    String::from_utf8(output.unwrap().stdout).unwrap()
}

#[test]
fn where_it_runs_nothing_is_fetched() {
    let machine = machine();
    machine.write("newer", "");
    installed(&machine).unwrap();
    assert_eq!(said(&machine), "ran serve\n");
    assert!(machine.calls("apt-get").is_empty());
}

#[test]
fn an_old_debian_gets_the_libraries_of_a_later_one_beside_it() {
    let machine = machine();
    installed(&machine).unwrap();
    assert_eq!(said(&machine), "ran serve\n");
    for library in ["libc.so.6", "libgcc_s.so.1"] {
        assert!(machine.path("installed/libraries").join(library).exists(), "{library}");
    }
    let later = fs::read_to_string(machine.path("later")).unwrap();
    assert_eq!(later, "Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\n");
    assert!(machine.calls("apt-get install").is_empty());
}

#[test]
fn another_old_machine_is_told_what_it_lacks() {
    let machine = machine();
    machine.write("etc/os-release", "ID=other\n");
    let said = installed(&machine).unwrap_err().to_string();
    for part in ["GLIBC_2.39 not found", "newer C library", "this is not Debian"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(machine.calls("apt-get").is_empty());
}
