//! The command line.

mod network;
mod policy;
mod policy_file;

use crate::units::{duration, size};
use clap::{Args, Parser, Subcommand};
use mlflow_mcp::config::{self, SEAL_KEY};
use mlflow_mcp::oauth::Source;
use mlflow_mcp_host::{Component, Host, Limits, Log, Origin};
use network::Network;
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
    /// Serve one client over standard input and output, a message per line
    Stdio(Configuration),
    /// Say whether the configuration works: whether MLflow answers, what it can do, which tools there are
    Check(Configuration),
    /// Look at a policy
    #[command(subcommand)]
    Policy(policy::Command),
}

/// The component is given the environment variables whose names start with MLFLOW_, and may call the server in
/// MLFLOW_TRACKING_URI and those in --allow-outbound, nothing else. Without MLFLOW_MCP_SEAL_KEY it gets a new key at each
/// start.
#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000")]
    listen: String,

    /// Listen on an address that other machines can reach, although neither MLFLOW_MCP_CALLERS nor
    /// MLFLOW_MCP_OAUTH says who may call
    #[arg(long)]
    allow_public_listen: bool,

    /// Write a line for every request
    #[arg(long)]
    log_requests: bool,

    /// Speak TLS to clients, with the certificates in this PEM file
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The key of --tls-cert, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Show numbers for Prometheus at http://HOST:PORT/metrics
    #[arg(long, value_name = "HOST:PORT")]
    metrics_listen: Option<String>,

    #[command(flatten)]
    configuration: Configuration,

    #[command(flatten)]
    bounds: Bounds,
}

/// What the component is given: the same whether it is served or checked.
#[derive(Args)]
pub(crate) struct Configuration {
    /// The MLflow server, instead of MLFLOW_TRACKING_URI
    #[arg(long, value_name = "URL")]
    tracking_uri: Option<String>,

    /// Serve this .wasm file instead of the built-in component
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,

    #[command(flatten)]
    policy: PolicyFile,

    #[command(flatten)]
    network: Network,
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

    /// Requests that one instance of the component serves, all of the same caller; 1 gives each its own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), default_value = "500")]
    max_instance_requests: u32,

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
        let variables = self.configuration.variables()?;
        let address = self.address(is_set(&variables, CALLERS) || is_set(&variables, OAUTH))?;
        let log = Log::stderr().requests(self.log_requests);
        let mut host = self.configuration.of(variables)?.listen(address).limits(self.limits()).log(log);
        if let (Some(certificates), Some(key)) = (&self.tls_cert, &self.tls_key) {
            host = host.tls(certificates.clone(), key.clone());
        }
        if let Some(listen) = &self.metrics_listen {
            host = host.metrics(resolve("--metrics-listen", listen)?);
        }
        Ok(host)
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
            instance_requests: bounds.max_instance_requests,
            concurrent_requests: bounds.max_concurrent_requests,
            shutdown_time: bounds.max_shutdown_time,
            ..Limits::default()
        }
    }

    /// Where to listen: beyond this machine only if it is known who calls.
    fn address(&self, authenticated: bool) -> Result<SocketAddr, String> {
        let listen = &self.listen;
        let address = resolve("--listen", listen)?;
        if !address.ip().is_loopback() && !authenticated && !self.allow_public_listen {
            return Err(format!(
                "--listen {listen} can be reached by other machines, and nobody checks who calls: set {CALLERS} or {OAUTH}, \
                 listen on 127.0.0.1, or add --allow-public-listen if something in front of this server, or MLflow itself, does"
            ));
        }
        Ok(address)
    }
}

impl Configuration {
    /// A host for this process alone, which is its only caller.
    pub(crate) fn host(&self) -> Result<Host, String> {
        let variables = self.variables()?.into_iter().filter(|(name, _)| name != CALLERS && name != OAUTH);
        self.of(variables.collect())
    }

    /// The variables that the component is to see, the policy among them.
    fn variables(&self) -> Result<Vec<(String, String)>, String> {
        let mut variables = variables()?;
        self.policy.give(&mut variables)?;
        Ok(variables)
    }

    /// A host of the component with these variables.
    fn of(&self, variables: Vec<(String, String)>) -> Result<Host, String> {
        let component = match &self.component {
            Some(path) => Component::from_file(path).map_err(|error| error.to_string())?,
            None => Component::embedded(),
        };
        let mut host = Host::new(component).outbound(self.network.outbound()?);
        for allowed in self.network.allowed()? {
            host = host.allow(allowed);
        }
        for server in authorization_servers(&variables, self.tracking_uri.as_deref()) {
            host = host.allow(server);
        }
        let has_key = is_set(&variables, SEAL_KEY);
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
}

/// The address that an option names.
fn resolve(option: &str, listen: &str) -> Result<SocketAddr, String> {
    let addresses = listen.to_socket_addrs();
    let mut addresses = addresses
        .map_err(|error| format!("{option} {listen} is not an address like 127.0.0.1:3000: {error}"))?;
    addresses.next().ok_or_else(|| format!("{option} {listen} has no address"))
}

/// Whether there is more than space in the variable of this name.
fn is_set(variables: &[(String, String)], name: &str) -> bool {
    variables.iter().any(|(given, value)| given == name && !value.trim().is_empty())
}

/// A key for as long as this program runs: what was sealed with it ends with it.
fn fresh_key() -> Result<String, String> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| format!("the system has no random numbers: {error}"))?;
    Ok(key.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The servers that publish the keys of callers' tokens, or give tokens for MLflow, where the component is to ask them. If a
/// variable is wrong, the component says so.
fn authorization_servers(variables: &[(String, String)], tracking_uri: Option<&str>) -> Vec<Origin> {
    let variable = |name: &str| match tracking_uri {
        Some(uri) if name == TRACKING_URI => Some(uri.to_owned()),
        _ => variables.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone()),
    };
    let config = config::read(&variable);
    let of_keys = match config.oauth.map(|trust| trust.keys) {
        Some(Source::At(uri)) => Some(uri),
        Some(Source::Here(_)) | None => None,
    };
    let of_tokens = match config.tools.map(|tools| tools.credentials) {
        Ok(config::Source::Service(credentials)) => {
            credentials.grant().map(|grant| grant.token_url().clone())
        }
        Ok(config::Source::Caller(_)) | Err(_) => None,
    };
    of_keys.into_iter().chain(of_tokens).filter_map(|uri| Origin::of(&uri).ok()).collect()
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
