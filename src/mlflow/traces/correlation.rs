//! How two conditions on traces go together; since MLflow 3.4.

use serde::Deserialize;
use serde_json::json;

use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::{Number, optional_int64};

const CALCULATE: Endpoint = Endpoint::ask("/api/3.0/mlflow/traces/calculate-filter-correlation");

/// How two conditions go together, among all traces that are looked at.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Correlation {
    /// Normalised pointwise mutual information, from -1 (never together) over 0 (independent) to 1 (always).
    pub npmi: Option<Number>,
    /// The same where one is added to each count, so that few traces say little.
    pub npmi_smoothed: Option<Number>,
    #[serde(default, deserialize_with = "optional_int64")]
    filter1_count: Option<i64>,
    #[serde(default, deserialize_with = "optional_int64")]
    filter2_count: Option<i64>,
    #[serde(default, deserialize_with = "optional_int64")]
    joint_count: Option<i64>,
    #[serde(default, deserialize_with = "optional_int64")]
    total_count: Option<i64>,
}

impl Correlation {
    /// Traces that meet the first condition, the second, both, and all.
    #[must_use]
    pub fn counts(&self) -> [i64; 4] {
        [self.filter1_count, self.filter2_count, self.joint_count, self.total_count]
            .map(|count| count.unwrap_or(0))
    }
}

/// How the two go together among the traces of the experiments that meet the third.
///
/// # Errors
/// See [`Error`]; a server before 3.4 has no such route.
pub async fn calculate(
    client: &Client<'_>,
    experiment_ids: &[String],
    [first, second]: [&str; 2],
    among: Option<&str>,
) -> Result<Correlation, Error> {
    let mut question =
        json!({"experiment_ids": experiment_ids, "filter_string1": first, "filter_string2": second});
    if let Some(among) = among {
        question["base_filter"] = among.into();
    }
    client.send(&CALCULATE, &question).await
}
