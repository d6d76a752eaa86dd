//! An MCP server for MLflow, compiled to one WASI 0.2 component.
//!
//! ```text
//! host ── wasm ── mcp ── server ── tool, tools ── mlflow ── port ── wasm ── host
//!         (in)   (MCP)  (the door) (one per file) (REST)   (Http)  (out)
//! ```
//!
//! The core does no input or output: it gets a request and an [`port::Http`], and returns a response. So all of
//! it runs natively in tests, and only [`wasm`](self) knows WASI. [`mcp`] knows no MLflow, [`mlflow`] knows no
//! MCP; [`Server`] is where they meet. `ARCHITECTURE.md` has the invariants.

pub mod audit;
pub mod config;
#[cfg(feature = "conformance-fixtures")]
pub mod conformance;
pub mod mcp;
pub mod mlflow;
pub mod nearest;
pub mod oauth;
pub mod plot;
pub mod policy;
pub mod port;
pub mod prompt;
pub mod prompts;
pub mod resources;
pub mod seal;
pub mod server;
pub mod sorted;
pub mod spec;
pub mod statistics;
pub mod tool;
pub mod tools;
pub mod uri;

#[cfg(target_family = "wasm")]
mod wasm;

pub use server::Server;
