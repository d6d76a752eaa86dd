//! The values of one metric in many runs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::number::Number;
use crate::sorted::sort;
use crate::statistics::{Kind, Moments, quantile};
use crate::tool::absent::is_zero;

/// The values so far: a few numbers, and the values themselves as long as quantiles are wanted.
#[derive(Default)]
pub(super) struct Distribution {
    moments: Moments,
    values: Vec<f64>,
    missing: usize,
    nan: usize,
    infinite: usize,
}

/// A metric in numbers. NaN and infinite values are counted and not computed with.
#[derive(Serialize, JsonSchema)]
pub struct Summary {
    /// Finite values.
    pub count: usize,
    /// Runs without the metric.
    #[serde(skip_serializing_if = "is_zero")]
    pub missing: usize,
    /// Runs where it is NaN.
    #[serde(skip_serializing_if = "is_zero")]
    pub nan: usize,
    /// Runs where it is infinite.
    #[serde(skip_serializing_if = "is_zero")]
    pub infinite: usize,
    /// Arithmetic mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Number>,
    /// Standard deviation of the sample (n - 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub std: Option<Number>,
    /// 95 % confidence interval of the mean, by Student's t.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci95: Option<[Number; 2]>,
    /// Smallest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Number>,
    /// Quantile 5 %, on a straight line between neighbours, as the following.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q05: Option<Number>,
    /// Quantile 25 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q25: Option<Number>,
    /// Quantile 50 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median: Option<Number>,
    /// Quantile 75 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q75: Option<Number>,
    /// Quantile 95 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q95: Option<Number>,
    /// Largest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
}

impl Distribution {
    /// Takes the value of one more run; whether it was kept.
    pub(super) fn add(&mut self, value: Option<f64>, keep: bool) -> bool {
        let Some(value) = value else {
            self.missing += 1;
            return false;
        };
        match Kind::of(value) {
            Kind::Nan => self.nan += 1,
            Kind::Infinite => self.infinite += 1,
            Kind::Finite => {
                self.moments.add(value);
                if keep {
                    self.values.push(value);
                    return true;
                }
            }
        }
        false
    }

    /// Whether any run has the metric.
    pub(super) fn is_empty(&self) -> bool {
        self.moments.count() + self.nan + self.infinite == 0
    }

    /// In numbers; quantiles only where all values were kept.
    pub(super) fn summary(mut self) -> Summary {
        sort(&mut self.values, |a, b| a < b);
        let whole = self.values.len() == self.moments.count();
        let at = |q| quantile(&self.values, q).filter(|_| whole).map(Number);
        let moments = &self.moments;
        Summary {
            count: moments.count(),
            missing: self.missing,
            nan: self.nan,
            infinite: self.infinite,
            mean: moments.mean().map(Number),
            std: moments.std().map(Number),
            ci95: moments.interval().map(|ends| ends.map(Number)),
            min: moments.min().map(Number),
            q05: at(0.05),
            q25: at(0.25),
            median: at(0.5),
            q75: at(0.75),
            q95: at(0.95),
            max: moments.max().map(Number),
        }
    }
}
