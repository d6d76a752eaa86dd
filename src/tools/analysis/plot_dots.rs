//! A param against a metric, a dot for each run.

use std::collections::BTreeMap;

use super::grouping::Label;
use super::plot_metrics::PlotMetrics;
use super::plotted::{Dot, Drawing, Drawn, url};
use crate::mlflow::runs::Run;
use crate::plot::{Axis, Scale, Series};
use crate::sorted::{sort, sorted};
use crate::statistics::Kind;
use crate::tool::cut::clip;
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind as FailureKind, ToolError};

/// The most names beside each other.
const NAMES: usize = 20;

/// The most groups: dots have no more colors and markers.
const GROUPS: usize = 7;

/// How far dots of one name are spread: half of what a name has.
const SPREAD: f64 = 0.5;

/// A run as a dot.
struct Candidate<'a> {
    run: &'a Run,
    text: &'a str,
    value: f64,
    group: Option<String>,
}

pub(super) async fn draw(
    cx: &Context<'_>,
    plot: &PlotMetrics,
    metric: &str,
    param: &str,
    label: Option<&Label>,
) -> Result<Drawing, Failure> {
    let found = plot.runs.find(cx).await?;
    let value = |run: &Run| run.data.metrics.iter().find(|one| one.key == metric).map(|one| one.value.0);
    let valued: Vec<(&Run, f64)> = found.runs.iter().filter_map(|run| Some((run, value(run)?))).collect();
    if valued.is_empty() {
        return Err(plot.runs.explain(cx, &found, &[metric.to_owned()]).await);
    }
    let mut candidates = Vec::new();
    for (run, value) in &valued {
        if let Some(text) = run.data.params.get(param) {
            let group = label.and_then(|label| label.of(run));
            candidates.push(Candidate { run, text: text.trim(), value: *value, group });
        }
    }
    if candidates.is_empty() {
        return Err(no_param(&valued, param).into());
    }
    let mut notes = Vec::new();
    let all = found.runs.len();
    let lacking = [(all - valued.len(), "metric", metric), (valued.len() - candidates.len(), "param", param)];
    for (count, kind, name) in lacking.into_iter().filter(|(count, ..)| *count > 0) {
        notes.push(format!("{count} of {all} runs are left out: they have no {kind} {name:?}."));
    }
    if found.more {
        notes.push(format!("Only the newest {all} runs that match were looked at."));
    }
    let scale = x_scale(plot, param, &candidates)?;
    let title = param.to_owned();
    let y = Axis { title: metric.to_owned(), scale: plot.y_scale() };
    let mut drawing = Drawing::new("dots", Axis { title, scale }, y);
    let groups = groups(&candidates);
    let further: usize = groups.iter().skip(GROUPS).map(Vec::len).sum();
    if further > 0 {
        let groups = groups.len() - GROUPS;
        notes.push(format!(
            "{groups} further groups, of {further} runs, are left out: those of most runs are drawn."
        ));
    }
    let name = plot.group_name();
    let mut unnamed = 0;
    for group in groups.into_iter().take(GROUPS) {
        let value = group.first().and_then(|one| one.group.as_ref());
        let text = match (label, value) {
            (None, _) => String::new(),
            (_, None) => format!("no {name}"),
            (_, Some(value)) => format!("{name}={value}"),
        };
        let placed = |one: &&Candidate<'_>| place(&drawing.chart.x.scale, one.text).is_some();
        let (shown, hidden): (Vec<&Candidate<'_>>, Vec<&Candidate<'_>>) = group.into_iter().partition(placed);
        unnamed += hidden.len();
        if !shown.is_empty() {
            add(cx, &mut drawing, metric, &text, &shown);
        }
    }
    if unnamed > 0 {
        notes.push(format!("{unnamed} runs have other values of {param:?} than the {NAMES} that most have."));
    }
    if matches!(drawing.chart.x.scale, Scale::Names(_)) {
        notes.push("Dots of one name stand beside each other: only the name counts.".to_owned());
    }
    drawing.left_out = all - candidates.len() + further + unnamed;
    drawing.notes = notes;
    Ok(drawing)
}

