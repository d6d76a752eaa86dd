//! What changes traces.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::ALL_2;
use super::assessments::{Assessment, One};
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::optional_int64;

const LINK: Endpoint = Endpoint::post("/api/2.0/mlflow/traces/link-to-run");
const DELETE: Endpoint = Endpoint::remove("/api/2.0/mlflow/traces/delete-traces");

/// The longest key of a tag; MLflow refuses longer ones.
pub const KEY_CHARACTERS: usize = 250;

/// The longest value of a tag; MLflow cuts longer ones without a word.
pub const TAG_CHARACTERS: usize = 8_000;

/// The longest name and source of an assessment that its database takes.
pub const NAME_CHARACTERS: usize = 250;

/// The most traces that are linked at once.
pub const LINKED: usize = 100;

/// Sets a tag, whatever it was. The route of all versions: that of 3.3 does nothing else.
///
/// # Errors
/// See [`Error`]; an unknown trace is [`Error::is_missing`].
pub async fn set_tag(client: &Client<'_>, trace_id: &str, key: &str, value: &str) -> Result<(), Error> {
    let endpoint = Endpoint::patch(ALL_2).one(trace_id)?.then("/tags");
    let _: IgnoredAny = client.send(&endpoint, &json!({"key": key, "value": value})).await?;
    Ok(())
}

/// Removes a tag.
///
/// # Errors
/// See [`Error`]; an unknown trace or tag is [`Error::is_missing`].
pub async fn delete_tag(client: &Client<'_>, trace_id: &str, key: &str) -> Result<(), Error> {
    let endpoint = Endpoint::delete(ALL_2).one(trace_id)?.then("/tags");
    let _: IgnoredAny = client.send(&endpoint, &json!({"key": key})).await?;
    Ok(())
}

/// Which of the two an assessment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// How good it is.
    Feedback,
    /// What would be right.
    Expectation,
}

impl Said {
    /// Its name in MLflow.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feedback => "feedback",
            Self::Expectation => "expectation",
        }
    }

    /// A value as MLflow takes it: objects and lists that are expected travel as text.
    fn value(self, value: &Value) -> Value {
        if self == Self::Expectation && (value.is_object() || value.is_array()) {
            return json!({"serialized_value": {"serialization_format": "JSON_FORMAT", "value": value.to_string()}});
        }
        json!({"value": value})
    }
}

/// An assessment that is to be.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// Which of the two.
    pub said: Said,
    /// What it is about.
    pub name: &'a str,
    /// What is said; never null.
    pub value: &'a Value,
    /// HUMAN, `LLM_JUDGE` or CODE.
    pub source_type: &'a str,
    /// A person, model or program.
    pub source_id: &'a str,
    /// Why.
    pub rationale: Option<&'a str>,
    /// More about it.
    pub metadata: &'a BTreeMap<String, String>,
    /// The span it is about, if not the whole trace.
    pub span_id: Option<&'a str>,
}

/// Adds an assessment to a trace.
///
/// # Errors
/// See [`Error`].
pub async fn assess(client: &Client<'_>, trace_id: &str, new: &New<'_>) -> Result<Assessment, Error> {
    let mut assessment = json!({
        "trace_id": trace_id,
        "assessment_name": new.name,
        "source": {"source_type": new.source_type, "source_id": new.source_id},
    });
    assessment[new.said.name()] = new.said.value(new.value);
    for (name, text) in [("rationale", new.rationale), ("span_id", new.span_id)] {
        if let Some(text) = text {
            assessment[name] = text.into();
        }
    }
    if !new.metadata.is_empty() {
        assessment["metadata"] = json!(new.metadata);
    }
    let endpoint = Endpoint::post(super::ALL).one(trace_id)?.then("/assessments");
    let one: One = client.send(&endpoint, &json!({"assessment": assessment})).await?;
    Ok(one.assessment)
}

/// What is to be another in an assessment.
#[derive(Clone, Debug, Default)]
pub struct Changed<'a> {
    /// What is said; never null.
    pub value: Option<(Said, &'a Value)>,
    /// Why.
    pub rationale: Option<&'a str>,
    /// These members; others stay.
    pub metadata: Option<&'a BTreeMap<String, String>>,
}

/// Changes an assessment.
///
/// # Errors
/// See [`Error`].
pub async fn reassess(
    client: &Client<'_>,
    trace_id: &str,
    assessment_id: &str,
    changed: &Changed<'_>,
) -> Result<Assessment, Error> {
    let mut assessment = json!({"trace_id": trace_id, "assessment_id": assessment_id});
    let mut mask = Vec::new();
    if let Some((said, value)) = changed.value {
        assessment[said.name()] = said.value(value);
        mask.push(said.name());
    }
    if let Some(rationale) = changed.rationale {
        assessment["rationale"] = rationale.into();
        mask.push("rationale");
    }
    if let Some(metadata) = changed.metadata {
        assessment["metadata"] = json!(metadata);
        mask.push("metadata");
    }
    let endpoint = Endpoint::patch(super::ALL).one(trace_id)?.then("/assessments").one(assessment_id)?;
    let body = json!({"assessment": assessment, "update_mask": mask.join(",")});
    let one: One = client.send(&endpoint, &body).await?;
    Ok(one.assessment)
}

/// Removes an assessment; one that is gone already is no error.
///
/// # Errors
/// See [`Error`].
pub async fn unassess(client: &Client<'_>, trace_id: &str, assessment_id: &str) -> Result<(), Error> {
    let endpoint = Endpoint::delete(super::ALL).one(trace_id)?.then("/assessments").one(assessment_id)?;
    let body = json!({"trace_id": trace_id, "assessment_id": assessment_id});
    let _: IgnoredAny = client.send(&endpoint, &body).await?;
    Ok(())
}

/// Links traces, at most [`LINKED`], to a run; since MLflow 3.3. Nothing links them off again.
///
/// # Errors
/// See [`Error`]; unknown traces are linked without a word.
pub async fn link(client: &Client<'_>, trace_ids: &[String], run_id: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&LINK, &json!({"trace_ids": trace_ids, "run_id": run_id})).await?;
    Ok(())
}

/// Removes the traces of those ids from an experiment for good; how many. One by a time bound deletes what comes in
/// meanwhile, too, so none is asked for here.
///
/// # Errors
/// See [`Error`]; traces elsewhere are left out without a word.
pub async fn delete(client: &Client<'_>, experiment_id: &str, trace_ids: &[String]) -> Result<usize, Error> {
    #[derive(Deserialize)]
    struct Deleted {
        #[serde(default, deserialize_with = "optional_int64")]
        traces_deleted: Option<i64>,
    }
    let body = json!({"experiment_id": experiment_id, "request_ids": trace_ids});
    let deleted: Deleted = client.send(&DELETE, &body).await?;
    Ok(usize::try_from(deleted.traces_deleted.unwrap_or(0)).unwrap_or(0))
}
