//! JSON-RPC 2.0: from bytes to a message, and from an outcome to a body.
//!
//! The body stays a [`Value`] until its kind is known, because the codes that the protocol demands
//! depend on what exactly is wrong, and an untagged enum forgets that. Nothing here panics.

use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::json::{Json, Members};

/// An object's members.
pub type Object = Map<String, Value>;

/// The id of a request: a string or an integer (MCP `basic/index`: "MUST NOT be null").
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Id {
    /// A string.
    Text(String),
    /// An integer.
    Integer(Number),
}

impl Id {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Number(number) if !number.is_f64() => Some(Self::Integer(number.clone())),
            _ => None,
        }
    }
}

/// An error of the protocol itself. What a tool has to say about its own failure is a result instead.
#[derive(Clone, Debug, PartialEq)]
pub struct RpcError {
    /// One of the constants of this type.
    pub code: i32,
    /// For the developer of the client: what is wrong and what would be right.
    pub message: String,
    /// Facts that a client may act on.
    pub data: Option<Box<Value>>,
}

impl RpcError {
    /// The body is not JSON.
    pub const PARSE: i32 = -32700;
    /// The body is JSON, but no message.
    pub const INVALID_REQUEST: i32 = -32600;
    /// No such method in this revision.
    pub const METHOD_NOT_FOUND: i32 = -32601;
    /// The method's parameters are wrong.
    pub const INVALID_PARAMS: i32 = -32602;
    /// Our own fault.
    pub const INTERNAL: i32 = -32603;
    /// The caller may not have that. The protocol has no code for it, and wants those of implementations outside of what
    /// JSON-RPC reserves (2026-07-28, `basic`, "Error Codes"); this one says what HTTP's 403 does.
    pub const FORBIDDEN: i32 = 403;
    /// Header and body contradict each other (2026-07-28).
    pub const HEADER_MISMATCH: i32 = -32020;
    /// The request has to declare a capability of its client (2026-07-28).
    pub const MISSING_CAPABILITY: i32 = -32021;
    /// The named revision is none of ours (2026-07-28).
    pub const UNSUPPORTED_VERSION: i32 = -32022;

    /// An error without data.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    /// The same with data.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = Some(Box::new(data));
        self
    }

    /// -32602.
    pub fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(Self::INVALID_PARAMS, message)
    }

    /// -32600.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(Self::INVALID_REQUEST, message)
    }
}

/// A message that could not be read, with the id to answer under where there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The request's id, if it has a usable one.
    pub id: Option<Id>,
    /// What is wrong with it.
    pub error: RpcError,
}

/// A request: it has an id and will be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The id to answer under.
    pub id: Id,
    /// For instance `tools/call`.
    pub method: String,
    /// The members of `params`, none if absent.
    pub params: Object,
}

/// One message of a client.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// To be answered.
    Request(Request),
    /// Not to be answered; the method does not matter to a server without state.
    Notification,
    /// The answer to a request of ours, of which there are none.
    Response,
}

/// The body as JSON, not yet as messages.
///
/// # Errors
/// A [`Fault`] with [`RpcError::PARSE`]. Nesting beyond 128 levels is one too (`serde_json`'s limit).
pub fn parse(body: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(body).map_err(|error| Fault {
        id: None,
        error: RpcError::new(RpcError::PARSE, format!("the body is not valid JSON: {error}")),
    })
}

