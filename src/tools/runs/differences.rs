//! What differs between runs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::number::Number;
use crate::mlflow::runs::Run;
use crate::sorted::sorted;
use crate::tool::nullable::Nullable;

/// The tag that repeats the run's name.
const NAME: &str = "mlflow.runName";

/// What a data set was used for is in this tag.
const CONTEXT: &str = "mlflow.data.context";

/// One metric in several runs. Lists are in the order of the runs, null where a run does not have the metric.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MetricRow {
    /// The latest values.
    #[schemars(with = "Vec<Nullable<Number>>")]
    pub values: Vec<Option<Number>>,
    /// Less the first run's; null where either is missing or is no number.
    #[schemars(with = "Vec<Nullable<Number>>")]
    pub deltas: Vec<Option<Number>>,
    /// The smallest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Number>,
    /// The largest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
}

/// One parameter in several runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct ParamRow(#[schemars(with = "Vec<Nullable<String>>")] Vec<Option<String>>);

impl ParamRow {
    /// The value that all runs have.
    pub(super) fn same(&self) -> Option<String> {
        let first = self.0.first()?.clone()?;
        self.0.iter().all(|value| value.as_ref() == Some(&first)).then_some(first)
    }
}

/// Every metric that any of the runs has.
pub(super) fn metrics(runs: &[Run]) -> BTreeMap<String, MetricRow> {
    let mut rows: BTreeMap<String, Vec<Option<Number>>> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        for metric in &run.data.metrics {
            let row = rows.entry(metric.key.clone()).or_insert_with(|| vec![None; runs.len()]);
            row[index] = Some(metric.value);
        }
    }
    sorted(rows.into_iter().map(|(name, values)| (name, row(values))))
}

fn row(values: Vec<Option<Number>>) -> MetricRow {
    // What MLflow keeps of infinity is a number only by its look.
    let usable = |value: &Option<Number>| {
        value.map(|Number(value)| value).filter(|value| value.is_finite() && value.abs() < f64::MAX)
    };
    let first = values.first().and_then(usable);
    let delta = |value| Some(Number(usable(value)? - first?));
    MetricRow {
        deltas: values.iter().map(delta).collect(),
        min: values.iter().filter_map(usable).reduce(f64::min).map(Number),
        max: values.iter().filter_map(usable).reduce(f64::max).map(Number),
        values,
    }
}

/// Every parameter that any of the runs has.
pub(super) fn params(runs: &[Run]) -> BTreeMap<String, ParamRow> {
    rows(runs, &|run| run.data.params.clone())
}

/// Every tag that any of the runs has, but the one that repeats its name.
pub(super) fn tags(runs: &[Run]) -> BTreeMap<String, ParamRow> {
    let mut rows = rows(runs, &|run| run.data.tags.clone());
    rows.remove(NAME);
    rows
}

/// Every data set that any of the runs read, and what for.
pub(super) fn datasets(runs: &[Run]) -> BTreeMap<String, ParamRow> {
    rows(runs, &|run| {
        let mut uses: BTreeMap<String, String> = BTreeMap::new();
        for input in &run.inputs.dataset_inputs {
            let context = input.tags.get(CONTEXT).map_or("", String::as_str);
            let used = uses.entry(format!("{} {}", input.dataset.name, input.dataset.digest)).or_default();
            if !used.is_empty() && !context.is_empty() {
                used.push_str(", ");
            }
            used.push_str(context);
        }
        uses
    })
}

fn rows(runs: &[Run], of: &dyn Fn(&Run) -> BTreeMap<String, String>) -> BTreeMap<String, ParamRow> {
    let mut rows: BTreeMap<String, ParamRow> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        for (name, value) in of(run) {
            let ParamRow(row) = rows.entry(name).or_insert_with(|| ParamRow(vec![None; runs.len()]));
            row[index] = Some(value);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_has_no_difference() {
        let values = [Some(2.0), None, Some(f64::NAN), Some(f64::MAX), Some(0.5)];
        let row = row(values.map(|value| value.map(Number)).to_vec());
        assert_eq!(row.deltas, [Some(Number(0.0)), None, None, None, Some(Number(-1.5))]);
        assert_eq!((row.min, row.max), (Some(Number(0.5)), Some(Number(2.0))));
    }

    #[test]
    fn a_parameter_is_the_same_only_if_every_run_has_it() {
        let row =
            |values: &[Option<&str>]| ParamRow(values.iter().map(|value| value.map(str::to_owned)).collect());
        assert_eq!(row(&[Some("1"), Some("1")]).same(), Some("1".to_owned()));
        assert_eq!(row(&[Some("1"), None]).same(), None);
        assert_eq!(row(&[Some("1"), Some("2")]).same(), None);
    }
}
