//! The component: `wasi:http/incoming-handler` outside, the core inside.
//!
//! A host may give each request an instance of its own or keep one for thousands, so nothing is kept between two calls but
//! what belongs to no caller: the configuration, counts where the policy says so, public keys, and the server's own access
//! token for MLflow.
//!
//! With the feature `tools-world` it is another component: every tool a function of its own (`functions`).

mod body;
mod clock;
mod counting;
#[cfg(feature = "tools-world")]
mod functions;
mod http;
#[cfg(not(feature = "tools-world"))]
mod incoming;
mod log;
mod memory;
#[cfg(not(feature = "tools-world"))]
mod shelf;
mod variables;
