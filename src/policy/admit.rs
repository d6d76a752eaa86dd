//! The policy itself, and the question that it answers.

use std::time::Duration;

use serde_json::{Map, Value};

use super::caller::Caller;
use super::catalogue::Catalogue;
use super::file::{Action, Fallback, File, PolicyError, Store};
use super::limit::Limit;
use super::permit::Permit;
use super::refusal::{Denial, Refusal};
use super::restriction::Restriction;
use super::rule::Rule;
use super::terms::Terms;
use crate::port::{Counter, Counters};
use crate::spec::Spec;

/// The argument by which a caller says that a person agreed, where a rule's action is `confirm`.
pub const CONFIRM: &str = "confirm";

/// Who may do what. There is none that lets through what its text does not.
#[derive(Clone, Debug)]
pub struct Policy {
    fallback: Fallback,
    store: Store,
    rules: Vec<Rule>,
    restrictions: Vec<Restriction>,
}

/// A call that somebody wants to make.
#[derive(Debug)]
pub struct Call<'a> {
    /// The tool.
    pub spec: &'static Spec,
    /// Its arguments in the form in which the tool will get them: what is written in another way, such as a list in
    /// a string, would not be recognised.
    pub arguments: Map<String, Value>,
    /// Who wants it.
    pub caller: &'a Caller,
    /// Whether the caller says that a person agreed.
    pub confirmed: bool,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// It is not JSON, or has a name, key or value that does not exist: names the nearest that does.
    pub fn parse(text: &str, catalogue: &dyn Catalogue) -> Result<Self, PolicyError> {
        let File { default, store, tools, .. } = File::parse(text)?;
        let rules = tools.0.into_iter().map(|(key, rule)| Rule::new(&key, rule, catalogue));
        let rules = rules.collect::<Result<_, _>>().map_err(PolicyError)?;
        Ok(Self { fallback: default, store, rules, restrictions: Vec::new() })
    }

    /// The same and these restrictions: never wider.
    #[must_use]
    pub fn narrowed(mut self, restrictions: impl IntoIterator<Item = Restriction>) -> Self {
        self.restrictions.extend(restrictions);
        self
    }

    fn terms(&self, spec: &Spec) -> Result<Terms<'_>, Refusal> {
        Terms::of(spec, &self.rules, self.fallback, &self.restrictions)
    }

    /// Whether there are calls of the tool that are admitted, limits and approval aside.
    ///
    /// # Errors
    /// What denies all of them.
    pub fn lists(&self, spec: &Spec) -> Result<(), Refusal> {
        self.terms(spec).map(drop)
    }

    /// Whether calls of the tool take the argument `confirm`.
    #[must_use]
    pub fn takes_confirmation(&self, spec: &Spec) -> bool {
        self.terms(spec).is_ok_and(|terms| terms.action == Action::Confirm)
    }

    /// Admits one call, or says why not. What is admitted has been counted.
    ///
    /// # Errors
    /// The first of: it is denied, it is not approved, there were too many.
    pub async fn admit(&self, call: Call<'_>, counters: Counters<'_>) -> Result<Permit, Refusal> {
        let Call { spec, arguments, caller, confirmed } = call;
        let terms = self.terms(spec)?;
        conditions(&terms, spec, &arguments)?;
        approval(&terms, spec, confirmed)?;
        let counter = match self.store {
            Store::Host => counters.host,
            Store::Instance => counters.instance,
        };
        limits(&terms, spec, caller, counter).await?;
        Ok(Permit::new(spec, arguments))
    }
}

fn conditions(terms: &Terms<'_>, spec: &Spec, arguments: &Map<String, Value>) -> Result<(), Refusal> {
    for rule in &terms.rules {
        if let Some(broken) = rule.conditions.iter().find(|condition| !condition.holds(arguments)) {
            let denial = Denial::Condition {
                rule: rule.key.to_string(),
                wants: broken.to_string(),
                reason: rule.reason.clone(),
            };
            return Err(Refusal::Denied { tool: spec.name, denial });
        }
    }
    Ok(())
}

fn approval(terms: &Terms<'_>, spec: &Spec, confirmed: bool) -> Result<(), Refusal> {
    let confirm = match terms.action {
        Action::Allow => return Ok(()),
        Action::Confirm if confirmed => return Ok(()),
        Action::Confirm => true,
        Action::RequireApproval | Action::Deny => false,
    };
    let rule = terms.decisive.map_or_else(String::new, |rule| rule.key.to_string());
    Err(Refusal::Unapproved { tool: spec.name, rule, confirm })
}

/// Counts the call under every limit, and stops at the first that is used up.
async fn limits(
    terms: &Terms<'_>,
    spec: &Spec,
    caller: &Caller,
    counter: &dyn Counter,
) -> Result<(), Refusal> {
    let of_rule = |rule: &&'_ Rule| -> Vec<(String, Limit)> {
        rule.limits.iter().map(|limit| (rule.key.to_string(), limit.clone())).collect()
    };
    let mut limits: Vec<(String, Limit)> = terms.rules.iter().flat_map(of_rule).collect();
    limits.sort_by_key(|(_, limit)| limit.order());
    // Two limits on the same count count a call once.
    let mut counted: Vec<(String, Duration)> = Vec::new();
    for (rule, limit) in limits {
        let key = (limit.key(spec.name, caller), limit.window());
        if counted.contains(&key) {
            // The smaller maximum was first.
            continue;
        }
        let tool = spec.name;
        match counter.add(&key.0, key.1).await {
            Ok(count) if count.total > u64::from(limit.max) => {
                return Err(Refusal::Limited {
                    tool,
                    rule,
                    limit: limit.to_string(),
                    retry_after: count.left,
                });
            }
            Ok(_) => counted.push(key),
            Err(error) => return Err(Refusal::Uncounted { tool, rule, limit: limit.to_string(), error }),
        }
    }
    Ok(())
}
