//! One line of the catalogue: all that the server needs of a tool, without knowing its type.

use serde_json::{Map, Value};

use super::arguments::{self, Arguments};
use super::published::Published;
use super::{Context, Kind, Tool, ToolError};
use crate::mcp;
use crate::mcp::types::Image;
use crate::mlflow::Tracking;
use crate::policy::Permit;
use crate::port::LocalFuture;
use crate::spec::{Effect, Spec};

/// A tool of the catalogue.
pub struct Entry {
    /// Name, title, toolset and effect.
    pub spec: &'static Spec,
    describe: fn() -> mcp::types::Tool,
    read: fn(Map<String, Value>) -> Result<Arguments, ToolError>,
    call: Call,
}

type Call = for<'a> fn(
    Permit,
    Vec<String>,
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
        Self { spec: &T::SPEC, describe: describe::<T>, read: read::<T>, call: call::<T> }
    }

    /// Its line in `tools/list`.
    #[must_use]
    pub fn describe(&self) -> mcp::types::Tool {
        (self.describe)()
    }

    /// The names of its arguments.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let schema = self.describe().input_schema;
        schema["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned()).collect()
    }

    /// Checks what was sent, and gives it the form that [`Entry::call`] takes.
    ///
    /// # Errors
    /// An argument is missing or wrong, or, where the tool changes something, unknown.
    pub fn read(&self, given: Map<String, Value>) -> Result<Arguments, ToolError> {
        (self.read)(given)
    }

    /// Runs it with the arguments of the permit. Those in `ignored` are named in the answer.
    ///
    /// # Errors
    /// What a model is told instead of an answer.
    pub async fn call<'a>(
        &self,
        permit: Permit,
        ignored: Vec<String>,
        cx: &'a Context<'a>,
        tracking: &'a Tracking,
    ) -> Result<Answer, ToolError> {
        (self.call)(permit, ignored, cx, tracking).await
    }
}

fn describe<T: Tool>() -> mcp::types::Tool {
    let Published { description, input_schema, output_schema } = Published::of::<T>();
    mcp::types::Tool {
        name: T::SPEC.name,
        title: T::SPEC.title,
        description,
        input_schema,
        output_schema: Some(output_schema),
        annotations: T::SPEC.effect.annotations(),
    }
}

fn read<T: Tool>(given: Map<String, Value>) -> Result<Arguments, ToolError> {
    let schema = Published::of::<T>().input_schema;
    let arguments = arguments::read(&schema, given)?;
    if T::SPEC.effect != Effect::Read {
        arguments.refuse_unknown(&schema)?;
    }
    Ok(arguments)
}

fn call<'a, T: Tool + 'static>(
    permit: Permit,
    ignored: Vec<String>,
    cx: &'a Context<'a>,
    tracking: &'a Tracking,
) -> LocalFuture<'a, Result<Answer, ToolError>> {
    Box::pin(async move {
        if permit.tool() != T::SPEC.name {
            let what = format!("a permit for {} is none for {}", permit.tool(), T::SPEC.name);
            return Err(ToolError::new(Kind::Unexpected, what, "Please report it."));
        }
        let tool: T = serde_json::from_value(Value::Object(permit.into_arguments()))
            .map_err(|error| ToolError::argument(format!("the arguments do not fit: {error}")))?;
        let mut output = tool.call(cx).await.map_err(|failure| failure.explain(tracking))?;
        let images = T::images(&mut output);
        let mut structured = match serde_json::to_value(output) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        if !ignored.is_empty() {
            structured.entry("ignored_arguments").or_insert_with(|| ignored.into());
        }
        Ok(Answer { structured, images })
    })
}
