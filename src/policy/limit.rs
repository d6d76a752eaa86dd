//! Limits: how many calls in which time, and whose.

use std::fmt;
use std::time::Duration;

use serde_json::json;

use super::caller::Caller;
use super::file;
use super::file::Scope;

/// The longest name of a counter: stores bound their keys.
const NAME_CHARACTERS: usize = 64;

/// The most calls in a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// Shared with the limits that name it too; each tool's own if it has no name.
    counter: Option<String>,
    window: u32,
    scope: Scope,
    pub(super) max: u32,
}

impl Limit {
    pub(super) fn of(limit: file::Limit) -> Result<Self, String> {
        let length = limit.counter.chars().count();
        if length > NAME_CHARACTERS {
            return Err(format!("a counter's name has at most {NAME_CHARACTERS} characters, not {length}"));
        }
        let window = match limit.window {
            file::Window::Second => 1,
            file::Window::Minute => 60,
            file::Window::Hour => 3_600,
            file::Window::Day => 86_400,
        };
        let counter = Some(limit.counter).filter(|name| !name.is_empty());
        Ok(Self { counter, window, scope: limit.scope, max: limit.max.get() })
    }

    pub(super) fn of_rate(limit: file::RateLimit) -> Self {
        Self { counter: None, window: limit.window.0, scope: Scope::Grant, max: limit.max.get() }
    }

    pub(super) fn window(&self) -> Duration {
        Duration::from_secs(u64::from(self.window))
    }

    /// The order in which limits are counted. A call that one of them refuses must not use up the longer ones, nor
    /// what is everybody's.
    pub(super) fn order(&self) -> (u32, bool, u32) {
        (self.window, self.scope == Scope::Global, self.max)
    }

    /// What is counted: text that is the same for the calls that count together, and for no others.
    pub(super) fn key(&self, tool: &str, caller: &Caller) -> String {
        let what = match &self.counter {
            Some(name) => ["counter", name],
            None => ["tool", tool],
        };
        match self.scope {
            Scope::Grant => json!([what, caller.name()]).to_string(),
            Scope::Global => json!([what]).to_string(),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match (self.scope, &self.counter) {
            (Scope::Grant, None) => "per caller",
            (Scope::Grant, Some(_)) => "per caller, other tools included",
            (Scope::Global, None) => "of all callers together",
            (Scope::Global, Some(_)) => "of all callers together, other tools included",
        };
        let calls = if self.max == 1 { "call" } else { "calls" };
        let window = match self.window {
            1 => "second".to_owned(),
            60 => "minute".to_owned(),
            3_600 => "hour".to_owned(),
            86_400 => "day".to_owned(),
            seconds => format!("{seconds} seconds"),
        };
        write!(f, "{} {calls} per {window} {whose}", self.max)
    }
}
