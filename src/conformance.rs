//! What the official conformance suite calls: tools, prompts and resources under names of its own.
//!
//! They exist only under the feature `conformance-fixtures`, which no released component is built with. Around them
//! is the real server, so the suite runs over the real protocol core and lists the real tools too.

mod asking;
mod content;
mod prompts;
mod resources;
mod schemas;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::mcp::jsonrpc::{Object, RpcError};
use crate::mcp::service::{Completing, ResourceError};
use crate::mcp::types::{
    Annotations, Implementation, PromptPage, RenderedPrompt, Resource, ResourceContent, ResourceTemplate,
    Tool, ToolResult,
};
use crate::mcp::{Json, Outcome, Progress, Round, Service, Trace};

/// A red dot, 1 by 1: PNG in Base64.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
/// A millisecond of silence: WAV in Base64.
const WAV: &str = "UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAgICAgICAgA==";

/// A server, and the suite's items before its own: nothing that the suite picks by its place in a list depends on
/// an MLflow.
pub struct Fixtures<S> {
    server: S,
}

/// A tool of the suite.
struct Fixture {
    name: &'static str,
    description: &'static str,
    input_schema: fn() -> Value,
    call: fn(&'static str, &Round) -> Result<Outcome<ToolResult>, RpcError>,
}

impl Fixture {
    fn find(name: &str) -> Option<&'static Self> {
        Self::all().find(|fixture| fixture.name == name)
    }

    fn all() -> impl Iterator<Item = &'static Self> {
        content::TOOLS.iter().chain(asking::TOOLS).chain(schemas::TOOLS)
    }

    fn describe(&self) -> Tool {
        Tool {
            name: self.name,
            title: self.name,
            description: Json::of(self.description),
            input_schema: Json::of(&(self.input_schema)()),
            output_schema: None,
            annotations: Annotations {
                read_only_hint: true,
                destructive_hint: false,
                idempotent_hint: true,
                open_world_hint: false,
            },
        }
    }
}

impl<S: Service> Fixtures<S> {
    /// The suite's items in front of this server's.
    pub fn before(server: S) -> Self {
        Self { server }
    }
}

impl<S: Service> Service for Fixtures<S> {
    fn implementation(&self) -> Implementation {
        self.server.implementation()
    }

    fn instructions(&self) -> Json {
        self.server.instructions()
    }

    fn tools(&self) -> Vec<Tool> {
        Fixture::all().map(Fixture::describe).chain(self.server.tools()).collect()
    }

    fn input_schema(&self, tool: &str) -> Option<Json> {
        match Fixture::find(tool) {
            Some(fixture) => Some(Json::of(&(fixture.input_schema)())),
            None => self.server.input_schema(tool),
        }
    }

    async fn call_tool(
        &self,
        name: &str,
        arguments: Object,
        round: &Round,
        progress: &Progress,
    ) -> Result<Outcome<ToolResult>, RpcError> {
        let Some(fixture) = Fixture::find(name) else {
            return self.server.call_tool(name, arguments, round, progress).await;
        };
        if self.reports_progress(name) {
            content::report(progress).await;
        }
        (fixture.call)(fixture.name, round)
    }

    fn reports_progress(&self, tool: &str) -> bool {
        tool == content::WITH_PROGRESS || self.server.reports_progress(tool)
    }

    async fn prompts(&self, cursor: Option<&str>, trace: Option<Trace>) -> Result<PromptPage, RpcError> {
        let mut page = self.server.prompts(cursor, trace).await?;
        if cursor.is_none() {
            page.prompts.splice(..0, prompts::list());
        }
        Ok(page)
    }

    async fn prompt(
        &self,
        name: &str,
        arguments: BTreeMap<String, String>,
        round: &Round,
    ) -> Result<Outcome<RenderedPrompt>, RpcError> {
        match prompts::render(name, &arguments, round)? {
            Some(outcome) => Ok(outcome),
            None => self.server.prompt(name, arguments, round).await,
        }
    }

    async fn resources(&self, trace: Option<Trace>) -> Vec<Resource> {
        let mut resources = resources::list();
        resources.extend(self.server.resources(trace).await);
        resources
    }

    fn resource_templates(&self) -> Vec<ResourceTemplate> {
        std::iter::once(resources::TEMPLATE).chain(self.server.resource_templates()).collect()
    }

    async fn read_resource(&self, uri: &str, trace: Option<Trace>) -> Result<ResourceContent, ResourceError> {
        match resources::read(uri) {
            Some(content) => Ok(content),
            None => self.server.read_resource(uri, trace).await,
        }
    }

    async fn complete(
        &self,
        completing: &Completing<'_>,
        trace: Option<Trace>,
    ) -> Result<Vec<String>, String> {
        match prompts::complete(completing) {
            Some(values) => Ok(values),
            None => self.server.complete(completing, trace).await,
        }
    }
}
