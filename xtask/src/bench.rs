//! `cargo xtask bench`: how large the product is, how soon it answers, how much memory it takes.

pub mod compat;
pub mod connections;
pub mod endurance;
pub mod hosts;
mod load;
mod stub;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::component::{self, Variant};
use crate::error::{Context, Error, Result};
use crate::http::post_json;
use crate::process;
use crate::product;
use crate::project::Project;
use crate::running::Running;
use crate::target;
use crate::workspace::Workspace;

/// Starts that are measured.
const STARTS: usize = 20;
/// Requests between the two readings of memory, and for the latencies.
const REQUESTS: usize = 500;
/// Far more than any answer takes.
const LIMIT: Duration = Duration::from_secs(30);

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// Builds the product, measures it and prints a table.
pub fn bench(project: &Project) -> Result<()> {
    let product = product::build(project)?;
    let size = |path: &Path| fs::metadata(path).map(|found| found.len()).context(path.display());
    for (name, variant) in
        [("component, every tool", Variant::Store), ("component, core alone", Variant::Core)]
    {
        let component = component::build(&Workspace::of(project)?, &target::ensure(project)?, variant)?;
        row(name, &bytes(size(&component)?));
    }
    row("component inside the host, for speed", &bytes(size(&product.component)?));
    row("host, component included", &bytes(size(&product.program)?));
    let starts: Result<Vec<Duration>> =
        (0..STARTS).map(|_| first_answer(project, &product.program)).collect();
    row(&format!("process start to first answer ({STARTS} starts)"), &spread(starts?));
    let running = Running::start(project, &product.program, |_| {})?;
    row("memory, idle", &bytes(memory(&running)?));
    for (name, body) in [("ping", PING), ("tools/list", LIST)] {
        let times: Result<Vec<Duration>> = (0..REQUESTS).map(|_| ask(&running, body)).collect();
        row(&format!("{name}, new connection ({REQUESTS} requests)"), &spread(times?));
    }
    row(&format!("memory, after {} requests", 2 * REQUESTS), &bytes(memory(&running)?));
    Ok(())
}

/// Measures the policy, natively and as small as the component is compiled, and prints a table.
pub fn policy(project: &Project) -> Result<()> {
    let workspace = Workspace::of(project)?;
    process::run(&mut workspace.native(&["run", "--quiet", "--release", "--example", "policy_cost"]))
}

fn row(name: &str, value: &str) {
    println!("{name:44} {value}");
}

fn bytes(count: u64) -> String {
    format!("{}.{:02} MB", count / 1_000_000, count / 10_000 % 100)
}

/// Median, and the range of all.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let milliseconds = |time: Option<&Duration>| time.map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0);
    format!(
        "median {:.2} ms, {:.2} to {:.2} ms",
        milliseconds(times.get(times.len() / 2)),
        milliseconds(times.first()),
        milliseconds(times.last())
    )
}

/// From the start of the process to its first answer.
fn first_answer(project: &Project, program: &Path) -> Result<Duration> {
    let start = Instant::now();
    let running = Running::start(project, program, |_| {})?;
    ask(&running, PING)?;
    Ok(start.elapsed())
}

/// How long one answer takes.
fn ask(running: &Running, body: &str) -> Result<Duration> {
    let start = Instant::now();
    match post_json(running.address(), "/mcp", body, LIMIT).context("the host")? {
        200 => Ok(start.elapsed()),
        status => Err(Error::new(format!("the host answered {status}"))),
    }
}

/// Memory of its process group, in bytes: the host, and the few kilobytes of what guards it.
fn memory(running: &Running) -> Result<u64> {
    let group = running.group().to_string();
    let mut command = Command::new("ps");
    command.args(["-A", "-o", "pgid=,pid=,rss="]);
    let printed = process::quiet(&mut command, LIMIT)?;
    let of_group = |line: &str| {
        let mut words = line.split_whitespace();
        let (of, pid, resident) = (words.next()?, words.next()?, words.next()?);
        (of == group).then(|| proportional(pid).or_else(|| resident.parse().ok()))?
    };
    Ok(String::from_utf8_lossy(&printed).lines().filter_map(of_group).sum::<u64>() * 1_024)
}

/// What a process takes, in kilobytes, with pages that are mapped many times counted once: each instance maps the same
/// image of its memory, which resident memory counts for each. Only Linux tells.
fn proportional(pid: &str) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
