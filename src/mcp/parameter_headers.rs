//! Arguments that travel in a header too, so that a proxy can route by them (2026-07-28,
//! `basic/transports/streamable-http`, "Custom Headers from Tool Parameters").
//!
//! A tool marks a property of its input schema with `"x-mcp-header": "Region"`; the client then repeats the
//! argument in `Mcp-Param-Region`. Both must say the same, or the proxy was told something else than the tool.

use http::HeaderMap;
use serde_json::Value;

use super::json::Json;
use super::jsonrpc::RpcError;
use super::route::{decode, mismatch, single};

const ANNOTATION: &str = "x-mcp-header";

/// Compares the headers of a call with its arguments, by the tool's input schema.
///
/// # Errors
/// -32020 for the first header that is missing, extra or different.
pub(super) fn check(headers: &HeaderMap, schema: &Json, arguments: Option<&Value>) -> Result<(), RpcError> {
    // Hardly any tool has one, so hardly any schema is read.
    if schema.as_str().contains(ANNOTATION) {
        compare_all(headers, &schema.value(), arguments)
    } else {
        Ok(())
    }
}

fn compare_all(headers: &HeaderMap, schema: &Value, arguments: Option<&Value>) -> Result<(), RpcError> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Ok(()) };
    for (name, property) in properties {
        let argument = arguments.and_then(|arguments| arguments.get(name));
        if let Some(header) = property.get(ANNOTATION).and_then(Value::as_str) {
            compare(headers, header, name, argument)?;
        }
        // An annotation is reached through `properties` alone, and may be deep.
        compare_all(headers, property, argument)?;
    }
    Ok(())
}

fn compare(headers: &HeaderMap, suffix: &str, name: &str, argument: Option<&Value>) -> Result<(), RpcError> {
    let header = format!("mcp-param-{suffix}").to_ascii_lowercase();
    let sent = single(headers, &header)?;
    match (sent, argument.filter(|value| !value.is_null())) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(mismatch(&format!("the header {header} must repeat the argument {name:?}"))),
        (Some(_), None) => {
            Err(mismatch(&format!("the header {header} repeats the argument {name:?}, which is not there")))
        }
        (Some(text), Some(value)) => match decode(text) {
            Some(text) if says_the_same(&text, value) => Ok(()),
            Some(_) => Err(mismatch(&format!("the header {header} differs from the argument {name:?}"))),
            None => Err(mismatch(&format!("the header {header} is not the Base64 of UTF-8 text"))),
        },
    }
}

/// Only strings, integers and booleans can be repeated. `42.0` is 42.
fn says_the_same(text: &str, value: &Value) -> bool {
    match value {
        Value::String(string) => string == text,
        Value::Bool(truth) => text == if *truth { "true" } else { "false" },
        Value::Number(number) => {
            number.to_string() == text || text.parse::<f64>().is_ok_and(|said| Some(said) == number.as_f64())
        }
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use http::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    fn agree(headers: &[(&str, &str)], arguments: Value) -> bool {
        let schema = json!({"type": "object", "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "count": {"type": "integer", "x-mcp-header": "Count"},
            "dry": {"type": "boolean", "x-mcp-header": "Dry"},
            "where": {"type": "object", "properties": {"city": {"type": "string", "x-mcp-header": "City"}}},
            "free": {"type": "string"}
        }});
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        match check(&map, &Json::of(&schema), Some(&arguments)) {
            Ok(()) => true,
            Err(error) => {
                assert_eq!(error.code, RpcError::HEADER_MISMATCH);
                false
            }
        }
    }

    #[test]
    fn a_header_that_says_what_its_argument_says_is_fine() {
        for (headers, arguments) in [
            (vec![], json!({})),
            (vec![], json!({"region": null, "free": "x"})),
            (vec![("Mcp-Param-Region", "us-west1")], json!({"region": "us-west1"})),
            (vec![("Mcp-Param-Region", "=?base64?SGVsbG8=?=")], json!({"region": "Hello"})),
            // Without its end it is no Base64 but text.
            (vec![("Mcp-Param-Region", "=?base64?SGVsbG8=")], json!({"region": "=?base64?SGVsbG8="})),
            (
                vec![("Mcp-Param-Count", "42.0"), ("Mcp-Param-Dry", "false")],
                json!({"count": 42, "dry": false}),
            ),
            (vec![("Mcp-Param-City", "Ulm")], json!({"where": {"city": "Ulm"}})),
        ] {
            assert!(agree(&headers, arguments.clone()), "{headers:?} {arguments}");
        }
    }

    #[test]
    fn a_header_that_is_missing_extra_different_or_unreadable_is_not() {
        for (headers, arguments) in [
            (vec![], json!({"region": "us-west1"})),
            (vec![], json!({"where": {"city": "Ulm"}})),
            (vec![("Mcp-Param-Region", "us-west1")], json!({})),
            (vec![("Mcp-Param-Region", "us-west1")], json!({"region": null})),
            (vec![("Mcp-Param-City", "Ulm")], json!({})),
            (vec![("Mcp-Param-Region", "US-WEST1")], json!({"region": "us-west1"})),
            (vec![("Mcp-Param-Region", "a"), ("Mcp-Param-Region", "a")], json!({"region": "a"})),
            (vec![("Mcp-Param-Region", "=?base64?SGVsbG8?=")], json!({"region": "Hello"})),
            (vec![("Mcp-Param-Region", "=?base64?SGVs!!!bG8=?=")], json!({"region": "Hello"})),
            (vec![("Mcp-Param-Count", "43")], json!({"count": 42})),
            (vec![("Mcp-Param-Dry", "True")], json!({"dry": true})),
            (vec![("Mcp-Param-Region", "[]")], json!({"region": []})),
        ] {
            assert!(!agree(&headers, arguments.clone()), "{headers:?} {arguments}");
        }
    }
}