/// One JSON value as a message.
///
/// # Errors
/// A [`Fault`] with [`RpcError::INVALID_REQUEST`].
pub fn message(value: Value) -> Result<Message, Fault> {
    let Value::Object(mut object) = value else {
        return Err(invalid(None, "a message is a JSON object"));
    };
    let id = object.get("id").and_then(Id::read);
    if object.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(invalid(id, "a message has \"jsonrpc\": \"2.0\""));
    }
    if !object.contains_key("method") {
        return if object.contains_key("result") || object.contains_key("error") {
            Ok(Message::Response)
        } else {
            Err(invalid(id, "a message has a \"method\", or it is a response with \"result\" or \"error\""))
        };
    }
    let Some(Value::String(method)) = object.remove("method") else {
        return Err(invalid(id, "\"method\" is a string"));
    };
    let params = match object.remove("params") {
        None => Object::new(),
        Some(Value::Object(params)) => params,
        Some(_) => return Err(invalid(id, "\"params\" is an object")),
    };
    match (object.contains_key("id"), id) {
        (false, _) => Ok(Message::Notification),
        (true, Some(id)) => Ok(Message::Request(Request { id, method, params })),
        (true, None) => Err(invalid(None, "\"id\" is a string or an integer")),
    }
}

fn invalid(id: Option<Id>, message: &str) -> Fault {
    Fault { id, error: RpcError::invalid_request(message) }
}

/// The body of a successful answer.
#[must_use]
pub fn success(id: &Id, result: Members) -> Json {
    message_with(Some(id)).with_json("result", result.into()).into()
}

/// The body of a failure; without an id, `id` is null.
#[must_use]
pub fn failure(id: Option<&Id>, error: &RpcError) -> Json {
    let mut body = Members::new().with("code", &error.code).with("message", &error.message);
    if let Some(data) = &error.data {
        body = body.with("data", data);
    }
    message_with(id).with_json("error", body.into()).into()
}

fn message_with(id: Option<&Id>) -> Members {
    Members::new().with("jsonrpc", "2.0").with("id", &id)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(text: &str) -> (Value, i32) {
        let fault = match parse(text.as_bytes()) {
            Err(fault) => fault,
            Ok(value) => message(value).unwrap_err(),
        };
        let body = failure(fault.id.as_ref(), &fault.error).value();
        (body["id"].clone(), fault.error.code)
    }

    #[test]
    fn what_is_not_json_is_a_parse_error_without_id() {
        let deep = "[".repeat(100_000);
        for text in ["", "{", "nope", "\u{0}", "{\"jsonrpc\":\"2.0\"", deep.as_str()] {
            assert_eq!(fault(text), (Value::Null, RpcError::PARSE));
        }
        assert_eq!(parse(&[0xff, 0xfe]).unwrap_err().error.code, RpcError::PARSE);
    }

    #[test]
    fn what_is_no_message_is_an_invalid_request_under_its_own_id() {
        for (text, id) in [
            ("null", Value::Null),
            ("7", Value::Null),
            ("{}", Value::Null),
            (r#"{"id":3,"method":"ping"}"#, json!(3)),
            (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, json!("a")),
            (r#"{"jsonrpc":"2.0","id":4}"#, json!(4)),
            (r#"{"jsonrpc":"2.0","id":4,"method":9}"#, json!(4)),
            (r#"{"jsonrpc":"2.0","id":4,"method":"ping","params":[1]}"#, json!(4)),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, Value::Null),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, Value::Null),
            (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, Value::Null),
        ] {
            assert_eq!(fault(text), (id, RpcError::INVALID_REQUEST), "{text}");
        }
    }

    #[test]
    fn requests_notifications_and_responses_are_told_apart() {
        let read = |text: &str| message(parse(text.as_bytes()).unwrap()).unwrap();
        let Message::Request(request) = read(r#"{"jsonrpc":"2.0","id":"x","method":"ping"}"#) else {
            unreachable!("a request")
        };
        assert_eq!((request.method.as_str(), request.params.len()), ("ping", 0));
        assert_eq!(read(r#"{"jsonrpc":"2.0","method":"notifications/x"}"#), Message::Notification);
        assert_eq!(read(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#), Message::Response);
    }

    #[test]
    fn ids_beyond_32_bits_come_back_unchanged() {
        let text = r#"{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}"#;
        let Message::Request(request) = message(parse(text.as_bytes()).unwrap()).unwrap() else {
            unreachable!("a request")
        };
        assert_eq!(success(&request.id, Members::new()).value()["id"].to_string(), "9007199254740993");
    }
}
