//! What a rule is about.

use std::fmt;

use super::catalogue::Catalogue;
use super::glob::Glob;
use crate::nearest::suggestion;
use crate::spec::{Risk, Spec, Toolset};

const TOOLSET: &str = "toolset:";
const RISK: &str = "risk:";

/// A key of `tools`. The variants stand from the most general to the most specific.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Risk(Risk),
    Toolset(Toolset),
    Glob(Glob),
    Tool(&'static str),
}

impl Key {
    /// Reads one; the error says what would be valid.
    pub(super) fn parse(text: &str, catalogue: &dyn Catalogue) -> Result<Self, String> {
        if let Some(name) = text.strip_prefix(TOOLSET) {
            return Toolset::find(name).map(Self::Toolset).ok_or_else(|| no_toolset(name));
        }
        if let Some(name) = text.strip_prefix(RISK) {
            let names = Risk::ALL.map(Risk::name);
            return Risk::find(name).map(Self::Risk).ok_or_else(|| {
                format!("there is no risk class {name:?}. {}", suggestion(name, "Risk classes", names))
            });
        }
        if text.contains(':') {
            return Err(format!("{text:?} is no key: write {TOOLSET}NAME, {RISK}CLASS, or a tool's name"));
        }
        let specs = catalogue.specs();
        if Glob::is_one(text) {
            let glob = Glob::new(text);
            if specs.iter().any(|spec| glob.matches(spec.name)) {
                return Ok(Self::Glob(glob));
            }
            return Err(format!("{text:?} matches no tool"));
        }
        specs
            .iter()
            .find(|spec| spec.name == text)
            .map(|spec| Self::Tool(spec.name))
            .ok_or_else(|| no_tool(text, catalogue))
    }

    pub(super) fn matches(&self, spec: &Spec) -> bool {
        match self {
            Self::Risk(risk) => spec.effect.risk() == *risk,
            Self::Toolset(toolset) => spec.toolset == *toolset,
            Self::Glob(glob) => glob.matches(spec.name),
            Self::Tool(name) => spec.name == *name,
        }
    }

    /// The more specific, the higher.
    pub(super) fn level(&self) -> u8 {
        match self {
            Self::Risk(_) => 0,
            Self::Toolset(_) => 1,
            Self::Glob(_) => 2,
            Self::Tool(_) => 3,
        }
    }
}

/// What to say of a toolset that does not exist.
pub(super) fn no_toolset(name: &str) -> String {
    format!("there is no toolset {name:?}. {}", suggestion(name, "Toolsets", Toolset::names()))
}

/// What to say of a tool that does not exist.
pub(super) fn no_tool(name: &str, catalogue: &dyn Catalogue) -> String {
    let specs = catalogue.specs();
    format!("there is no tool {name:?}. {}", suggestion(name, "Tools", specs.iter().map(|spec| spec.name)))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Risk(risk) => write!(f, "{RISK}{}", risk.name()),
            Self::Toolset(toolset) => write!(f, "{TOOLSET}{}", toolset.name()),
            Self::Glob(glob) => f.write_str(glob.as_str()),
            Self::Tool(name) => f.write_str(name),
        }
    }
}
