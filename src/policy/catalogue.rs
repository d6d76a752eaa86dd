//! The tools that rules can be about.

use crate::spec::Spec;

/// All tools there are.
pub trait Catalogue {
    /// Each one's constant part.
    fn specs(&self) -> Vec<&'static Spec>;

    /// The names of a tool's arguments; `None` if they are not known, since this build lacks the tool.
    fn arguments(&self, tool: &str) -> Option<&'static [String]>;
}
