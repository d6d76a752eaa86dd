//! `register_model`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::record::{Registered, would};
use super::source::Source;
use crate::mlflow::pairs::tags;
use crate::mlflow::registry::change::{NewVersion, create_version};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Register a model as the next version of a registered model, which is created if there is none.
///
/// The source is looked up first: if it does not exist, nothing is created.
#[derive(Deserialize, JsonSchema)]
pub struct RegisterModel {
    /// The registered model.
    #[schemars(length(min = 1))]
    model_name: String,
    /// runs:/RUN_ID/NAME, models:/m-ID, models:/NAME/VERSION, models:/NAME@ALIAS, or where the files are.
    #[schemars(length(min = 1))]
    model_uri: String,
    /// Tags of the new version, for instance {"task": "churn"}.
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

impl Tool for RegisterModel {
    const SPEC: Spec = Spec {
        name: "register_model",
        title: "Register a model",
        toolset: Toolset::Core,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Registered;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let source = Source::find(cx, &self.model_uri).await?;
        let new = NewVersion {
            name: &self.model_name,
            source: &source.uri,
            run_id: &source.run_id,
            model_id: source.model_id.as_deref(),
            description: "",
            tags: tags(&self.tags),
        };
        let (version, created) = create_version(&cx.client, &new).await?;
        Ok(Registered::new(version, created))
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let source = Source::find(cx, &self.model_uri).await?;
        Ok(Some(would(cx, &source.uri, &self.model_name).await?))
    }
}
