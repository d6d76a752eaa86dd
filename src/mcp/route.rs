//! Which revision a request is served under.
//!
//! The body decides and the headers cross-check it, as both official SDKs do: a proxy may route by
//! header, and must not be told something else than the server acts on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Value, json};

use super::jsonrpc::{Object, Request, RpcError};
use super::version::Version;

/// `_meta` key of the revision a request is made under (2026-07-28).
pub const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// `_meta` key of what the client can do (2026-07-28).
pub const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

const VERSION_HEADER: &str = "mcp-protocol-version";
const METHOD_HEADER: &str = "mcp-method";
const NAME_HEADER: &str = "mcp-name";

/// The revision of a request.
///
/// # Errors
/// What to answer with HTTP status 400.
pub fn of_request(headers: &HeaderMap, request: &Request) -> Result<Version, RpcError> {
    let header = single(headers, VERSION_HEADER)?;
    let claim = request.params.get("_meta").and_then(|meta| meta.get(PROTOCOL_VERSION));
    let claimed = claim.and_then(Value::as_str).and_then(Version::parse);
    let header_version = header.and_then(Version::parse);
    match (claimed, header) {
        (Some(version), None) if !version.is_modern() => return Ok(version),
        (Some(version), Some(_)) if !version.is_modern() && header_version == claimed => return Ok(version),
        _ => {}
    }
    let header_is_modern = header_version.is_some_and(Version::is_modern);
    if request.method == "initialize" && claim.is_none() && header_is_modern {
        return Err(mismatch("`initialize` does not exist in the revision that MCP-Protocol-Version names"));
    }
    if claim.is_some() || header_is_modern {
        return modern(headers, request);
    }
    of_headers(headers)
}

/// The revision of a message whose body makes no claim: a notification, a batch, or an old request.
///
/// # Errors
/// What to answer with HTTP status 400.
pub fn of_headers(headers: &HeaderMap) -> Result<Version, RpcError> {
    match single(headers, VERSION_HEADER)? {
        None => Ok(Version::ASSUMED),
        Some(text) => Version::parse(text).ok_or_else(|| unsupported(text)),
    }
}

/// The rungs of 2026-07-28, `basic/transports/streamable-http`; the first that fails answers.
fn modern(headers: &HeaderMap, request: &Request) -> Result<Version, RpcError> {
    let Some(claimed) = claimed_version(&request.params) else {
        return Err(RpcError::invalid_params(format!(
            "params._meta needs \"{PROTOCOL_VERSION}\" (a string) and \"{CLIENT_CAPABILITIES}\" (an object)"
        )));
    };
    if single(headers, VERSION_HEADER)? != Some(claimed) {
        return Err(mismatch(&format!("the header MCP-Protocol-Version must be \"{claimed}\", as in _meta")));
    }
    let version = Version::parse(claimed).ok_or_else(|| unsupported(claimed))?;
    if single(headers, METHOD_HEADER)? != Some(request.method.as_str()) {
        return Err(mismatch(&format!(
            "the header Mcp-Method must be \"{}\", as in the body",
            request.method
        )));
    }
    if let Some(member) = named_by(&request.method) {
        let name = request.params.get(member).and_then(Value::as_str);
        let header = single(headers, NAME_HEADER)?.and_then(decode);
        if header.is_none() || header.as_deref() != name {
            return Err(mismatch(&format!("the header Mcp-Name must be the same as params.{member}")));
        }
    }
    Ok(version)
}

fn claimed_version(params: &Object) -> Option<&str> {
    let meta = params.get("_meta")?.as_object()?;
    meta.get(CLIENT_CAPABILITIES)?.as_object()?;
    meta.get(PROTOCOL_VERSION)?.as_str()
}

/// The member of `params` that `Mcp-Name` repeats, for the methods that have one.
fn named_by(method: &str) -> Option<&'static str> {
    match method {
        "tools/call" | "prompts/get" => Some("name"),
        "resources/read" => Some("uri"),
        _ => None,
    }
}

/// A value outside visible ASCII travels as `=?base64?...?=`.
pub(super) fn decode(text: &str) -> Option<String> {
    match text.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        None => Some(text.to_owned()),
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).ok()?).ok(),
    }
}

/// A header's one value. Two lines are an error: the first and the last reader would disagree.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, RpcError> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(mismatch(&format!("the header {name} is there more than once")));
    }
    match first.to_str() {
        Ok(text) => Ok(Some(text.trim())),
        Err(_) => Err(mismatch(&format!("the header {name} is not visible ASCII"))),
    }
}

pub(super) fn mismatch(message: &str) -> RpcError {
    RpcError::new(RpcError::HEADER_MISMATCH, message)
}

