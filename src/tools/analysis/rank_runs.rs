//! `rank_runs`

use std::cmp::Ordering;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::among::Among;
use super::best_steps::best_steps;
use super::criterion::Criterion;
use super::leaders::{Contender, Field, leaders};
use crate::mlflow::number::Number;
use crate::mlflow::pages;
use crate::mlflow::runs::Search;
use crate::sorted::{sort, sorted};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::runs::record::RunRecord;
use crate::tools::runs::shape::{Format, Row, Selection, Shape};

/// The most metrics to rank by.
const CRITERIA: usize = 5;

/// About how many characters rank, values and address take of each run.
const RANK: usize = 250;

/// Rank runs by one or several metrics: the best k, with ties.
///
/// Only active FINISHED runs with a finite value of each of the metrics count. Of a metric logged over steps the last
/// value counts, with best_step the best.
#[derive(Deserialize, JsonSchema)]
pub struct RankRuns {
    #[serde(flatten)]
    among: Among,
    /// Metrics, the most important first: ["val/auc DESC", "latency ASC"]. The next breaks ties of the one before.
    /// Without a word of direction the highest is best.
    order_by: Vec<String>,
    /// How many (default 10).
    #[serde(default = "default_k")]
    #[schemars(range(min = 1, max = 100))]
    k: usize,
    /// Rank by each run's best value over its steps; reads histories, 500 at most (default false).
    #[serde(default)]
    best_step: bool,
    /// Runs that are not FINISHED, too (default false).
    #[serde(default)]
    unfinished: bool,
    /// What to show of each run besides.
    #[serde(default = "default_fields")]
    fields: Vec<String>,
}

fn default_k() -> usize {
    10
}

fn default_fields() -> Vec<String> {
    ["run_name", "params"].map(str::to_owned).to_vec()
}

/// The best, in order.
#[derive(Serialize, JsonSchema)]
pub struct Ranking {
    /// The runs; equally good ones have the same rank, the newest first.
    pub result: Vec<Place>,
    /// How many runs that are not shown are as good as the last that is.
    pub tied_behind: usize,
    /// Runs that were asked for are left out because the answer would be too long.
    pub truncated: bool,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A run and how good it is.
#[derive(Serialize, JsonSchema)]
pub struct Place {
    /// From 1; after two of rank 1 comes 3.
    pub rank: usize,
    /// The values that it is ranked by, by metric.
    pub values: BTreeMap<String, Number>,
    /// The steps of those values.
    pub steps: BTreeMap<String, i64>,
    /// What was asked for of the run.
    #[serde(flatten)]
    pub run: Row,
    /// Its page in MLflow, for people.
    pub url: String,
}

impl Tool for RankRuns {
    const SPEC: Spec = Spec {
        name: "rank_runs",
        title: "Rank runs",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Ranking;

    async fn call(self, cx: &Context<'_>) -> Result<Ranking, Failure> {
        let criteria = self.criteria()?;
        let selection =
            Shape { fields: self.fields.clone(), response_format: None }.selection(Format::Concise)?;
        let ids = self.among.experiment_ids()?;
        let search = Search { experiment_ids: &ids, ..Search::default() };
        let conditions = self.conditions(&criteria);
        let field = if self.best_step {
            best_steps(cx, search, &conditions, &criteria).await?
        } else {
            leaders(cx, search, &conditions, &criteria, self.k).await?
        };
        if field.contenders.is_empty() {
            let metrics: Vec<&str> = criteria.iter().map(|criterion| criterion.metric.as_str()).collect();
            return Err(self.among.explain(cx, &ids, &metrics).await);
        }
        Ok(self.rank(cx, field, &criteria, &selection))
    }
}

impl RankRuns {
    fn criteria(&self) -> Result<Vec<Criterion>, ToolError> {
        if !(1..=CRITERIA).contains(&self.order_by.len()) {
            return Err(ToolError::argument(format!(
                "argument \"order_by\" has {} metrics: name 1 to {CRITERIA}, for instance \"val/auc DESC\"",
                self.order_by.len()
            )));
        }
        self.order_by.iter().map(|text| Criterion::parse(text)).collect()
    }

