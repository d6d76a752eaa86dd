//! A small service that does what ours does not yet, or only in the component of the conformance suite: it asks
//! back, repeats an argument in a header, and answers with every kind of content.

use std::collections::BTreeMap;

use mlflow_mcp::mcp::Json;
use mlflow_mcp::mcp::input::{Capability, InputRequest, InputRequired};
use mlflow_mcp::mcp::jsonrpc::{Object, RpcError};
use mlflow_mcp::mcp::round::Elicited;
use mlflow_mcp::mcp::service::{Completing, ResourceError};
use mlflow_mcp::mcp::types::{
    Annotations, Block, Content, Image, Implementation, PromptMessage, PromptPage, RenderedPrompt, Resource,
    ResourceContent, ResourceTemplate, Role, Tool, ToolResult,
};
use mlflow_mcp::mcp::{Outcome, Progress, Round, Service, Trace};
use serde_json::json;

pub struct Desk;

const TOOLS: [&str; 4] = ["delete", "interview", "locate", "show"];

fn form(message: &str) -> InputRequest {
    let requested_schema =
        json!({"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]});
    InputRequest::Elicitation { message: message.to_owned(), requested_schema }
}

fn question(text: &str) -> InputRequest {
    let messages = vec![PromptMessage::of_user(Block::Text(text.to_owned()))];
    InputRequest::Sampling { messages, max_tokens: 10 }
}

/// Asks a person before it deletes.
fn delete(round: &Round) -> Result<Outcome<ToolResult>, RpcError> {
    let asked = || InputRequired::one("confirm", form("Really?")).with_state("sealed".to_owned());
    let said = match (round.elicited("confirm")?, round.state()) {
        (Some(Elicited::Accepted(form)), Some("sealed")) => format!("deleted: {}", form["ok"]),
        (Some(Elicited::Declined | Elicited::Cancelled), Some("sealed")) => "kept".to_owned(),
        (Some(_), _) => return Err(RpcError::invalid_params("requestState is not from here")),
        (None, _) => return Ok(Outcome::InputRequired(asked())),
    };
    Ok(Outcome::Complete(ToolResult::Content(vec![Block::Text(said)])))
}

/// Asks everybody, whatever they can.
fn interview(round: &Round) -> Outcome<ToolResult> {
    let answered = ["person", "model", "client"].map(|name| round.response(name).is_some());
    if answered.contains(&false) {
        let required = InputRequired::one("person", form("Ready?"))
            .and("model", question("Hello?"))
            .and("client", InputRequest::Roots);
        return Outcome::InputRequired(required);
    }
    Outcome::Complete(ToolResult::Content(vec![Block::Text("all answered".to_owned())]))
}

fn show() -> ToolResult {
    let resource = Resource {
        uri: "desk://drawer".to_owned(),
        name: "drawer".to_owned(),
        title: "Drawer".to_owned(),
        description: "what is in it".to_owned(),
        mime_type: "text/plain",
    };
    let content =
        ResourceContent { media_type: "text/plain".to_owned(), body: Content::Blob("cGVu".to_owned()) };
    ToolResult::Content(vec![
        Block::Text("see".to_owned()),
        Block::Image(Image { data: "iVBORw==".to_owned(), mime_type: "image/png" }),
        Block::Audio { data: "UklGRg==".to_owned(), mime_type: "audio/wav" },
        Block::Resource { uri: "desk://drawer".to_owned(), content },
        Block::Link(resource),
    ])
}

impl Service for Desk {
    fn implementation(&self) -> Implementation {
        Implementation { name: "desk", title: "Desk", version: "1", icons: &[] }
    }

    fn instructions(&self) -> Json {
        Json::of("")
    }

    fn tools(&self) -> Vec<Tool> {
        let annotations = Annotations {
            read_only_hint: false,
            destructive_hint: false,
            idempotent_hint: false,
            open_world_hint: false,
        };
        let tool = |name| Tool {
            name,
            title: name,
            description: Json::of(""),
            input_schema: self.input_schema(name).unwrap(),
            output_schema: None,
            annotations,
        };
        TOOLS.map(tool).to_vec()
    }

    fn input_schema(&self, tool: &str) -> Option<Json> {
        let properties = match tool {
            "locate" => json!({"region": {"type": "string", "x-mcp-header": "Region"}}),
            _ => json!({}),
        };
        TOOLS.contains(&tool).then(|| Json::of(&json!({"type": "object", "properties": properties})))
    }

    async fn call_tool(
        &self,
        name: &str,
        arguments: Object,
        round: &Round,
        progress: &Progress,
    ) -> Result<Outcome<ToolResult>, RpcError> {
        Ok(match name {
            "delete" => return delete(round),
            "interview" => interview(round),
            "locate" => {
                Outcome::Complete(ToolResult::Success { structured: Json::of(&arguments), more: Vec::new() })
            }
            _ => {
                progress.report(0.0, None, "");
                Outcome::Complete(show())
            }
        })
    }

    fn reports_progress(&self, tool: &str) -> bool {
        matches!(tool, "delete" | "show")
    }

    async fn prompts(&self, _: Option<&str>, _: Option<Trace>) -> Result<PromptPage, RpcError> {
        Ok(PromptPage { prompts: Vec::new(), next: None, varies: false })
    }

    async fn prompt(
        &self,
        _: &str,
        _: BTreeMap<String, String>,
        round: &Round,
    ) -> Result<Outcome<RenderedPrompt>, RpcError> {
        if round.can(Capability::Elicitation) && round.elicited("context")?.is_none() {
            return Ok(Outcome::InputRequired(InputRequired::one("context", form("About what?"))));
        }
        let image = Block::Image(Image { data: "iVBORw==".to_owned(), mime_type: "image/png" });
        let reply = PromptMessage { role: Role::Assistant, content: Block::Text("A pen.".to_owned()) };
        Ok(Outcome::Complete(RenderedPrompt {
            description: "What is it?".into(),
            messages: vec![PromptMessage::of_user(image), reply],
        }))
    }

    async fn resources(&self, _: Option<Trace>) -> Vec<Resource> {
        Vec::new()
    }

    fn resource_templates(&self) -> Vec<ResourceTemplate> {
        Vec::new()
    }

    async fn read_resource(&self, uri: &str, _: Option<Trace>) -> Result<ResourceContent, ResourceError> {
        Err(ResourceError::NotFound(uri.to_owned()))
    }

    async fn complete(&self, _: &Completing<'_>, _: Option<Trace>) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }
}
