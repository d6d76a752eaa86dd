//! Curves as they are shown.

use schemars::JsonSchema;
use serde::Serialize;

use super::course::Course;
use crate::mlflow::number::Number;
use crate::tool::Budget;
use crate::tool::budget::size;
use crate::tool::nullable::Nullable;
use crate::tools::metrics::thin::thin;

/// Curves, by run and then by metric.
#[derive(Serialize, JsonSchema)]
pub struct Histories {
    /// The curves.
    pub result: Vec<History>,
    /// Fewer points are shown than were asked for, or curves left out, because the answer would be too long.
    pub truncated: bool,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A curve.
#[derive(Serialize, JsonSchema)]
pub struct History {
    /// The run.
    pub run_id: String,
    /// For people; not unique.
    pub run_name: String,
    /// Its page in MLflow, for people.
    pub url: String,
    /// The metric.
    pub metric: String,
    /// The curve in numbers.
    pub summary: Course,
    /// Steps of points, evenly chosen, both ends included.
    pub steps: Vec<i64>,
    /// Their values.
    pub values: Vec<Number>,
    /// Their moving averages, if asked for; null before the first finite value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Nullable<Number>>")]
    pub smoothed: Vec<Option<Number>>,
}

impl History {
    /// With so few points that it fits.
    pub(super) fn within(&mut self, budget: Budget) {
        while size(self) > budget.characters() && !self.steps.is_empty() {
            let wanted = self.steps.len() / 2;
            thin(&mut self.steps, wanted);
            thin(&mut self.values, wanted);
            thin(&mut self.smoothed, wanted);
        }
    }
}
