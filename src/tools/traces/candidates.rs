//! Conditions that may have to do with how traces end.

use std::collections::BTreeMap;

use crate::mlflow::filter::{key, string};
use crate::mlflow::traces::{SESSION, TraceInfo};
use crate::sorted::sort;

/// The longest value that is compared.
const LONGEST: usize = 100;

/// Conditions on one thing: what has more values than that differs from trace to trace.
const VALUES: usize = 12;

/// How often each condition holds among some traces.
#[derive(Default)]
pub(super) struct Candidates {
    /// By the thing that is compared, each value with how often it is there.
    things: BTreeMap<String, BTreeMap<String, usize>>,
}

impl Candidates {
    /// What can be said of a trace.
    pub(super) fn add(&mut self, info: &TraceInfo) {
        self.count("name".to_owned(), info.name());
        for (name, value) in info.tags.iter().filter(|(name, _)| !name.starts_with("mlflow.")) {
            self.named("tags", name, value);
        }
        for (name, value) in &info.trace_metadata {
            let telling = ["mlflow.trace.user", SESSION, "mlflow.source.name", "mlflow.source.git.commit"];
            if !name.starts_with("mlflow.") || telling.contains(&name.as_str()) {
                self.named("metadata", name, value);
            }
        }
    }

    fn named(&mut self, entity: &str, name: &str, value: &str) {
        if let Ok(name) = key(name) {
            self.count(format!("{entity}.{name}"), value);
        }
    }

    fn count(&mut self, thing: String, value: &str) {
        if !value.is_empty() && value.chars().count() <= LONGEST {
            *self.things.entry(thing).or_default().entry(value.to_owned()).or_default() += 1;
        }
    }

    /// The conditions that hold most often first, at most so many. What is the same for all traces, or differs from each
    /// to each, tells nothing.
    pub(super) fn conditions(self, traces: usize, most: usize) -> Vec<String> {
        let mut found = Vec::new();
        for (thing, values) in self.things {
            let mut values: Vec<(String, usize)> =
                values.into_iter().filter(|(_, count)| *count < traces).collect();
            sort(&mut values, |(a, one), (b, other)| (other, a) < (one, b));
            // Values that occur once in many traces are no groups.
            let single = |count: usize| count == 1 && traces > 2 * VALUES;
            for (value, count) in values.into_iter().take(VALUES).filter(|(_, count)| !single(*count)) {
                found.extend(string(&value).map(|value| (count, format!("{thing} = {value}"))));
            }
        }
        sort(&mut found, |(one, a), (other, b)| (other, a) < (one, b));
        found.into_iter().take(most).map(|(_, condition)| condition).collect()
    }
}
