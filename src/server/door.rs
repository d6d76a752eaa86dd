//! The one door: nothing asks MLflow for anything without a permit of the policy.

use serde_json::{Value, json};

use super::Server;
use crate::config::ConfigError;
use crate::mcp::jsonrpc::Object;
use crate::mcp::types::{Block, Tool, ToolResult};
use crate::mcp::{Json, Progress};
use crate::mlflow::Client;
use crate::mlflow::endpoint::Access;
use crate::policy::{CONFIRM, Call, Permit, Policy};
use crate::resources::Reading;
use crate::spec::{Effect, Spec};
use crate::tool::arguments::Arguments;
use crate::tool::{Budget, Context, Kind, ToolError};
use crate::tools::Entry;

impl Server<'_> {
    /// Whether a client is shown the tool. Without a policy it is, so that a call can say what is wrong.
    pub(super) fn lists(&self, entry: &Entry) -> bool {
        self.policy.as_ref().map_or(true, |policy| policy.lists(entry.spec).is_ok())
    }

    /// Whether a client is shown the resource.
    pub(super) fn lists_reading(&self, reading: Option<Reading>) -> bool {
        let Ok(policy) = &self.policy else { return true };
        reading.is_some_and(|reading| policy.lists(reading.spec).is_ok())
    }

    /// The tool's line in the list, as calls under this policy are made.
    pub(super) fn describe(&self, entry: &Entry) -> Tool {
        let mut tool = entry.describe();
        if self.policy.as_ref().is_ok_and(|policy| policy.takes_confirmation(entry.spec)) {
            let about = "Only after the person you work for has agreed to exactly this call: true.";
            let mut schema = tool.input_schema.value();
            schema["properties"][CONFIRM] = json!({"type": "boolean", "description": about});
            tool.input_schema = Json::of(&schema);
        }
        tool
    }

    /// Runs a tool if the policy admits the call.
    pub(super) async fn run(
        &self,
        entry: &Entry,
        mut arguments: Object,
        progress: &Progress,
    ) -> Result<ToolResult, ToolError> {
        let policy = self.policy()?;
        // First, so that nobody mends the arguments of a call that is never made.
        policy.lists(entry.spec)?;
        let confirmed = policy.takes_confirmation(entry.spec) && take_confirmation(&mut arguments);
        let Arguments { known, unknown } = entry.read(arguments)?;
        let permit = self.admit(entry.spec, known, confirmed).await?;
        let cx = self.context(&permit, progress)?;
        let answer = entry.call(permit, unknown, &cx, cx.client.tracking()).await?;
        let more = answer.images.into_iter().map(Block::Image).collect();
        Ok(ToolResult::Success { structured: answer.structured, more })
    }

    /// Leave to read what a resource or a completion shows, and what to read it with.
    pub(super) async fn admit_reading<'s>(
        &'s self,
        reading: Option<Reading>,
        progress: &'s Progress,
    ) -> Result<(Permit, Context<'s>), ToolError> {
        let reading =
            reading.ok_or_else(|| ToolError::new(Kind::NotFound, "there is nothing to read", ""))?;
        let permit = self.admit(reading.spec, reading.arguments, false).await?;
        let cx = self.context(&permit, progress)?;
        Ok((permit, cx))
    }

    fn policy(&self) -> Result<&Policy, ToolError> {
        self.policy.as_ref().map_err(unconfigured)
    }

    /// Calls that could not be made for want of a configuration or of credentials are not counted.
    async fn admit(
        &self,
        spec: &'static Spec,
        arguments: Object,
        confirmed: bool,
    ) -> Result<Permit, ToolError> {
        self.tracking.as_ref().map_err(Clone::clone)?;
        let call = Call { spec, arguments, caller: &self.caller, confirmed };
        Ok(self.policy()?.admit(call, self.ports.counters).await?)
    }

    /// What a call has to work with; it may do to MLflow what the permit says and no more.
    fn context<'s>(&'s self, permit: &Permit, progress: &'s Progress) -> Result<Context<'s>, ToolError> {
        let tracking = self.tracking.as_ref().map_err(Clone::clone)?;
        let access = match permit.effect() {
            Effect::Read => Access::Read,
            Effect::Append | Effect::Overwrite => Access::Write,
            Effect::Delete => Access::Delete,
        };
        Ok(Context {
            client: Client::new(self.ports.http, tracking, access),
            budget: Budget::of_answer(self.answer_characters),
            progress,
            clock: self.ports.clock,
        })
    }
}

pub(super) fn unconfigured(error: &ConfigError) -> ToolError {
    ToolError::new(Kind::Configuration, error.to_string(), "The operator of this server must set it.")
}

/// Takes the argument by which a caller says that a person agreed: no tool knows it.
fn take_confirmation(arguments: &mut Object) -> bool {
    match arguments.remove(CONFIRM) {
        Some(Value::Bool(confirmed)) => confirmed,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}
