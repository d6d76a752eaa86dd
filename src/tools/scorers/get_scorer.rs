//! `get_scorer`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::find;
use super::record::{Parts, ScorerRecord};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::any::Any;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted};
use crate::tool::{Context, Failure, Tool};

/// Get a scorer whole: what its LLM is told, its model, its settings.
#[derive(Deserialize, JsonSchema)]
pub struct GetScorer {
    /// Its experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// The scorer.
    #[schemars(length(min = 1))]
    name: String,
    /// The newest if left out.
    version: Option<String>,
}

/// A version of a scorer.
#[derive(Serialize, JsonSchema)]
pub struct WholeScorer {
    #[serde(flatten)]
    scorer: ScorerRecord,
    /// Of all its versions.
    scorer_id: String,
    /// What its LLM is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<Any>,
    /// What else it says of itself, as MLflow's own client writes it.
    settings: Any,
    /// Present if the whole would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    omitted: Omitted,
}

impl Tool for GetScorer {
    const SPEC: Spec = Spec {
        name: "get_scorer",
        title: "Get a scorer",
        toolset: Toolset::Scorers,
        effect: Effect::Read,
        progress: false,
    };

    type Output = WholeScorer;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let version = self.version.as_deref().map(str::trim).filter(|version| !version.is_empty());
        let scorer = find::scorer(cx, &self.experiment_id, &self.name, version).await?;
        let Parts { record, instructions, rest } = Parts::of(&scorer);
        let mut whole = WholeScorer {
            scorer: record,
            scorer_id: scorer.scorer_id,
            instructions: instructions.map(|text| Any(Value::String(text))),
            settings: Any(Value::Object(rest)),
            omitted: Omitted::new(),
        };
        let characters = size(&whole);
        if characters > cx.budget.characters() {
            let mut description = whole.scorer.description.take().map(Value::String);
            let mut parts = vec![("settings", &mut whole.settings.0)];
            parts.extend(whole.instructions.as_mut().map(|text| ("instructions", &mut text.0)));
            parts.extend(description.as_mut().map(|text| ("description", text)));
            whole.omitted = Cut::default().down_to(cx.budget, characters).values(parts).omitted();
            whole.scorer.description = description.and_then(|text| text.as_str().map(str::to_owned));
        }
        Ok(whole)
    }
}
