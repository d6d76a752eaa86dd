//! A client of MLflow's REST API, over any [`Http`](crate::port::Http). It knows nothing of MCP.
//!
//! What it takes care of, so that no tool has to: a `Content-Length` on every body and never a chunked
//! one (MLflow on uvicorn drops those and answers `200 {}`), ids and versions as strings, absent lists,
//! `"NaN"`, 64-bit integers, errors that are HTML, and one retry of a read whose connection broke.

pub mod access_tokens;
pub mod artifacts;
pub mod base_url;
pub mod client;
pub mod credentials;
pub mod datasets;
pub mod endpoint;
pub mod error;
pub mod evaluation_datasets;
pub mod experiments;
pub mod filter;
pub mod grant;
pub mod jobs;
pub mod logged_models;
pub mod metrics;
pub mod number;
mod objects;
pub mod page;
pub mod pages;
pub mod pairs;
pub mod python_json;
pub mod registry;
pub mod runs;
pub mod scorers;
pub mod server;
pub mod traces;
mod view_type;
pub mod webhooks;

pub use access_tokens::AccessTokens;
pub use base_url::BaseUrl;
pub use client::{Client, Tracking};
pub use credentials::Credentials;
pub use error::Error;
pub use grant::Grant;
pub use view_type::ViewType;
