//! Narrowing: what a request, or the operator, leaves of a policy.

use std::fmt;

use super::catalogue::Catalogue;
use super::key::{no_tool, no_toolset};
use crate::spec::{Effect, Risk, Spec, Toolset, unbuilt};

/// What is left, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// A header, a variable, or a path.
    pub source: &'static str,
    /// What is left.
    pub only: Only,
}

/// What is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Only {
    /// Tools that read.
    Reads,
    /// Tools of these toolsets.
    Toolsets(Vec<Toolset>),
    /// These tools.
    Tools(Vec<&'static str>),
    /// All tools but these.
    Not(Vec<&'static str>),
    /// Tools of this class of risk and of those below it.
    UpTo(Risk),
}

impl Only {
    /// Tools of the toolsets of these names.
    ///
    /// # Errors
    /// There is no toolset of one name, or not in this build; says which there are.
    pub fn toolsets<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let find = |name| match Toolset::find(name) {
            Some(toolset) if toolset.is_built() => Ok(toolset),
            Some(toolset) => Err(format!("this component does not have {name}: {}", unbuilt(toolset))),
            None => Err(no_toolset(name)),
        };
        names.into_iter().map(find).collect::<Result<_, _>>().map(Self::Toolsets)
    }

    /// The tools of these names.
    ///
    /// # Errors
    /// There is no tool of one name; says which was probably meant.
    pub fn tools<'a>(
        names: impl IntoIterator<Item = &'a str>,
        catalogue: &dyn Catalogue,
    ) -> Result<Self, String> {
        known(names, catalogue).map(Self::Tools)
    }

    /// All but the tools of these names.
    ///
    /// # Errors
    /// As of [`Only::tools`].
    pub fn not<'a>(
        names: impl IntoIterator<Item = &'a str>,
        catalogue: &dyn Catalogue,
    ) -> Result<Self, String> {
        known(names, catalogue).map(Self::Not)
    }
}

fn known<'a>(
    names: impl IntoIterator<Item = &'a str>,
    catalogue: &dyn Catalogue,
) -> Result<Vec<&'static str>, String> {
    let specs = catalogue.specs();
    let find = |name| {
        let found = specs.iter().find(|spec| spec.name == name).map(|spec| spec.name);
        found.ok_or_else(|| no_tool(name, catalogue))
    };
    names.into_iter().map(find).collect()
}

impl Restriction {
    /// Whether the tool is among what is left.
    #[must_use]
    pub fn leaves(&self, spec: &Spec) -> bool {
        match &self.only {
            Only::Reads => spec.effect == Effect::Read,
            Only::Toolsets(toolsets) => toolsets.contains(&spec.toolset),
            Only::Tools(names) => names.contains(&spec.name),
            Only::Not(names) => !names.contains(&spec.name),
            Only::UpTo(risk) => spec.effect.risk() <= *risk,
        }
    }
}

impl fmt::Display for Restriction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self.source;
        match &self.only {
            Only::Reads => write!(f, "{source} leaves only tools that read"),
            Only::Toolsets(toolsets) => {
                let names: Vec<&str> = toolsets.iter().map(|toolset| toolset.name()).collect();
                write!(f, "{source} leaves only tools of {}", names.join(", "))
            }
            Only::Tools(_) => write!(f, "{source} does not name it"),
            Only::Not(_) => write!(f, "{source} excludes it"),
            Only::UpTo(risk) => write!(f, "{source} leaves only tools up to {} risk", risk.name()),
        }
    }
}
