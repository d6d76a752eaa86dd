//! The one door: nothing asks MLflow for anything without a permit of the policy.

use serde_json::{Value, json};

use super::Server;
use super::asking::Person;
use crate::audit;
use crate::config::ConfigError;
use crate::mcp::jsonrpc::Object;
use crate::mcp::types::{Block, Tool, ToolResult};
use crate::mcp::{Json, Outcome, Progress};
use crate::mlflow::endpoint::Access;
use crate::mlflow::{Client, Tracking};
use crate::policy::{CONFIRM, Call, Consent, Permit, Policy, Refusal};
use crate::resources::Reading;
use crate::spec::Effect;
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

    /// Runs a tool if the policy admits the call, or asks for what it lacks if that can be asked for. Calls that could not
    /// be made for want of a configuration or of credentials are not counted.
    pub(super) async fn run(
        &self,
        entry: &Entry,
        mut arguments: Object,
        person: Person<'_>,
        progress: &Progress,
        audit: &audit::Call<'_>,
    ) -> Result<Outcome<ToolResult>, ToolError> {
        audit.does(entry.spec.effect);
        let policy = self.policy()?;
        // First, so that nobody mends the arguments of a call that is never made.
        policy.lists(entry.spec).inspect_err(|refusal| audit.refused(refusal))?;
        let confirmed = policy.takes_confirmation(entry.spec) && take_confirmation(&mut arguments);
        let Arguments { known, unknown } = entry.read(arguments)?;
        let place = self.tracking()?.digest();
        let consent = self.consent(entry, person.said, &place, confirmed, audit)?;
        let call = Call { spec: entry.spec, arguments: known, caller: &self.caller, consent };
        if person.can_be_asked
            && let Some(question) = policy.question(&call).inspect_err(|refusal| audit.refused(refusal))?
        {
            audit.unapproved(&policy.rule(entry.spec));
            return Ok(Outcome::InputRequired(self.ask(entry, question, &place, progress, audit).await?));
        }
        let permit = self.admit(policy, call, audit).await?;
        let cx = self.context(access(&permit), progress, audit)?;
        let answer = entry.call(permit, unknown, &cx, cx.client.tracking()).await?;
        let more = answer.images.into_iter().map(Block::Image).collect();
        Ok(Outcome::Complete(ToolResult::Success { structured: answer.structured, more }))
    }

    /// Leave to read what a resource or a completion shows, and what to read it with.
    pub(super) async fn admit_reading<'s>(
        &'s self,
        reading: Option<Reading>,
        progress: &'s Progress,
        audit: &'s audit::Call<'_>,
    ) -> Result<(Permit, Context<'s>), ToolError> {
        let reading =
            reading.ok_or_else(|| ToolError::new(Kind::NotFound, "there is nothing to read", ""))?;
        // Calls that could not be made for want of a configuration or of credentials are not counted.
        self.tracking()?;
        let Reading { spec, arguments } = reading;
        // Of several readings, the first that may be made is told of.
        if !audit.is_admitted() {
            audit.asks(spec.name, &arguments, |text| self.without_secrets(text));
            audit.does(spec.effect);
        }
        let call = Call { spec, arguments, caller: &self.caller, consent: Consent::None };
        let permit = self.admit(self.policy()?, call, audit).await.map_err(unapproved)?;
        let cx = self.context(access(&permit), progress, audit)?;
        Ok((permit, cx))
    }

    fn policy(&self) -> Result<&Policy, ToolError> {
        self.policy.as_ref().map_err(unconfigured)
    }

    fn tracking(&self) -> Result<&Tracking, ToolError> {
        self.tracking.as_ref().map_err(Clone::clone)
    }

    /// Asks the policy, and writes down what it says.
    async fn admit(
        &self,
        policy: &Policy,
        call: Call<'_>,
        audit: &audit::Call<'_>,
    ) -> Result<Permit, Refusal> {
        let admitted = policy.admit(call, self.ports.counters).await;
        match &admitted {
            Ok(permit) => audit.admitted(permit),
            Err(refusal) => audit.refused(refusal),
        }
        admitted
    }

    /// What a call has to work with; it may do that to MLflow and no more.
    pub(super) fn context<'s>(
        &'s self,
        access: Access,
        progress: &'s Progress,
        audit: &'s audit::Call<'_>,
    ) -> Result<Context<'s>, ToolError> {
        Ok(Context {
            client: Client::new(audit.http(), self.tracking()?, access).with_tokens(self.tokens.as_ref()),
            budget: Budget::of_answer(self.answer_characters),
            progress,
            clock: self.ports.clock,
        })
    }
}

/// What a permit lets a call do to MLflow.
fn access(permit: &Permit) -> Access {
    match permit.effect() {
        Effect::Read => Access::Read,
        Effect::Append | Effect::Overwrite => Access::Write,
        Effect::Delete => Access::Delete,
    }
}

/// Who reads a resource is not asked: applications read them by the dozen.
fn unapproved(refusal: Refusal) -> ToolError {
    match refusal {
        Refusal::Unapproved { tool, .. } => {
            let hint = format!("Nobody is asked about a resource: call the tool {tool} instead, which asks.");
            ToolError::new(Kind::Unasked, refusal.to_string(), hint)
        }
        refusal => refusal.into(),
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
