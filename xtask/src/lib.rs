//! The project's own commands, and what its end-to-end tests share with them.
//!
//! ```text
//! main ── build, serve, test, bench, fuzz,       the commands
//!   │     conformance, dist
//!   ├── product, running                         the host with the component in it
//!   ├── component, target, optimiser             the wasm side: compiler, target, component
//!   ├── mlflow, sample, python                   a real MLflow with data, in a private environment
//!   ├── node, rmcp_client                        real clients for the tests, in JavaScript and Rust
//!   ├── wassette, spin                           hosts that are not ours: one made to run here, one if it is there
//!   ├── debian                                   files of a later Debian than the machine's
//!   └── project, workspace, cache, shell, process, progress, error
//! ```
//!
//! Everything takes a [`Project`]: where the sources are, where the cache is, and with which `PATH` and
//! environment programs are started. Tests hand in one of their own, so nothing here touches the machine
//! unless it was told to.
//!
//! Linux and macOS: servers are stopped by process group.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, reason = "tests"))]

pub mod bench;
pub mod build;
pub mod cache;
pub mod clients;
pub mod component;
pub mod conformance;
pub mod debian;
pub mod dist;
pub mod error;
pub mod fuzz;
pub mod gallery;
pub mod http;
pub mod mlflow;
pub mod node;
pub mod optimiser;
pub mod process;
pub mod product;
pub mod progress;
pub mod project;
pub mod python;
pub mod rmcp_client;
pub mod running;
pub mod sample;
pub mod scratch;
pub mod serve;
pub mod shell;
pub mod spin;
pub mod target;
pub mod test;
pub mod tools_world;
pub mod upstream;
pub mod wassette;
pub mod workspace;

pub use error::{Error, Result};
pub use project::Project;
