//! Where MLflow shows things to people.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::base_url::BaseUrl;

/// The page of a run.
#[must_use]
pub fn run(base: &BaseUrl, experiment_id: &str, run_id: &str) -> String {
    format!("{base}/#/experiments/{experiment_id}/runs/{run_id}")
}

/// The page that leads to a run's, whatever its experiment (`runPageDirect` among the routes of MLflow's user interface).
#[must_use]
pub fn of_run(base: &BaseUrl, run_id: &str) -> String {
    format!("{base}/#/runs/{run_id}")
}

/// The page of a logged model (MLflow 3).
#[must_use]
pub fn logged_model(base: &BaseUrl, experiment_id: &str, model_id: &str) -> String {
    format!("{base}/#/experiments/{experiment_id}/models/{model_id}")
}

/// The page of a version of a registered model.
#[must_use]
pub fn version(base: &BaseUrl, name: &str, version: &str) -> String {
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    format!("{base}/#/models/{name}/versions/{version}")
}
