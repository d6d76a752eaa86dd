//! Leave to run one tool, once, with the arguments that were looked at.

use serde_json::{Map, Value};

use crate::spec::{Effect, Spec};

/// Only [`Policy::admit`](super::Policy::admit) makes one, and no tool runs without. It holds the arguments that
/// were admitted, so that others cannot be put in their place.
#[derive(Debug)]
pub struct Permit {
    spec: &'static Spec,
    arguments: Map<String, Value>,
    rule: String,
}

impl Permit {
    pub(super) fn new(spec: &'static Spec, arguments: Map<String, Value>, rule: String) -> Self {
        Self { spec, arguments, rule }
    }

    /// The tool it is for.
    #[must_use]
    pub fn tool(&self) -> &'static str {
        self.spec.name
    }

    /// The key of the rule that let it through, or `default`.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What may be done to MLflow.
    #[must_use]
    pub fn effect(&self) -> Effect {
        if self.is_dry_run() { Effect::Read } else { self.spec.effect }
    }

    /// Whether the call only tells what it would do.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.spec.is_dry_run(&self.arguments)
    }

    /// Uses it up.
    #[must_use]
    pub fn into_arguments(self) -> Map<String, Value> {
        self.arguments
    }
}
