//! The wasmtime host of mlflow-mcp: serves the component over HTTP/1.1 and gives it nothing but one door.
//!
//! A component served by [`Host`] sees the environment variables that it was given, clocks, random numbers, its
//! standard streams, and `wasi:http` towards the [`Allowed`] servers. There is no filesystem and no socket to
//! link against: a component that imports them is refused. An instance works on one request at a time, for one caller
//! only, within [`Limits`].
//!
//! ```text
//! server    connections, shutdown; or local: this program itself
//!   handler   one request: admit, run, answer
//!     instance  one guest: its store, its budget, its standard streams
//!       gate      the one door out: allowed servers, size and time bounds
//!         outbound  how requests leave: new TCP connections, or whatever a test puts there
//! engine    the compiled component, the pool that instances come from, the epoch clock
//! ```
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use mlflow_mcp_host::{Component, Host};
//!
//! let running = Host::new(Component::embedded()).tracking_uri("http://127.0.0.1:5000")?.start().await?;
//! println!("serving {}", running.url());
//! running.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod allowed;
mod answer;
mod body;
mod component;
mod counters;
mod engine;
mod error;
mod gate;
mod handler;
mod host;
mod instance;
mod limits;
mod local;
mod log;
mod metrics;
mod origin;
mod outbound;
mod pem;
mod server;
mod shelf;
mod stdio;

pub use allowed::{Allowed, AllowedError};
pub use component::Component;
pub use error::Error;
pub use host::Host;
pub use limits::{Limits, Timeouts};
pub use local::Local;
pub use log::Log;
pub use origin::{Origin, OriginError};
pub use outbound::{Answer, Body, Outbound, OutboundError, Proxies, Tcp};
pub use server::Running;
