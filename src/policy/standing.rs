//! How a tool stands under a policy before anybody calls it, for people to read.

use super::admit::Policy;
use super::file::Action;
use super::refusal::Refusal;
use crate::spec::Spec;

/// The terms on which a tool may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// `allow`, `confirm` or `require_approval`.
    pub action: &'static str,
    /// The key of the rule with that action, of the most specific one if none has one, or `default`.
    pub rule: String,
    /// How often, in words.
    pub limits: Vec<String>,
    /// What its arguments have to be, in words.
    pub conditions: Vec<String>,
}

impl Policy {
    /// On which terms the tool may be called.
    ///
    /// # Errors
    /// What denies all of its calls.
    pub fn standing(&self, spec: &Spec) -> Result<Standing, Refusal> {
        let terms = self.terms(spec)?;
        let action = match terms.action {
            Action::Allow => "allow",
            Action::Confirm => "confirm",
            Action::RequireApproval => "require_approval",
            Action::Deny => "deny",
        };
        let limits = terms.rules.iter().flat_map(|rule| &rule.limits).map(ToString::to_string).collect();
        let conditions =
            terms.rules.iter().flat_map(|rule| &rule.conditions).map(ToString::to_string).collect();
        Ok(Standing { action, rule: terms.rule(), limits, conditions })
    }
}
