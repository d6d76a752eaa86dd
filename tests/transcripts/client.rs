//! Requests as a client of one revision sends them.

use bytes::Bytes;
use http::{Method, Request};
use mlflow_mcp::mcp::{Payload, Version};
use serde_json::{Value, json};

/// A client of one revision.
pub(crate) struct Client {
    pub(crate) version: Version,
}

impl Client {
    pub(crate) fn of(version: Version) -> Self {
        Self { version }
    }

    /// A request with everything that the revision demands.
    pub(crate) fn ask(&self, method: &str, params: Value) -> Ask {
        let message = self.message(method, params.clone());
        let ask = self.send(&message);
        if !self.version.is_modern() {
            return ask;
        }
        let ask = ask.with("mcp-method", method);
        let named = ["name", "uri"].iter().find_map(|member| params[*member].as_str());
        match named.filter(|_| ["tools/call", "prompts/get", "resources/read"].contains(&method)) {
            Some(name) => ask.with("mcp-name", name),
            None => ask,
        }
    }

    /// The body of a request.
    pub(crate) fn message(&self, method: &str, mut params: Value) -> Value {
        if self.version.is_modern() {
            params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(self.version.as_str());
            let capabilities = &mut params["_meta"]["io.modelcontextprotocol/clientCapabilities"];
            if capabilities.is_null() {
                *capabilities = json!({});
            }
        }
        let mut message = json!({"jsonrpc": "2.0", "id": 1, "method": method});
        if params.as_object().is_some_and(|params| !params.is_empty()) {
            message["params"] = params;
        }
        message
    }

    /// Any body, under the headers of the revision. 2025-03-26 has no version header, and what carries none is
    /// taken for it; clients that still agree on 2024-11-05 are of a time that has the header.
    pub(crate) fn send(&self, body: &Value) -> Ask {
        let ask = Ask::new(Method::POST, "/mcp")
            .with("content-type", "application/json")
            .with("accept", "application/json, text/event-stream");
        let ask = match self.version {
            Version::V2025_03_26 => ask,
            version => ask.with("mcp-protocol-version", version.as_str()),
        };
        Ask { body: body.to_string(), ..ask }
    }
}

/// One HTTP request.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Ask {
    pub(crate) fn new(method: Method, path: &'static str) -> Self {
        Self { method, path, headers: vec![("host", "127.0.0.1:3000".to_owned())], body: String::new() }
    }

    /// With this header once more.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Without this header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    /// With this header and no other of the name.
    pub(crate) fn set(self, name: &'static str, value: &str) -> Self {
        self.without(name).with(name, value)
    }

    pub(crate) fn request(&self) -> Request<Payload> {
        let mut request =
            Request::builder().method(&self.method).uri(format!("http://127.0.0.1:3000{}", self.path));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(Payload::Complete(Bytes::from(self.body.clone()))).unwrap()
    }
}
