//! The catalogue: one file per tool, one list per domain, in the order in which hosts show them.

pub use crate::tool::Entry;

pub mod artifacts;
pub mod experiments;
pub mod metrics;
pub mod registry;
pub mod runs;
pub mod server;

/// Every tool, always in this order.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    [server::TOOLS, experiments::TOOLS, runs::TOOLS, metrics::TOOLS, artifacts::TOOLS, registry::TOOLS]
        .into_iter()
        .flatten()
}

/// The tool of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Entry> {
    all().find(|entry| entry.spec.name == name)
}
