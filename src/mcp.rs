//! The Model Context Protocol over Streamable HTTP, for every revision from 2024-11-05 to 2026-07-28.
//!
//! This module knows nothing of MLflow. It turns one HTTP request into one HTTP response, through a
//! [`Service`] that says what the server is and runs its tools. Nothing is remembered between two
//! requests: 2026-07-28 has no session, and the older revisions make theirs optional.
//!
//! Reading order: [`transport`] (HTTP), [`jsonrpc`] (bytes to message), [`route`] (which revision),
//! [`dispatch`] (which method), [`input`] and [`round`] (asking the client back), [`content`] (what answers consist of).

pub mod asking;
mod authorization;
pub mod callers;
pub mod content;
pub mod dispatch;
pub mod input;
pub mod json;
pub mod jsonrpc;
mod methods;
pub mod narrowing;
pub mod origin;
mod parameter_headers;
pub mod progress;
pub mod round;
pub mod route;
pub mod service;
pub mod stream;
pub mod tokens;
pub mod trace;
pub mod transport;
pub mod types;
pub mod version;

pub use asking::Asking;
pub use callers::{Caller, Callers};
pub use input::Outcome;
pub use json::Json;
pub use narrowing::Narrowing;
pub use progress::Progress;
pub use round::Round;
pub use service::Service;
pub use stream::{Gone, Outlet};
pub use tokens::{Holder, ProtectedResource, Refused, Tokens};
pub use trace::Trace;
pub use transport::{Access, Answer, Payload, respond};
pub use version::Version;
