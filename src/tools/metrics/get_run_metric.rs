//! `get_run_metric`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::thin::thin;
use crate::mlflow::metrics::{MAX_SAMPLED, StepRange, history, sampled};
use crate::mlflow::number::Number;
use crate::mlflow::page::Position;
use crate::mlflow::runs::{self, Metric};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, Listing, Tool, ToolError, listing};

/// Get how one metric of a run developed: step, time and value of each point.
///
/// A long history is down-sampled evenly to max_points, first and last point included, and the answer says so.
/// Zoom in with start_step and end_step, or set sample to false to page through every single point.
#[derive(Deserialize, JsonSchema)]
pub struct GetRunMetric {
    /// The run's 32 hex digits.
    #[schemars(length(min = 1))]
    run_id: String,
    /// The metric, for instance val/loss; get_run_metrics lists them.
    #[schemars(length(min = 1))]
    metric_name: String,
    /// How many points at most, 2 to 1250 (default 200).
    #[serde(default = "default_max_points")]
    #[schemars(range(min = 2, max = 1250))]
    max_points: usize,
    /// First step of a range; needs end_step.
    start_step: Option<i64>,
    /// Last step of a range; needs start_step.
    end_step: Option<i64>,
    /// False for every point, in pages of max_points (default true).
    #[serde(default = "default_sample")]
    sample: bool,
    /// With sample false, to go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn default_max_points() -> usize {
    200
}

fn default_sample() -> bool {
    true
}

/// A metric's history, or what is shown of it.
#[derive(Serialize, JsonSchema)]
pub struct History {
    /// The points, in the order they were logged.
    #[serde(flatten)]
    pub points: Listing<Point>,
    /// Whether points between the shown ones are left out.
    pub sampled: bool,
}

/// One value.
#[derive(Serialize, JsonSchema)]
pub struct Point {
    /// The step.
    pub step: i64,
    /// Epoch milliseconds.
    pub timestamp: i64,
    /// The value; "NaN" where MLflow has that.
    pub value: Number,
}

impl Tool for GetRunMetric {
    const SPEC: Spec = Spec {
        name: "get_run_metric",
        title: "Get metric history",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = History;

    async fn call(mut self, cx: &Context<'_>) -> Result<History, Failure> {
        self.run_id = self.run_id.trim().to_owned();
        if !self.sample {
            return self.every_point(cx).await;
        }
        if self.page_token.is_some() {
            return Err(ToolError::argument("argument \"page_token\" needs \"sample\": false").into());
        }
        self.sampled(cx).await
    }
}

impl GetRunMetric {
    async fn sampled(self, cx: &Context<'_>) -> Result<History, Failure> {
        let steps = match (self.start_step, self.end_step) {
            (None, None) => None,
            (Some(start), Some(end)) if start <= end => Some(StepRange { start, end }),
            (Some(start), Some(end)) => {
                return Err(ToolError::argument(format!(
                    "argument \"start_step\" is {start}, behind \"end_step\", {end}"
                ))
                .into());
            }
            _ => return Err(ToolError::argument("\"start_step\" and \"end_step\" go together").into()),
        };
        // Twice as many as wanted, less one: if no more than wanted come, that is the whole history, and if
        // all come, every other one is an even sample that keeps both ends. So what the answer says of
        // itself is true, at the cost of one request.
        let asked = (2 * self.max_points - 1).min(MAX_SAMPLED);
        let mut found = sampled(&cx.client, &self.run_id, &self.metric_name, asked, steps).await?;
        if found.is_empty() {
            self.require_metric(cx).await?;
        }
        let fitting = cx.budget.fitting(&found.iter().map(Point::from).collect::<Vec<_>>());
        let wanted = self.max_points.min(fitting).max(2);
        let sampled = found.len() > wanted;
        thin(&mut found, wanted);
        let mut points = Listing::complete(found.iter().map(Point::from).collect());
        points.truncated = fitting < self.max_points && sampled;
        if sampled {
            points.note = Some(
                "An even sample of a longer history: start_step and end_step show a part of it more closely, \
                 \"sample\": false every point."
                    .to_owned(),
            );
        } else if points.result.is_empty() {
            points.note = Some("The metric has no point in this range of steps.".to_owned());
        }
        Ok(History { points, sampled })
    }

    async fn every_point(self, cx: &Context<'_>) -> Result<History, Failure> {
        if self.start_step.is_some() || self.end_step.is_some() {
            let message =
                "\"start_step\" and \"end_step\" need \"sample\": true: MLflow cannot page through a range";
            return Err(ToolError::argument(message).into());
        }
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let page = history(&cx.client, &self.run_id, &self.metric_name, self.max_points, &from).await?;
        if page.rows.is_empty() && from == Position::default() {
            self.require_metric(cx).await?;
        }
        let points = Listing::of_page(page.map(|metric| Point::from(&metric)), cx.budget);
        Ok(History { points, sampled: false })
    }

    /// MLflow answers an unknown run or metric with no points; a model would take that for a finding.
    async fn require_metric(&self, cx: &Context<'_>) -> Result<(), Failure> {
        let run = runs::get(&cx.client, &self.run_id).await?;
        let mut names = run.data.metrics.iter().map(|metric| metric.key.as_str());
        if names.clone().any(|name| name == self.metric_name) {
            return Ok(());
        }
        let hint = match names.next() {
            None => "The run has no metrics.".to_owned(),
            Some(first) => {
                suggestion(&self.metric_name, "Metrics of the run", std::iter::once(first).chain(names))
            }
        };
        let message = format!("run {} has no metric named {:?}", self.run_id, self.metric_name);
        Err(ToolError::new(Kind::NotFound, message, hint).into())
    }
}

impl From<&Metric> for Point {
    fn from(metric: &Metric) -> Self {
        Self { step: metric.step, timestamp: metric.timestamp, value: metric.value }
    }
}
