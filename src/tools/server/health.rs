//! `health`

use std::time::Duration;

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::{Error, experiments, server};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// What is asked about health wants to know now, and not after half a minute.
const PATIENCE: Duration = Duration::from_secs(4);

/// Check that the MLflow tracking server can be reached and lets us in.
///
/// Answers within seconds whatever is wrong, and says what to do about it. Needs no arguments. Call it first
/// when other tools fail.
#[derive(Deserialize, JsonSchema)]
pub struct Health {}

/// The state of the server.
#[derive(Serialize, JsonSchema)]
pub struct State {
    /// `healthy` or `unhealthy`.
    pub status: Status,
    /// Where MLflow is, without credentials.
    pub tracking_uri: String,
    /// Present when healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Present when unhealthy: what is wrong and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// MLflow's version, if it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mlflow_version: Option<String>,
}

/// Whether tools will work.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A real question was answered.
    Healthy,
    /// It was not.
    Unhealthy,
}

impl Tool for Health {
    const SPEC: Spec = Spec {
        name: "health",
        title: "Check MLflow",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = State;

    async fn call(self, cx: &Context<'_>) -> Result<State, Failure> {
        let client = cx.client.waiting_at_most(PATIENCE);
        // A question that needs the host check, the credentials and the database; /health needs none of them.
        let question = experiments::Search { max_results: 1, ..Default::default() };
        let (answer, version) = zip(experiments::search(&client, &question), server::version(&client)).await;
        Ok(state(cx, answer.err(), version.ok().flatten()))
    }
}

fn state(cx: &Context<'_>, error: Option<Error>, mlflow_version: Option<String>) -> State {
    let error = error.map(|error| Failure::from(error).explain(cx.client.tracking()).to_string());
    let message = error.is_none().then(|| "Successfully connected to MLflow server".to_owned());
    State {
        status: if error.is_none() { Status::Healthy } else { Status::Unhealthy },
        tracking_uri: cx.client.tracking().base.to_string(),
        message,
        error,
        mlflow_version,
    }
}
