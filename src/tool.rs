//! What a tool is: one type, whose fields are its arguments and whose doc comment is what a model reads.
//!
//! From the type come the schemas ([`schema`]), the check of the arguments ([`arguments`]), the hints and
//! the line in the catalogue ([`entry`]). Nothing else is declared about a tool by hand.

pub(crate) mod absent;
pub mod any;
pub mod arguments;
pub mod budget;
pub mod cut;
pub mod entry;
pub mod error;
pub mod listing;
pub mod nullable;
pub mod parallel;
pub mod preview;
pub mod published;
#[cfg(not(target_family = "wasm"))]
pub mod schema;
pub mod undo;

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::mcp::Progress;
use crate::mcp::types::Image;
use crate::mlflow::Client;
use crate::port::Clock;
use crate::spec::Spec;

pub use budget::Budget;
pub use entry::Entry;
pub use error::{Failure, Kind, ToolError};
pub use listing::Listing;

pub use crate::nearest;

/// A tool of the catalogue.
#[expect(async_fn_in_trait, reason = "a component has one thread; nothing here is Send")]
pub trait Tool: DeserializeOwned + JsonSchema {
    /// Name, title, toolset and effect.
    const SPEC: Spec;

    /// The answer; it serialises to a JSON object.
    type Output: Serialize + JsonSchema;

    /// Does it.
    ///
    /// # Errors
    /// What a model is told instead of an answer.
    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure>;

    /// What the call would do, for the person who is asked to approve it and for whoever calls with `dry_run`: what it is
    /// about by name, what it was before, what depends on it, and how it is undone. It finds fault with what the call
    /// would find fault with. It can only read. Every tool that changes something has one; `None` is for those that read.
    ///
    /// # Errors
    /// As of [`Tool::call`]: nobody is asked about what would fail anyway.
    async fn preview(&self, _cx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// Pictures to show beside the answer.
    fn images(_output: &mut Self::Output) -> Vec<Image> {
        Vec::new()
    }
}

/// Longer than this a call begins nothing new: clients give up after a minute.
const PATIENCE: Duration = Duration::from_secs(45);

/// What a call has to work with.
pub struct Context<'a> {
    /// MLflow, as far as the tool's effect lets it.
    pub client: Client<'a>,
    /// How much the answer may hold.
    pub budget: Budget,
    /// Where to say how far it is.
    pub progress: &'a Progress,
    /// For what must end in time.
    pub clock: &'a dyn Clock,
}

impl Context<'_> {
    /// When, by its clock, a call that begins now is to begin nothing new.
    #[must_use]
    pub fn end(&self) -> Duration {
        self.clock.now() + PATIENCE
    }
}
