//! The variable that says who may call.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{CALLERS, ConfigError};
use crate::mcp::narrowing::{Narrowing, To};
use crate::mcp::{Caller, Callers};
use crate::policy::Only;
use crate::tools::Tools;

const EXAMPLE: &str = "[{\"name\": \"ci\", \"token_sha256\": \"64 hex digits\", \"read_only\": true}]";

/// The longest name, in bytes.
const LONGEST_NAME: usize = 64;

/// What SHA-256 makes of nothing: a variable in a shell was not set.
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// One caller, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    token_sha256: String,
    #[serde(default)]
    read_only: bool,
    toolsets: Option<Vec<String>>,
    tools: Option<Vec<String>>,
    exclude_tools: Option<Vec<String>>,
}

/// The callers of a JSON list. Errors show names and nothing else: where a digest should be, there may be a token.
pub(super) fn read(text: &str) -> Result<Callers, ConfigError> {
    let entries: Vec<Entry> = serde_json::from_str(text).map_err(|error| wrong(unreadable(&error)))?;
    if entries.is_empty() {
        return Err(wrong(format!("names nobody, so nobody could call: write {EXAMPLE}")));
    }
    let (mut names, mut digests) = (BTreeSet::new(), BTreeSet::new());
    let mut callers = Vec::with_capacity(entries.len());
    for entry in entries {
        let name = entry.name.clone();
        if !is_name(&name) {
            return Err(wrong(format!(
                "has the name {name:?}: write 1 to {LONGEST_NAME} letters, digits and . _ - @"
            )));
        }
        let caller = caller(entry).map_err(|problem| wrong(format!("is wrong for {name:?}: {problem}")))?;
        if !names.insert(name.clone()) {
            return Err(wrong(format!("has {name:?} twice")));
        }
        if !digests.insert(caller.digest) {
            return Err(wrong(format!("gives {name:?} the token of another caller")));
        }
        callers.push(caller);
    }
    Ok(Callers::new(callers))
}

fn wrong(problem: String) -> ConfigError {
    ConfigError::new(CALLERS, problem)
}

/// Serde quotes a value of the wrong type, but of a member only its name.
fn unreadable(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("unknown field") || text.starts_with("missing field") {
        return format!("is wrong: {text}; write {EXAMPLE}");
    }
    format!("is no list of callers (line {}, column {}): write {EXAMPLE}", error.line(), error.column())
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte);
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(plain)
}

fn caller(entry: Entry) -> Result<Caller, String> {
    let digest = digest(&entry.token_sha256).ok_or(
        "token_sha256 is not the SHA-256 of a token in 64 hex digits: printf %s \"$TOKEN\" | sha256sum",
    )?;
    let mut narrowings = Vec::new();
    if entry.read_only {
        narrowings.push(To::Reads);
    }
    if let Some(names) = entry.toolsets {
        Only::toolsets(given(&names)?)?;
        narrowings.push(To::Toolsets(names));
    }
    if let Some(names) = entry.tools {
        Only::tools(given(&names)?, &Tools)?;
        narrowings.push(To::Tools(names));
    }
    if let Some(names) = entry.exclude_tools {
        Only::not(given(&names)?, &Tools)?;
        narrowings.push(To::AllBut(names));
    }
    let narrowings = narrowings.into_iter().map(|to| Narrowing { source: CALLERS, to }).collect();
    Ok(Caller { name: entry.name, digest, narrowings })
}

/// An empty list could mean all or none, so it means neither.
fn given(names: &[String]) -> Result<impl Iterator<Item = &str>, String> {
    if names.is_empty() {
        return Err("a list of names is empty: leave it out, or name some".to_owned());
    }
    Ok(names.iter().map(String::as_str))
}

fn digest(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || text.eq_ignore_ascii_case(OF_NOTHING) {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        // `from_str_radix` would take a sign.
        *byte = pair
            .bytes()
            .all(|digit| digit.is_ascii_hexdigit())
            .then(|| u8::from_str_radix(pair, 16).ok())??;
    }
    Some(digest)
}
