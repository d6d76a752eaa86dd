//! Asking back: what a server needs of its client before it can go on (2026-07-28, `basic/patterns/mrtr`).
//!
//! A server without state cannot wait for an answer. It answers a call with a question, and the client makes the
//! same call again, with its answer and with whatever the server gave it to keep.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::content::PromptMessage;
use super::json::{Json, Members};
use super::jsonrpc::{Object, RpcError};
use super::version::Version;

/// What became of a request that may ask back.
#[derive(Clone, Debug)]
pub enum Outcome<T> {
    /// It is done.
    Complete(T),
    /// It goes on when the client has answered.
    InputRequired(InputRequired),
}

/// Something that a client may be able to do for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// Have a person fill in a form.
    Elicitation,
    /// Have its model write something.
    Sampling,
    /// Say which directories it works in.
    Roots,
}

impl Capability {
    /// Its member of `ClientCapabilities`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Elicitation => "elicitation",
            Self::Sampling => "sampling",
            Self::Roots => "roots",
        }
    }

    /// Whether `ClientCapabilities` has it. `elicitation` without modes means forms (`client/elicitation`).
    pub(super) fn is_declared(self, capabilities: &Object) -> bool {
        let Some(Value::Object(details)) = capabilities.get(self.name()) else { return false };
        self != Self::Elicitation || details.is_empty() || details.contains_key("form")
    }
}

/// One question to a client.
#[derive(Clone, Debug)]
pub enum InputRequest {
    /// To the person: a form.
    Elicitation {
        /// Why it is needed.
        message: String,
        /// JSON Schema of the answer: an object whose properties are strings, numbers, booleans or enums.
        requested_schema: Value,
    },
    /// To the model.
    Sampling {
        /// What the model reads.
        messages: Vec<PromptMessage>,
        /// The longest answer.
        max_tokens: u32,
    },
    /// To the client itself.
    Roots,
}

impl InputRequest {
    /// What a client must be able to do.
    #[must_use]
    pub const fn needs(&self) -> Capability {
        match self {
            Self::Elicitation { .. } => Capability::Elicitation,
            Self::Sampling { .. } => Capability::Sampling,
            Self::Roots => Capability::Roots,
        }
    }

    fn shown(self, version: Version) -> Json {
        let (method, params) = match self {
            Self::Elicitation { message, requested_schema } => {
                let form = Members::new().with("mode", "form").with("message", &message);
                ("elicitation/create", form.with("requestedSchema", &requested_schema))
            }
            Self::Sampling { messages, max_tokens } => {
                let messages = Json::array(messages.into_iter().map(|one| one.shown(version)));
                let params = Members::new().with_json("messages", messages).with("maxTokens", &max_tokens);
                ("sampling/createMessage", params)
            }
            Self::Roots => ("roots/list", Members::new()),
        };
        Members::new().with("method", method).with_json("params", params.into()).into()
    }
}

/// Questions by name, and what the client must bring back with their answers. There is at least one question.
#[derive(Clone, Debug)]
pub struct InputRequired {
    requests: BTreeMap<&'static str, InputRequest>,
    state: Option<String>,
}

impl InputRequired {
    /// One question; its answer comes under the same name.
    #[must_use]
    pub fn one(name: &'static str, request: InputRequest) -> Self {
        Self { requests: BTreeMap::new(), state: None }.and(name, request)
    }

    /// And another one.
    #[must_use]
    pub fn and(mut self, name: &'static str, request: InputRequest) -> Self {
        self.requests.insert(name, request);
        self
    }

    /// The client brings this back unread, or somebody else does: what is believed later must be sealed.
    #[must_use]
    pub fn with_state(mut self, state: String) -> Self {
        self.state = Some(state);
        self
    }

    /// What a client must be able to do, and this one did not say it can.
    pub(super) fn missing(&self, can: impl Fn(Capability) -> bool) -> Vec<Capability> {
        let mut missing = BTreeSet::new();
        missing.extend(self.requests.values().map(InputRequest::needs).filter(|&needed| !can(needed)));
        missing.into_iter().collect()
    }

    /// Why a client of an older revision is not asked.
    pub(super) fn unanswerable(&self, version: Version) -> String {
        let needed: Vec<&str> = self.requests.values().map(|request| request.needs().name()).collect();
        format!(
            "this needs an answer of the client first ({}), which can be asked for only in protocol revision {}; this \
             request is of {version}",
            needed.join(", "),
            Version::V2026_07_28
        )
    }

    /// The members of `InputRequiredResult`.
    pub(super) fn into_result(self, version: Version) -> Members {
        let requests = self.requests.into_iter().fold(Members::new(), |requests, (name, request)| {
            requests.with_json(name, request.shown(version))
        });
        let result = Members::new().with("resultType", "input_required");
        let result = result.with_json("inputRequests", requests.into());
        match self.state {
            Some(state) => result.with("requestState", &state),
            None => result,
        }
    }
}

/// -32021 with the capabilities that a request has to declare.
pub(super) fn missing_capabilities(missing: &[Capability]) -> RpcError {
    let names: Vec<&str> = missing.iter().map(|one| one.name()).collect();
    let required: Object = names.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    let message = format!("this request needs a client that declares {}", names.join(" and "));
    RpcError::new(RpcError::MISSING_CAPABILITY, message).with_data(json!({"requiredCapabilities": required}))
}
