//! One line of the catalogue: all that the server needs of a tool, without knowing its type.
//!
//! What is written for a type is compiled once for each of them, so it is kept to what needs the type. Arguments are read
//! from a map and not from a value, which could be a list, too: code for that would be made for every type.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::arguments::{self, Arguments};
use super::cut::change;
use super::published::Published;
use super::{Context, Failure, Kind, Tool, ToolError};
use crate::mcp::types::Image;
use crate::mcp::{self, Json};
use crate::mlflow::Tracking;
use crate::policy::{Permit, Question};
use crate::port::LocalFuture;
use crate::spec::{DRY_RUN, Effect, Spec, unbuilt};

/// A tool of the catalogue.
pub struct Entry {
    /// Name, title, toolset and effect.
    pub spec: &'static Spec,
    published: fn() -> Published,
    /// `None` where the toolset is not built, so that nothing of the tool is.
    call: Option<Call>,
    /// Of what changes something: each costs a kilobyte of the component.
    preview: Option<Preview>,
}

type Call = for<'a> fn(Map<String, Value>, &'a Context<'a>) -> LocalFuture<'a, Result<Answer, Failure>>;

type Preview =
    for<'a> fn(Map<String, Value>, &'a Context<'a>) -> LocalFuture<'a, Result<Option<String>, Failure>>;

/// What a tool answered.
#[derive(Debug)]
pub struct Answer {
    /// The structured content: an object.
    pub structured: Json,
    /// Pictures beside it.
    pub images: Vec<Image>,
}

impl Entry {
    /// The entry of a tool.
    #[must_use]
    pub const fn of<T: Tool + 'static>() -> Self {
        if !T::SPEC.toolset.is_built() {
            return Self { spec: &T::SPEC, published: Published::of::<T>, call: None, preview: None };
        }
        let preview: Option<Preview> = match T::SPEC.effect {
            Effect::Append | Effect::Overwrite | Effect::Delete => Some(preview::<T>),
            Effect::Read => None,
        };
        Self { spec: &T::SPEC, published: Published::of::<T>, call: Some(call::<T>), preview }
    }

    /// Its line in `tools/list`.
    #[must_use]
    pub fn describe(&self) -> mcp::types::Tool {
        let Published { description, input_schema, output_schema } = (self.published)();
        mcp::types::Tool {
            name: self.spec.name,
            title: self.spec.title,
            description,
            input_schema,
            output_schema: Some(output_schema),
            annotations: self.spec.effect.annotations(),
        }
    }

    /// JSON Schema of its arguments.
    #[must_use]
    pub fn input_schema(&self) -> Arc<Value> {
        // Read once in an instance, by the tool's name: what the code says, and nothing of any caller. To read it anew takes
        // longer than most of what a call does besides.
        static READ: Mutex<BTreeMap<&str, Arc<Value>>> = Mutex::new(BTreeMap::new());
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        let schema = read.entry(self.spec.name);
        Arc::clone(schema.or_insert_with(|| Arc::new((self.published)().input_schema.value())))
    }

    /// The names of its arguments.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let schema = self.input_schema();
        schema["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned()).collect()
    }

    /// Checks what was sent, and gives it the form that [`Entry::call`] takes.
    ///
    /// # Errors
    /// An argument is missing or wrong, or, where the tool changes something, unknown.
    pub fn read(&self, given: Map<String, Value>) -> Result<Arguments, ToolError> {
        let schema = self.input_schema();
        let arguments = arguments::read(&schema, given)?;
        if self.spec.effect != Effect::Read {
            arguments.refuse_unknown(&schema)?;
        }
        Ok(arguments)
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
        self.is_for(permit.tool())?;
        let is_dry_run = permit.is_dry_run();
        let arguments = permit.into_arguments();
        let answer = match self.preview {
            // The client of this context can only read, whatever a preview does.
            Some(preview) if is_dry_run => preview(arguments, cx).await.map(|would| self.dry(would)),
            _ => self.runs()?(arguments, cx).await,
        };
        let mut answer = answer.map_err(|failure| failure.explain(tracking))?;
        if self.spec.effect != Effect::Read {
            answer.structured = change::kept(answer.structured, cx.budget);
        }
        if !ignored.is_empty() {
            answer.structured = answer.structured.with_member("ignored_arguments", &ignored);
        }
        Ok(answer)
    }

    /// What the call would do, in words for a person, as far as the tool knows more than its arguments say.
    ///
    /// # Errors
    /// Why it would fail.
    pub async fn preview<'a>(
        &self,
        question: Question<'a>,
        cx: &'a Context<'a>,
        tracking: &'a Tracking,
    ) -> Result<Option<String>, ToolError> {
        self.is_for(question.spec().name)?;
        let Some(preview) = self.preview else { return Ok(None) };
        let preview = preview(question.arguments().clone(), cx).await;
        preview.map_err(|failure| failure.explain(tracking))
    }

    /// The answer of a call that only tells what it would do.
    fn dry(&self, would: Option<String>) -> Answer {
        let would = would.unwrap_or_else(|| format!("{}.", self.spec.title));
        Answer { structured: Json::of(&json!({DRY_RUN: true, "would": would})), images: Vec::new() }
    }

    /// What runs it. The catalogue gives nobody an entry that is not built.
    fn runs(&self) -> Result<Call, ToolError> {
        self.call.ok_or_else(|| {
            let what = format!("{} is not in this component: {}", self.spec.name, unbuilt(self.spec.toolset));
            ToolError::new(Kind::Unexpected, what, "Please report it.")
        })
    }

    /// What the policy looked at is this tool.
    fn is_for(&self, tool: &str) -> Result<(), ToolError> {
        if tool == self.spec.name {
            return Ok(());
        }
        let what = format!("a permit for {tool} is none for {}", self.spec.name);
        Err(ToolError::new(Kind::Unexpected, what, "Please report it."))
    }
}

fn call<'a, T: Tool + 'static>(
    arguments: Map<String, Value>,
    cx: &'a Context<'a>,
) -> LocalFuture<'a, Result<Answer, Failure>> {
    Box::pin(async move {
        let tool = T::deserialize(arguments).map_err(unfit)?;
        let mut output = tool.call(cx).await?;
        let images = T::images(&mut output);
        Ok(Answer { structured: Json::of(&output), images })
    })
}

fn preview<'a, T: Tool + 'static>(
    arguments: Map<String, Value>,
    cx: &'a Context<'a>,
) -> LocalFuture<'a, Result<Option<String>, Failure>> {
    Box::pin(async move {
        let tool = T::deserialize(arguments).map_err(unfit)?;
        tool.preview(cx).await
    })
}

/// The schema let it through, the type does not.
fn unfit(error: serde_json::Error) -> Failure {
    ToolError::argument(format!("the arguments do not fit: {error}")).into()
}
