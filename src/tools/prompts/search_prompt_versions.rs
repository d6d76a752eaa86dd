//! `search_prompt_versions`

use std::collections::BTreeMap;

use futures_lite::future::try_zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find;
use super::template::Template;
use crate::mlflow::filter;
use crate::mlflow::registry::models::{ONLY_PROMPTS, RegisteredModel};
use crate::mlflow::registry::prompts::{MODEL_CONFIG, TEXT, is_reserved};
use crate::mlflow::registry::versions::{self, ModelVersion};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted, clip};
use crate::tool::{Budget, Context, Failure, Listing, Tool, ToolError, listing};

/// List the versions of a prompt, the newest first: commit message, variables, how the template begins.
#[derive(Deserialize, JsonSchema)]
pub struct SearchPromptVersions {
    /// The prompt.
    #[schemars(length(min = 1))]
    name: String,
    /// How many at most (default 100).
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 1000))]
    max_results: usize,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    100
}

/// A version of a prompt in a list.
#[derive(Serialize, JsonSchema)]
pub struct PromptVersion {
    version: String,
    /// text or chat.
    #[serde(rename = "type")]
    kind: &'static str,
    commit_message: String,
    /// Its names.
    aliases: Vec<String>,
    variables: Vec<String>,
    /// How the template begins; load_prompt has the whole.
    beginning: String,
    /// Which model, and its settings, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    model_config: Option<String>,
    tags: BTreeMap<String, String>,
    /// Who made it, where the server knows.
    #[serde(skip_serializing_if = "String::is_empty")]
    user_id: String,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_timestamp: Option<i64>,
    /// Present if this version alone would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    omitted: Omitted,
}

impl Tool for SearchPromptVersions {
    const SPEC: Spec = Spec {
        name: "search_prompt_versions",
        title: "List prompt versions",
        toolset: Toolset::Prompts,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<PromptVersion>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let name = filter::string(&self.name).map_err(|_| {
            ToolError::argument(format!("argument \"name\": no prompt can be called {:?}", self.name))
        })?;
        let filter = format!("name = {name} AND {ONLY_PROMPTS}");
        // The prompt has the aliases, which the search leaves out, and tells none at all from no versions.
        let page = async { Ok(versions::page(&cx.client, &filter, self.max_results, &from).await?) };
        let (page, prompt) = try_zip(page, find::prompt(cx, &self.name)).await?;
        Ok(Listing::of_page(page.map(|version| PromptVersion::of(version, &prompt, cx.budget)), cx.budget))
    }
}

impl PromptVersion {
    fn of(mut version: ModelVersion, prompt: &RegisteredModel, budget: Budget) -> Self {
        // A list is not lost to one version that cannot be read.
        let template = Template::of(&version)
            .unwrap_or_else(|_| Template::Text(version.tags.get(TEXT).cloned().unwrap_or_default()));
        let (kind, variables) = (template.kind(), template.variables().into_iter().collect());
        let mut beginning = template.into_text();
        clip(&mut beginning);
        let model_config = version.tags.remove(MODEL_CONFIG);
        version.tags.retain(|key, _| !is_reserved(key));
        let mut found = Self {
            aliases: find::aliases(prompt, &version.version),
            version: version.version,
            kind,
            commit_message: version.description,
            variables,
            beginning,
            model_config,
            tags: version.tags,
            user_id: version.user_id,
            creation_timestamp: version.creation_timestamp,
            omitted: Omitted::new(),
        };
        found.shorten(budget);
        found
    }

    fn shorten(&mut self, budget: Budget) {
        if size(&self) <= budget.characters() {
            return;
        }
        let mut cut = Cut::default().text(&mut self.commit_message).texts(&mut self.tags);
        if let Some(config) = &mut self.model_config {
            cut = cut.text(config);
        }
        let cut = cut.down_to(budget, size(&self)).entries("tags", &mut self.tags);
        let cut = cut.items("aliases", &mut self.aliases).items("variables", &mut self.variables);
        self.omitted = cut.omitted();
    }
}
