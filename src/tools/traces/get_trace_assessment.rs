//! `get_trace_assessment`

use std::mem::take;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::missing;
use super::record::AssessmentRecord;
use crate::mlflow::traces::assessments;
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::any::Any;
use crate::tool::budget::size;
use crate::tool::cut::{Gap, named, shortened};
use crate::tool::{Budget, Context, Failure, Tool};

/// Get an assessment of a trace whole: value, source, rationale, metadata, times.
#[derive(Deserialize, JsonSchema)]
pub struct GetTraceAssessment {
    /// tr- and 32 hex digits.
    #[schemars(length(min = 1))]
    trace_id: String,
    /// a- and 32 hex digits, as get_trace shows it.
    #[schemars(length(min = 1))]
    assessment_id: String,
}

/// An assessment of a trace.
#[derive(Serialize, JsonSchema)]
pub struct OfTrace {
    /// The trace.
    pub trace_id: String,
    /// What is said of it.
    #[serde(flatten)]
    pub assessment: AssessmentRecord,
    /// Where something is left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

impl Tool for GetTraceAssessment {
    const SPEC: Spec = Spec {
        name: "get_trace_assessment",
        title: "Get an assessment",
        toolset: Toolset::Traces,
        effect: Effect::Read,
        progress: false,
    };

    type Output = OfTrace;

    async fn call(self, cx: &Context<'_>) -> Result<OfTrace, Failure> {
        let id = missing::id("trace_id", &self.trace_id)?;
        let assessment_id = missing::id("assessment_id", &self.assessment_id)?;
        let found = assessments::get(&cx.client, id, assessment_id).await;
        let found = found.map_err(|error| missing::assessments(cx, error, id))?;
        let mut assessment = AssessmentRecord::of(&found);
        let gaps = within(&mut assessment, cx.budget);
        Ok(OfTrace { trace_id: id.to_owned(), assessment, gaps })
    }
}

/// Keeps it to the budget; where something is left out.
fn within(assessment: &mut AssessmentRecord, budget: Budget) -> Vec<Gap> {
    if size(assessment) <= budget.characters() {
        return Vec::new();
    }
    let mut long = Map::from_iter([("value".to_owned(), assessment.value.0.take())]);
    if let Some(Any(error)) = assessment.error.take() {
        long.insert("error".to_owned(), error);
    }
    if let Some(rationale) = assessment.rationale.take() {
        long.insert("rationale".to_owned(), rationale.into());
    }
    if !assessment.metadata.is_empty() {
        long.insert("metadata".to_owned(), json!(take(&mut assessment.metadata)));
    }
    let left = budget.minus(size(assessment));
    // Names of gaps are part of the answer.
    let most = left.minus(left.share(5).characters()).characters();
    let (mut shown, gaps) = shortened(Value::Object(long), "", most);
    let mut part = |name: &str| shown.get_mut(name).map(Value::take);
    assessment.value = Any(part("value").unwrap_or_default());
    assessment.error = part("error").map(Any);
    assessment.rationale = part("rationale").as_ref().and_then(Value::as_str).map(str::to_owned);
    let metadata = part("metadata").unwrap_or_default();
    let texts = metadata.as_object().into_iter().flatten();
    assessment.metadata =
        sorted(texts.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))));
    named(gaps)
}
