//! What a picture shows, in words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Serialize;

use crate::mcp::types::Image;
use crate::mlflow::number::Number;
use crate::mlflow::pages;
use crate::mlflow::runs::Run;
use crate::plot::{Axis, Chart, Scale, Series, color};
use crate::statistics::Kind;
use crate::tool::absent::{is_false, is_zero};
use crate::tool::cut::clip;
use crate::tool::{Budget, Context};

/// A picture, which comes beside this, and what it shows.
#[derive(Serialize, JsonSchema)]
pub struct Plotted {
    /// `lines`, `bands` or `dots`.
    pub kind: &'static str,
    /// To the right.
    pub x: Shown,
    /// Upwards.
    pub y: Shown,
    /// What is drawn, in the order of the legend.
    pub result: Vec<Drawn>,
    /// Curves, or runs where there are dots, that were asked for and are not drawn.
    pub left_out: usize,
    /// Width and height of the picture in pixels.
    pub pixels: [usize; 2],
    /// Entries of `result` are left out because the answer would be too long.
    pub truncated: bool,
    /// What to know about the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip)]
    pub(super) image: Option<Image>,
}

/// An axis.
#[derive(Serialize, JsonSchema)]
pub struct Shown {
    /// As it stands there.
    pub title: String,
    /// `linear`, `log` or `names`.
    pub scale: &'static str,
    /// The lowest that is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Number>,
    /// The highest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
}

/// A curve, or dots of one color.
#[derive(Default, Serialize, JsonSchema)]
pub struct Drawn {
    /// As in the legend.
    pub label: String,
    /// Its color there.
    pub color: &'static str,
    /// The metric.
    pub metric: String,
    /// The run of a curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The run's page in MLflow, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How many runs a band or the dots are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<usize>,
    /// Points that are drawn.
    pub points: usize,
    /// The lowest of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Number>,
    /// The highest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
    /// Of dots, the run of the lowest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_run: Option<Dot>,
    /// The run of the highest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_run: Option<Dot>,
    /// Values that are NaN.
    #[serde(skip_serializing_if = "is_zero")]
    pub nan: usize,
    /// Values that are infinite.
    #[serde(skip_serializing_if = "is_zero")]
    pub infinite: usize,
    /// Points at or below zero, for which a logarithmic axis has no place.
    #[serde(skip_serializing_if = "is_zero")]
    pub not_on_log: usize,
    /// Whether the points are an even sample of more.
    #[serde(skip_serializing_if = "is_false")]
    pub sampled: bool,
}

/// The run of a dot.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Dot {
    /// The run.
    pub run_id: String,
    /// The param.
    pub x: String,
    /// Its page in MLflow, for people.
    pub url: String,
}

/// A chart with what is to be said of it.
pub(super) struct Drawing {
    pub(super) kind: &'static str,
    pub(super) chart: Chart,
    pub(super) drawn: Vec<Drawn>,
    pub(super) left_out: usize,
    pub(super) notes: Vec<String>,
}

impl Drawing {
    pub(super) fn new(kind: &'static str, x: Axis, y: Axis) -> Self {
        let chart = Chart { x, y, series: Vec::new() };
        Self { kind, chart, drawn: Vec::new(), left_out: 0, notes: Vec::new() }
    }

    /// Takes one more series, and counts what of it is drawn.
    pub(super) fn add(&mut self, series: Series, mut drawn: Drawn) {
        // What has no place to the right either is a gap, and nobody's value.
        for [x, y] in series.points.iter().filter(|[x, _]| !x.is_nan()) {
            match Kind::of(*y) {
                Kind::Nan => drawn.nan += 1,
                Kind::Infinite => drawn.infinite += 1,
                Kind::Finite if self.chart.x.scale.shows(*x) && self.chart.y.scale.shows(*y) => {
                    drawn.points += 1;
                    let than = |end: Option<Number>| end.map_or(*y, |Number(end)| end);
                    drawn.min = Some(Number(than(drawn.min).min(*y)));
                    drawn.max = Some(Number(than(drawn.max).max(*y)));
                }
                Kind::Finite => drawn.not_on_log += 1,
            }
        }
        drawn.color = color(self.chart.series.len());
        drawn.label.clone_from(&series.label);
        clip(&mut drawn.label);
        self.chart.series.push(series);
        self.drawn.push(drawn);
    }

    /// The answer.
    pub(super) fn plotted(mut self, budget: Budget) -> Plotted {
        // The largest double stands for infinity.
        for series in &mut self.chart.series {
            for [_, y] in series.points.iter_mut().filter(|[_, y]| Kind::of(*y) != Kind::Finite) {
                *y = f64::NAN;
            }
        }
        let picture = self.chart.draw();
        let sampled = self.drawn.iter().filter(|one| one.sampled).count();
        if sampled > 0 {
            self.notes.push(format!(
                "{sampled} of the curves are even samples of longer ones: a single odd point between may be missing."
            ));
        }
        if self.drawn.iter().any(|one| one.not_on_log > 0) {
            self.notes.push(
                "not_on_log counts points at or below zero, which a logarithmic axis cannot show.".to_owned(),
            );
        }
        if picture.unknown_letters {
            self.notes
                .push("Letters that the picture's font does not have are question marks in it.".to_owned());
        }
        let all = self.drawn.len();
        self.drawn.truncate(budget.fitting(&self.drawn).max(1));
        let series = &self.chart.series;
        let of = |which: fn(&[f64; 2]) -> f64| -> Vec<f64> {
            let shows = |at: &&[f64; 2]| self.chart.x.scale.shows(at[0]) && self.chart.y.scale.shows(at[1]);
            series.iter().flat_map(|one| one.points.iter().filter(shows).map(which)).collect()
        };
        let (across, mut up) = (of(|at| at[0]), of(|at| at[1]));
        let ends = series.iter().flat_map(|one| one.band.iter().flat_map(|[_, low, high]| [*low, *high]));
        up.extend(ends.filter(|end| self.chart.y.scale.shows(*end)));
        Plotted {
            kind: self.kind,
            x: Shown::of(&self.chart.x, &across),
            y: Shown::of(&self.chart.y, &up),
            truncated: self.drawn.len() < all,
            result: self.drawn,
            left_out: self.left_out,
            pixels: [picture.width, picture.height],
            note: (!self.notes.is_empty()).then(|| self.notes.join(" ")),
            image: Some(Image { data: STANDARD.encode(&picture.png), mime_type: "image/png" }),
        }
    }
}

impl Shown {
    fn of(axis: &Axis, values: &[f64]) -> Self {
        let scale = match axis.scale {
            Scale::Linear | Scale::Whole => "linear",
            Scale::Log => "log",
            Scale::Names(_) => "names",
        };
        let end = |better: fn(f64, f64) -> f64| {
            values.iter().copied().reduce(better).filter(|_| scale != "names").map(Number)
        };
        let mut title = axis.title.clone();
        clip(&mut title);
        Self { title, scale, min: end(f64::min), max: end(f64::max) }
    }
}

/// A run's page.
pub(super) fn url(cx: &Context<'_>, run: &Run) -> String {
    pages::run(&cx.client.tracking().base, &run.info.experiment_id, &run.info.run_id)
}
