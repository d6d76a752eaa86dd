//! The component: `wasi:http/incoming-handler` outside, the core inside.
//!
//! A host may give each request an instance of its own or keep one for thousands, so nothing is kept
//! between two calls: configuration is read every time.

mod body;
mod clock;
mod counting;
mod http;
mod incoming;
mod log;
mod variables;
