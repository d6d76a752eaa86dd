//! `cargo xtask bench`: how large the product is, how soon it answers, how much memory it takes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Context, Error, Result};
use crate::http::post_json;
use crate::process::{self, Service};
use crate::product::{self, READY};
use crate::project::Project;

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
    let (component, host) = (size(&product.component)?, size(&product.program)?);
    row("component", &bytes(component));
    row("host, component included", &bytes(host));
    let starts: Result<Vec<Duration>> =
        (0..STARTS).map(|_| first_answer(project, &product.program)).collect();
    row(&format!("process start to first answer ({STARTS} starts)"), &spread(starts?));
    let running = Running::start(project, &product.program)?;
    row("memory, idle", &bytes(running.memory()?));
    for (name, body) in [("ping", PING), ("tools/list", LIST)] {
        let times: Result<Vec<Duration>> = (0..REQUESTS).map(|_| running.ask(body)).collect();
        row(&format!("{name}, new connection ({REQUESTS} requests)"), &spread(times?));
    }
    row(&format!("memory, after {} requests", 2 * REQUESTS), &bytes(running.memory()?));
    Ok(())
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
    let running = Running::start(project, program)?;
    running.ask(PING)?;
    Ok(start.elapsed())
}

/// The host on a free port, without an MLflow.
struct Running {
    service: Service,
    address: SocketAddr,
}

impl Running {
    fn start(project: &Project, program: &Path) -> Result<Self> {
        let mut command = Service::command(&project.shell, program);
        command.args(["serve", "--listen", "127.0.0.1:0"]).env_remove("MLFLOW_TRACKING_URI");
        command.stderr(Stdio::piped());
        let mut service = Service::spawn("the host", command)?;
        let stderr = service.stderr().ok_or_else(|| Error::new("the host has no standard error"))?;
        let mut lines = BufReader::new(stderr).lines().map_while(std::result::Result::ok);
        let address = lines
            .by_ref()
            .find_map(|line| line.strip_prefix(READY)?.split("//").nth(1)?.split('/').next()?.parse().ok())
            .ok_or_else(|| Error::new("the host did not say where it serves"))?;
        // Read on, or the host stops when the pipe is full.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self { service, address })
    }

    /// How long one answer takes.
    fn ask(&self, body: &str) -> Result<Duration> {
        let start = Instant::now();
        match post_json(self.address, "/mcp", body, LIMIT).context("the host")? {
            200 => Ok(start.elapsed()),
            status => Err(Error::new(format!("the host answered {status}"))),
        }
    }

    /// Resident memory of its process group, in bytes: the host, and the few kilobytes of what guards it.
    fn memory(&self) -> Result<u64> {
        let group = self.service.group().to_string();
        let mut command = Command::new("ps");
        command.args(["-A", "-o", "pgid=,rss="]);
        let printed = process::quiet(&mut command, LIMIT)?;
        let of_group = |line: &str| {
            let mut words = line.split_whitespace();
            (words.next()? == group).then(|| words.next()?.parse::<u64>().ok())?
        };
        Ok(String::from_utf8_lossy(&printed).lines().filter_map(of_group).sum::<u64>() * 1_024)
    }
}
