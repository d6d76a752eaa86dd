//! What the fuzz targets are made of.
//!
//! [`input`] makes a request, the [`variables`] of a server, and what MLflow answers to it, out of bytes; [`world`] runs
//! the core over them; [`properties`] and [`streams`] say what must be true of every answer, whatever was sent, and
//! [`policies`] what of every policy. [`tokens`] has callers' tokens and their keys.

pub mod input;
pub mod policies;
pub mod properties;
pub mod streams;
pub mod tokens;
pub mod variables;
pub mod world;
