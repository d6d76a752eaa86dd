//! One round of a request: what a client can be asked, and what it has answered so far.

use serde_json::Value;

use super::input::{Capability, missing_capabilities};
use super::jsonrpc::{Object, Request, RpcError};
use super::route::CLIENT_CAPABILITIES;
use super::trace::Trace;
use super::types::ToolResult;
use super::version::Version;

/// What a request brings besides its name and arguments. All of it was written by the client.
#[derive(Clone, Debug, Default)]
pub struct Round {
    capabilities: Object,
    responses: Object,
    state: Option<String>,
    modern: bool,
    trace: Option<Trace>,
}

/// What a person did with a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Elicited {
    /// Sent it, filled in or not: clients may check the values, so the server has to.
    Accepted(Object),
    /// Said no.
    Declined,
    /// Closed it without an answer.
    Cancelled,
}

impl Round {
    /// Reads it. The older revisions ask on a stream of their own, which a server without state has not, so
    /// there a client can be asked nothing.
    ///
    /// # Errors
    /// `inputResponses` is not an object of objects, or `requestState` is no string.
    pub(super) fn of(version: Version, request: &Request) -> Result<Self, RpcError> {
        let trace = Trace::of_params(&request.params);
        if !version.is_modern() {
            return Ok(Self { trace, ..Self::default() });
        }
        let declared = request.params.get("_meta").and_then(|meta| meta.get(CLIENT_CAPABILITIES));
        let responses = match request.params.get("inputResponses") {
            None => Object::new(),
            Some(Value::Object(responses)) if responses.values().all(Value::is_object) => responses.clone(),
            Some(_) => {
                return Err(RpcError::invalid_params(
                    "inputResponses is an object with one object per answer",
                ));
            }
        };
        let state = match request.params.get("requestState") {
            None => None,
            Some(Value::String(state)) => Some(state.clone()),
            Some(_) => return Err(RpcError::invalid_params("requestState is a string")),
        };
        Ok(Self {
            capabilities: declared.and_then(Value::as_object).cloned().unwrap_or_default(),
            responses,
            state,
            modern: true,
            trace,
        })
    }

    /// Whether the client said, in this very request, that it can be asked so.
    #[must_use]
    pub fn can(&self, capability: Capability) -> bool {
        capability.is_declared(&self.capabilities)
    }

    /// How a client is told that it had to be asked and cannot be: by the error that 2026-07-28 demands, with what it
    /// would have to declare, or in the older revisions by a result that its model can read.
    ///
    /// # Errors
    /// The error.
    pub fn cannot(&self, capability: Capability, why: String) -> Result<ToolResult, RpcError> {
        if self.modern {
            return Err(RpcError { message: why, ..missing_capabilities(&[capability]) });
        }
        Ok(ToolResult::Failure(why))
    }

    /// Which trace the message says it belongs to.
    #[must_use]
    pub fn trace(&self) -> Option<Trace> {
        self.trace
    }

    /// What the client was given to bring back, or what somebody made up.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The answer of that name as it was sent.
    #[must_use]
    pub fn response(&self, name: &str) -> Option<&Object> {
        self.responses.get(name)?.as_object()
    }

    /// What the person did with the form of that name, or `None` if it was not answered.
    ///
    /// # Errors
    /// The answer is none to a form.
    pub fn elicited(&self, name: &str) -> Result<Option<Elicited>, RpcError> {
        let Some(response) = self.response(name) else { return Ok(None) };
        let action = response.get("action").and_then(Value::as_str);
        Ok(Some(match (action, response.get("content")) {
            (Some("accept"), Some(Value::Object(content))) => Elicited::Accepted(content.clone()),
            (Some("accept"), None) => Elicited::Accepted(Object::new()),
            (Some("decline"), _) => Elicited::Declined,
            (Some("cancel"), _) => Elicited::Cancelled,
            _ => {
                return Err(RpcError::invalid_params(format!(
                    "inputResponses.{name} needs \"action\": \"accept\" with the form as \"content\", \"decline\" or \
                     \"cancel\""
                )));
            }
        }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mcp::jsonrpc::Id;

    fn round(params: Value) -> Result<Round, RpcError> {
        let Value::Object(params) = params else { unreachable!("an object") };
        let request = Request { id: Id::Text("a".to_owned()), method: "tools/call".to_owned(), params };
        Round::of(Version::V2026_07_28, &request)
    }

    #[test]
    fn a_client_can_what_it_declares_and_forms_unless_it_names_other_modes() {
        for (declared, can) in [
            (json!({}), false),
            (json!({"elicitation": {}}), true),
            (json!({"elicitation": {"form": {}, "url": {}}}), true),
            (json!({"elicitation": {"url": {}}}), false),
            (json!({"elicitation": true}), false),
            (json!({"sampling": {}}), false),
        ] {
            let round = round(json!({"_meta": {CLIENT_CAPABILITIES: declared.clone()}})).unwrap();
            assert_eq!(round.can(Capability::Elicitation), can, "{declared}");
        }
    }

    #[test]
    fn a_form_is_accepted_declined_or_cancelled() {
        let responses = json!({
            "a": {"action": "accept", "content": {"ok": true}},
            "b": {"action": "decline"},
            "c": {"action": "cancel"}
        });
        let round = round(json!({"inputResponses": responses, "requestState": "s"})).unwrap();
        let Ok(Some(Elicited::Accepted(content))) = round.elicited("a") else { unreachable!("accepted") };
        assert_eq!(content["ok"], true);
        assert_eq!(round.elicited("b"), Ok(Some(Elicited::Declined)));
        assert_eq!(round.elicited("c"), Ok(Some(Elicited::Cancelled)));
        assert_eq!(round.elicited("d"), Ok(None));
        assert_eq!(round.state(), Some("s"));
    }

    #[test]
    fn answers_that_are_none_are_invalid_parameters() {
        for params in [
            json!({"inputResponses": null}),
            json!({"inputResponses": []}),
            json!({"inputResponses": {"a": 7}}),
            json!({"requestState": 7}),
            json!({"requestState": null}),
        ] {
            assert_eq!(round(params.clone()).unwrap_err().code, RpcError::INVALID_PARAMS, "{params}");
        }
        for response in [json!({}), json!({"action": "accept", "content": 1}), json!({"action": "maybe"})] {
            let round = round(json!({"inputResponses": {"a": response}})).unwrap();
            assert!(round.elicited("a").is_err(), "{response}");
        }
    }
}
