//! Groups of runs over steps or time: their mean, and how far they are apart.

use super::grouping::Label;
use super::plot_lines::{self, Read, curves, points, start, time_or_step, too_late};
use super::plot_metrics::{Band, Over, PlotMetrics};
use super::plotted::{Drawing, Drawn};
use crate::mlflow::runs::Run;
use crate::plot::{Axis, Scale, Series};
use crate::sorted::sort;
use crate::statistics::{Kind, Moments};
use crate::tool::{Context, Failure};
use crate::tools::metrics::thin::thin;

/// Points that are read of each curve.
const POINTS: usize = 500;

/// The most curves that are read.
const CURVES: usize = 100;

/// The most bands: more would cover each other.
const MOST: usize = 14;

/// Places at which runs are taken together.
const PLACES: usize = 400;

/// Curves of one group and metric.
struct Group<'a> {
    value: Option<String>,
    metric: &'a str,
    curves: Vec<Vec<[f64; 2]>>,
    nan: usize,
    infinite: usize,
    sampled: bool,
}

pub(super) async fn draw(
    cx: &Context<'_>,
    plot: &PlotMetrics,
    metrics: &[String],
    over: Over,
    label: &Label,
) -> Result<Drawing, Failure> {
    let found = plot.runs.find(cx).await?;
    let (mut wanted, mut notes) = curves(&found, metrics, CURVES);
    if wanted.is_empty() {
        return Err(plot.runs.explain(cx, &found, metrics).await);
    }
    let beyond = wanted.len().saturating_sub(CURVES);
    wanted.truncate(CURVES);
    if beyond > 0 {
        notes.push(format!(
            "Bands are of the first {CURVES} curves, newest runs first; {beyond} are left out."
        ));
    }
    let (read, late) = plot_lines::read(cx, wanted, POINTS).await?;
    notes.extend(too_late(late));
    let (unit, title) = time_or_step(over, &read);
    let spread = if plot.band == Band::Std { "mean ± std" } else { "mean, min to max" };
    let y = Axis { title: format!("{} ({spread})", metrics.join(", ")), scale: plot.y_scale() };
    let mut drawing = Drawing::new("bands", Axis { title, scale: plot.x_scale(over == Over::Step) }, y);
    let mut groups = groups(&read, label, |run, curve| points(curve, over, start(&read, run), unit));
    sort(&mut groups, |one, other| {
        (other.curves.len(), &one.value, one.metric) < (one.curves.len(), &other.value, other.metric)
    });
    let left: usize = groups.iter().skip(MOST).map(|group| group.curves.len()).sum();
    if left > 0 {
        notes.push(format!(
            "{} further groups are not drawn: those of most runs are; {left} curves are left out.",
            groups.len() - MOST
        ));
    }
    let name = plot.group_name();
    let mut sunk = 0;
    for group in groups.into_iter().take(MOST) {
        let value =
            group.value.as_ref().map_or_else(|| format!("no {name}"), |value| format!("{name}={value}"));
        let runs = group.curves.len();
        let many = if runs == 1 { "1 run".to_owned() } else { format!("{runs} runs") };
        let label = match metrics.len() {
            1 => format!("{value} ({many})"),
            _ => format!("{value}: {} ({many})", group.metric),
        };
        let (points, band) = taken_together(&group.curves, plot.band, &drawing.chart.y.scale);
        sunk += band.iter().filter(|[_, low, _]| plot.y_scale() == Scale::Log && *low <= 0.0).count();
        let drawn = Drawn {
            metric: group.metric.to_owned(),
            runs: Some(runs),
            nan: group.nan,
            infinite: group.infinite,
            sampled: group.sampled,
            ..Drawn::default()
        };
        drawing.add(Series { label, points, band, dots: false }, drawn);
    }
    if sunk > 0 {
        notes.push(format!("At {sunk} places a band reaches down to zero or below: it ends at the axis."));
    }
    notes.push(
        "Between a run's points its curve is a straight line; a run counts from its first point to its last."
            .to_owned(),
    );
    drawing.left_out = beyond + late + left;
    drawing.notes = notes;
    Ok(drawing)
}

