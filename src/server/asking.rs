//! Asking a person: the form, what came back of it, and what both say.

use std::time::Duration;

use serde_json::{Value, json};

use super::Server;
use crate::audit::{self, Approval};
use crate::config::{HOW_TO_MAKE_A_KEY, SEAL_KEY};
use crate::mcp::input::{Capability, InputRequest, InputRequired};
use crate::mcp::jsonrpc::RpcError;
use crate::mcp::round::Elicited;
use crate::mcp::{Progress, Round};
use crate::mlflow::endpoint::Access;
use crate::policy::{Approvals, Consent, Question};
use crate::seal::Seal;
use crate::tool::preview::call;
use crate::tool::{Kind, ToolError};
use crate::tools::Entry;

/// The name of the form among what a client is asked, and its one field.
const APPROVAL: &str = "approval";
const APPROVE: &str = "approve";

/// Whoever is behind a client, as far as it can ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person<'r> {
    /// What it says that they said.
    pub(super) said: Said<'r>,
    /// Whether they can be asked.
    pub(super) can_be_asked: bool,
}

impl<'r> Person<'r> {
    /// # Errors
    /// What the client brought is no answer to a form.
    pub(super) fn behind(round: &'r Round) -> Result<Self, RpcError> {
        Ok(Self { said: Said::of(round)?, can_be_asked: round.can(Capability::Elicitation) })
    }
}

/// What a client says that a person did with the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said<'r> {
    /// Nothing, or not what was asked.
    Nothing,
    /// Agreed to what is sealed in this.
    Yes(&'r str),
    /// Did not agree.
    No,
    /// Closed it.
    Closed,
}

impl<'r> Said<'r> {
    /// Only `true` is a yes. A form that came back without its field is asked again, as the protocol wants it.
    fn of(round: &'r Round) -> Result<Self, RpcError> {
        Ok(match round.elicited(APPROVAL)? {
            None => Self::Nothing,
            Some(Elicited::Declined) => Self::No,
            Some(Elicited::Cancelled) => Self::Closed,
            Some(Elicited::Accepted(form)) => match form.get(APPROVE) {
                Some(Value::Bool(true)) => Self::Yes(round.state().unwrap_or_default()),
                Some(Value::Bool(false)) => Self::No,
                _ => Self::Nothing,
            },
        })
    }
}

impl Server<'_> {
    /// What speaks for a person's agreement to a call of the tool.
    pub(super) fn consent<'s>(
        &'s self,
        entry: &Entry,
        said: Said<'s>,
        place: &'s [u8],
        confirmed: bool,
        audit: &audit::Call<'_>,
    ) -> Result<Consent<'s>, ToolError> {
        let tool = entry.spec.name;
        let refused = |what: &str, hint: &str| {
            Err(ToolError::new(
                Kind::Policy,
                format!("{tool} is not approved: {what}; nothing was changed"),
                hint,
            ))
        };
        match said {
            Said::Nothing => {}
            Said::Yes(_) => audit.approved(Approval::Person),
            Said::No | Said::Closed => audit.approved(Approval::Refused),
        }
        match said {
            Said::No => refused("the person who was asked said no", "Do not ask again unless they want it."),
            Said::Closed => {
                refused("the question was closed without an answer", "Call again if it is to be asked again.")
            }
            Said::Nothing if confirmed => {
                audit.approved(Approval::Confirm);
                Ok(Consent::Claimed)
            }
            Said::Nothing => Ok(Consent::None),
            Said::Yes(state) => Ok(match &self.seal {
                Some(seal) => Consent::Approved { approvals: self.approvals(seal, place), state },
                // Whoever has to be asked anew learns that there is no key.
                None => Consent::None,
            }),
        }
    }

    /// The question to the person, from a look at what the call would do.
    pub(super) async fn ask(
        &self,
        entry: &Entry,
        question: Question<'_>,
        place: &[u8],
        progress: &Progress,
        audit: &audit::Call<'_>,
    ) -> Result<InputRequired, ToolError> {
        let seal = self.seal.as_ref().ok_or_else(|| keyless(entry.spec.name))?;
        let cx = self.context(Access::Read, progress, audit)?;
        let preview = entry.preview(question, &cx, cx.client.tracking()).await?;
        // Only now, so that the time is the person's.
        let pending = question.pending(self.approvals(seal, place), self.ports.counters.host.is_there());
        let would = preview.unwrap_or_else(|| format!("{}.", entry.spec.title));
        let message = format!(
            "{would}\n\nThe call: {}\nA yes is good for this call{}, within {}.",
            call(entry.spec.name, question.arguments()),
            if pending.once { ", once" } else { "" },
            words(pending.lifetime)
        );
        let requested_schema = json!({
            "type": "object",
            "properties": {APPROVE: {"type": "boolean", "title": "Approve", "default": false}},
            "required": [APPROVE]
        });
        let form = InputRequest::Elicitation { message, requested_schema };
        Ok(InputRequired::one(APPROVAL, form).with_state(pending.state))
    }

    fn approvals<'s>(&self, seal: &'s Seal, place: &'s [u8]) -> Approvals<'s> {
        Approvals { seal, place, now: self.ports.clock.wall() }
    }
}

fn keyless(tool: &str) -> ToolError {
    let message =
        format!("{tool} needs a person's approval, and {SEAL_KEY}, which seals the question, is not set");
    let hint = format!("The operator must set it to {HOW_TO_MAKE_A_KEY}.");
    ToolError::new(Kind::Configuration, message, hint)
}

fn words(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds % 60 == 0 && seconds > 60 => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    }
}
