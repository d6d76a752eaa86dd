//! What people, judges and code say of traces; since MLflow 3.2 in this form.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::ALL;
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;

/// Feedback, or what was expected.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Assessment {
    /// `a-` and 32 hex digits.
    #[serde(default)]
    pub assessment_id: String,
    /// What it is about.
    #[serde(default)]
    pub assessment_name: String,
    /// Its trace.
    #[serde(default)]
    pub trace_id: String,
    /// The span it is about, if not the whole trace.
    #[serde(default)]
    pub span_id: Option<String>,
    /// Who says so.
    #[serde(default)]
    pub source: Source,
    /// RFC 3339.
    #[serde(default)]
    pub create_time: String,
    /// RFC 3339.
    #[serde(default)]
    pub last_update_time: String,
    /// What is said.
    #[serde(default)]
    feedback: Option<Given>,
    /// What is right.
    #[serde(default)]
    expectation: Option<Given>,
    /// Why.
    #[serde(default)]
    pub rationale: Option<String>,
    /// More about it.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The one it stands for.
    #[serde(default)]
    pub overrides: Option<String>,
    /// Whether no other stands for it.
    #[serde(default)]
    pub valid: Option<bool>,
}

/// Who says so.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Source {
    /// HUMAN, `LLM_JUDGE` or CODE.
    #[serde(default)]
    pub source_type: String,
    /// A person, model or program.
    #[serde(default)]
    pub source_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Given {
    #[serde(default)]
    value: Value,
    #[serde(default)]
    serialized_value: Option<Serialized>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Serialized {
    #[serde(default)]
    value: String,
}

impl Assessment {
    /// `feedback`, `expectation`, or `issue`, which has no value.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match (&self.feedback, &self.expectation) {
            (Some(_), _) => "feedback",
            (None, Some(_)) => "expectation",
            (None, None) => "issue",
        }
    }

    /// What is said.
    #[must_use]
    pub fn value(&self) -> Value {
        let given = self.feedback.as_ref().or(self.expectation.as_ref());
        match given {
            // Objects and lists that are expected travel as text.
            Some(Given { serialized_value: Some(Serialized { value }), .. }) => {
                serde_json::from_str(value).unwrap_or_else(|_| Value::from(value.as_str()))
            }
            Some(given) => given.value.clone(),
            None => Value::Null,
        }
    }

    /// Why there is no value.
    #[must_use]
    pub fn error(&self) -> Option<&Value> {
        self.feedback.as_ref()?.error.as_ref()
    }
}

/// What the routes answer with.
#[derive(Deserialize)]
pub(super) struct One {
    pub(super) assessment: Assessment,
}

/// The route of the assessments of a trace.
///
/// # Errors
/// The id is none.
pub(super) fn of(trace_id: &str) -> Result<Endpoint, Error> {
    Ok(Endpoint::get_one(ALL, trace_id)?.then("/assessments"))
}

/// One of a trace's.
///
/// # Errors
/// See [`Error`]; an unknown trace or assessment is [`Error::is_missing`].
pub async fn get(client: &Client<'_>, trace_id: &str, assessment_id: &str) -> Result<Assessment, Error> {
    let one: One = client.get(&of(trace_id)?.one(assessment_id)?, &[]).await?;
    Ok(one.assessment)
}
