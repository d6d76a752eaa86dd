//! `delete_registered_model`

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use crate::mlflow::filter;
use crate::mlflow::page::Position;
use crate::mlflow::registry::models::RegisteredModel;
use crate::mlflow::registry::{change, versions};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Versions that are counted before a person is asked.
const COUNTED: usize = 100;

/// The stages of what something may load.
const IN_USE: [&str; 2] = ["Production", "Staging"];

/// Delete a registered model with all its versions for good. Runs and files stay.
///
/// A model with aliases is not deleted: something may load it by them. Delete the aliases first.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteRegisteredModel {
    /// The registered model.
    #[schemars(length(min = 1))]
    name: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    name: String,
}

impl Tool for DeleteRegisteredModel {
    const SPEC: Spec = Spec {
        name: "delete_registered_model",
        title: "Delete a registered model",
        toolset: Toolset::Core,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        self.known(cx).await?;
        let Self { name } = self;
        change::delete_model(&cx.client, &name).await?;
        Ok(Deleted { success: true, name })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (known, versions) = zip(self.known(cx), self.versions(cx)).await;
        let known = known?;
        let staged: Vec<String> = known
            .latest_versions
            .iter()
            .filter(|version| IN_USE.contains(&version.current_stage.as_str()))
            .map(|version| format!(" Version {} is in stage {}.", version.version, version.current_stage))
            .collect();
        Ok(Some(format!(
            "Delete registered model {} with {} for good: this cannot be undone.{} Its runs and files stay.",
            quoted(&known.name),
            versions.unwrap_or_else(|| "all its versions".to_owned()),
            staged.concat()
        )))
    }
}

impl DeleteRegisteredModel {
    /// The model, if nothing may load it by an alias.
    async fn known(&self, cx: &Context<'_>) -> Result<RegisteredModel, Failure> {
        let known = missing::model(cx, &self.name).await?;
        if known.aliases.is_empty() {
            return Ok(known);
        }
        let aliases = known.aliases.iter().map(|one| format!("{} (version {})", one.alias, one.version));
        Err(ToolError::new(
            Kind::Refused,
            format!(
                "registered model {:?} is in use by alias {}, and nothing was deleted",
                self.name,
                aliases.collect::<Vec<_>>().join(", ")
            ),
            "Remove the aliases with delete_model_alias first.",
        )
        .into())
    }

    /// How many versions it has, if that can be told.
    async fn versions(&self, cx: &Context<'_>) -> Option<String> {
        let filter = format!("name = {}", filter::string(&self.name).ok()?);
        let page = versions::page(&cx.client, &filter, COUNTED, &Position::default()).await.ok()?;
        Some(counted(page.rows.len(), page.next.is_some(), "version"))
    }
}
