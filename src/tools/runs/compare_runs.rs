//! `compare_runs`

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::differences::{MetricRow, ParamRow, datasets, metrics, params, tags};
use super::named::find;
use super::record::RunRecord;
use super::shape::{Format, Row, Selection, Shape};
use crate::mlflow::runs::Run;
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::{Budget, Context, Failure, Tool, ToolError};

/// The most runs that are compared.
const MOST: usize = 100;

/// Compare runs: which params differ, and how each metric differs from the first run's.
///
/// Lists are in the order of `runs`, the first of which is the baseline. Runs of other experiments can be compared too.
#[derive(Deserialize, JsonSchema)]
pub struct CompareRuns {
    /// The experiment of the runs.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// Up to 100 run ids, the baseline first.
    run_ids: Vec<String>,
    /// Show also where tags differ, and which data sets each run read.
    #[serde(default)]
    include: Vec<Include>,
    #[serde(flatten)]
    shape: Shape,
}

/// What else is compared.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Include {
    Tags,
    Datasets,
}

/// What is the same and what is not.
#[derive(Default, Serialize, JsonSchema)]
pub struct Comparison {
    /// The runs, in the order asked for.
    pub runs: Vec<Row>,
    /// Names of all metrics that any of them has.
    pub all_metrics: Vec<String>,
    /// Names of all parameters that any of them has.
    pub all_params: Vec<String>,
    /// Metrics in numbers, by name.
    pub metric_differences: BTreeMap<String, MetricRow>,
    /// Parameters that differ: name to the values in the order of `runs`, null where a run does not have it.
    pub differing_params: BTreeMap<String, ParamRow>,
    /// Parameters that are the same in all.
    pub same_params: BTreeMap<String, String>,
    /// If asked for, tags that differ, as parameters do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differing_tags: Option<BTreeMap<String, ParamRow>>,
    /// If asked for, data sets as name and digest: what each run read it for, null if it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datasets: Option<BTreeMap<String, ParamRow>>,
    /// The experiments of the runs, in their order, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<String>,
    /// Something is left out because the answer would be too long; `note` says what.
    pub truncated: bool,
    /// What to know about this comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for CompareRuns {
    const SPEC: Spec = Spec {
        name: "compare_runs",
        title: "Compare runs",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Comparison;

    async fn call(self, cx: &Context<'_>) -> Result<Comparison, Failure> {
        let ids = self.ids()?;
        let selection = self.shape.selection(Format::Concise)?;
        let runs = find(cx, Some(&self.experiment_id), &ids).await?;
        let strangers = runs.iter().filter(|run| run.info.experiment_id != self.experiment_id).count();
        let mut comparison = Comparison::of(&runs, &self.include);
        let notes = comparison.fill(runs, &selection, cx.budget);
        let elsewhere = (strangers > 0).then(|| {
            format!("{strangers} of the runs are of other experiments than {:?}.", self.experiment_id)
        });
        let notes: Vec<String> = elsewhere.into_iter().chain(notes).collect();
        comparison.note = (!notes.is_empty()).then(|| notes.join(" "));
        Ok(comparison)
    }
}

impl CompareRuns {
    /// The ids, each once; one text may hold several, with commas between.
    fn ids(&self) -> Result<Vec<String>, ToolError> {
        let mut seen = BTreeSet::new();
        let each = self.run_ids.iter().flat_map(|text| text.split([',', ' ', '\n'])).map(str::trim);
        let ids: Vec<String> =
            each.filter(|id| !id.is_empty() && seen.insert(*id)).map(str::to_owned).collect();
        match ids.len() {
            0 => Err(ToolError::argument("argument \"run_ids\" names no run: get_runs lists run ids")),
            1..=MOST => Ok(ids),
            many => Err(ToolError::argument(format!(
                "argument \"run_ids\" names {many} runs, and at most {MOST} can be compared"
            ))),
        }
    }
}

impl Comparison {
    /// The tables, without the runs.
    fn of(runs: &[Run], include: &[Include]) -> Self {
        let (metric_differences, params) = (metrics(runs), params(runs));
        let tags = include.contains(&Include::Tags).then(|| tags(runs));
        let several = runs.windows(2).any(|pair| pair[0].info.experiment_id != pair[1].info.experiment_id);
        let experiments = runs.iter().filter(|_| several).map(|run| run.info.experiment_id.clone());
        Self {
            all_metrics: metric_differences.keys().cloned().collect(),
            all_params: params.keys().cloned().collect(),
            metric_differences,
            differing_tags: tags.map(|tags| sorted(tags.into_iter().filter(|(_, row)| row.same().is_none()))),
            datasets: include.contains(&Include::Datasets).then(|| datasets(runs)),
            experiment_ids: experiments.collect(),
            same_params: sorted(params.iter().filter_map(|(name, row)| Some((name.clone(), row.same()?)))),
            differing_params: sorted(params.into_iter().filter(|(_, row)| row.same().is_none())),
            ..Self::default()
        }
    }

    /// Puts in the runs, and keeps all within the budget; sentences about what is left out.
    ///
    /// The tables, which say what was asked, may take two thirds; then come the runs with what is left.
    fn fill(&mut self, runs: Vec<Run>, selection: &Selection, budget: Budget) -> Vec<String> {
        let mut notes = Vec::new();
        let mut left = budget.minus(budget.share(3).characters());
        cut_list(&mut self.all_metrics, &mut left, "all_metrics", &mut notes);
        cut_list(&mut self.all_params, &mut left, "all_params", &mut notes);
        cut(&mut self.metric_differences, &mut left, "metric_differences", &mut notes);
        cut(&mut self.differing_params, &mut left, "differing_params", &mut notes);
        let [tags, datasets] = [&mut self.differing_tags, &mut self.datasets];
        for (table, name) in [(tags, "differing_tags"), (datasets, "datasets")] {
            if let Some(table) = table {
                cut(table, &mut left, name, &mut notes);
            }
        }
        cut(&mut self.same_params, &mut left, "same_params", &mut notes);
        let mut left = Budget::of_items(left.characters() + budget.share(3).characters());
        let all = runs.len();
        for (index, run) in runs.into_iter().enumerate() {
            let record = selection.of(RunRecord::from(run)).within(left.share(all - index));
            let row = selection.row(&record);
            let characters = size(&row) + 1;
            if characters > left.characters() && index > 0 {
                notes.push(format!(
                    "Only the first {index} of {all} runs are shown: compare fewer at a time."
                ));
                break;
            }
            left = left.minus(characters);
            self.runs.push(row);
        }
        self.truncated = !notes.is_empty();
        notes
    }
}

/// Keeps the entries that fit.
fn cut<V: Serialize>(
    table: &mut BTreeMap<String, V>,
    left: &mut Budget,
    name: &str,
    notes: &mut Vec<String>,
) {
    let all = table.len();
    let mut used = 0;
    let fitting = table
        .iter()
        .take_while(|(name, value)| {
            used += size(name) + size(value) + 2;
            used <= left.characters()
        })
        .count();
    if fitting < all {
        *table = sorted(std::mem::take(table).into_iter().take(fitting));
        notes.push(format!("{name} has {fitting} of {all} entries."));
    }
    *left = left.minus(used);
}

fn cut_list(list: &mut Vec<String>, left: &mut Budget, name: &str, notes: &mut Vec<String>) {
    let gone = left.keep(list);
    if gone > 0 {
        notes.push(format!("{name} has {} of {} names.", list.len(), list.len() + gone));
    }
    *left = left.minus(size(list));
}