/// Dots of one color.
fn add(cx: &Context<'_>, drawing: &mut Drawing, metric: &str, text: &str, shown: &[&Candidate<'_>]) {
    let scale = &drawing.chart.x.scale;
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut points = Vec::new();
    for one in shown {
        let before = seen.entry(one.text).or_default();
        *before += 1;
        let aside = if matches!(scale, Scale::Names(_)) { aside(*before) } else { 0.0 };
        points.push([place(scale, one.text).unwrap_or(f64::NAN) + aside, one.value]);
    }
    let drawable = |one: &&&Candidate<'_>| {
        let x = place(scale, one.text).is_some_and(|x| scale.shows(x));
        x && Kind::of(one.value) == Kind::Finite && drawing.chart.y.scale.shows(one.value)
    };
    let end = |sign: f64| {
        let better = |one: &&Candidate<'_>, other: &&Candidate<'_>| {
            (one.value * sign).total_cmp(&(other.value * sign))
        };
        let best = shown.iter().filter(drawable).copied().max_by(better)?;
        Some(Dot { run_id: best.run.info.run_id.clone(), x: short(best.text), url: url(cx, best.run) })
    };
    let drawn = Drawn {
        metric: metric.to_owned(),
        runs: Some(shown.len()),
        min_run: end(-1.0),
        max_run: end(1.0),
        ..Drawn::default()
    };
    let many = if shown.len() == 1 { "1 run".to_owned() } else { format!("{} runs", shown.len()) };
    let label = if text.is_empty() { many } else { format!("{text} ({many})") };
    drawing.add(Series { label, points, band: Vec::new(), dots: true }, drawn);
}

fn short(text: &str) -> String {
    let mut short = text.to_owned();
    clip(&mut short);
    short
}

/// The dots of each group, those of most first.
fn groups<'a, 'b>(candidates: &'b [Candidate<'a>]) -> Vec<Vec<&'b Candidate<'a>>> {
    let mut groups: Vec<Vec<&Candidate<'_>>> = Vec::new();
    for one in candidates {
        let place =
            groups.iter().position(|group| group.first().is_some_and(|first| first.group == one.group));
        match place.and_then(|place| groups.get_mut(place)) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let name = |group: &[&Candidate<'_>]| group.first().and_then(|one| one.group.clone());
    sort(&mut groups, |one, other| (other.len(), name(one)) < (one.len(), name(other)));
    groups
}

/// Numbers if all are, else names: those that most runs have.
fn x_scale(plot: &PlotMetrics, param: &str, candidates: &[Candidate<'_>]) -> Result<Scale, ToolError> {
    let Some(other) = candidates.iter().find(|one| number(one.text).is_none()) else {
        return Ok(plot.x_scale(false));
    };
    if plot.log_x {
        return Err(ToolError::argument(format!(
            "argument \"log_x\" is for numbers, and param {param:?} has {:?}: leave it out",
            short(other.text)
        )));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in candidates {
        *counts.entry(one.text).or_default() += 1;
    }
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    sort(&mut names, |one, other| (other.1, one.0) < (one.1, other.0));
    let kept = sorted(names.into_iter().take(NAMES));
    Ok(Scale::Names(kept.into_keys().map(str::to_owned).collect()))
}

/// Python's spelling of a number is Rust's, as long as it is finite.
fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn place(scale: &Scale, text: &str) -> Option<f64> {
    match scale {
        Scale::Names(names) => {
            (0_u32..).zip(names).find(|(_, name)| *name == text).map(|(at, _)| f64::from(at))
        }
        _ => number(text),
    }
}

/// How far aside the dot of that number stands: evenly, and never twice the same.
fn aside(number: u32) -> f64 {
    /// Steps of the golden ratio fall between all earlier ones.
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    if number == 1 { 0.0 } else { SPREAD * ((f64::from(number) * GOLDEN).fract() - 0.5) }
}

fn no_param(valued: &[(&Run, f64)], param: &str) -> ToolError {
    let names =
        sorted(valued.iter().flat_map(|(run, _)| run.data.params.keys()).map(|name| (name.as_str(), ())));
    let hint = match suggestion(param, "Params of these runs", names.into_keys()) {
        hint if hint.is_empty() => "They have no params.".to_owned(),
        hint => hint,
    };
    ToolError::new(FailureKind::NotFound, format!("none of these runs has a param {param:?}"), hint)
}
