//! What the rules come to for one tool.

use std::cmp::Reverse;

use super::file::{Action, Fallback};
use super::refusal::{DEFAULT, Denial, Refusal};
use super::restriction::Restriction;
use super::rule::Rule;
use crate::sorted::by;
use crate::spec::Spec;

/// The terms on which a tool may be called at all.
#[derive(Debug)]
pub(super) struct Terms<'p> {
    /// Not [`Action::Deny`].
    pub(super) action: Action,
    /// The rule with that action, if one has it.
    pub(super) decisive: Option<&'p Rule>,
    /// The rules whose conditions and limits hold.
    pub(super) rules: Vec<&'p Rule>,
}

impl<'p> Terms<'p> {
    /// The one place where rules are combined; the module's head says how.
    pub(super) fn of(
        spec: &Spec,
        rules: &'p [Rule],
        fallback: Fallback,
        restrictions: &[Restriction],
    ) -> Result<Self, Refusal> {
        let deny = |denial| Refusal::Denied { tool: spec.name, denial };
        // The most specific first; of two that are alike, the one that stands first.
        let rules = by(rules.iter().filter(|rule| rule.key.matches(spec)), |rule| Reverse(rule.key.level()));
        if let Some(rule) = rules.iter().find(|rule| rule.action == Some(Action::Deny)) {
            return Err(deny(Denial::Rule { rule: rule.key.to_string(), reason: rule.reason.clone() }));
        }
        if let Some(rule) = rules.iter().find(|rule| rule.unfit.contains(&spec.name)) {
            return Err(deny(Denial::Unfit { rule: rule.key.to_string() }));
        }
        if rules.is_empty() && fallback == Fallback::Deny {
            return Err(deny(Denial::Default));
        }
        if let Some(restriction) = restrictions.iter().find(|restriction| !restriction.leaves(spec)) {
            return Err(deny(Denial::Restriction(restriction.clone())));
        }
        let decisive = rules
            .iter()
            .copied()
            .filter(|rule| rule.action.is_some())
            .max_by_key(|rule| (rule.key.level(), rule.action));
        let action = decisive.and_then(|rule| rule.action).unwrap_or(Action::Allow);
        Ok(Self { action, decisive, rules })
    }

    /// The key of the rule that lets the tool through, the most specific where none has an action; or `default`.
    pub(super) fn rule(&self) -> String {
        let rule = self.decisive.or(self.rules.first().copied());
        rule.map_or_else(|| DEFAULT.to_owned(), |rule| rule.key.to_string())
    }
}
