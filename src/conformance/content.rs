//! Tools that answer with each kind of content, with an error, or after saying how far they are.

use futures_lite::future::yield_now;
use serde_json::{Value, json};

use super::{Fixture, PNG, WAV};
use crate::mcp::jsonrpc::RpcError;
use crate::mcp::types::{Block, Content, Image, ResourceContent, ToolResult};
use crate::mcp::{Outcome, Progress};

pub(super) const WITH_PROGRESS: &str = "test_tool_with_progress";

pub(super) const TOOLS: &[Fixture] = &[
    Fixture {
        name: "test_simple_text",
        description: "Answers with a text.",
        input_schema: nothing,
        call: |_, _| text("This is a simple text response for testing."),
    },
    Fixture {
        name: "test_image_content",
        description: "Answers with a picture.",
        input_schema: nothing,
        call: |_, _| content([image()]),
    },
    Fixture {
        name: "test_audio_content",
        description: "Answers with a sound.",
        input_schema: nothing,
        call: |_, _| content([Block::Audio { data: WAV.to_owned(), mime_type: "audio/wav" }]),
    },
    Fixture {
        name: "test_embedded_resource",
        description: "Answers with a resource.",
        input_schema: nothing,
        call: |_, _| {
            content([resource(
                "test://embedded-resource",
                "text/plain",
                "This is an embedded resource content.",
            )])
        },
    },
    Fixture {
        name: "test_multiple_content_types",
        description: "Answers with a text, a picture and a resource.",
        input_schema: nothing,
        call: |_, _| {
            let json = r#"{"test":"data","value":123}"#;
            content([
                Block::Text("Multiple content types test:".to_owned()),
                image(),
                resource("test://mixed-content-resource", "application/json", json),
            ])
        },
    },
    Fixture {
        name: "test_error_handling",
        description: "Fails.",
        input_schema: nothing,
        call: |_, _| {
            let text = "This tool intentionally returns an error for testing";
            Ok(Outcome::Complete(ToolResult::Failure(text.to_owned())))
        },
    },
    Fixture {
        name: WITH_PROGRESS,
        description: "Says three times how far it is.",
        input_schema: nothing,
        call: |_, _| text("Done."),
    },
    Fixture {
        name: "test_logging_tool",
        description: "Answers, and logs nothing: this server has no logging to ask for.",
        input_schema: nothing,
        call: |_, _| text("Nothing was logged."),
    },
];

/// The schema of a tool that takes no arguments.
pub(super) fn nothing() -> Value {
    json!({"type": "object", "properties": {}, "additionalProperties": false})
}

pub(super) fn text(text: &str) -> Result<Outcome<ToolResult>, RpcError> {
    content([Block::Text(text.to_owned())])
}

pub(super) fn content<const N: usize>(blocks: [Block; N]) -> Result<Outcome<ToolResult>, RpcError> {
    Ok(Outcome::Complete(ToolResult::Content(blocks.into())))
}

pub(super) fn image() -> Block {
    Block::Image(Image { data: PNG.to_owned(), mime_type: "image/png" })
}

pub(super) fn resource(uri: &str, media_type: &str, text: &str) -> Block {
    let content = ResourceContent { media_type: media_type.to_owned(), body: Content::Text(text.to_owned()) };
    Block::Resource { uri: uri.to_owned(), content }
}

/// Each report leaves by itself: between two of them the connection has its turn.
pub(super) async fn report(progress: &Progress) {
    for done in [0.0, 50.0, 100.0] {
        progress.report(done, Some(100.0), "");
        yield_now().await;
    }
}
