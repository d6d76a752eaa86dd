//! The children of a run.

use std::collections::{BTreeMap, BTreeSet};

use super::naming::is_system;
use crate::mlflow::page::Position;
use crate::mlflow::runs::{Run, Search};
use crate::mlflow::{Error, filter};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, ToolError};
use crate::tools::runs::scan::scan;

/// Where MLflow keeps of which run a run is a child.
const PARENT: &str = "mlflow.parentRunId";

/// The most children that are kept.
const MOST: usize = 20_000;

/// The most names of metrics that are remembered for an error.
const NAMES: usize = 1_000;

/// What is looked at of a child.
pub(super) struct Child {
    pub(super) run_id: String,
    pub(super) run_name: String,
    pub(super) status: String,
    /// The last value of the metric, and its step.
    pub(super) value: Option<(f64, i64)>,
    /// The highest step of any metric but the machine's.
    pub(super) last_step: Option<i64>,
    pub(super) params: BTreeMap<String, String>,
}

/// The active children of a run in its experiment, newest first.
pub(super) struct Children {
    pub(super) all: Vec<Child>,
    /// Whether there are more.
    pub(super) more: bool,
    metrics: BTreeSet<String>,
}

impl Children {
    pub(super) async fn read(cx: &Context<'_>, parent: &Run, metric: &str) -> Result<Self, Error> {
        let mut children = Self { all: Vec::new(), more: false, metrics: BTreeSet::new() };
        let Ok(id) = filter::string(&parent.info.run_id) else { return Ok(children) };
        let filter = format!("tags.`{PARENT}` = {id}");
        let search = Search {
            experiment_ids: &[&parent.info.experiment_id],
            filter: Some(&filter),
            ..Search::default()
        };
        let scanned = scan(cx, search, Position::default(), |runs: Vec<Run>| {
            runs.into_iter().for_each(|run| children.take(run, metric));
        })
        .await?;
        children.more = scanned.rest.is_some() || scanned.runs > children.all.len();
        Ok(children)
    }

    fn take(&mut self, run: Run, metric: &str) {
        if self.all.len() >= MOST {
            return;
        }
        let own = run.data.metrics.iter().filter(|one| !is_system(&one.key));
        let last_step = own.map(|one| one.step).max();
        let value = run.data.metrics.iter().find(|one| one.key == metric).map(|one| (one.value.0, one.step));
        if value.is_none() && self.metrics.len() < NAMES {
            self.metrics.extend(run.data.metrics.into_iter().map(|one| one.key));
        }
        self.all.push(Child {
            run_id: run.info.run_id,
            run_name: run.info.run_name,
            status: run.info.status,
            value,
            last_step,
            params: run.data.params,
        });
    }

    /// Why there is nothing to summarise.
    ///
    /// # Errors
    /// There are no children, or none has the metric.
    pub(super) fn require(&self, parent: &Run, metric: &str) -> Result<(), Failure> {
        let id = &parent.info.run_id;
        if self.all.is_empty() {
            let hint = match parent.data.tags.get(PARENT) {
                Some(above) => format!("It is itself a child, of run {above}."),
                None => format!(
                    "Children are the active runs of its experiment whose tag {PARENT} has its id: search_runs_by_tags \
                     finds runs that are tagged otherwise."
                ),
            };
            return Err(ToolError::new(Kind::NotFound, format!("run {id} has no children"), hint).into());
        }
        if self.all.iter().any(|child| child.value.is_some()) {
            return Ok(());
        }
        let hint =
            match suggestion(metric, "Metrics of the children", self.metrics.iter().map(String::as_str)) {
                hint if hint.is_empty() => "The children have no metrics.".to_owned(),
                hint => hint,
            };
        let message = format!("argument \"metric\": no child of run {id} has a metric {metric:?}");
        Err(ToolError::new(Kind::NotFound, message, hint).into())
    }
}
