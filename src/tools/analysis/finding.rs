//! What is found about a run, each with the rule that it follows from and the numbers that the rule looked at.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::naming::{Better, Naming};
use super::trend::{Curve, Trend};
use crate::sorted::sorted;
use crate::statistics::Kind;

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// What was found; `rules` says what that means.
    pub finding: &'static str,
    /// The metric it was found in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// What the rule looked at.
    #[schemars(with = "BTreeMap<String, Value>")]
    pub evidence: BTreeMap<&'static str, Value>,
}

/// What each word means. Fifths are of a metric's finite points in the order they were logged; their tolerance is 5 % of
/// what lies between the highest and the lowest mean, or five standard errors of a mean if that is more.
const RULES: [(&str, &str); 11] = [
    ("failed", "MLflow has the status FAILED."),
    ("killed", "MLflow has the status KILLED."),
    (
        "stalled",
        "The status is RUNNING, and the last metric (system/ aside), or else the start, is longer ago than \
         stalled_after_minutes and than twice the longest pause between two points, by this server's clock.",
    ),
    ("not_a_number", "A value is NaN; from the first such step on."),
    ("infinite", "A value is infinite, or the largest double, as which MLflow's databases keep infinity."),
    (
        "diverged",
        "The last value is not finite, or the mean of the last fifth of the points is worse than that of the first by \
         more than the tolerance.",
    ),
    (
        "overfit",
        "The mean of the validation metric's last fifth is worse than its best by more than the tolerance, and over the \
         same steps the mean of the training metric got better.",
    ),
    ("worsening", "The mean of the last fifth is worse than the best fifth's by more than the tolerance."),
    (
        "plateau",
        "The mean of the last fifth is not better than that of the third by more than the tolerance, or all means are \
         within noise or 0.1 % of each other.",
    ),
    ("converged", "The mean of the last fifth is within the tolerance of the one before and of the best."),
    ("improving", "The mean of the last fifth is better than the one before by more than the tolerance."),
];

/// The rules of those that were found.
pub(super) fn rules(findings: &[Finding]) -> BTreeMap<&'static str, &'static str> {
    sorted(RULES.into_iter().filter(|(name, _)| findings.iter().any(|found| found.finding == *name)))
}

/// Where a rule stands among the others: what matters most comes first.
pub(super) fn place(finding: &Finding) -> usize {
    RULES.iter().position(|(name, _)| *name == finding.finding).unwrap_or(RULES.len())
}

/// Where a curve stops being finite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Onset {
    pub(super) kind: Kind,
    pub(super) step: i64,
    /// Whether no such point can lie before it.
    pub(super) exact: bool,
}

impl Finding {
    pub(super) fn of_run(finding: &'static str, evidence: BTreeMap<&'static str, Value>) -> Self {
        Self { finding, metric: None, evidence }
    }

    /// That a curve has a value that is not finite.
    pub(super) fn onset(curve: &Curve, onset: Onset) -> Self {
        let finding = if onset.kind == Kind::Nan { "not_a_number" } else { "infinite" };
        let first = curve.first(onset.kind).unwrap_or_default();
        let stays = curve.points.iter().skip(first).all(|point| Kind::of(point.value.0) != Kind::Finite);
        let evidence = sorted([
            ("first_step", Value::from(onset.step)),
            ("first_step_is_exact", onset.exact.into()),
            ("points", curve.count(onset.kind).into()),
            ("of_points", curve.points.len().into()),
            ("finite_again_later", (!stays).into()),
        ]);
        Self { finding, metric: Some(curve.metric.clone()), evidence }
    }

    /// What its fifths say of a curve whose better values are known.
    pub(super) fn trend(curve: &Curve) -> Option<Self> {
        let sign = sign(curve.better)?;
        let finding = match curve.trend() {
            Trend::Diverged => "diverged",
            Trend::Worsening => "worsening",
            Trend::Plateau => "plateau",
            Trend::Converged => "converged",
            Trend::Improving => "improving",
            Trend::Rising | Trend::Falling | Trend::Settled | Trend::TooFewPoints => return None,
        };
        let mut evidence = BTreeMap::new();
        if let Some(last) = curve.points.last().filter(|_| !curve.ends_finite()) {
            evidence.insert("last_step", last.step.into());
            evidence.insert("last_value_is_finite", false.into());
        } else if let Some(parts) = curve.parts {
            let best = parts.best(sign);
            evidence.insert("mean_of_first_fifth", parts.mean(0).into());
            evidence.insert("mean_of_best_fifth", parts.mean(best).into());
            evidence.insert("mean_of_third_fifth", parts.mean(2).into());
            evidence.insert("mean_of_fourth_fifth", parts.mean(3).into());
            evidence.insert("mean_of_last_fifth", parts.mean(4).into());
            evidence.insert("tolerance", parts.tolerance.into());
            insert_steps(&mut evidence, "best_fifth_steps", curve.steps_of_part(best));
            insert_steps(&mut evidence, "last_fifth_steps", curve.steps_of_part(4));
        }
        Some(Self { finding, metric: Some(curve.metric.clone()), evidence })
    }

    /// That training got better while validation got worse.
    pub(super) fn overfit(validation: &Curve, curves: &[Curve]) -> Option<Self> {
        let sign = sign(validation.better)?;
        let naming = Naming::of(&validation.metric);
        let name = naming.validates()?;
        let parts = validation.parts.filter(|_| validation.ends_finite())?;
        let best = parts.best(sign);
        if sign * (parts.mean(4) - parts.mean(best)) <= parts.tolerance {
            return None;
        }
        let (from, to) = (validation.steps_of_part(best)?, validation.steps_of_part(4)?);
        curves.iter().find_map(|train| {
            if Naming::of(&train.metric).trains()? != name {
                return None;
            }
            let (then, now) = (train.mean_over(from)?, train.mean_over(to)?);
            if sign * (then - now) <= 0.0 {
                return None;
            }
            let mut evidence = sorted([
                ("training_metric", Value::from(train.metric.clone())),
                ("training_mean_at_best_fifth", then.into()),
                ("training_mean_at_last_fifth", now.into()),
                ("mean_of_best_fifth", parts.mean(best).into()),
                ("mean_of_last_fifth", parts.mean(4).into()),
                ("tolerance", parts.tolerance.into()),
            ]);
            insert_steps(&mut evidence, "best_fifth_steps", Some(from));
            insert_steps(&mut evidence, "last_fifth_steps", Some(to));
            Some(Self { finding: "overfit", metric: Some(validation.metric.clone()), evidence })
        })
    }
}

fn insert_steps(evidence: &mut BTreeMap<&'static str, Value>, name: &'static str, steps: Option<(i64, i64)>) {
    if let Some((first, last)) = steps {
        evidence.insert(name, vec![first, last].into());
    }
}

/// 1 where lower is better, -1 where higher is.
fn sign(better: Better) -> Option<f64> {
    match better {
        Better::Lower => Some(1.0),
        Better::Higher => Some(-1.0),
        Better::Unknown => None,
    }
}
