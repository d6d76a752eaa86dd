//! Children of a run, as a summary shows them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::children::Child;
use crate::mlflow::number::Number;

/// The most children that are named as failed or stopped early.
const NAMED: usize = 20;

/// Children of one kind: how many, and the newest of them.
#[derive(Default, Serialize, JsonSchema)]
pub struct SomeChildren {
    /// How many.
    pub count: usize,
    /// The newest, up to 20.
    pub newest: Vec<Trial>,
}

/// A child.
#[derive(Serialize, JsonSchema)]
pub struct Trial {
    /// The run.
    pub run_id: String,
    /// For people; not unique.
    pub run_name: String,
    /// RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
    pub status: String,
    /// Of the best, its page in MLflow, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The metric's last value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Number>,
    /// The step of that value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<i64>,
    /// The highest step of any metric, system metrics aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_step: Option<i64>,
    /// Of the best, the parameters that vary.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl SomeChildren {
    pub(super) fn of(all: &[Child], is: impl Fn(&Child) -> bool) -> Self {
        let these: Vec<&Child> = all.iter().filter(|child| is(child)).collect();
        Self { count: these.len(), newest: these.into_iter().take(NAMED).map(Trial::of).collect() }
    }
}

impl Trial {
    pub(super) fn of(child: &Child) -> Self {
        Self {
            run_id: child.run_id.clone(),
            run_name: child.run_name.clone(),
            status: child.status.clone(),
            url: None,
            value: child.value.map(|(value, _)| Number(value)),
            step: child.value.map(|(_, step)| step),
            last_step: child.last_step,
            params: BTreeMap::new(),
        }
    }
}
