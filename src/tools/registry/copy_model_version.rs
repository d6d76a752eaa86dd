//! `copy_model_version`

use schemars::JsonSchema;
use serde::Deserialize;

use super::record::{Registered, would};
use crate::mlflow::pairs::tags;
use crate::mlflow::registry::change::{NewVersion, create_version};
use crate::mlflow::registry::versions;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Copy a model version into another registered model, which is created if there is none: for instance from
/// a staging to a production model. Description and tags come along, aliases do not.
#[derive(Deserialize, JsonSchema)]
pub struct CopyModelVersion {
    /// The registered model to copy from.
    #[schemars(length(min = 1))]
    src_model_name: String,
    /// Its version.
    #[schemars(length(min = 1))]
    src_version: String,
    /// The registered model to copy to.
    #[schemars(length(min = 1))]
    dst_model_name: String,
}

impl Tool for CopyModelVersion {
    const SPEC: Spec = Spec {
        name: "copy_model_version",
        title: "Copy a model version",
        toolset: Toolset::Core,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Registered;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { src_model_name, src_version, dst_model_name } = self;
        let known = versions::get(&cx.client, &src_model_name, &src_version).await?;
        let source = format!("models:/{}/{}", known.name, known.version);
        let new = NewVersion {
            name: &dst_model_name,
            source: &source,
            run_id: &known.run_id,
            model_id: None,
            description: &known.description,
            tags: tags(&known.tags),
        };
        let (version, created) = create_version(&cx.client, &new).await?;
        Ok(Registered::new(version, created))
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let known = versions::get(&cx.client, &self.src_model_name, &self.src_version).await?;
        let source = format!("models:/{}/{}", known.name, known.version);
        Ok(Some(would(cx, &source, &self.dst_model_name).await?))
    }
}
