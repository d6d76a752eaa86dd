//! Where MLflow shows things to people.

use super::base_url::BaseUrl;

/// The page of a run.
#[must_use]
pub fn run(base: &BaseUrl, experiment_id: &str, run_id: &str) -> String {
    format!("{base}/#/experiments/{experiment_id}/runs/{run_id}")
}
