//! The command line.

mod policy;
mod policy_file;

use crate::units::{duration, size};
use clap::{Args, Parser, Subcommand};
use mlflow_mcp::config::{self, SEAL_KEY};
use mlflow_mcp::oauth::Source;
use mlflow_mcp_host::{Component, Host, Limits, Log, Origin};
use policy_file::PolicyFile;
use std::env;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::time::Duration;

/// The variable that names the MLflow server.
const TRACKING_URI: &str = "MLFLOW_TRACKING_URI";

/// The variable that says who may call. The component reads it, and admits no call if it is wrong.
const CALLERS: &str = "MLFLOW_MCP_CALLERS";

/// Random bytes in the key that the component seals questions with.
const KEY_BYTES: usize = 32;
/// The variable that says whose tokens callers may have instead. The same is true of it.
const OAUTH: &str = "MLFLOW_MCP_OAUTH";

/// The variables that the component is given, and no others.
const PREFIX: &str = "MLFLOW_";

/// An MCP server for MLflow in one sandboxed WebAssembly component.
#[derive(Parser)]
#[command(name = "mlflow-mcp", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the component over HTTP
    Serve(Serve),
    /// Look at a policy
    #[command(subcommand)]
    Policy(policy::Command),
}

/// The component is given the environment variables whose names start with MLFLOW_, and may call the server in
/// MLFLOW_TRACKING_URI, nothing else. Without MLFLOW_MCP_SEAL_KEY it gets a new key at each start.
#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000")]
    listen: String,

    /// The MLflow server, instead of MLFLOW_TRACKING_URI
    #[arg(long, value_name = "URL")]
    tracking_uri: Option<String>,

    #[command(flatten)]
    policy: PolicyFile,

    /// Serve this .wasm file instead of the built-in component
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,

    /// Listen on an address that other machines can reach, although neither MLFLOW_MCP_CALLERS nor
    /// MLFLOW_MCP_OAUTH says who may call
    #[arg(long)]
    allow_public_listen: bool,

    /// Write a line for every request
    #[arg(long)]
    log_requests: bool,

    #[command(flatten)]
    bounds: Bounds,
}

#[derive(Args)]
#[command(next_help_heading = "Limits")]
struct Bounds {
    /// Memory of one request
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "128MiB")]
    max_memory: u64,

    /// Time for one request, waiting included
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "120s")]
    max_request_time: Duration,

    /// Computing time for one request
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30s")]
    max_cpu_time: Duration,

    /// Body of one request
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "4MiB")]
    max_request_body: u64,

    /// Body of one answer
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "64MiB")]
    max_response_body: u64,

    /// Body of one answer of MLflow
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "64MiB")]
    max_upstream_body: u64,

    /// Requests at the same time; more wait a moment, then are answered with 503
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), default_value = "64")]
    max_concurrent_requests: u32,

    /// Time for running requests to finish when the program is stopped
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    max_shutdown_time: Duration,
}

impl Serve {
    /// The host that was asked for; an error is one line.
    pub(crate) fn host(&self) -> Result<Host, String> {
        let mut variables = variables()?;
        self.policy.give(&mut variables)?;
        let is_set =
            |name: &str| variables.iter().any(|(given, value)| given == name && !value.trim().is_empty());
        let (authenticated, has_key) = (is_set(CALLERS) || is_set(OAUTH), is_set(SEAL_KEY));
        let address = self.address(authenticated)?;
        let component = match &self.component {
            Some(path) => Component::from_file(path).map_err(|error| error.to_string())?,
            None => Component::embedded(),
        };
        let log = Log::stderr().requests(self.log_requests);
        let mut host = Host::new(component).listen(address).limits(self.limits()).log(log);
        if let Some(server) = key_server(&variables) {
            host = host.allow(server);
        }
        let mut tracking_uri = self.tracking_uri.clone();
        for (name, value) in variables {
            if name == TRACKING_URI {
                tracking_uri.get_or_insert(value);
            } else {
                host = host.env(name, value);
            }
        }
        if !has_key {
            host = host.env(SEAL_KEY, fresh_key()?);
        }
        match tracking_uri.filter(|uri| !uri.is_empty()) {
            Some(uri) => host.tracking_uri(&uri).map_err(|error| {
                format!("{TRACKING_URI} must be the address of an MLflow server, like http://127.0.0.1:5000; {error}")
            }),
            None => Ok(host),
        }
    }

    /// The limits that were asked for.
    pub(crate) fn limits(&self) -> Limits {
        let bounds = &self.bounds;
        Limits {
            memory: bounds.max_memory,
            request_time: bounds.max_request_time,
            cpu_time: bounds.max_cpu_time,
            request_body: bounds.max_request_body,
            response_body: bounds.max_response_body,
            upstream_body: bounds.max_upstream_body,
            concurrent_requests: bounds.max_concurrent_requests,
            shutdown_time: bounds.max_shutdown_time,
            ..Limits::default()
        }
    }

    /// Where to listen: beyond this machine only if it is known who calls.
    fn address(&self, authenticated: bool) -> Result<SocketAddr, String> {
        let listen = &self.listen;
        let mut addresses = listen
            .to_socket_addrs()
            .map_err(|error| format!("--listen {listen} is not an address like 127.0.0.1:3000: {error}"))?;
        let address = addresses.next().ok_or_else(|| format!("--listen {listen} has no address"))?;
        if !address.ip().is_loopback() && !authenticated && !self.allow_public_listen {
            return Err(format!(
                "--listen {listen} can be reached by other machines, and nobody checks who calls: set {CALLERS} or {OAUTH}, \
                 listen on 127.0.0.1, or add --allow-public-listen if something in front of this server, or MLflow itself, does"
            ));
        }
        Ok(address)
    }
}

/// A key for as long as this program runs: what was sealed with it ends with it.
fn fresh_key() -> Result<String, String> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| format!("the system has no random numbers: {error}"))?;
    Ok(key.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The server that publishes the keys of tokens, where the component is to fetch them. If the variable is wrong, the
/// component says so.
fn key_server(variables: &[(String, String)]) -> Option<Origin> {
    let variable =
        |name: &str| variables.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone());
    match config::read(&variable).oauth?.keys {
        Source::At(uri) => Origin::of(&uri).ok(),
        Source::Here(_) => None,
    }
}

/// The variables that the component is to see.
pub(crate) fn variables() -> Result<Vec<(String, String)>, String> {
    let all = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    all.filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, value)| match value.into_string() {
            Ok(value) => Ok((name, value)),
            Err(_) => Err(format!("the value of {name} is not valid UTF-8")),
        })
        .collect()
}
