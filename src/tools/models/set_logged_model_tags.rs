//! `set_logged_model_tags`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::logged;
use crate::mlflow::logged_models::Info;
use crate::mlflow::logged_models::change::set_tags;
use crate::mlflow::pairs::tags;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::tagging::Several;

/// Set tags of a logged model, replacing the values that they have.
#[derive(Deserialize, JsonSchema)]
pub struct SetLoggedModelTags {
    /// The logged model: m- and 32 hex digits.
    #[schemars(length(min = 1))]
    model_id: String,
    /// Texts by name, for instance {"team": "nlp"}.
    tags: BTreeMap<String, String>,
}

/// What was set.
#[derive(Serialize, JsonSchema)]
pub struct Tagged {
    success: bool,
    model_id: String,
    /// What those were that it had with another value.
    previous: BTreeMap<String, String>,
    /// Those that it did not have: delete_logged_model_tag removes them again, set_logged_model_tags with previous restores the others.
    new_tags: Vec<String>,
}

impl Tool for SetLoggedModelTags {
    const SPEC: Spec = Spec {
        name: "set_logged_model_tags",
        title: "Tag a logged model",
        toolset: Toolset::Models,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Tagged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (_, Several { previous, new_tags }) = self.look(cx).await?;
        set_tags(&cx.client, &self.model_id, &tags(&self.tags)).await?;
        Ok(Tagged { success: true, model_id: self.model_id, previous, new_tags })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (info, several) = self.look(cx).await?;
        Ok(Some(several.would(&logged::named(&info))))
    }
}

impl SetLoggedModelTags {
    /// The model, and what its tags are before.
    async fn look(&self, cx: &Context<'_>) -> Result<(Info, Several), Failure> {
        if self.tags.is_empty() {
            return Err(ToolError::argument("argument \"tags\" is empty; nothing was changed").into());
        }
        let info = logged::model(cx, &self.model_id).await?.info;
        let several = Several::set(&info.tags, &self.tags);
        Ok((info, several))
    }
}
