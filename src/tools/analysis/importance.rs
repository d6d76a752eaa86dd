//! How far a parameter and a metric go together over the runs of a sweep, each parameter by itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::children::Child;
use crate::mlflow::number::Number;
use crate::sorted::{set, sort, sorted};
use crate::statistics::correlation::{eta_squared, spearman};

/// With fewer runs than this, nothing can be said.
const LEAST: usize = 3;

/// A parameter that varies.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Importance {
    /// Its name.
    pub parameter: String,
    /// Whether all its values are numbers.
    pub numeric: bool,
    /// Runs that have the parameter and count.
    pub n: usize,
    /// Different values in them.
    pub distinct: usize,
    /// Spearman's rank correlation with the metric, of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spearman: Option<Number>,
    /// The correlation ratio: the share of the metric's variance that lies between the values, of anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta_squared: Option<Number>,
    /// The square of the rank correlation, or eta squared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importance: Option<Number>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_measured: Option<&'static str>,
}

/// The parameters that vary among these runs, the most important first, and those that all have alike.
pub(super) fn importances(counted: &[(&Child, f64)]) -> (Vec<Importance>, BTreeMap<String, String>) {
    let names = set(counted.iter().flat_map(|(child, _)| child.params.keys()));
    let (mut varying, mut same) = (Vec::new(), BTreeMap::new());
    for name in names {
        let having =
            counted.iter().filter_map(|(child, value)| Some((child.params.get(name)?.as_str(), *value)));
        let (texts, values): (Vec<&str>, Vec<f64>) = having.unzip();
        match texts.first() {
            Some(first) if texts.len() == counted.len() && texts.iter().all(|text| text == first) => {
                same.insert(name.clone(), (*first).to_owned());
            }
            _ => varying.push(Importance::of(name, &texts, &values)),
        }
    }
    sort(&mut varying, |one, other| {
        let (a, b) = (one.rank(), other.rank());
        a > b || (a == b && one.parameter < other.parameter)
    });
    (varying, same)
}

impl Importance {
    fn of(name: &str, texts: &[&str], values: &[f64]) -> Self {
        let groups = sorted(texts.iter().map(|text| (*text, ()))).into_keys().zip(0..);
        let groups: BTreeMap<&str, usize> = sorted(groups);
        let numbers: Option<Vec<f64>> = texts.iter().map(|text| number(text)).collect();
        let mut row = Self {
            parameter: name.to_owned(),
            numeric: numbers.is_some(),
            n: texts.len(),
            distinct: groups.len(),
            spearman: None,
            eta_squared: None,
            importance: None,
            not_measured: None,
        };
        match numbers {
            _ if row.n < LEAST => row.not_measured = Some("fewer than three children have it"),
            _ if row.distinct < 2 => row.not_measured = Some("the children that have it have it alike"),
            Some(numbers) => row.spearman = spearman(&numbers, values).map(Number),
            None if row.n < 2 * row.distinct => {
                row.not_measured = Some("fewer than two children for each of its values");
            }
            None => {
                let groups: Vec<usize> = texts.iter().filter_map(|text| groups.get(text).copied()).collect();
                row.eta_squared = eta_squared(&groups, values).map(Number);
            }
        }
        row.importance = row.spearman.map(|Number(rho)| Number(rho * rho)).or(row.eta_squared);
        if row.importance.is_none() && row.not_measured.is_none() {
            row.not_measured = Some("the metric, or the parameter as a number, does not vary");
        }
        row
    }

    fn rank(&self) -> f64 {
        self.importance.map_or(-1.0, |Number(importance)| importance)
    }
}

/// Python's spelling of a number is Rust's, as long as it is finite.
fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}
