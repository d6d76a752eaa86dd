//! What is known of a tool before it is called, and what follows from that.

use serde_json::{Map, Value};

use crate::mcp::types::Annotations;

/// The argument of every tool that changes something, with which it only tells what it would do.
pub const DRY_RUN: &str = "dry_run";

/// The constant part of a tool's declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The name that skills, prompts and allow-lists use: `verb_noun`.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// The group it is switched on with.
    pub toolset: Toolset,
    /// What it does to MLflow.
    pub effect: Effect,
    /// Whether it may take long enough to say how far it is.
    pub progress: bool,
}

impl Spec {
    /// Whether a call with these arguments, which fit the tool's schema, only tells what it would do.
    #[must_use]
    pub fn is_dry_run(&self, arguments: &Map<String, Value>) -> bool {
        self.effect != Effect::Read && arguments.get(DRY_RUN) == Some(&Value::Bool(true))
    }
}

/// A group of tools that is switched on by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolset {
    /// The names that MLflow skills already know.
    Core,
    /// What is worked out beside the data: the answer instead of the rows.
    Analysis,
    /// Writing what training logs.
    Logging,
    /// What core does not change of registered models, their versions and logged models.
    Models,
    /// Traces of GenAI applications.
    Traces,
    /// The prompt registry.
    Prompts,
    /// Evaluation datasets, and the data sets that runs have read.
    Datasets,
    /// What judges traces.
    Scorers,
    /// What administrators set up.
    Admin,
}

impl Toolset {
    /// Every toolset.
    pub const ALL: [Self; 9] = [
        Self::Core,
        Self::Analysis,
        Self::Logging,
        Self::Models,
        Self::Traces,
        Self::Prompts,
        Self::Datasets,
        Self::Scorers,
        Self::Admin,
    ];

    /// Those that are on when nobody chooses, as far as they are [built](Self::is_built).
    pub const DEFAULT: &'static [Self] = &[Self::Core, Self::Analysis];

    /// Whether this build has its tools: each toolset but `core` is a feature of the crate.
    #[must_use]
    pub const fn is_built(self) -> bool {
        match self {
            Self::Core => true,
            Self::Analysis => cfg!(feature = "analysis"),
            Self::Logging => cfg!(feature = "logging"),
            Self::Models => cfg!(feature = "models"),
            Self::Traces => cfg!(feature = "traces"),
            Self::Prompts => cfg!(feature = "prompts"),
            Self::Datasets => cfg!(feature = "datasets"),
            Self::Scorers => cfg!(feature = "scorers"),
            Self::Admin => cfg!(feature = "admin"),
        }
    }

    /// Those that are built.
    pub fn built() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|toolset| toolset.is_built())
    }

    /// The names of all.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().map(Self::name)
    }

    /// The toolset of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|toolset| toolset.name() == name)
    }

    /// Its name in configuration and documentation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Analysis => "analysis",
            Self::Logging => "logging",
            Self::Models => "models",
            Self::Traces => "traces",
            Self::Prompts => "prompts",
            Self::Datasets => "datasets",
            Self::Scorers => "scorers",
            Self::Admin => "admin",
        }
    }
}

/// What to say of a toolset that this build lacks.
#[must_use]
pub fn unbuilt(toolset: Toolset) -> String {
    let built: Vec<_> = Toolset::built().map(Toolset::name).collect();
    format!(
        "it was built without the toolset {}, with {} alone; mlflow-mcp.wasm has every toolset",
        toolset.name(),
        built.join(", ")
    )
}

/// What a tool does to MLflow. There is no default: a new tool must say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Adds something new; what is there stays as it is.
    Append,
    /// Sets something, which may have had another value before.
    Overwrite,
    /// Removes something.
    Delete,
}

/// How much a wrong call can cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Reads.
    Low,
    /// Writes what can be written again.
    Medium,
    /// Removes.
    High,
}

impl Effect {
    /// Its name in logs and documentation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Append => "append",
            Self::Overwrite => "overwrite",
            Self::Delete => "delete",
        }
    }

    /// The risk class, for policies.
    #[must_use]
    pub const fn risk(self) -> Risk {
        match self {
            Self::Read => Risk::Low,
            Self::Append | Self::Overwrite => Risk::Medium,
            Self::Delete => Risk::High,
        }
    }

    /// The hints that MCP shows. Only what adds and never replaces is not destructive (MCP, `ToolAnnotations`);
    /// a second deletion of the same thing changes nothing more. Every tool reaches one MLflow server and
    /// nothing else, so none is open-world.
    #[must_use]
    pub const fn annotations(self) -> Annotations {
        Annotations {
            read_only_hint: matches!(self, Self::Read),
            destructive_hint: matches!(self, Self::Overwrite | Self::Delete),
            idempotent_hint: !matches!(self, Self::Append),
            open_world_hint: false,
        }
    }
}

impl Risk {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The class of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.name() == name)
    }

    /// Its name in configuration and documentation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
