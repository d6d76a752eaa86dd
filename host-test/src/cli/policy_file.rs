//! `--policy FILE`: the policy in a file instead of a variable.

use clap::Args;
use mlflow_mcp::config;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The variable that the component reads the policy from.
const VARIABLE: &str = "MLFLOW_MCP_POLICY";

/// The largest policy, bytes: what is larger is another file.
const LARGEST: u64 = 1 << 20;

/// Where the policy is.
#[derive(Args)]
pub(crate) struct PolicyFile {
    /// A file that says who may do what, instead of MLFLOW_MCP_POLICY
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

impl PolicyFile {
    /// Puts the file's text where the component reads it, and sees that the policy is right, by the component's own
    /// code: a server whose policy admits nothing is not worth starting.
    pub(crate) fn give(&self, variables: &mut Vec<(String, String)>) -> Result<(), String> {
        if let Some(path) = &self.policy {
            let given = |(name, value): &(String, String)| name == VARIABLE && !value.trim().is_empty();
            if variables.iter().any(given) {
                return Err(format!("--policy and {VARIABLE} both give a policy: leave one of them out"));
            }
            variables.retain(|(name, _)| name != VARIABLE);
            variables.push((VARIABLE.to_owned(), text(path)?));
        }
        let config = config::read(&|name| value(variables, name));
        config.policy.map(drop).map_err(|error| match &self.policy {
            Some(path) if error.variable == VARIABLE => {
                format!("the policy {} {}", path.display(), error.problem)
            }
            _ => error.to_string(),
        })
    }
}

/// The value of a variable.
pub(crate) fn value(variables: &[(String, String)], name: &str) -> Option<String> {
    variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

fn text(path: &Path) -> Result<String, String> {
    let failed =
        |error: &dyn std::fmt::Display| format!("cannot read the policy {}: {error}", path.display());
    let mut text = String::new();
    let file = File::open(path).map_err(|error| failed(&error))?;
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(|error| failed(&error))?;
    if text.len() as u64 > LARGEST {
        return Err(failed(&format_args!("it has more than {LARGEST} bytes")));
    }
    if text.trim().is_empty() {
        // As a variable that would mean the default policy.
        return Err(failed(&"it is empty"));
    }
    Ok(text)
}
