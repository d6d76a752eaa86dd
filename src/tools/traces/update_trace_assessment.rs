//! `update_trace_assessment`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::AssessmentRecord;
use super::{existing, logged, missing};
use crate::mlflow::traces::assessments::Assessment;
use crate::mlflow::traces::change::{Changed, Said, reassess};
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::any::Any;
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool, ToolError};

/// Change the value, rationale or metadata of an assessment. Its name and source stay.
#[derive(Deserialize, JsonSchema)]
pub struct UpdateTraceAssessment {
    /// tr- and 32 hex digits.
    #[schemars(length(min = 1))]
    trace_id: String,
    /// a- and 32 hex digits, as get_trace shows it.
    #[schemars(length(min = 1))]
    assessment_id: String,
    /// JSON: true, 0.9, {"f1": 0.8}; any other text is a word.
    value: Option<String>,
    /// Why; only feedback has one.
    rationale: Option<String>,
    /// Members to set; others stay, and none can be removed.
    metadata: Option<BTreeMap<String, String>>,
}

/// What was changed.
#[derive(Serialize, JsonSchema)]
pub struct Updated {
    success: bool,
    trace_id: String,
    /// As it is now.
    #[serde(flatten)]
    assessment: AssessmentRecord,
    /// What was said before.
    previous_value: Any,
    /// Why, before.
    #[schemars(extend("x-nullable" = true))]
    previous_rationale: Option<String>,
    /// Metadata before.
    previous_metadata: BTreeMap<String, String>,
    /// The call that takes it back; MLflow keeps a value and members of the metadata that were not there before.
    undo: String,
}

impl Tool for UpdateTraceAssessment {
    const SPEC: Spec = Spec {
        name: "update_trace_assessment",
        title: "Change an assessment",
        toolset: Toolset::Traces,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Updated;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (before, value) = self.change(cx).await?;
        let id = before.trace_id.as_str();
        let changed = Changed {
            value: value.as_ref().map(|value| (said(&before), value)),
            rationale: self.rationale.as_deref(),
            metadata: self.metadata.as_ref(),
        };
        let after = reassess(&cx.client, id, &before.assessment_id, &changed).await;
        let after = after.map_err(|error| missing::assessments(cx, error, id))?;
        let undo = self.undo(&before);
        Ok(Updated {
            success: true,
            trace_id: id.to_owned(),
            assessment: AssessmentRecord::of(&after),
            previous_value: Any(before.value()),
            previous_rationale: before.rationale.clone(),
            previous_metadata: before.metadata.clone(),
            undo,
        })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (before, value) = self.change(cx).await?;
        let mut changes = Vec::new();
        if let Some(value) = &value {
            let (from, to) = (logged::shown(&before.value()), logged::shown(value));
            changes.push(format!("value from {from} to {to}"));
        }
        if let Some(rationale) = &self.rationale {
            let from = quoted(before.rationale.as_deref().unwrap_or_default());
            changes.push(format!("rationale from {from} to {}", quoted(rationale)));
        }
        for (name, to) in self.metadata.iter().flatten() {
            let from = before.metadata.get(name).map_or("nothing".to_owned(), |from| quoted(from));
            changes.push(format!("metadata {} from {from} to {}", quoted(name), quoted(to)));
        }
        Ok(Some(format!("Change {}: {}.", existing::spoken(&before), changes.join(", "))))
    }
}

fn said(assessment: &Assessment) -> Said {
    if assessment.kind() == Said::Expectation.name() { Said::Expectation } else { Said::Feedback }
}

impl UpdateTraceAssessment {
    /// The assessment as it is, and the value that it is to have, if MLflow takes them.
    async fn change(&self, cx: &Context<'_>) -> Result<(Assessment, Option<Value>), Failure> {
        if self.value.is_none()
            && self.rationale.is_none()
            && self.metadata.as_ref().is_none_or(BTreeMap::is_empty)
        {
            let message = "nothing to change was given, and nothing was changed: one of \"value\", \"rationale\" and \
                           \"metadata\" is needed";
            return Err(ToolError::argument(message).into());
        }
        let value = self.value.as_deref().map(logged::value).transpose()?;
        let mut before = existing::assessment(cx, &self.trace_id, &self.assessment_id).await?;
        // Some servers leave it out of what they answer.
        self.trace_id.trim().clone_into(&mut before.trace_id);
        self.assessment_id.trim().clone_into(&mut before.assessment_id);
        let what = existing::spoken(&before);
        // MLflow would take these without a word, and change nothing.
        let fault = match before.kind() {
            "issue" => Some("is the mark of an issue, which has no value, rationale or metadata to change"),
            "expectation" if self.rationale.is_some() => Some("has no rationale: only feedback has one"),
            _ => None,
        };
        match fault {
            Some(fault) => Err(ToolError::argument(format!("{what} {fault}; nothing was changed")).into()),
            None => Ok((before, value)),
        }
    }

    /// The call that takes it back, with what this one changes and no more.
    fn undo(&self, before: &Assessment) -> String {
        let mut arguments =
            vec![("trace_id", before.trace_id.clone()), ("assessment_id", before.assessment_id.clone())];
        // Where a judge failed there was none, and null is not taken for one.
        let value = Some(before.value()).filter(|value| self.value.is_some() && !value.is_null());
        arguments.extend(value.map(|value| ("value", value.to_string())));
        if self.rationale.is_some() {
            arguments.push(("rationale", before.rationale.clone().unwrap_or_default()));
        }
        let names = self.metadata.iter().flat_map(BTreeMap::keys);
        let kept = names.filter_map(|name| Some((name.clone(), before.metadata.get(name)?.clone())));
        let kept = sorted(kept);
        if !kept.is_empty() {
            arguments.push(("metadata", logged::text(&kept)));
        }
        if arguments.len() == 2 {
            return "None: MLflow cannot take away what was not there before.".to_owned();
        }
        let arguments: Vec<(&str, &str)> =
            arguments.iter().map(|(name, text)| (*name, text.as_str())).collect();
        undo("update_trace_assessment", &arguments)
    }
}
