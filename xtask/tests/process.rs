//! What was started ends: in time, and with everything that it started itself.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use xtask::process::{Service, output, quiet};
use xtask::shell::Shell;

const LONG: Duration = Duration::from_secs(60);

fn sh(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    command
}

fn service(script: &str) -> Service {
    let mut command = Service::command(&Shell::inherited(), Path::new("/bin/sh"));
    command.args(["-c", script]).stdout(Stdio::null()).stderr(Stdio::piped());
    Service::spawn("the test server", command).unwrap()
}

/// Whether any process of a group is left.
fn group_lives(group: u32) -> bool {
    sh(&format!("kill -0 -{group} 2>/dev/null")).status().unwrap().success()
}

/// Waits until something holds; the bound is for a failing test only.
fn wait_until(mut holds: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < LONG {
        if holds() {
            return true;
        }
        sleep(Duration::from_millis(10));
    }
    false
}

#[test]
fn output_is_kept_from_both_streams_and_an_exit_code_is_no_failure() {
    let output = output(&mut sh("echo out; echo err >&2; exit 3"), LONG).unwrap();
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_command_that_does_not_end_is_stopped_with_its_children() {
    // Both the shell and its child hold the pipes: only when both are gone does this return.
    let error = output(&mut sh("sleep 1000 & sleep 1000"), Duration::from_millis(200)).unwrap_err();
    assert!(error.to_string().contains("it was stopped"), "{error}");
}

#[test]
fn a_failure_shows_the_command_and_its_last_lines() {
    let error = quiet(&mut sh("i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo line $i; done; exit 1"), LONG)
        .unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("`sh -c") && text.ends_with("line 50"), "{text}");
    assert!(!text.contains("line 30\n"), "only the end is shown");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let error = quiet(&mut Shell::with_path("/nowhere").command("uv"), LONG).unwrap_err();
    assert!(error.to_string().starts_with("starting `uv`: "), "{error}");
}

#[test]
fn dropping_a_service_ends_its_whole_group() {
    let mut service = service("sleep 1000 & sleep 1000 & echo up >&2; wait");
    let mut line = [0; 3];
    std::io::Read::read_exact(&mut service.stderr().unwrap(), &mut line).unwrap();
    let group = service.group();
    assert!(group_lives(group) && service.ended().is_none());
    drop(service);
    assert!(wait_until(|| !group_lives(group)), "something outlived its service");
}

#[test]
fn a_service_that_ignores_the_polite_signal_is_killed() {
    let mut service = service("trap '' TERM; echo up >&2; while :; do sleep 1; done");
    let mut line = [0; 3];
    std::io::Read::read_exact(&mut service.stderr().unwrap(), &mut line).unwrap();
    let group = service.group();
    drop(service);
    assert!(wait_until(|| !group_lives(group)), "something outlived its service");
}

#[test]
fn a_service_that_ends_by_itself_tells_how() {
    let mut service = service("exit 7");
    let mut status = None;
    assert!(wait_until(|| {
        status = service.ended();
        status.is_some()
    }));
    assert_eq!(status.and_then(|status| status.code()), Some(7));
    let group = service.group();
    assert!(wait_until(|| !group_lives(group)), "the guard outlived what it guards");
}
