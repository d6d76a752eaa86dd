//! Traces and assessments as answers show them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::number::Number;
use crate::mlflow::traces::assessments::Assessment;
use crate::mlflow::traces::{SESSION, TraceInfo};
use crate::sorted::sorted;
use crate::tool::Budget;
use crate::tool::any::Any;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted, clip, clip_values};

/// Tokens by kind.
pub(super) const TOKENS: &str = "mlflow.trace.tokenUsage";
/// Cost by kind.
pub(super) const COST: &str = "mlflow.trace.cost";

/// A trace without its spans.
#[derive(Default, Serialize, JsonSchema)]
pub struct TraceRecord {
    /// `tr-` and 32 hex digits.
    pub trace_id: String,
    /// What the application calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
    /// Where it is.
    pub experiment_id: String,
    /// Of its root span.
    pub name: String,
    /// OK, ERROR or `IN_PROGRESS`.
    pub state: String,
    /// When it began, RFC 3339.
    pub request_time: String,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_duration_ms: Option<Number>,
    /// The beginning of what went in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_preview: Option<String>,
    /// The beginning of what came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_preview: Option<String>,
    /// The conversation it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Whose request it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The run it was made in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// `input_tokens`, `output_tokens`, `total_tokens`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub token_usage: BTreeMap<String, Number>,
    /// `input_cost`, `output_cost`, `total_cost`, in US dollars.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub cost: BTreeMap<String, Number>,
    /// Those that people gave it; get_trace shows MLflow's own, too.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// What was set when it began.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub trace_metadata: BTreeMap<String, String>,
    /// What people, judges and code say of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assessments: Vec<AssessmentRecord>,
    /// What is left out, and how many of it.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
}

/// An assessment.
#[derive(Serialize, JsonSchema)]
pub struct AssessmentRecord {
    /// `a-` and 32 hex digits.
    pub assessment_id: String,
    /// What it is about.
    pub assessment_name: String,
    /// `feedback`, `expectation` or `issue`.
    pub kind: &'static str,
    /// What is said.
    pub value: Any,
    /// HUMAN, `LLM_JUDGE` or CODE.
    pub source_type: String,
    /// A person, model or program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Any>,
    /// The span it is about, if not the whole trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// More about it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub create_time: String,
    /// RFC 3339.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub last_update_time: String,
    /// The one that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overrides: Option<String>,
    /// Another one stands for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub overridden: bool,
}

impl AssessmentRecord {
    /// All there is of it.
    pub(super) fn of(assessment: &Assessment) -> Self {
        Self {
            assessment_id: assessment.assessment_id.clone(),
            assessment_name: assessment.assessment_name.clone(),
            kind: assessment.kind(),
            value: Any(assessment.value()),
            source_type: assessment.source.source_type.clone(),
            source_id: assessment.source.source_id.clone(),
            rationale: assessment.rationale.clone().filter(|text| !text.is_empty()),
            error: assessment.error().cloned().map(Any),
            span_id: assessment.span_id.clone(),
            metadata: assessment.metadata.clone(),
            create_time: assessment.create_time.clone(),
            last_update_time: assessment.last_update_time.clone(),
            overrides: assessment.overrides.clone(),
            overridden: assessment.valid == Some(false),
        }
    }

    /// For a list: what is said and by whom, and why in a few words.
    fn brief(assessment: &Assessment) -> Self {
        let mut record = Self { metadata: BTreeMap::new(), ..Self::of(assessment) };
        record.last_update_time.clear();
        record.create_time.clear();
        record.rationale.as_mut().map(clip);
        record
    }
}

impl TraceRecord {
    /// All there is of it, in at most so many characters. What is least asked for goes first.
    pub(super) fn whole(info: TraceInfo, budget: Budget) -> Self {
        let assessments = info.assessments.iter().map(AssessmentRecord::of).collect();
        let mut record = Self { assessments, ..Self::of(&info) };
        record.tags = info.tags;
        record.trace_metadata = info.trace_metadata;
        // The same as the previews, where there are any.
        for (key, preview) in [
            ("mlflow.traceInputs", &record.request_preview),
            ("mlflow.traceOutputs", &record.response_preview),
        ] {
            if record.trace_metadata.get(key) == preview.as_ref() {
                record.trace_metadata.remove(key);
            }
        }
        record.within(budget)
    }

    /// For a list: without what MLflow itself notes down.
    pub(super) fn brief(info: &TraceInfo, budget: Budget) -> Self {
        let own = |map: &BTreeMap<String, String>| {
            let own = map.iter().filter(|(key, _)| !key.starts_with("mlflow."));
            sorted(own.map(|(key, value)| (key.clone(), value.clone())))
        };
        let mut record = Self::of(info);
        record.assessments = info.assessments.iter().map(AssessmentRecord::brief).collect();
        record.tags = own(&info.tags);
        record.trace_metadata = own(&info.trace_metadata);
        for text in [&mut record.request_preview, &mut record.response_preview] {
            text.as_mut().map(clip);
        }
        clip_values(&mut record.tags);
        clip_values(&mut record.trace_metadata);
        record.within(budget)
    }

    fn of(info: &TraceInfo) -> Self {
        let preview = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let figures = |key| sorted(info.figures(key).into_iter().map(|(name, value)| (name, Number(value))));
        let metadata = |key: &str| info.metadata(key).map(str::to_owned);
        Self {
            trace_id: info.trace_id.clone(),
            client_request_id: info.client_request_id.clone(),
            experiment_id: info.experiment_id.clone(),
            name: info.name().to_owned(),
            state: info.state.clone(),
            request_time: info.request_time.clone(),
            execution_duration_ms: info.duration().map(Number),
            request_preview: preview(&info.request_preview),
            response_preview: preview(&info.response_preview),
            session_id: metadata(SESSION),
            user: metadata("mlflow.trace.user"),
            run_id: metadata("mlflow.sourceRun"),
            token_usage: figures(TOKENS),
            cost: figures(COST),
            ..Self::default()
        }
    }

    fn within(mut self, budget: Budget) -> Self {
        if size(&self) > budget.characters() {
            let mut cut = Cut::default().texts(&mut self.trace_metadata).texts(&mut self.tags);
            for text in [&mut self.request_preview, &mut self.response_preview].into_iter().flatten() {
                cut = cut.text(text);
            }
            let cut = cut.down_to(budget, size(&self)).entries("trace_metadata", &mut self.trace_metadata);
            let cut = cut.items("assessments", &mut self.assessments).entries("tags", &mut self.tags);
            self.omitted = cut.omitted();
        }
        self
    }
}
