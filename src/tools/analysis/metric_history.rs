//! `metric_history`

use std::cell::Cell;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::course::{Course, smoothed};
use super::curve::{self, Curve, say};
use super::history::{Histories, History};
use crate::mlflow::Error;
use crate::mlflow::metrics::StepRange;
use crate::mlflow::number::Number;
use crate::mlflow::pages;
use crate::mlflow::runs::Run;
use crate::sorted::set;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, Tool, ToolError, parallel};
use crate::tools::metrics::thin::thin;
use crate::tools::runs::named;

/// The most histories of one call.
const CURVES: usize = 50;

/// See how metrics of several runs developed: a summary of each curve, and an even sample of its points.
///
/// The summary has first, last, min, max and where, slope, plateau, NaN and infinite values. It is of all points up to
/// 2500 of a curve, of longer ones of MLflow's even sample; every_point reads those, too.
#[derive(Deserialize, JsonSchema)]
pub struct MetricHistory {
    /// Run ids, of any experiments.
    run_ids: Vec<String>,
    /// Metrics, for instance ["train/loss", "val/loss"]; at most 50 curves in all.
    metrics: Vec<String>,
    /// First step of a range.
    start_step: Option<i64>,
    /// Last step of a range.
    end_step: Option<i64>,
    /// Points to show of each curve, 0 to 500 (default 20).
    #[serde(default = "default_max_points")]
    #[schemars(range(min = 0, max = 500))]
    max_points: usize,
    /// Show an exponential moving average over about so many points beside the values (default none).
    #[schemars(range(min = 2, max = 10000))]
    smoothing_span: Option<u16>,
    /// Read every point of longer curves for an exact summary: slower (default false).
    #[serde(default)]
    every_point: bool,
}

fn default_max_points() -> usize {
    20
}

impl Tool for MetricHistory {
    const SPEC: Spec = Spec {
        name: "metric_history",
        title: "Compare metric histories",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Histories;

    async fn call(self, cx: &Context<'_>) -> Result<Histories, Failure> {
        let (ids, metrics) = self.curves()?;
        let steps = self.steps()?;
        let runs = named::find(cx, None, &ids).await?;
        let mut wanted = Vec::new();
        let mut notes = Vec::new();
        for run in &runs {
            for metric in &metrics {
                if run.data.metrics.iter().any(|one| one.key == *metric) {
                    wanted.push((run, metric.as_str()));
                } else {
                    notes.push(format!("Run {} has no metric {metric:?}.", run.info.run_id));
                }
            }
        }
        if wanted.is_empty() {
            return Err(nothing(&runs, &metrics).into());
        }
        let end = cx.end();
        let (read, all) = (Cell::new(0), wanted.len());
        let curves = wanted.iter().map(async |(run, metric)| {
            let curve = self.read(cx, &run.info.run_id, metric, steps, end).await?;
            read.set(read.get() + 1);
            say(cx, read.get(), all);
            Ok::<_, Error>(curve)
        });
        let curves = parallel::all(curves).await?;
        Ok(self.answer(cx, wanted.into_iter().zip(curves).collect(), notes))
    }
}

impl MetricHistory {
    /// Each run and metric once.
    fn curves(&self) -> Result<(Vec<String>, Vec<String>), ToolError> {
        let ids = distinct(&self.run_ids, "run_ids", "get_runs lists run ids")?;
        let metrics = distinct(&self.metrics, "metrics", "get_run_metrics lists those of a run")?;
        let many = ids.len() * metrics.len();
        if many > CURVES {
            return Err(ToolError::argument(format!(
                "\"run_ids\" and \"metrics\" make {many} curves, and at most {CURVES} are read at once"
            )));
        }
        Ok((ids, metrics))
    }

    /// MLflow wants both ends or none.
    fn steps(&self) -> Result<Option<StepRange>, ToolError> {
        if self.start_step.is_none() && self.end_step.is_none() {
            return Ok(None);
        }
        let (start, end) = (self.start_step.unwrap_or(i64::MIN), self.end_step.unwrap_or(i64::MAX));
        if start > end {
            let message = format!("argument \"start_step\" is {start}, behind \"end_step\", {end}");
            return Err(ToolError::argument(message));
        }
        Ok(Some(StepRange { start, end }))
    }