    /// The filter for runs that count.
    fn conditions(&self, criteria: &[Criterion]) -> String {
        let values =
            |criterion| if self.best_step { Criterion::present(criterion) } else { criterion.finite() };
        let mut conditions: Vec<String> = criteria.iter().map(values).collect();
        if !self.unfinished {
            conditions.push("attributes.status = 'FINISHED'".to_owned());
        }
        conditions.extend(self.among.filter().map(str::to_owned));
        conditions.join(" AND ")
    }

    /// The places, and how many share the last.
    fn rank(&self, cx: &Context<'_>, field: Field, criteria: &[Criterion], selection: &Selection) -> Ranking {
        let Field { mut contenders, complete, note } = field;
        sort(&mut contenders, |a, b| compare(criteria, a, b).then_with(|| newer(a, b)).is_lt());
        let ranks = ranks(criteria, &contenders);
        let last = ranks.get(self.k - 1);
        let tied_behind = ranks.iter().skip(self.k).filter(|rank| Some(*rank) == last).count();
        let mut notes: Vec<String> = note.into_iter().collect();
        if !complete && last.is_some() && ranks.last() == last {
            notes.push(format!(
                "There are at least {tied_behind} runs that tie with the last: not all were looked at."
            ));
        }
        let places = contenders.len().min(self.k);
        let mut result = Vec::new();
        let mut left = cx.budget;
        for (contender, rank) in contenders.into_iter().zip(ranks).take(places) {
            let run = RunRecord::from(contender.run);
            let url = pages::run(&cx.client.tracking().base, &run.experiment_id, &run.run_id);
            let row = selection.row(&selection.of(run).within(left.share(places - result.len()).minus(RANK)));
            let named = || criteria.iter().map(|criterion| criterion.metric.clone()).zip(&contender.marks);
            let values = sorted(named().map(|(name, mark)| (name, Number(mark.0))));
            let steps = sorted(named().map(|(name, mark)| (name, mark.1)));
            let place = Place { rank, values, steps, run: row, url };
            let characters = size(&place) + 1;
            if characters > left.characters() && !result.is_empty() {
                notes.push(format!("{} of {places} runs fit into one answer.", result.len()));
                break;
            }
            left = left.minus(characters);
            result.push(place);
        }
        let truncated = result.len() < places;
        Ranking { result, tied_behind, truncated, note: (!notes.is_empty()).then(|| notes.join(" ")) }
    }
}

/// The better run first.
fn compare(criteria: &[Criterion], one: &Contender, other: &Contender) -> Ordering {
    let marks = criteria.iter().zip(one.marks.iter().zip(&other.marks));
    marks.fold(Ordering::Equal, |order, (criterion, (one, other))| {
        order.then_with(|| criterion.compare(one.0, other.0))
    })
}

/// The newer run first.
fn newer(one: &Contender, other: &Contender) -> Ordering {
    let (one, other) = (&one.run.info, &other.run.info);
    other.start_time.cmp(&one.start_time).then_with(|| one.run_id.cmp(&other.run_id))
}

/// The ranks of runs in order: one more than there are better ones.
fn ranks(criteria: &[Criterion], contenders: &[Contender]) -> Vec<usize> {
    let mut ranks: Vec<usize> = Vec::new();
    for (index, contender) in contenders.iter().enumerate() {
        let before =
            index.checked_sub(1).and_then(|index| Some((contenders.get(index)?, *ranks.get(index)?)));
        ranks.push(match before {
            Some((before, rank)) if compare(criteria, before, contender).is_eq() => rank,
            _ => index + 1,
        });
    }
    ranks
}