fn unsupported(requested: &str) -> RpcError {
    let supported = Version::ALL.map(Version::as_str);
    RpcError::new(RpcError::UNSUPPORTED_VERSION, format!("protocol version {requested:?} is not supported"))
        .with_data(json!({"supported": supported, "requested": requested}))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::mcp::jsonrpc::{Message, message};

    fn route(headers: &[(&'static str, &str)], method: &str, params: Value) -> Result<Version, i32> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let Message::Request(request) = message(body).unwrap() else { unreachable!("a request") };
        of_request(&map, &request).map_err(|error| error.code)
    }

    fn meta(version: &str) -> Value {
        json!({PROTOCOL_VERSION: version, CLIENT_CAPABILITIES: {}})
    }

    const MODERN: (&str, &str) = ("mcp-protocol-version", "2026-07-28");

    #[test]
    fn a_request_without_any_claim_is_legacy() {
        assert_eq!(route(&[], "tools/list", json!({})), Ok(Version::V2025_03_26));
        let header = [("mcp-protocol-version", "2025-11-25")];
        assert_eq!(route(&header, "tools/list", json!({})), Ok(Version::V2025_11_25));
    }

    #[test]
    fn an_unknown_version_header_is_refused_with_the_supported_ones() {
        let header = [("mcp-protocol-version", "1999-01-01")];
        assert_eq!(route(&header, "tools/list", json!({})), Err(RpcError::UNSUPPORTED_VERSION));
        let error = unsupported("1999-01-01");
        assert_eq!(error.data.unwrap()["supported"][0], "2026-07-28");
    }

    #[test]
    fn a_legacy_claim_in_meta_is_served_as_legacy() {
        let params = json!({"_meta": meta("2025-06-18")});
        assert_eq!(route(&[], "tools/list", params.clone()), Ok(Version::V2025_06_18));
        let equal = [("mcp-protocol-version", "2025-06-18")];
        assert_eq!(route(&equal, "tools/list", params.clone()), Ok(Version::V2025_06_18));
        let other = [("mcp-protocol-version", "2025-11-25")];
        assert_eq!(route(&other, "tools/list", params), Err(RpcError::HEADER_MISMATCH));
    }

    #[test]
    fn a_modern_request_needs_meta_and_matching_headers() {
        let params = json!({"_meta": meta("2026-07-28"), "name": "health"});
        let method = ("mcp-method", "tools/call");
        let good = [MODERN, method, ("mcp-name", "health")];
        assert_eq!(route(&good, "tools/call", params.clone()), Ok(Version::V2026_07_28));
        let wrong: [&[_]; 5] = [
            &[method, ("mcp-name", "health")],
            &[MODERN, ("mcp-name", "health")],
            &[MODERN, ("mcp-method", "Tools/Call"), ("mcp-name", "health")],
            &[MODERN, method],
            &[MODERN, MODERN, method, ("mcp-name", "health")],
        ];
        for headers in wrong {
            assert_eq!(route(headers, "tools/call", params.clone()), Err(RpcError::HEADER_MISMATCH));
        }
        assert_eq!(route(&good, "tools/call", json!({"name": "health"})), Err(RpcError::INVALID_PARAMS));
        let no_capabilities = json!({"_meta": {PROTOCOL_VERSION: "2026-07-28"}, "name": "health"});
        assert_eq!(route(&good, "tools/call", no_capabilities), Err(RpcError::INVALID_PARAMS));
    }

    #[test]
    fn a_modern_version_that_we_lack_is_named_as_unsupported() {
        let headers = [("mcp-protocol-version", "2099-01-01"), ("mcp-method", "tools/list")];
        let params = json!({"_meta": meta("2099-01-01")});
        assert_eq!(route(&headers, "tools/list", params), Err(RpcError::UNSUPPORTED_VERSION));
    }

    #[test]
    fn names_outside_ascii_travel_in_base64() {
        let name = STANDARD.encode("größe");
        let encoded = format!("=?base64?{name}?=");
        let headers = [MODERN, ("mcp-method", "tools/call"), ("mcp-name", encoded.as_str())];
        let params = json!({"_meta": meta("2026-07-28"), "name": "größe"});
        assert_eq!(route(&headers, "tools/call", params.clone()), Ok(Version::V2026_07_28));
        let headers = [MODERN, ("mcp-method", "tools/call"), ("mcp-name", "=?base64?%%%?=")];
        assert_eq!(route(&headers, "tools/call", params), Err(RpcError::HEADER_MISMATCH));
    }

    #[test]
    fn initialize_with_a_modern_header_is_a_contradiction() {
        assert_eq!(route(&[MODERN], "initialize", json!({})), Err(RpcError::HEADER_MISMATCH));
    }
}
