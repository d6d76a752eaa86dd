//! The policy itself, and the question that it answers.

use std::time::Duration;

use serde_json::{Map, Value};

use super::approval::{Approvals, Question};
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
use crate::sorted::by;
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
    /// What speaks for a person's agreement.
    pub consent: Consent<'a>,
}

impl Call<'_> {
    fn is_dry_run(&self) -> bool {
        self.spec.is_dry_run(&self.arguments)
    }
}

/// What speaks for a person's agreement.
#[derive(Clone, Copy, Debug)]
pub enum Consent<'a> {
    /// Nothing.
    None,
    /// The caller says so, by the argument [`CONFIRM`].
    Claimed,
    /// The person was asked and agreed; this was kept in between.
    Approved {
        /// What it was sealed with.
        approvals: Approvals<'a>,
        /// As the client brought it.
        state: &'a str,
    },
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

    pub(super) fn terms(&self, spec: &Spec) -> Result<Terms<'_>, Refusal> {
        Terms::of(spec, &self.rules, self.fallback, &self.restrictions)
    }

    /// Whether there are calls of the tool that are admitted, limits and approval aside.
    ///
    /// # Errors
    /// What denies all of them.
    pub fn lists(&self, spec: &Spec) -> Result<(), Refusal> {
        self.terms(spec).map(drop)
    }

    /// The key of the rule that decides about the tool, or what else does.
    #[must_use]
    pub fn rule(&self, spec: &Spec) -> String {
        self.terms(spec).map_or_else(|refusal| refusal.rule().to_owned(), |terms| terms.rule())
    }

    /// Whether calls of the tool take the argument `confirm`.
    #[must_use]
    pub fn takes_confirmation(&self, spec: &Spec) -> bool {
        self.terms(spec).is_ok_and(|terms| terms.action == Action::Confirm)
    }

    /// Leave to ask a person about the call, if that is what it lacks.
    ///
    /// # Errors
    /// It is denied, whoever agrees.
    pub fn question<'c>(&self, call: &'c Call<'_>) -> Result<Option<Question<'c>>, Refusal> {
        let terms = self.terms(call.spec)?;
        conditions(&terms, call.spec, &call.arguments)?;
        let asks = match (terms.action, call.consent) {
            _ if call.is_dry_run() => false,
            (Action::Allow | Action::Deny, _) | (_, Consent::Approved { .. }) => false,
            (Action::Confirm, consent) => matches!(consent, Consent::None),
            (Action::RequireApproval, Consent::None | Consent::Claimed) => true,
        };
        Ok(asks.then(|| Question::new(call.spec, &call.arguments, call.caller)))
    }

    /// Admits one call, or says why not. What is admitted has been counted, and its approval used up.
    ///
    /// # Errors
    /// The first of: it is denied, it is not approved, there were too many.
    pub async fn admit(&self, call: Call<'_>, counters: Counters<'_>) -> Result<Permit, Refusal> {
        let terms = self.terms(call.spec)?;
        conditions(&terms, call.spec, &call.arguments)?;
        approval(&terms, &call, counters).await?;
        let Call { spec, arguments, caller, .. } = call;
        let counter = match self.store {
            Store::Host => counters.host,
            Store::Instance => counters.instance,
        };
        limits(&terms, spec, caller, counter).await?;
        Ok(Permit::new(spec, arguments, terms.rule()))
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

async fn approval(terms: &Terms<'_>, call: &Call<'_>, counters: Counters<'_>) -> Result<(), Refusal> {
    let tool = call.spec.name;
    match (terms.action, call.consent) {
        // It only reads, so there is nothing to agree to.
        _ if call.is_dry_run() => Ok(()),
        (Action::Allow, _) | (Action::Confirm, Consent::Claimed) => Ok(()),
        (Action::Confirm | Action::RequireApproval, Consent::Approved { approvals, state }) => {
            let question = Question::new(call.spec, &call.arguments, call.caller);
            let redeemed = question.redeem(approvals, state, counters).await;
            redeemed.map_err(|flaw| Refusal::Unaccepted { tool, flaw })
        }
        (action, _) => {
            let rule = terms.decisive.map_or_else(String::new, |rule| rule.key.to_string());
            Err(Refusal::Unapproved { tool, rule, confirm: action == Action::Confirm })
        }
    }
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
    let limits = by(terms.rules.iter().flat_map(of_rule), |(_, limit)| limit.order());
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
