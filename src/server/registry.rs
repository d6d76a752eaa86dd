//! Prompts of MLflow's registry, by leave of the tools that show the same.

use std::collections::BTreeMap;

use super::{Server, trail};
use crate::mcp::jsonrpc::RpcError;
use crate::mcp::types::RenderedPrompt;
use crate::mcp::{Progress, Trace};
use crate::nearest::nearest;
use crate::prompts;
use crate::resources::Reading;
use crate::spec::Toolset;
use crate::tool::{Kind, ToolError};

impl Server<'_> {
    /// Whether the caller is shown them: whoever may call the tools.
    pub(super) fn serves_registry(&self) -> bool {
        Toolset::Prompts.is_built()
            && self.policy.is_ok()
            && self.lists_reading(Reading::prompts())
            && self.lists_reading(Reading::prompt(""))
    }

    /// One of them with values for its variables.
    ///
    /// # Errors
    /// What is wrong with the name or an argument, or why the registry cannot be read.
    pub(super) async fn prompt_of_registry(
        &self,
        name: &str,
        values: &BTreeMap<String, String>,
        trace: Option<Trace>,
    ) -> Result<RenderedPrompt, RpcError> {
        if !self.serves_registry() {
            let near = nearest(name, prompts::ALL.iter().map(|prompt| prompt.name));
            let near = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
            return Err(RpcError::invalid_params(format!("there is no prompt {name:?}{near}")));
        }
        let (progress, call) = (Progress::unheard(), self.begins("prompts/get", trace));
        let rendered = async {
            let (_, cx) = self.admit_reading(Reading::prompt(name), &progress, &call).await?;
            let rendered = prompts::registry::get(&cx, name, values).await;
            rendered.map_err(|failure| failure.explain(cx.client.tracking()))
        };
        let rendered = rendered.await;
        call.ended(trail::outcome(&rendered));
        rendered.map_err(|error| not_rendered(&error))
    }
}

/// As the protocol tells it apart.
fn not_rendered(error: &ToolError) -> RpcError {
    let text = error.to_string();
    match error.kind {
        Kind::NotFound | Kind::Argument | Kind::Refused => RpcError::invalid_params(text),
        Kind::Policy | Kind::Unasked | Kind::Denied => RpcError::new(RpcError::FORBIDDEN, text),
        _ => RpcError::new(RpcError::INTERNAL, text),
    }
}
