//! What the fuzz target `transport` is made of.
//!
//! [`input`] makes a request, and what MLflow answers to it, out of bytes; [`world`] runs the core over them;
//! [`properties`] and [`streams`] say what must be true of every answer, whatever was sent.

pub mod input;
pub mod properties;
pub mod streams;
pub mod world;