    async fn read(
        &self,
        cx: &Context<'_>,
        run_id: &str,
        metric: &str,
        steps: Option<StepRange>,
        end: Duration,
    ) -> Result<Curve, Error> {
        if self.every_point {
            curve::complete(cx, run_id, metric, steps, end).await
        } else {
            curve::sampled(cx, run_id, metric, steps).await
        }
    }

    /// As many curves as fit; those that do not with as many points as were asked for get fewer.
    fn answer(
        &self,
        cx: &Context<'_>,
        curves: Vec<((&Run, &str), Curve)>,
        mut notes: Vec<String>,
    ) -> Histories {
        let all = curves.len();
        let sampled = curves.iter().filter(|(_, curve)| curve.sampled).count();
        let (mut result, mut left, mut fewer) = (Vec::new(), cx.budget, 0);
        for ((run, metric), curve) in curves {
            let url = pages::run(&cx.client.tracking().base, &run.info.experiment_id, &run.info.run_id);
            let mut history = self.history(run, metric, url, &curve);
            let shown = history.steps.len();
            history.within(left.share(all - result.len()));
            fewer += usize::from(history.steps.len() < shown);
            let characters = size(&history) + 1;
            if characters > left.characters() && !result.is_empty() {
                notes.push(format!("{} of {all} curves fit into one answer.", result.len()));
                break;
            }
            left = left.minus(characters);
            result.push(history);
        }
        if fewer > 0 {
            notes.push(format!("{fewer} curves are shown with fewer points than were asked for, to fit."));
        }
        if sampled > 0 {
            let more = if self.every_point {
                "are too long to be read whole"
            } else {
                "are longer: every_point reads all"
            };
            notes
                .push(format!("{sampled} summaries are of 2500 points, evenly chosen; those curves {more}."));
        }
        let truncated = fewer > 0 || result.len() < all;
        Histories { result, truncated, note: (!notes.is_empty()).then(|| notes.join(" ")) }
    }

    fn history(&self, run: &Run, metric: &str, url: String, curve: &Curve) -> History {
        let averages = self.smoothing_span.map_or(Vec::new(), |span| smoothed(curve, span));
        let mut shown: Vec<usize> = (0..curve.points.len()).collect();
        thin(&mut shown, self.max_points);
        let points = || shown.iter().filter_map(|index| curve.points.get(*index));
        History {
            run_id: run.info.run_id.clone(),
            run_name: run.info.run_name.clone(),
            url,
            metric: metric.to_owned(),
            summary: Course::of(curve),
            steps: points().map(|point| point.step).collect(),
            values: points().map(|point| Number(point.value)).collect(),
            smoothed: shown
                .iter()
                .filter_map(|index| averages.get(*index))
                .map(|one| one.map(Number))
                .collect(),
        }
    }
}

/// Each text once.
fn distinct(texts: &[String], argument: &str, hint: &str) -> Result<Vec<String>, ToolError> {
    let mut found: Vec<String> = Vec::new();
    for text in texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        if !found.iter().any(|one| one == text) {
            found.push(text.to_owned());
        }
    }
    match found.is_empty() {
        true => Err(ToolError::argument(format!("argument {argument:?} is empty: {hint}"))),
        false => Ok(found),
    }
}

/// None of the runs has any of the metrics.
pub(super) fn nothing(runs: &[Run], metrics: &[String]) -> ToolError {
    let names = runs.iter().flat_map(|run| &run.data.metrics).map(|metric| metric.key.as_str());
    let names = set(names);
    let unknown = metrics.first().map_or("", String::as_str);
    let hint = match suggestion(unknown, "Metrics of these runs", names) {
        hint if hint.is_empty() => "They have no metrics.".to_owned(),
        hint => hint,
    };
    ToolError::new(Kind::NotFound, format!("none of these runs has a metric {unknown:?}"), hint)
}
