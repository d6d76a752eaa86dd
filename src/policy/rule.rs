//! A rule: what it is about, and what it says.

use super::catalogue::Catalogue;
use super::condition::Condition;
use super::file::{self, Action, Members, Values};
use super::key::Key;
use super::limit::Limit;
use crate::nearest::suggestion;
use crate::sorted::set;

/// A rule that can be applied.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) key: Key,
    pub(super) action: Option<Action>,
    pub(super) reason: String,
    pub(super) limits: Vec<Limit>,
    pub(super) conditions: Vec<Condition>,
    /// The tools that the key matches and that lack an argument of the conditions: none of their calls can fulfil
    /// them.
    pub(super) unfit: Vec<&'static str>,
}

impl Rule {
    pub(super) fn new(key: &str, rule: file::Rule, catalogue: &dyn Catalogue) -> Result<Self, String> {
        let key = Key::parse(key, catalogue).map_err(|problem| format!("\"tools\": {problem}"))?;
        let place = |problem: String| format!("\"tools\".\"{key}\": {problem}");
        let unfit = unfit(&key, &rule.arguments, catalogue).map_err(place)?;
        let mut limits =
            rule.limits.into_iter().map(Limit::of).collect::<Result<Vec<_>, _>>().map_err(place)?;
        limits.extend(rule.rate_limit.map(Limit::of_rate));
        let conditions =
            rule.arguments.0.into_iter().map(|(name, values)| Condition::new(name, values)).collect();
        Ok(Self { key, action: rule.action, reason: rule.reason, limits, conditions, unfit })
    }
}

fn unfit(
    key: &Key,
    conditions: &Members<Values>,
    catalogue: &dyn Catalogue,
) -> Result<Vec<&'static str>, String> {
    if conditions.0.is_empty() {
        return Ok(Vec::new());
    }
    let specs: Vec<_> = catalogue.specs().into_iter().filter(|spec| key.matches(spec)).collect();
    let known = |name| catalogue.arguments(name).map(|arguments| (name, arguments));
    let tools: Vec<_> = specs.iter().filter_map(|spec| known(spec.name)).collect();
    let all_known = tools.len() == specs.len();
    for (name, _) in &conditions.0 {
        if all_known && !tools.iter().any(|(_, arguments)| arguments.contains(name)) {
            let known = set(tools.iter().flat_map(|(_, arguments)| arguments.iter()).map(String::as_str));
            return Err(format!("there is no argument {name:?}. {}", suggestion(name, "Arguments", known)));
        }
    }
    let lacks = |arguments: &[String]| conditions.0.iter().any(|(name, _)| !arguments.contains(name));
    Ok(tools.iter().filter(|(_, arguments)| lacks(arguments)).map(|(name, _)| *name).collect())
}