fn groups<'a>(
    read: &'a [Read<'a>],
    label: &Label,
    points: impl Fn(&Run, &super::curve::Curve) -> Vec<[f64; 2]>,
) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (run, metric, curve) in read {
        let value = label.of(run);
        let place = groups.iter().position(|group| group.value == value && group.metric == *metric);
        let place = place.unwrap_or_else(|| {
            groups.push(Group { value, metric, curves: Vec::new(), nan: 0, infinite: 0, sampled: false });
            groups.len() - 1
        });
        let Some(group) = groups.get_mut(place) else { continue };
        let mut curve_points = points(run, curve);
        for [_, y] in &mut curve_points {
            let kind = Kind::of(*y);
            group.nan += usize::from(kind == Kind::Nan);
            group.infinite += usize::from(kind == Kind::Infinite);
            if kind != Kind::Finite {
                *y = f64::NAN;
            }
        }
        // What was logged last at a place counts.
        sort_by_place(&mut curve_points);
        group.curves.push(curve_points);
        group.sampled |= curve.sampled;
    }
    groups
}

/// In order; of several points at one place the last.
fn sort_by_place(points: &mut Vec<[f64; 2]>) {
    let mut numbered: Vec<([f64; 2], usize)> = points.iter().copied().zip(0..).collect();
    sort(&mut numbered, |one, other| (one.0[0], one.1) < (other.0[0], other.1));
    points.clear();
    for (point, _) in numbered {
        match points.last_mut() {
            Some(last) if last[0] == point[0] => *last = point,
            _ => points.push(point),
        }
    }
}

type Lines = (Vec<[f64; 2]>, Vec<[f64; 3]>);

/// The mean, and the band around it.
fn taken_together(curves: &[Vec<[f64; 2]>], band: Band, scale: &Scale) -> Lines {
    let mut places: Vec<f64> = curves.iter().flatten().map(|[x, _]| *x).collect();
    sort(&mut places, |one, other| one < other);
    places.dedup();
    thin(&mut places, PLACES);
    let (mut line, mut area) = (Vec::new(), Vec::new());
    for x in places {
        let mut moments = Moments::default();
        curves.iter().filter_map(|curve| at(curve, x)).for_each(|value| moments.add(value));
        // Where no run has a value there is a gap.
        let mean = moments.mean().unwrap_or(f64::NAN);
        let ends = match band {
            Band::MinMax => moments.min().zip(moments.max()),
            Band::Std => moments.std().map(|std| (mean - std, mean + std)),
        };
        let (low, high) = ends.unwrap_or((mean, mean));
        line.push(if moments.count() == 0 { [f64::NAN; 2] } else { [x, mean] });
        area.push(if scale.shows(high) { [x, low, high] } else { [x, f64::NAN, f64::NAN] });
    }
    (line, area)
}

/// The curve's value there, on a straight line between the points around; none beyond its ends and beside a gap.
fn at(curve: &[[f64; 2]], x: f64) -> Option<f64> {
    let above = curve.partition_point(|[place, _]| *place < x);
    let [right, after] = *curve.get(above)?;
    if right <= x {
        return Some(after).filter(|value| !value.is_nan());
    }
    let [left, before] = *curve.get(above.checked_sub(1)?)?;
    let share = (x - left) / (right - left);
    Some(before * (1.0 - share) + after * share).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_taken_together_where_they_have_values() {
        let curves = [vec![[0.0, 1.0], [2.0, 3.0]], vec![[0.0, 3.0], [1.0, f64::NAN], [2.0, 5.0]]];
        let (line, band) = taken_together(&curves, Band::MinMax, &Scale::Linear);
        assert_eq!(line, [[0.0, 2.0], [1.0, 2.0], [2.0, 4.0]]);
        assert_eq!(band, [[0.0, 1.0, 3.0], [1.0, 2.0, 2.0], [2.0, 3.0, 5.0]]);
        let (_, band) = taken_together(&curves, Band::Std, &Scale::Linear);
        let half = 2.0_f64.sqrt();
        assert_eq!(band[0], [0.0, 2.0 - half, 2.0 + half]);
    }

    #[test]
    fn a_curve_has_no_value_beyond_its_ends_nor_beside_a_gap() {
        let curve = [[1.0, 10.0], [3.0, 20.0], [4.0, f64::NAN], [5.0, 30.0]];
        let found = [0.5, 1.0, 2.0, 3.0, 3.5, 4.0, 5.0, 6.0].map(|x| at(&curve, x));
        assert_eq!(found, [None, Some(10.0), Some(15.0), Some(20.0), None, None, Some(30.0), None]);
    }

    #[test]
    fn of_several_points_at_one_place_the_last_counts() {
        let mut points = vec![[2.0, 1.0], [1.0, 5.0], [2.0, 3.0], [1.0, 4.0]];
        sort_by_place(&mut points);
        assert_eq!(points, [[1.0, 4.0], [2.0, 3.0]]);
    }
}
