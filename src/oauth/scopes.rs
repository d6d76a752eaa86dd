//! What scopes admit: tools of a risk class, and of those below it.

use crate::spec::Risk;

/// Scopes, each with the highest class that it admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<(String, Risk)>);

impl Scopes {
    /// These, in the order in which clients are told of them.
    #[must_use]
    pub fn new(scopes: Vec<(String, Risk)>) -> Self {
        Self(scopes)
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The highest class that one of these admits, or `None` if none of them says anything here.
    #[must_use]
    pub fn ceiling(&self, held: &[String]) -> Option<Risk> {
        self.0.iter().filter(|(name, _)| held.contains(name)).map(|(_, risk)| *risk).max()
    }

    /// The scope to ask for when tools of a class are to be called: the one that admits the least besides. `None` if
    /// none is enough.
    #[must_use]
    pub fn admitting(&self, class: Risk) -> Option<&str> {
        let enough = self.0.iter().filter(|(_, risk)| *risk >= class);
        enough.min_by_key(|(_, risk)| *risk).map(|(name, _)| name.as_str())
    }
}
