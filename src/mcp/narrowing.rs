//! What a request leaves of the server, for itself alone: by headers, or by a path below the endpoint.
//!
//! Names are only read here; the [`Service`](super::Service) knows which there are.

use http::HeaderMap;

const READ_ONLY: &str = "X-MCP-Readonly";
const TOOLSETS: &str = "X-MCP-Toolsets";
const TOOLS: &str = "X-MCP-Tools";
const EXCLUDED: &str = "X-MCP-Exclude-Tools";

/// What is left, and what says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowing {
    /// A header, a path, or what is known of the caller.
    pub source: &'static str,
    /// What is left.
    pub to: To,
}

/// What is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// Tools that read.
    Reads,
    /// Tools of these toolsets.
    Toolsets(Vec<String>),
    /// These tools.
    Tools(Vec<String>),
    /// All tools but these.
    AllBut(Vec<String>),
    /// Tools of this class of risk and of those below it.
    UpTo(String),
}

/// What a path narrows to: `/mcp` to nothing, `/mcp/readonly`, `/mcp/x/{toolset}`, `/mcp/x/{toolset}/readonly`.
/// `None` if it is no path of the endpoint.
pub(super) fn of_path(path: &str) -> Option<Vec<Narrowing>> {
    let below = path.strip_prefix("/mcp")?;
    let below = below.strip_suffix('/').unwrap_or(below);
    let reads = Narrowing { source: "the path", to: To::Reads };
    let toolset = |name: &str| Narrowing { source: "the path", to: To::Toolsets(vec![name.to_owned()]) };
    match below.split('/').collect::<Vec<_>>().as_slice() {
        [""] => Some(Vec::new()),
        ["", "readonly"] => Some(vec![reads]),
        ["", "x", name] if !name.is_empty() => Some(vec![toolset(name)]),
        ["", "x", name, "readonly"] if !name.is_empty() => Some(vec![toolset(name), reads]),
        _ => None,
    }
}

/// What headers narrow to. A header that is there more than once holds each time.
///
/// # Errors
/// What is wrong with a header.
pub(super) fn of_headers(headers: &HeaderMap) -> Result<Vec<Narrowing>, String> {
    let mut found = Vec::new();
    for text in texts(headers, READ_ONLY)? {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => found.push(Narrowing { source: READ_ONLY, to: To::Reads }),
            "false" | "0" => {}
            _ => return Err(format!("the header {READ_ONLY} is true or false, not {text:?}")),
        }
    }
    let mut lists = |source, to: fn(Vec<String>) -> To| {
        for text in texts(headers, source)? {
            found.push(Narrowing { source, to: to(names(source, text)?) });
        }
        Ok::<(), String>(())
    };
    lists(TOOLSETS, To::Toolsets)?;
    lists(TOOLS, To::Tools)?;
    lists(EXCLUDED, To::AllBut)?;
    Ok(found)
}

fn texts<'a>(headers: &'a HeaderMap, name: &str) -> Result<Vec<&'a str>, String> {
    let read = |value: &'a http::HeaderValue| value.to_str().map(str::trim);
    headers
        .get_all(name)
        .iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(|_| format!("the header {name} is not visible ASCII"))
}

/// An empty list could mean all or none, so it means neither.
fn names(header: &str, text: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err(format!("the header {header} is a list of names with commas between, or left out"));
    }
    Ok(names)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(headers: &[(&'static str, &'static str)]) -> Result<Vec<To>, String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        Ok(of_headers(&map)?.into_iter().map(|one| one.to).collect())
    }

    #[test]
    fn paths_of_the_endpoint_and_no_others() {
        let to = |path: &str| of_path(path).map(|all| all.into_iter().map(|one| one.to).collect::<Vec<_>>());
        let core = || To::Toolsets(vec!["core".to_owned()]);
        for (path, expected) in [
            ("/mcp", vec![]),
            ("/mcp/", vec![]),
            ("/mcp/readonly", vec![To::Reads]),
            ("/mcp/readonly/", vec![To::Reads]),
            ("/mcp/x/core", vec![core()]),
            ("/mcp/x/core/readonly", vec![core(), To::Reads]),
        ] {
            assert_eq!(to(path), Some(expected), "{path}");
        }
        for path in
            ["", "/", "/mcpx", "/mcp//", "/mcp/x", "/mcp/x/", "/mcp/y/core", "/mcp/x/core/write", "/MCP"]
        {
            assert_eq!(to(path), None, "{path}");
        }
    }

    #[test]
    fn headers_that_are_repeated_each_hold() {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(of(&[]), Ok(vec![]));
        assert_eq!(of(&[("x-mcp-readonly", "False")]), Ok(vec![]));
        assert_eq!(of(&[("x-mcp-readonly", "false"), ("x-mcp-readonly", "TRUE")]), Ok(vec![To::Reads]));
        assert_eq!(
            of(&[("x-mcp-tools", "a, b"), ("x-mcp-tools", "b"), ("x-mcp-exclude-tools", "c")]),
            Ok(vec![To::Tools(list(&["a", "b"])), To::Tools(list(&["b"])), To::AllBut(list(&["c"]))])
        );
    }

    #[test]
    fn what_cannot_be_understood_is_not_ignored() {
        for header in [
            ("x-mcp-readonly", "yes"),
            ("x-mcp-readonly", ""),
            ("x-mcp-tools", ""),
            ("x-mcp-tools", "a,,b"),
            ("x-mcp-toolsets", ","),
        ] {
            assert!(of(&[header]).unwrap_err().to_lowercase().contains(header.0), "{header:?}");
        }
    }
}
