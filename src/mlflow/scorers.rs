//! Scorers: what judges traces, registered in an experiment under a name, in versions; since MLflow 3.4.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;
use super::number::{int64, optional_int64};

const LIST: Endpoint = Endpoint::get("/api/3.0/mlflow/scorers/list");
const VERSIONS: Endpoint = Endpoint::get("/api/3.0/mlflow/scorers/versions");
const GET: Endpoint = Endpoint::get("/api/3.0/mlflow/scorers/get");
const REGISTER: Endpoint = Endpoint::post("/api/3.0/mlflow/scorers/register");
const DELETE: Endpoint = Endpoint::delete("/api/3.0/mlflow/scorers/delete");

/// Since MLflow 3.9, and only here: the route has no twin under `/api`.
const INVOKE: Endpoint = Endpoint::post("/ajax-api/3.0/mlflow/scorer/invoke");

/// A version of a scorer.
#[derive(Clone, Debug, Deserialize)]
pub struct Scorer {
    /// Its experiment; a number in this one place of the API.
    #[serde(default, deserialize_with = "int64")]
    pub experiment_id: i64,
    /// Its name.
    pub scorer_name: String,
    /// Counted from 1.
    #[serde(default, deserialize_with = "int64")]
    pub scorer_version: i64,
    /// JSON, as `Scorer.model_dump` of MLflow's own client makes it.
    #[serde(default)]
    pub serialized_scorer: String,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub creation_time: Option<i64>,
    /// Of all its versions.
    #[serde(default)]
    pub scorer_id: String,
}

/// A job that was begun, and the traces that it judges.
#[derive(Clone, Debug, Deserialize)]
pub struct Begun {
    /// A UUID.
    pub job_id: String,
    /// Of the traces that were asked for, those of this job.
    #[serde(default)]
    pub trace_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Many {
    #[serde(default)]
    scorers: Vec<Scorer>,
}

#[derive(Deserialize)]
struct One {
    scorer: Scorer,
}

/// What was registered.
#[derive(Clone, Debug, Deserialize)]
pub struct Registered {
    /// Counted from 1.
    #[serde(deserialize_with = "int64")]
    pub version: i64,
    /// Of all its versions.
    #[serde(default)]
    pub scorer_id: String,
}

/// The newest version of each scorer of an experiment, all of them.
///
/// # Errors
/// See [`Error`]; an unknown experiment is [`Error::is_missing`].
pub async fn list(client: &Client<'_>, experiment_id: &str) -> Result<Vec<Scorer>, Error> {
    let many: Many = client.get(&LIST, &[("experiment_id", experiment_id)]).await?;
    Ok(many.scorers)
}

/// All versions of a scorer, the first one first.
///
/// # Errors
/// See [`Error`]; an unknown experiment or name is [`Error::is_missing`].
pub async fn versions(client: &Client<'_>, experiment_id: &str, name: &str) -> Result<Vec<Scorer>, Error> {
    let many: Many = client.get(&VERSIONS, &[("experiment_id", experiment_id), ("name", name)]).await?;
    Ok(many.scorers)
}

/// A version of a scorer, or its newest.
///
/// # Errors
/// See [`Error`]; an unknown experiment, name or version is [`Error::is_missing`].
pub async fn get(
    client: &Client<'_>,
    experiment_id: &str,
    name: &str,
    version: Option<&str>,
) -> Result<Scorer, Error> {
    let mut query = vec![("experiment_id", experiment_id), ("name", name)];
    query.extend(version.map(|version| ("version", version)));
    let one: One = client.get(&GET, &query).await?;
    Ok(one.scorer)
}

/// Adds a version of a scorer, and the scorer if there is none.
///
/// # Errors
/// See [`Error`].
pub async fn register(
    client: &Client<'_>,
    experiment_id: &str,
    name: &str,
    serialized: &Value,
) -> Result<Registered, Error> {
    let body =
        json!({"experiment_id": experiment_id, "name": name, "serialized_scorer": serialized.to_string()});
    client.send(&REGISTER, &body).await
}

/// Removes a version, or all; the scorer goes with its last version.
///
/// # Errors
/// See [`Error`]; an unknown experiment, name or version is [`Error::is_missing`].
pub async fn delete(
    client: &Client<'_>,
    experiment_id: &str,
    name: &str,
    version: Option<i64>,
) -> Result<(), Error> {
    let mut body = json!({"experiment_id": experiment_id, "name": name});
    if let Some(version) = version {
        body["version"] = version.into();
    }
    let _: IgnoredAny = client.send(&DELETE, &body).await?;
    Ok(())
}

/// Has the server judge traces in jobs, and write what comes of it to them. Neither name nor version is sent along:
/// MLflow 3.17 answers 500 to them.
///
/// # Errors
/// See [`Error`]. Traces that are not there are found out by the job only.
pub async fn invoke(
    client: &Client<'_>,
    scorer: &Scorer,
    experiment_id: &str,
    trace_ids: &[String],
) -> Result<Vec<Begun>, Error> {
    #[derive(Deserialize)]
    struct Jobs {
        #[serde(default)]
        jobs: Vec<Begun>,
    }
    let body = json!({
        "experiment_id": experiment_id,
        "serialized_scorer": scorer.serialized_scorer,
        "trace_ids": trace_ids,
        "log_assessments": true,
    });
    let jobs: Jobs = client.send(&INVOKE, &body).await?;
    Ok(jobs.jobs)
}
