//! Any bytes to a JSON-RPC message: total, and what is read comes back unchanged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlflow_mcp::mcp::json::Members;
use mlflow_mcp::mcp::jsonrpc::{Fault, Message, RpcError, failure, message, parse, success};
use serde_json::{Value, json};

fuzz_target!(|bytes: &[u8]| {
    match parse(bytes) {
        Err(fault) => {
            assert!(serde_json::from_slice::<Value>(bytes).is_err());
            assert_eq!((fault.id, fault.error.code), (None, RpcError::PARSE));
        }
        Ok(value) => check(value),
    }
});

fn check(value: Value) {
    let sent = value.clone();
    match message(value) {
        Ok(Message::Request(request)) => {
            let read = json!({"jsonrpc": "2.0", "id": request.id, "method": request.method, "params": request.params});
            assert_eq!(message(read), Ok(Message::Request(request.clone())), "read a second time");
            assert_eq!(success(&request.id, Members::new()).value()["id"], sent["id"]);
            assert!(sent["id"].is_string() || sent["id"].is_i64() || sent["id"].is_u64());
        }
        Ok(Message::Notification) => assert!(sent.get("id").is_none() && sent["method"].is_string()),
        Ok(Message::Response) => assert!(sent.get("method").is_none()),
        Err(fault) => refused(&sent, &fault),
    }
}

/// A refusal is answered under the id of what was sent, or under none.
fn refused(sent: &Value, fault: &Fault) {
    assert_eq!(fault.error.code, RpcError::INVALID_REQUEST);
    let answer = failure(fault.id.as_ref(), &fault.error).value();
    assert!(answer["id"].is_null() || answer["id"] == sent["id"]);
    assert!(!answer["error"]["message"].as_str().unwrap_or_default().is_empty());
}
