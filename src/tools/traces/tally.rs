//! Figures of traces that were read one by one.

use std::collections::BTreeMap;

use crate::mlflow::number::Number;
use crate::mlflow::traces::TraceInfo;
use crate::sorted::{sort, sorted};
use crate::statistics::{Moments, quantile};

use super::record::{COST, TOKENS};

/// What adds up over traces.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) traces: usize,
    pub(super) errors: usize,
    durations: Vec<f64>,
    tokens: BTreeMap<String, f64>,
    cost: BTreeMap<String, f64>,
}

impl Tally {
    pub(super) fn add(&mut self, info: &TraceInfo) {
        self.traces += 1;
        self.errors += usize::from(info.state == "ERROR");
        // Of one that goes on nobody knows how long it takes; MLflow 2 says 0.
        self.durations.extend(info.duration().filter(|_| info.state != "IN_PROGRESS"));
        for (sums, key) in [(&mut self.tokens, TOKENS), (&mut self.cost, COST)] {
            for (name, value) in info.figures(key) {
                *sums.entry(name).or_default() += value;
            }
        }
    }

    /// The time that all of them took, in milliseconds.
    pub(super) fn total(&self) -> Number {
        Number(self.durations.iter().sum())
    }

    pub(super) fn tokens(&self) -> BTreeMap<String, Number> {
        numbers(&self.tokens)
    }

    pub(super) fn cost(&self) -> BTreeMap<String, Number> {
        numbers(&self.cost)
    }

    /// `mean`, `p50`, `p95`, `p99` and `max` of the time they took, in milliseconds; percentiles between neighbours on a
    /// straight line, as MLflow's are.
    pub(super) fn latency(&mut self) -> BTreeMap<&'static str, Number> {
        let mut moments = Moments::default();
        self.durations.iter().for_each(|duration| moments.add(*duration));
        sort(&mut self.durations, |a, b| a < b);
        let at = |q| quantile(&self.durations, q);
        let figures = [
            ("mean", moments.mean()),
            ("p50", at(0.5)),
            ("p95", at(0.95)),
            ("p99", at(0.99)),
            ("max", moments.max()),
        ];
        sorted(figures.into_iter().filter_map(|(name, value)| Some((name, Number(value?)))))
    }
}

fn numbers(sums: &BTreeMap<String, f64>) -> BTreeMap<String, Number> {
    sorted(sums.iter().map(|(name, sum)| (name.clone(), Number(*sum))))
}
