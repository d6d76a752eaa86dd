//! `get_trace_assessment`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use super::record::AssessmentRecord;
use super::shortened::{Gap, shortened};
use crate::mlflow::traces::assessments;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::any::Any;
use crate::tool::budget::size;
use crate::tool::cut::{clip, clip_values};
use crate::tool::{Context, Failure, Tool};

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
        let (mut assessment, mut gaps) = (AssessmentRecord::of(&found), Vec::new());
        if size(&assessment) > cx.budget.characters() {
            assessment.rationale.as_mut().map(clip);
            clip_values(&mut assessment.metadata);
            let most = cx.budget.share(3).characters();
            let (value, cut) = shortened(assessment.value.0, "/value", most);
            assessment.value = Any(value);
            gaps = cut;
            if let Some(Any(error)) = assessment.error.take() {
                let (error, cut) = shortened(error, "/error", most);
                assessment.error = Some(Any(error));
                gaps.extend(cut);
            }
        }
        Ok(OfTrace { trace_id: id.to_owned(), assessment, gaps })
    }
}
