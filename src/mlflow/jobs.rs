//! Jobs of the server.

use serde::Deserialize;
use serde_json::Value;

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::{Error, Refusal, RefusalKind};

/// Since MLflow 3.11.
const ALL: &str = "/ajax-api/3.0/mlflow/jobs";

/// Since MLflow 3.5, and in newer ones beside the other.
const OLDER: &str = "/ajax-api/3.0/jobs";

/// A job.
#[derive(Clone, Debug, Deserialize)]
pub struct Job {
    /// How far it is.
    pub status: Status,
    /// What came of it.
    #[serde(default)]
    pub result: Value,
    /// Why it failed.
    #[serde(default)]
    pub error_message: Option<String>,
}

/// How far a job is (`mlflow/entities/_job_status.py`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Status {
    /// Not begun.
    #[serde(rename = "PENDING")]
    Pending,
    /// Under way.
    #[serde(rename = "RUNNING")]
    Running,
    /// Broken off, to be begun again.
    #[serde(rename = "NEEDS_RECOVERY")]
    NeedsRecovery,
    /// Over, with a result.
    #[serde(rename = "SUCCEEDED")]
    Succeeded,
    /// Over, with a reason.
    #[serde(rename = "FAILED")]
    Failed,
    /// Over, since it took too long.
    #[serde(rename = "TIMEOUT")]
    TimedOut,
    /// Over, since somebody ended it.
    #[serde(rename = "CANCELED")]
    Canceled,
    /// One that only a newer MLflow knows.
    #[serde(other)]
    Unknown,
}

impl Status {
    /// Its name in MLflow.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::NeedsRecovery => "NEEDS_RECOVERY",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMEOUT",
            Self::Canceled => "CANCELED",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl Job {
    /// Whether nothing will change any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.status, Status::Succeeded | Status::Failed | Status::TimedOut | Status::Canceled)
    }
}

/// The job of that id.
///
/// # Errors
/// See [`Error`]; an unknown one is [`Error::is_missing`], and before 3.11 as if there were no route.
pub async fn get(client: &Client<'_>, job_id: &str) -> Result<Job, Error> {
    match client.get(&Endpoint::get_one(ALL, job_id)?, &[]).await {
        Err(error) if is_lacking(&error) => client.get(&Endpoint::get_one(OLDER, job_id)?, &[]).await,
        outcome => outcome,
    }
}

/// Ends a job before it is over.
///
/// # Errors
/// See [`Error`]; one that is over is a refusal with the code `INVALID_PARAMETER_VALUE`.
pub async fn cancel(client: &Client<'_>, job_id: &str) -> Result<Job, Error> {
    let one = |all: &'static str| Endpoint::patch(all).then("/cancel").one(job_id);
    match client.send(&one(ALL)?, &Value::Null).await {
        Err(error) if is_lacking(&error) => client.send(&one(OLDER)?, &Value::Null).await,
        outcome => outcome,
    }
}

/// Whether there is no such route.
fn is_lacking(error: &Error) -> bool {
    matches!(error, Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. }))
}
