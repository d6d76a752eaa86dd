//! The catalogue: one file per tool, one list per domain, in the order in which hosts show them.

use std::sync::{LazyLock, OnceLock};

use crate::policy::Catalogue;
use crate::spec::{Spec, unbuilt};
pub use crate::tool::Entry;
use crate::tool::nearest::nearest;

pub mod admin;
mod aliasing;
pub mod analysis;
pub mod artifacts;
pub mod datasets;
pub mod evaluation;
pub mod experiments;
pub mod logged_models;
pub mod logging;
pub mod metrics;
mod model_uri;
pub mod models;
mod parameters;
pub mod prompts;
pub mod registry;
pub mod runs;
pub mod scorers;
pub mod server;
mod since;
mod tagging;
mod time;
pub mod traces;
mod uuid;

/// Every tool of this build, always in this order.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    declared().filter(|entry| entry.spec.toolset.is_built())
}

/// Every tool of every build: what is known of those of other builds is their [`Spec`] and no more.
fn declared() -> impl Iterator<Item = &'static Entry> {
    [
        server::TOOLS,
        experiments::TOOLS,
        runs::TOOLS,
        metrics::TOOLS,
        artifacts::TOOLS,
        evaluation::TOOLS,
        registry::TOOLS,
        logged_models::TOOLS,
        analysis::TOOLS,
        logging::TOOLS,
        models::TOOLS,
        traces::TOOLS,
        prompts::TOOLS,
        datasets::TOOLS,
        scorers::TOOLS,
        admin::TOOLS,
    ]
    .into_iter()
    .flatten()
}

/// The tools as policies see them: those of every build, so that one policy is right for all.
pub struct Tools;

impl Catalogue for Tools {
    fn specs(&self) -> Vec<&'static Spec> {
        declared().map(|entry| entry.spec).collect()
    }

    fn arguments(&self, tool: &str) -> Option<&'static [String]> {
        // Worked out once in an instance: what the code says, and nothing of any caller.
        static KNOWN: LazyLock<Vec<OnceLock<Vec<String>>>> =
            LazyLock::new(|| all().map(|_| OnceLock::new()).collect());
        let found = all().zip(KNOWN.iter()).find(|(entry, _)| entry.spec.name == tool);
        found.map(|(entry, known)| known.get_or_init(|| entry.arguments()).as_slice())
    }
}

/// The tool of that name, if this build has it.
#[must_use]
pub fn find(name: &str) -> Option<&'static Entry> {
    all().find(|entry| entry.spec.name == name)
}

/// What to say of a name that this build has no tool of.
#[must_use]
pub fn unknown(name: &str) -> String {
    let Some(entry) = declared().find(|entry| entry.spec.name == name) else {
        let near = nearest(name, all().map(|entry| entry.spec.name));
        let near = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
        return format!("there is no tool {name:?}{near}");
    };
    format!("there is no tool {name:?} in this component: {}", unbuilt(entry.spec.toolset))
}
