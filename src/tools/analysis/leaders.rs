//! The best of many runs, without reading or sorting all of them.

use super::criterion::Criterion;
use crate::mlflow::Error;
use crate::mlflow::runs::{self, Run, Search};
use crate::sorted::sort;
use crate::statistics::Kind;
use crate::tool::Context;

/// The newest runs, asked for at a time: MLflow takes about 0.7 ms for each.
const NEWEST: usize = 100;

/// How often the field is narrowed before MLflow has to sort what is left.
const ROUNDS: usize = 4;

/// Runs behind the last place that are looked at for ties with it.
pub(super) const BEHIND: usize = 100;

/// A run with its values of what it is ranked by.
pub(super) struct Contender {
    pub(super) run: Run,
    /// By criterion: value and step.
    pub(super) marks: Vec<(f64, i64)>,
}

/// Runs among which the best are.
pub(super) struct Field {
    pub(super) contenders: Vec<Contender>,
    /// Whether every run is there that may be among the best, or as good as the last of them.
    pub(super) complete: bool,
    /// What to know about them.
    pub(super) note: Option<String>,
}

impl Field {
    fn of(contenders: Vec<Contender>, complete: bool) -> Self {
        Self { contenders, complete, note: None }
    }
}

impl Contender {
    /// A run that has a finite last value for each criterion.
    fn by_last(run: Run, criteria: &[Criterion]) -> Option<Self> {
        let mark = |criterion: &Criterion| {
            let metric = run.data.metrics.iter().find(|metric| metric.key == criterion.metric)?;
            (Kind::of(metric.value.0) == Kind::Finite).then_some((metric.value.0, metric.step))
        };
        let marks = criteria.iter().map(mark).collect::<Option<Vec<_>>>()?;
        Some(Self { run, marks })
    }
}

/// The runs among which the best `places` are.
///
/// To sort by a metric costs MLflow on SQLite a third of a millisecond for every run that matches (seconds for ten
/// thousand), a filter next to nothing. So the newest runs come first. The best of these bound what the best of all can
/// be: the newest of those within the bound come next, and so on, until what is within it fits one page. Where that does
/// not narrow the field, because many are equal, MLflow sorts the rest.
///
/// # Errors
/// See [`Error`].
pub(super) async fn leaders(
    cx: &Context<'_>,
    mut search: Search<'_>,
    conditions: &str,
    criteria: &[Criterion],
    places: usize,
) -> Result<Field, Error> {
    let Some(first) = criteria.first() else { return Ok(Field::of(Vec::new(), true)) };
    search.max_results = NEWEST.max(3 * places);
    let mut bound = None;
    for _ in 0..ROUNDS {
        let (found, more) = ask(cx, &search, conditions, first, bound, &[]).await?;
        let contenders = usable(found, criteria);
        if !more {
            return Ok(Field::of(contenders, true));
        }
        let best = nth(&contenders, first, places);
        if best.is_none() || best == bound {
            break;
        }
        bound = best;
    }
    let mut order: Vec<String> = criteria.iter().map(Criterion::order).collect();
    order.push("attributes.start_time DESC".to_owned());
    search.max_results = places + BEHIND;
    let (found, more) = ask(cx, &search, conditions, first, bound, &order).await?;
    Ok(Field::of(usable(found, criteria), !more))
}

/// Runs within the bound, and whether there are more.
async fn ask(
    cx: &Context<'_>,
    search: &Search<'_>,
    conditions: &str,
    criterion: &Criterion,
    bound: Option<f64>,
    order_by: &[String],
) -> Result<(Vec<Run>, bool), Error> {
    let within = bound.map_or(String::new(), |value| format!(" AND {}", criterion.at_least(value)));
    let filter = format!("{conditions}{within}");
    let (found, next) =
        runs::search(&cx.client, &Search { filter: Some(&filter), order_by, ..search.clone() }).await?;
    Ok((found, next.is_some()))
}

/// Those that can be compared, whatever the server let through.
fn usable(runs: Vec<Run>, criteria: &[Criterion]) -> Vec<Contender> {
    runs.into_iter().filter_map(|run| Contender::by_last(run, criteria)).collect()
}

/// The value in that place.
fn nth(contenders: &[Contender], criterion: &Criterion, place: usize) -> Option<f64> {
    let mut values: Vec<f64> = contenders.iter().filter_map(|one| Some(one.marks.first()?.0)).collect();
    sort(&mut values, |a, b| criterion.compare(*a, *b).is_lt());
    values.get(place.checked_sub(1)?).copied()
}
