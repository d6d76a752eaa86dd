//! Why a host does not start.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a host does not start. Its text is one line for the person at the terminal.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The component's file cannot be read.
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The bytes are no valid component.
    Compile {
        /// What the compiler said.
        detail: String,
    },
    /// The component asks for something that this host does not give, or does not handle HTTP.
    Link {
        /// What did not fit.
        detail: String,
    },
    /// The limits do not work: out of the engine's range, or too small for the component to start in.
    Limits {
        /// What the engine said.
        detail: String,
    },
    /// A certificate or key cannot be used.
    Pem {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The address cannot be listened on.
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Read { path, source } => {
                write!(formatter, "cannot read the component {}: {source}", path.display())
            }
            Error::Compile { detail } => {
                write!(formatter, "not a component that this host can run: {}", line(detail))
            }
            Error::Link { detail } => write!(
                formatter,
                "the component does not fit this host, which offers wasi:http, wasi:cli, wasi:io, clocks and \
                 random numbers, but no filesystem and no sockets: {}",
                line(detail)
            ),
            Error::Limits { detail } => {
                write!(formatter, "the component cannot start within these limits: {}", line(detail))
            }
            Error::Pem { path, detail } => {
                write!(formatter, "cannot use {}: {}", path.display(), line(detail))
            }
            Error::Listen { address, source } if source.kind() == io::ErrorKind::AddrInUse => write!(
                formatter,
                "port {} on {} is taken: stop the program that listens there, or choose another port (port 0 \
                 takes a free one)",
                address.port(),
                address.ip()
            ),
            Error::Listen { address, source } => write!(formatter, "cannot listen on {address}: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Read { source, .. } | Error::Listen { source, .. } => Some(source),
            Error::Compile { .. } | Error::Link { .. } | Error::Limits { .. } | Error::Pem { .. } => None,
        }
    }
}

fn line(detail: &str) -> String {
    detail.split_whitespace().collect::<Vec<_>>().join(" ")
}
