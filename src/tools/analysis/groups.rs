//! Runs in groups, each in a few numbers however many runs there are.

use std::collections::BTreeMap;

use super::aggregate_runs::Group;
use super::distribution::Distribution;
use super::grouping::Label;
use crate::mlflow::runs::Run;
use crate::sorted::{sort, sorted};
use crate::tool::cut::clip_values;

/// The most groups that are kept apart.
const GROUPS: usize = 1_000;

/// The most values that are kept for quantiles, in all groups together: 8 MB.
const VALUES: usize = 1_000_000;

/// The groups so far.
#[derive(Default)]
pub(super) struct Groups {
    /// Where each is in `groups`.
    places: BTreeMap<Vec<Option<String>>, usize>,
    groups: Vec<Cells>,
    /// Runs of further groups.
    others: usize,
    /// Values that are kept.
    values: usize,
}

/// A group so far.
#[derive(Default)]
struct Cells {
    label: Vec<Option<String>>,
    runs: usize,
    /// By metric.
    distributions: Vec<Distribution>,
}

impl Groups {
    /// Takes one more run.
    pub(super) fn add(&mut self, run: &Run, labels: &[Label], metrics: &[String]) {
        let label: Vec<Option<String>> = labels.iter().map(|label| label.of(run)).collect();
        let place = match self.places.get(&label) {
            Some(place) => *place,
            None if self.groups.len() < GROUPS => {
                let distributions = metrics.iter().map(|_| Distribution::default()).collect();
                self.groups.push(Cells { label: label.clone(), runs: 0, distributions });
                self.places.insert(label, self.groups.len() - 1);
                self.groups.len() - 1
            }
            None => {
                self.others += 1;
                return;
            }
        };
        let Some(cells) = self.groups.get_mut(place) else { return };
        cells.runs += 1;
        for (metric, distribution) in metrics.iter().zip(&mut cells.distributions) {
            let value = run.data.metrics.iter().find(|one| one.key == *metric).map(|one| one.value.0);
            self.values += usize::from(distribution.add(value, self.values < VALUES));
        }
    }

    /// Those of the metrics that no run has.
    pub(super) fn unknown<'a>(&self, metrics: &'a [String]) -> Vec<&'a str> {
        let unknown = |index: usize| {
            self.groups.iter().filter_map(|cells| cells.distributions.get(index)).all(Distribution::is_empty)
        };
        (0..).zip(metrics).filter(|(index, _)| unknown(*index)).map(|(_, metric)| metric.as_str()).collect()
    }

    /// Runs that belong to further groups.
    pub(super) fn others(&self) -> usize {
        self.others
    }

    /// Sentences about what is beyond the bounds.
    pub(super) fn limits(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.others > 0 {
            notes.push(format!(
                "{} runs belong to further groups than the first {GROUPS} and are in none: group by less.",
                self.others
            ));
        }
        if self.values >= VALUES {
            notes.push(format!(
                "Quantiles are of groups whose values were among the first {VALUES}; all else is exact."
            ));
        }
        notes
    }

    /// The groups in numbers, those of most runs first.
    pub(super) fn summaries(self, group_by: &[String], metrics: &[String]) -> Vec<Group> {
        let mut groups = self.groups;
        sort(&mut groups, |a, b| (b.runs, &a.label) < (a.runs, &b.label));
        let group = |cells: Cells| {
            let label = group_by.iter().cloned().zip(cells.label);
            let summaries = cells.distributions.into_iter().map(Distribution::summary);
            let mut group = sorted(label.filter_map(|(name, value)| Some((name, value?))));
            clip_values(&mut group);
            Group { group, runs: cells.runs, metrics: sorted(metrics.iter().cloned().zip(summaries)) }
        };
        groups.into_iter().map(group).collect()
    }
}
