//! `plot_metrics`

use schemars::JsonSchema;
use serde::Deserialize;

use super::grouping::{Label, labels};
use super::plotted::Plotted;
use super::some_runs::SomeRuns;
use super::{plot_bands, plot_dots, plot_lines};
use crate::mcp::types::Image;
use crate::plot::{MOST, Scale};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};

/// Draw metrics of runs as a picture: curves over steps or time, bands over groups of runs, or dots over a param.
///
/// The answer says what was drawn and what was not: NaN and infinite values are gaps.
#[derive(Deserialize, JsonSchema)]
pub struct PlotMetrics {
    /// Metrics, for instance ["train/loss", "val/loss"].
    metrics: Vec<String>,
    #[serde(flatten)]
    pub(super) runs: SomeRuns,
    /// What goes to the right: step (default), time (since a run's first point), or params.NAME for one dot per run.
    #[serde(default = "step")]
    x: String,
    /// Logarithmic; only what is above 0 is drawn (default false).
    #[serde(default)]
    pub(super) log_x: bool,
    /// The same upwards.
    #[serde(default)]
    log_y: bool,
    /// Draw mean and band of the runs that have this in common: params.NAME, tags.NAME or an attribute. Dots are
    /// coloured by it.
    group_by: Option<String>,
    /// What the band shows: min_max (default) or std, the standard deviation around the mean.
    #[serde(default)]
    pub(super) band: Band,
}

fn step() -> String {
    "step".to_owned()
}

/// What a band shows.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Band {
    /// All runs.
    #[default]
    MinMax,
    /// Mean and deviation.
    Std,
}

/// What curves are drawn over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Step,
    Time,
}

impl Tool for PlotMetrics {
    const SPEC: Spec = Spec {
        name: "plot_metrics",
        title: "Plot metrics",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Plotted;

    async fn call(self, cx: &Context<'_>) -> Result<Plotted, Failure> {
        let metrics = self.metrics()?;
        self.runs.check()?;
        let group = self.group()?;
        let drawing = match (self.over()?, &group) {
            (Ok(over), None) => plot_lines::draw(cx, &self, &metrics, over).await?,
            (Ok(over), Some(label)) => plot_bands::draw(cx, &self, &metrics, over, label).await?,
            (Err(param), label) => match metrics.as_slice() {
                [metric] => plot_dots::draw(cx, &self, metric, param, label.as_ref()).await?,
                many => {
                    return Err(ToolError::argument(format!(
                        "argument \"metrics\" has {} names, and over {:?} one metric is drawn at a time",
                        many.len(),
                        self.x
                    ))
                    .into());
                }
            },
        };
        Ok(drawing.plotted(cx.budget))
    }

    fn images(output: &mut Plotted) -> Vec<Image> {
        output.image.take().into_iter().collect()
    }
}

impl PlotMetrics {
    /// The names, each once.
    fn metrics(&self) -> Result<Vec<String>, ToolError> {
        let mut found: Vec<String> = Vec::new();
        for name in self.metrics.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            if !found.iter().any(|one| one == name) {
                found.push(name.to_owned());
            }
        }
        match found.len() {
            0 => Err(ToolError::argument(
                "argument \"metrics\" is empty: get_run_metrics lists those of a run",
            )),
            1..=MOST => Ok(found),
            many => Err(ToolError::argument(format!(
                "argument \"metrics\" has {many} names, and at most {MOST} curves can be told from each other"
            ))),
        }
    }

    /// What the curves are drawn over, or the param that the dots are.
    fn over(&self) -> Result<Result<Over, &str>, ToolError> {
        let x = self.x.trim();
        match x.strip_prefix("params.").map(|name| name.trim_matches('`')) {
            Some(name) if !name.is_empty() => Ok(Err(name)),
            _ if x == "step" => Ok(Ok(Over::Step)),
            _ if x == "time" => Ok(Ok(Over::Time)),
            _ => Err(ToolError::argument(format!(
                "argument \"x\" is {x:?}: write step, time, or params.{} for a param",
                if x.is_empty() { "NAME" } else { x }
            ))),
        }
    }

    fn group(&self) -> Result<Option<Label>, ToolError> {
        let text = self.group_by.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Ok(match text {
            Some(text) => labels(&[text.to_owned()])?.into_iter().next(),
            None => None,
        })
    }

    /// How groups are named: `params.lr` is `lr`.
    pub(super) fn group_name(&self) -> &str {
        let text = self.group_by.as_deref().unwrap_or_default().trim();
        text.split_once('.').map_or(text, |(_, name)| name).trim_matches('`')
    }

    /// Of the values.
    pub(super) fn y_scale(&self) -> Scale {
        scale(self.log_y)
    }

    /// Of steps, times and numbers.
    pub(super) fn x_scale(&self, whole: bool) -> Scale {
        if whole && !self.log_x { Scale::Whole } else { scale(self.log_x) }
    }
}

fn scale(log: bool) -> Scale {
    if log { Scale::Log } else { Scale::Linear }
}
