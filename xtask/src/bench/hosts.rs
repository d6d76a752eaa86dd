//! `cargo xtask bench hosts`: the component under several hosts, beside the same core without WebAssembly.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::load::{Load, Outcome, Until};
use super::{bytes, memory, stub};
use crate::component::{self, Variant};
use crate::error::{Error, Result};
use crate::mlflow::free_port;
use crate::node;
use crate::process::{self, Service};
use crate::product;
use crate::project::Project;
use crate::python::Environment;
use crate::running::Running;
use crate::scratch::Scratch;
use crate::spin::Spin;
use crate::target;
use crate::workspace::Workspace;

/// Connections of the load generator, which shares the cores with what it measures.
const CONNECTIONS: usize = 8;
const WARM: Duration = Duration::from_secs(1);
const TIME: Duration = Duration::from_secs(4);
/// Spin compiles the component when it starts.
const START: Duration = Duration::from_secs(120);
/// The recorded answer to the one call that the tool makes.
const ANSWER: &str = "mlflow-3.17.2/runs-get.json";

/// A request, and how it is called in the table.
pub struct Asked {
    name: &'static str,
    headers: &'static str,
    body: &'static str,
}

const ASKED: [Asked; 3] = [
    Asked {
        name: "server/discover",
        headers: "MCP-Protocol-Version: 2026-07-28\r\nMCP-Method: server/discover\r\n",
        body: r#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#,
    },
    Asked { name: "tools/list", headers: "", body: r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"# },
    GET_RUN,
];

/// The tool makes one call.
pub const GET_RUN: Asked = Asked {
    name: "get_run, one call upstream",
    headers: "",
    body: r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_run","arguments":{"run_id":"8dae34c553bb3356546f18abb38d419a"}}}"#,
};

impl Asked {
    /// This request, sent there.
    pub fn of(&self, address: SocketAddr, connections: usize, until: Until) -> Load<'_> {
        let Asked { headers, body, .. } = self;
        Load { address, headers, body, expected: "\"result\"", connections, until }
    }
}

/// Builds what is compared, and prints a table; the ratios are those to the core without WebAssembly.
pub fn hosts(project: &Project) -> Result<()> {
    let product = product::build(project)?;
    let (native, portable) = (native(project)?, portable(project)?);
    let upstream = stub::start(project, ANSWER)?;
    let uri = format!("http://{upstream}");
    println!(
        "{CONNECTIONS} kept connections, {} s each; load generator and upstream run on the same cores",
        TIME.as_secs()
    );
    let started = |program: &Path| {
        Running::start(project, program, |command| {
            command.env("MLFLOW_TRACKING_URI", &uri);
        })
    };
    let base = measured("native, hyper", &started(&native)?, None)?;
    measured("mlflow-mcp", &started(&product.program)?, Some(&base))?;
    for (name, reuse) in [("wasmtime serve, reuse", "1000"), ("wasmtime serve", "1")] {
        let running = wasmtime(project, &portable, &uri, reuse)?;
        measured(name, &running, Some(&base))?;
    }
    measured("jco serve", &jco(project, &portable, &uri)?, Some(&base))?;
    match Spin::find(project) {
        Some(spin) => {
            let folder = Scratch::new("spin")?;
            measured(&spin.version, &under_spin(project, &spin, folder.path(), &uri)?, Some(&base))?;
        }
        None => println!("{:22} not measured: there is none on PATH", "spin"),
    }
    added(&started(&native)?, &started(&product.program)?, upstream)
}

/// Prints the rows of one host and returns its rates.
fn measured(name: &str, running: &Running, base: Option<&[f64]>) -> Result<Vec<f64>> {
    let mut rates = Vec::new();
    for asked in &ASKED {
        asked.of(running.address(), CONNECTIONS, Until::Time(WARM)).run()?;
        let mut outcome = asked.of(running.address(), CONNECTIONS, Until::Time(TIME)).run()?;
        let ratio = base.and_then(|base| base.get(rates.len())).map(|base| outcome.rate() / base);
        rates.push(outcome.rate());
        println!("{name:22} {:27} {}", asked.name, shown(&mut outcome, ratio));
    }
    println!("{name:22} {:27} {}", "memory afterwards", bytes(memory(running)?));
    Ok(rates)
}

/// Rate and times of an outcome, in one line.
pub(super) fn shown(outcome: &mut Outcome, ratio: Option<f64>) -> String {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    let (half, most) = (milliseconds(outcome.quantile(0.5)), milliseconds(outcome.quantile(0.99)));
    let ratio = ratio.map_or(String::new(), |ratio| format!("  x {ratio:.2}"));
    let failed = if outcome.failed > 0 { format!("  {} FAILED", outcome.failed) } else { String::new() };
    format!("{:8.0}/s  p50 {half:6.3} ms  p99 {most:6.3} ms{ratio}{failed}", outcome.rate())
}

/// What a host adds to a call upstream, without company: one connection.
fn added(native: &Running, ours: &Running, upstream: SocketAddr) -> Result<()> {
    let direct = Load { expected: "\"run\"", ..GET_RUN.of(upstream, 1, Until::Time(TIME)) };
    let half = |load: Load<'_>| Ok::<_, Error>(load.run()?.quantile(0.5));
    let direct = half(direct)?;
    for (name, running) in [("native, hyper", native), ("mlflow-mcp", ours)] {
        let through = half(GET_RUN.of(running.address(), 1, Until::Time(TIME)))?;
        let added = through.saturating_sub(direct).as_secs_f64() * 1_000.0;
        println!("{name:22} {:27} {added:.3} ms at p50, one connection", "added to the call upstream");
    }
    Ok(())
}

/// The core behind hyper, in the profile of the host.
fn native(project: &Project) -> Result<PathBuf> {
    let workspace = Workspace::of(project)?;
    let arguments =
        ["build", "--quiet", "--profile", "host", "--package", "mlflow-mcp-host", "--example", "native"];
    process::run(&mut workspace.native(&arguments))?;
    Ok(workspace.target_dir().join("host/examples/native"))
}

/// The component for hosts that have no store.
fn portable(project: &Project) -> Result<PathBuf> {
    component::build(&Workspace::of(project)?, &target::ensure(project)?, Variant::Portable)
}

fn under_spin(project: &Project, spin: &Spin, folder: &Path, uri: &str) -> Result<Running> {
    let component = component::build(&Workspace::of(project)?, &target::ensure(project)?, Variant::Spin)?;
    let port = free_port()?;
    let command = spin.up(project, &component, folder, port, uri)?;
    Running::at("spin up", command, SocketAddr::from((Ipv4Addr::LOCALHOST, port)), START)
}

/// One instance for all requests, which is its default.
fn jco(project: &Project, component: &Path, uri: &str) -> Result<Running> {
    let mut command = node::Environment::ensure(project, "jco")?.program("jco");
    command.arg("serve").arg(component).args(["--host", "127.0.0.1", "--port", &free_port()?.to_string()]);
    command.env("MLFLOW_TRACKING_URI", uri);
    Running::of("jco serve", command, "Server listening @ ")
}

fn wasmtime(project: &Project, component: &Path, uri: &str, reuse: &str) -> Result<Running> {
    let program = Environment::ensure(project, "wasmtime")?.programs().join("wasmtime");
    let mut command = Service::command(&project.shell, &program);
    command.args(["serve", "-S", "cli", "--addr", "127.0.0.1:0", "--max-instance-reuse-count", reuse]);
    command.args(["--env", &format!("MLFLOW_TRACKING_URI={uri}")]).arg(component);
    Running::of("wasmtime serve", command, "Serving HTTP on ")
}
