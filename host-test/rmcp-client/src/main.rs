//! Asks a server everything that the official Rust client can ask, and prints the answers as one JSON object.
//!
//! `mlflow-mcp-rmcp-client --url URL --mode MODE QUESTIONS`, as the Python and JavaScript clients in `xtask` take it.
//! `host-test/tests/e2e/clients` writes the questions and judges the answers.

use std::collections::HashMap;
use std::error::Error;

use rmcp::model::{
    CallToolRequestParams, CompletionContext, ContentBlock, GetPromptRequestParams, JsonObject,
    ProtocolVersion, ReadResourceRequestParams, ResourceContents,
};
use rmcp::service::RunningService;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::{ClientLifecycleMode, ClientServiceExt as _, RoleClient};
use serde::Deserialize;
use serde_json::{Value, json};

type Client = RunningService<RoleClient, ()>;

#[derive(Deserialize)]
struct Questions {
    tool: String,
    arguments: JsonObject,
    /// The URIs to read.
    resources: Vec<String>,
    prompt: String,
    prompt_arguments: JsonObject,
    completed_prompt: String,
    completed_argument: Argument,
    completion_context: HashMap<String, String>,
}

/// A prompt's argument as far as it was typed.
#[derive(Deserialize)]
struct Argument {
    name: String,
    value: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [_, url, _, mode, questions] = arguments.as_slice() else {
        return Err("usage: mlflow-mcp-rmcp-client --url URL --mode MODE QUESTIONS".into());
    };
    let questions: Questions = serde_json::from_str(questions)?;
    let transport = StreamableHttpClientTransport::from_uri(url.as_str());
    let client = ().serve_with_lifecycle(transport, lifecycle(mode)?).await?;
    println!("{}", ask(&client, questions).await?);
    client.cancel().await?;
    Ok(())
}

/// How to open: auto, legacy, or a protocol revision.
fn lifecycle(mode: &str) -> Result<ClientLifecycleMode, serde_json::Error> {
    Ok(match mode {
        "legacy" => ClientLifecycleMode::Initialize,
        "auto" => ClientLifecycleMode::Auto {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
            legacy_version: None,
        },
        revision => ClientLifecycleMode::Discover {
            preferred_versions: vec![serde_json::from_value(revision.into())?],
        },
    })
}

async fn ask(client: &Client, asked: Questions) -> Result<Value, Box<dyn Error>> {
    let server = client.peer_info().ok_or("the client is not connected")?;
    let tools = client.list_all_tools().await?;
    let call = CallToolRequestParams::new(asked.tool).with_arguments(asked.arguments);
    let result = client.call_tool(call).await?;
    if result.is_error == Some(true) {
        return Err(format!("the tool failed: {:?}", result.content).into());
    }
    let resources = client.list_all_resources().await?;
    let templates = client.list_all_resource_templates().await?;
    let mut contents = Vec::new();
    for uri in asked.resources {
        let read = client.read_resource(ReadResourceRequestParams::new(uri)).await?;
        contents.extend(read.contents.into_iter().map(text));
    }
    let prompts = client.list_all_prompts().await?;
    let get = GetPromptRequestParams::new(asked.prompt).with_arguments(asked.prompt_arguments);
    let prompt = client.get_prompt(get).await?;
    let Argument { name, value } = asked.completed_argument;
    let context = CompletionContext::with_arguments(asked.completion_context);
    let completion =
        client.complete_prompt_argument(asked.completed_prompt, name, value, Some(context)).await?;
    Ok(json!({
        "protocol_version": server.protocol_version,
        "tools": tools.iter().map(|tool| &tool.name).collect::<Vec<_>>(),
        "result": result.structured_content,
        "resources": resources.iter().map(|resource| &resource.uri).collect::<Vec<_>>(),
        "templates": templates.iter().map(|template| &template.uri_template).collect::<Vec<_>>(),
        "contents": contents,
        "prompts": prompts.iter().map(|prompt| &prompt.name).collect::<Vec<_>>(),
        "prompt": prompt.messages.iter().filter_map(|message| spoken(&message.content)).collect::<Vec<_>>(),
        "completion": completion.values,
    }))
}

fn text(contents: ResourceContents) -> Option<String> {
    match contents {
        ResourceContents::TextResourceContents { text, .. } => Some(text),
        _ => None,
    }
}

fn spoken(content: &ContentBlock) -> Option<&str> {
    content.as_text().map(|content| content.text.as_str())
}
