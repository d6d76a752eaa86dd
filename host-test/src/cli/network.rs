//! The part of the command line that is about other servers: who may be called, and how.

use clap::Args;
use mlflow_mcp_host::{Allowed, AllowedError, Proxies, Tcp};
use std::env;
use std::path::PathBuf;

/// MLflow's own variable for servers whose certificates nobody vouches for.
const INSECURE: &str = "MLFLOW_TRACKING_INSECURE_TLS";

/// What the options can be set by. Two of them are MLflow's own.
const ALLOW_OUTBOUND: &str = "MLFLOW_MCP_ALLOW_OUTBOUND";
const AUTHORITIES: &str = "MLFLOW_TRACKING_SERVER_CERT_PATH";
const IDENTITY: &str = "MLFLOW_TRACKING_CLIENT_CERT_PATH";

#[derive(Args)]
#[command(next_help_heading = "Other servers")]
pub(crate) struct Network {
    /// A server that the component may call besides MLflow, like https://login.example.com: SCHEME://HOST[:PORT], each of
    /// which may be *, with *.NAME and ADDRESS/BITS for hosts; can be given again [env: MLFLOW_MCP_ALLOW_OUTBOUND,
    /// separated by commas]
    #[arg(long, value_name = "PATTERN")]
    allow_outbound: Vec<Allowed>,

    /// Connect to no address that the public internet does not route, whatever name leads there
    #[arg(long)]
    block_private_networks: bool,

    /// Trust the certificate authorities in this PEM file instead of those that browsers trust
    /// [env: MLFLOW_TRACKING_SERVER_CERT_PATH]
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Show MLflow the certificate in this PEM file, which has its key, too
    /// [env: MLFLOW_TRACKING_CLIENT_CERT_PATH]
    #[arg(long, value_name = "FILE")]
    client_cert: Option<PathBuf>,

    /// Make a connection for every call instead of keeping them
    #[arg(long)]
    no_kept_connections: bool,
}

impl Network {
    /// The servers that may be called besides MLflow; an error is one line.
    pub(crate) fn allowed(&self) -> Result<Vec<Allowed>, String> {
        let listed = env::var(ALLOW_OUTBOUND).unwrap_or_default();
        let listed = listed.split(',').map(str::trim).filter(|pattern| !pattern.is_empty());
        let listed = listed.map(|pattern| {
            pattern.parse().map_err(|error: AllowedError| format!("{ALLOW_OUTBOUND}: {error}"))
        });
        self.allow_outbound.iter().cloned().map(Ok).chain(listed).collect()
    }

    /// The way out that was asked for; an error is one line.
    pub(crate) fn outbound(&self) -> Result<Tcp, String> {
        if env::var_os(INSECURE).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1") {
            return Err(format!(
                "{INSECURE} is not supported, because whoever is in between could read and change everything: name the \
                 server's certificate, or the authority that signed it, with --ca-file or {AUTHORITIES}"
            ));
        }
        let authorities = file(self.ca_file.as_ref(), AUTHORITIES);
        let identity = file(self.client_cert.as_ref(), IDENTITY);
        let tcp = Tcp::with_files(authorities.as_deref(), identity.as_deref())
            .map_err(|error| error.to_string())?;
        let proxies = Proxies::of(&|name| env::var(name).ok())?;
        let tcp = tcp.public_only(self.block_private_networks).through(proxies);
        Ok(if self.no_kept_connections { tcp.fresh() } else { tcp })
    }
}

/// The file that the option names, else the variable; an empty variable names none.
fn file(option: Option<&PathBuf>, variable: &str) -> Option<PathBuf> {
    let named = || env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    option.cloned().or_else(named)
}
