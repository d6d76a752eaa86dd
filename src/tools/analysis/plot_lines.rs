//! Curves of runs over steps or time.

use std::cell::Cell;

use super::curve::{self, Curve, say};
use super::plot_metrics::{Over, PlotMetrics};
use super::plotted::{Drawing, Drawn, url};
use super::some_runs::Found;
use crate::mlflow::Error;
use crate::mlflow::runs::Run;
use crate::plot::{Axis, MOST, Series};
use crate::tool::{Context, Failure, parallel};

/// Points that are read of a curve: more than the picture has pixels across.
const POINTS: usize = 1_000;

/// Digits of a run id that tell runs of one name from each other.
const SHORT: usize = 8;

/// A run, a metric of it, and the points.
pub(super) type Read<'a> = (&'a Run, &'a str, Curve);

pub(super) async fn draw(
    cx: &Context<'_>,
    plot: &PlotMetrics,
    metrics: &[String],
    over: Over,
) -> Result<Drawing, Failure> {
    let found = plot.runs.find(cx).await?;
    let (wanted, mut notes) = curves(&found, metrics, MOST);
    if wanted.is_empty() {
        return Err(plot.runs.explain(cx, &found, metrics).await);
    }
    let drawn: Vec<(&Run, &str)> = wanted.iter().copied().take(MOST).collect();
    let left_out = wanted.len() - drawn.len();
    let (read, late) = read(cx, drawn, POINTS).await?;
    let (unit, title) = time_or_step(over, &read);
    let mut drawing = Drawing::new(
        "lines",
        Axis { title, scale: plot.x_scale(over == Over::Step) },
        Axis { title: metrics.join(", "), scale: plot.y_scale() },
    );
    let labels = Labels::of(&read, metrics.len());
    for (run, metric, curve) in &read {
        let series = Series {
            label: labels.of_curve(run, metric),
            points: points(curve, over, start(&read, run), unit),
            ..Series::default()
        };
        let drawn = Drawn {
            metric: (*metric).to_owned(),
            run_id: Some(run.info.run_id.clone()),
            url: Some(url(cx, run)),
            sampled: curve.sampled,
            ..Drawn::default()
        };
        drawing.add(series, drawn);
    }
    drawing.left_out = left_out + late;
    if left_out > 0 {
        notes.push(format!(
            "{left_out} further curves are not drawn: no more than {MOST} can be told from each other."
        ));
    }
    notes.extend(too_late(late));
    drawing.notes = notes;
    Ok(drawing)
}

/// The runs with each of the metrics that they have, and what to say of it.
pub(super) fn curves<'a>(
    found: &'a Found,
    metrics: &'a [String],
    most: usize,
) -> (Vec<(&'a Run, &'a str)>, Vec<String>) {
    let has = |run: &Run, metric: &str| run.data.metrics.iter().any(|one| one.key == metric);
    let mut notes = Vec::new();
    for metric in metrics {
        let without = found.runs.iter().filter(|run| !has(run, metric)).count();
        if without > 0 {
            notes.push(format!("{without} of {} runs have no metric {metric:?}.", found.runs.len()));
        }
    }
    let each = |run: &'a Run| {
        metrics.iter().filter(|metric| has(run, metric)).map(move |metric| (run, metric.as_str()))
    };
    let wanted: Vec<(&Run, &str)> = found.runs.iter().flat_map(each).collect();
    if found.more && wanted.len() <= most {
        notes.push(format!("Only the newest {} runs that match were looked at.", found.runs.len()));
    }
    (wanted, notes)
}

/// The histories, and how many there was no time for.
pub(super) async fn read<'a>(
    cx: &Context<'_>,
    wanted: Vec<(&'a Run, &'a str)>,
    points: usize,
) -> Result<(Vec<Read<'a>>, usize), Error> {
    let (end, all, done) = (cx.end(), wanted.len(), Cell::new(0));
    let curves = wanted.into_iter().map(async |(run, metric)| {
        if cx.clock.now() >= end {
            return Ok(None);
        }
        let curve = curve::at_most(cx, &run.info.run_id, metric, points, None).await?;
        done.set(done.get() + 1);
        say(cx, done.get(), all);
        Ok::<_, Error>(Some((run, metric, curve)))
    });
    let read: Vec<Read<'_>> = parallel::all(curves).await?.into_iter().flatten().collect();
    let late = all - read.len();
    Ok((read, late))
}

pub(super) fn too_late(late: usize) -> Option<String> {
    (late > 0).then(|| format!("{late} curves were not read, since a call may not take longer."))
}

/// When the first of the run's points was logged, in epoch milliseconds.
pub(super) fn start(read: &[Read<'_>], run: &Run) -> i64 {
    let of_run = read.iter().filter(|(one, ..)| one.info.run_id == run.info.run_id);
    of_run.flat_map(|(.., curve)| &curve.points).map(|point| point.timestamp).min().unwrap_or(0)
}

/// Milliseconds, or steps, of one on the axis, and what it is called.
pub(super) fn time_or_step(over: Over, read: &[Read<'_>]) -> (f64, String) {
    if over == Over::Step {
        return (1.0, "step".to_owned());
    }
    let longest = read
        .iter()
        .flat_map(|(run, _, curve)| {
            let start = start(read, run);
            curve.points.iter().map(move |point| point.timestamp.saturating_sub(start))
        })
        .max()
        .unwrap_or(0);
    let (unit, name) = match longest / 1_000 {
        ..=180 => (1e3, "seconds"),
        181..=10_800 => (6e4, "minutes"),
        10_801..=259_200 => (3.6e6, "hours"),
        _ => (8.64e7, "days"),
    };
    (unit, format!("{name} since the first point"))
}

/// Where the points go.
#[expect(clippy::cast_precision_loss, reason = "nobody sees the 54th bit of a step in a picture")]
pub(super) fn points(curve: &Curve, over: Over, start: i64, unit: f64) -> Vec<[f64; 2]> {
    let x = |point: &curve::Point| match over {
        Over::Step => point.step as f64,
        Over::Time => point.timestamp.saturating_sub(start) as f64 / unit,
    };
    curve.points.iter().map(|point| [x(point), point.value]).collect()
}

/// What curves are called: by what differs between them.
struct Labels<'a> {
    read: &'a [Read<'a>],
    one_run: bool,
    metrics: usize,
}

impl<'a> Labels<'a> {
    fn of(read: &'a [Read<'a>], metrics: usize) -> Self {
        let first = read.first().map(|(run, ..)| &run.info.run_id);
        Self { read, one_run: read.iter().all(|(run, ..)| Some(&run.info.run_id) == first), metrics }
    }

    fn of_curve(&self, run: &Run, metric: &str) -> String {
        let info = &run.info;
        let alike = |one: &&Read<'_>| {
            let other = &one.0.info;
            other.run_name == info.run_name && other.run_id != info.run_id
        };
        let short = info.run_id.get(..SHORT).unwrap_or(&info.run_id);
        let name = match info.run_name.trim() {
            "" => short.to_owned(),
            name if self.read.iter().any(|one| alike(&one)) => format!("{name} ({short})"),
            name => name.to_owned(),
        };
        match (self.metrics, self.one_run) {
            (1, _) => name,
            (_, true) => metric.to_owned(),
            _ => format!("{name}: {metric}"),
        }
    }
}
