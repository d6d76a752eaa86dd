//! Secrets in answers and logs: those of the whole run are searched for in everything that a host says or is answered.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// Those of this run.
static RUN: Mutex<Leaks> = Mutex::new(Leaks { secrets: BTreeSet::new(), found: Vec::new() });

/// The shortest text that is a secret: shorter ones are words.
const SHORTEST: usize = 8;

#[derive(Default)]
struct Leaks {
    /// Every form in which one may be shown.
    secrets: BTreeSet<Vec<u8>>,
    found: Vec<String>,
}

impl Leaks {
    fn keep(&mut self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let escaped = Value::from(secret).to_string();
        let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for form in [
            secret.to_owned(),
            escaped.trim_matches('"').to_owned(),
            STANDARD.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
            percent,
        ] {
            self.secrets.insert(form.into_bytes());
        }
    }

    fn search(&mut self, place: &str, bytes: &[u8]) {
        let shown = |secret: &&Vec<u8>| bytes.windows(secret.len()).any(|part| part == secret.as_slice());
        if let Some(secret) = self.secrets.iter().find(shown) {
            let (secret, text) = (String::from_utf8_lossy(secret), String::from_utf8_lossy(bytes));
            self.found.push(format!("{secret:?} in {place}: {text}"));
        }
    }
}

fn with<T>(work: impl FnOnce(&mut Leaks) -> T) -> T {
    work(&mut RUN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Nobody but MLflow is to see this from now on.
pub fn keep(secret: &str) {
    with(|leaks| leaks.keep(secret));
}

/// User and password, apart and as HTTP Basic has them.
pub fn keep_pair(user: &str, password: &str) {
    keep(password);
    keep(&format!("{user}:{password}"));
}

/// The secrets among the variables of a host.
pub fn keep_variable(name: &str, value: &str) {
    if ["TOKEN", "PASSWORD", "SECRET", "KEY"].iter().any(|word| name.contains(word)) {
        keep(value);
    }
    if name == "MLFLOW_MCP_TRACKING_HEADERS" {
        let headers: Value = serde_json::from_str(value).unwrap_or_default();
        headers.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str()).for_each(keep);
    }
    if name == "MLFLOW_MCP_TRACKING_OAUTH" {
        let oauth: Value = serde_json::from_str(value).unwrap_or_default();
        keep_pair(
            oauth["client_id"].as_str().unwrap_or_default(),
            oauth["client_secret"].as_str().unwrap_or_default(),
        );
    }
    let user_info = value.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
    if let Some((user, password)) = user_info.and_then(|(pair, _)| pair.split_once(':')) {
        keep_pair(user, password);
    }
}

/// Looks through an answer.
///
/// # Panics
/// Something is shown in it, or was shown in a log meanwhile.
pub fn search_answer(bytes: &[u8]) {
    with(|leaks| leaks.search("an answer", bytes));
    none();
}

/// Looks through a line of a log. What is found is told by the next [`none`]: whoever writes a log must not fail.
pub fn search_line(line: &str) {
    with(|leaks| leaks.search("a log", line.as_bytes()));
}

/// Nothing has been shown so far.
///
/// # Panics
/// Something has.
pub fn none() {
    let found = with(|leaks| leaks.found.clone());
    assert!(found.is_empty(), "secrets are shown: {}", found.join("\n"));
}

#[test]
fn a_secret_that_is_shown_is_found_in_every_form() {
    let mut leaks = Leaks::default();
    leaks.keep("open \"sesame\"");
    leaks.keep("short");
    leaks.search("x", b"open sesame, and nothing in short");
    assert!(leaks.found.is_empty(), "{:?}", leaks.found);
    for shown in [
        "so open \"sesame\" it is",
        r#"{"text":"open \"sesame\""}"#,
        "Basic b3BlbiAic2VzYW1lIg==",
        "state=b3BlbiAic2VzYW1lIg.x",
        "?q=%6F%70%65%6E%20%22%73%65%73%61%6D%65%22",
    ] {
        leaks.search("x", shown.as_bytes());
        assert!(std::mem::take(&mut leaks.found).len() == 1, "{shown}");
    }
}
