//! One line of the catalogue: all that the server needs of a tool, without knowing its type.

use serde_json::{Map, Value};

use super::{Context, Tool, ToolError, arguments, schema};
use crate::mcp;
use crate::mcp::types::Image;
use crate::mlflow::Tracking;
use crate::port::LocalFuture;
use crate::spec::{Effect, Spec};

/// A tool of the catalogue.
pub struct Entry {
    /// Name, title, toolset and effect.
    pub spec: &'static Spec,
    describe: fn() -> mcp::types::Tool,
    call: Call,
}

type Call = for<'a> fn(
    Map<String, Value>,
    &'a Context<'a>,
    &'a Tracking,
) -> LocalFuture<'a, Result<Answer, ToolError>>;

/// What a tool answered.
#[derive(Debug)]
pub struct Answer {
    /// The members of the structured content.
    pub structured: Map<String, Value>,
    /// Pictures beside it.
    pub images: Vec<Image>,
}

impl Entry {
    /// The entry of a tool.
    #[must_use]
    pub const fn of<T: Tool + 'static>() -> Self {
        Self { spec: &T::SPEC, describe: describe::<T>, call: call::<T> }
    }

    /// Its line in `tools/list`.
    #[must_use]
    pub fn describe(&self) -> mcp::types::Tool {
        (self.describe)()
    }

    /// Runs it.
    ///
    /// # Errors
    /// What a model is told instead of an answer.
    pub async fn call<'a>(
        &self,
        arguments: Map<String, Value>,
        cx: &'a Context<'a>,
        tracking: &'a Tracking,
    ) -> Result<Answer, ToolError> {
        (self.call)(arguments, cx, tracking).await
    }
}

fn describe<T: Tool>() -> mcp::types::Tool {
    let (input_schema, description) = schema::input::<T>();
    mcp::types::Tool {
        name: T::SPEC.name,
        title: T::SPEC.title,
        description,
        input_schema,
        output_schema: Some(schema::output::<T::Output>()),
        annotations: T::SPEC.effect.annotations(),
    }
}

fn call<'a, T: Tool + 'static>(
    given: Map<String, Value>,
    cx: &'a Context<'a>,
    tracking: &'a Tracking,
) -> LocalFuture<'a, Result<Answer, ToolError>> {
    Box::pin(async move {
        let (schema, _) = schema::input::<T>();
        let arguments = arguments::read(&schema, given)?;
        if T::SPEC.effect != Effect::Read {
            arguments.refuse_unknown(&schema)?;
        }
        let tool: T = serde_json::from_value(Value::Object(arguments.known))
            .map_err(|error| ToolError::argument(format!("the arguments do not fit: {error}")))?;
        let mut output = tool.call(cx).await.map_err(|failure| failure.explain(tracking))?;
        let images = T::images(&mut output);
        let mut structured = match serde_json::to_value(output) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        if !arguments.unknown.is_empty() {
            structured.entry("ignored_arguments").or_insert_with(|| arguments.unknown.into());
        }
        Ok(Answer { structured, images })
    })
}
