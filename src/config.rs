//! The environment's variables, read into types that cannot be wrong.
//!
//! A wrong variable does not keep the server from answering: discovery and the tool list work, and
//! every tool says which variable is wrong and what it should be.

mod callers;
mod credentials;
mod members;
mod oauth;
mod seal;
mod tracking_oauth;

use std::fmt;
use std::time::Duration;

use crate::mcp::Access;
use crate::mcp::origin::HostList;
use crate::mlflow::BaseUrl;
use crate::oauth::Trust;
use crate::policy::{self, Only, Policy, Restriction};
use crate::port::Limits;
use crate::seal::Seal;
use crate::spec::Toolset;
use crate::tools::Tools;

pub use credentials::{CallerHeader, Source};
pub use seal::HOW_TO_MAKE_A_KEY;

/// The MLflow server's base URL.
pub const TRACKING_URI: &str = "MLFLOW_TRACKING_URI";
const USERNAME: &str = "MLFLOW_TRACKING_USERNAME";
const PASSWORD: &str = "MLFLOW_TRACKING_PASSWORD";
const TOKEN: &str = "MLFLOW_TRACKING_TOKEN";
const TRACKING_OAUTH: &str = "MLFLOW_MCP_TRACKING_OAUTH";
const WORKSPACE: &str = "MLFLOW_WORKSPACE";
const HEADERS: &str = "MLFLOW_MCP_TRACKING_HEADERS";
const CREDENTIALS: &str = "MLFLOW_MCP_CREDENTIALS";
const CONNECT_TIMEOUT: &str = "MLFLOW_MCP_CONNECT_TIMEOUT";
const FIRST_BYTE_TIMEOUT: &str = "MLFLOW_MCP_FIRST_BYTE_TIMEOUT";
const BETWEEN_BYTES_TIMEOUT: &str = "MLFLOW_MCP_BETWEEN_BYTES_TIMEOUT";
const MAX_RESPONSE_BYTES: &str = "MLFLOW_MCP_MAX_RESPONSE_BYTES";
const ANSWER_CHARACTERS: &str = "MLFLOW_MCP_ANSWER_CHARACTERS";
const ALLOWED_ORIGINS: &str = "MLFLOW_MCP_ALLOWED_ORIGINS";
const ALLOWED_HOSTS: &str = "MLFLOW_MCP_ALLOWED_HOSTS";
const CALLERS: &str = "MLFLOW_MCP_CALLERS";
const OAUTH: &str = "MLFLOW_MCP_OAUTH";
const POLICY: &str = "MLFLOW_MCP_POLICY";
const READ_ONLY: &str = "MLFLOW_MCP_READ_ONLY";
const TOOLSETS: &str = "MLFLOW_MCP_TOOLSETS";
/// The key that approvals are sealed with.
pub const SEAL_KEY: &str = "MLFLOW_MCP_SEAL_KEY";
const AUDIT: &str = "MLFLOW_MCP_AUDIT";

/// All toolsets, in the list of [`TOOLSETS`].
const ALL: &str = "all";

/// The bounds of a timeout, in seconds.
const TIMEOUT_RANGE: (f64, f64) = (0.05, 600.0);

/// What a tool call needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolConfig {
    /// Where MLflow is.
    pub base: BaseUrl,
    /// Whose credentials it is shown.
    pub credentials: Source,
    /// How long and how much one exchange with it may take.
    pub limits: Limits,
    /// The most characters of JSON in one answer.
    pub answer_characters: usize,
}

/// A variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Its name.
    pub variable: &'static str,
    /// What is wrong and what would be right. Never the value: it may hold a password.
    pub problem: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.variable, self.problem)
    }
}

impl ConfigError {
    fn new(variable: &'static str, problem: impl Into<String>) -> Self {
        Self { variable, problem: problem.into() }
    }
}

/// All that is configured.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who may ask.
    pub access: Access,
    /// If set, whose tokens say that their holders may ask, too.
    pub oauth: Option<Trust>,
    /// What may be called.
    pub policy: Result<Policy, ConfigError>,
    /// What approvals are sealed with; nobody is asked without.
    pub seal: Option<Seal>,
    /// What tools need.
    pub tools: Result<ToolConfig, ConfigError>,
    /// Whether calls leave lines in the operator's log.
    pub audit: bool,
}

/// Reads the variables. A list of origins or hosts that cannot be read lets in nobody but the default; with it, with a
/// list of callers, a policy or a key that cannot be read no call is admitted, and every tool says what is wrong.
pub fn read(variable: &impl Fn(&str) -> Option<String>) -> Config {
    let (access, seal, audit) = (access(variable), seal::read(variable), audit(variable));
    let oauth = set(variable, OAUTH).map(|text| oauth::read(&text)).transpose();
    let wrong = [access.as_ref().err(), oauth.as_ref().err(), seal.as_ref().err(), audit.as_ref().err()];
    let wrong = wrong.into_iter().flatten().next().cloned();
    Config {
        access: access.unwrap_or_default(),
        oauth: oauth.unwrap_or_default(),
        policy: policy(variable),
        seal: seal.unwrap_or_default(),
        tools: wrong.map_or_else(|| tools(variable), Err),
        // Nobody finds out from a log that is missing that it was to be there.
        audit: audit.unwrap_or(true),
    }
}

fn audit(variable: &impl Fn(&str) -> Option<String>) -> Result<bool, ConfigError> {
    match set(variable, AUDIT).as_deref() {
        None | Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(text) => Err(ConfigError::new(AUDIT, format!("is {text:?}: write on or off"))),
    }
}

/// The policy, narrowed by the operator's choice of tools.
fn policy(variable: &impl Fn(&str) -> Option<String>) -> Result<Policy, ConfigError> {
    let text = set(variable, POLICY);
    let text = text.as_deref().unwrap_or(policy::DEFAULT);
    let policy = Policy::parse(text, &Tools)
        .map_err(|error| ConfigError::new(POLICY, format!("is wrong: {error}")))?;
    let mut restrictions = vec![Restriction { source: TOOLSETS, only: toolsets(variable)? }];
    if flag(variable, READ_ONLY)? {
        restrictions.push(Restriction { source: READ_ONLY, only: Only::Reads });
    }
    Ok(policy.narrowed(restrictions))
}

fn toolsets(variable: &impl Fn(&str) -> Option<String>) -> Result<Only, ConfigError> {
    let Some(text) = set(variable, TOOLSETS) else { return Ok(Only::Toolsets(Toolset::DEFAULT.to_vec())) };
    if text == ALL {
        return Ok(Only::Toolsets(Toolset::built().collect()));
    }
    let names = text.split(',').map(str::trim);
    Only::toolsets(names).map_err(|problem| ConfigError::new(TOOLSETS, format!("is wrong: {problem}")))
}

fn flag(variable: &impl Fn(&str) -> Option<String>, name: &'static str) -> Result<bool, ConfigError> {
    match set(variable, name).map(|text| text.to_ascii_lowercase()).as_deref() {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(text) => Err(ConfigError::new(name, format!("is {text:?}: write true or false"))),
    }
}

fn access(variable: &impl Fn(&str) -> Option<String>) -> Result<Access, ConfigError> {
    let list = |name: &'static str| {
        set(variable, name)
            .map(|text| {
                HostList::parse(&text).map_err(|entry| {
                    ConfigError::new(
                        name,
                        format!("has {entry:?}, which is no host name: write a.example,b.example"),
                    )
                })
            })
            .transpose()
    };
    Ok(Access {
        origins: list(ALLOWED_ORIGINS)?.unwrap_or_default(),
        hosts: list(ALLOWED_HOSTS)?,
        callers: set(variable, CALLERS).map(|text| callers::read(&text)).transpose()?,
    })
}

/// The first variable that is missing or wrong is the error.
fn tools(variable: &impl Fn(&str) -> Option<String>) -> Result<ToolConfig, ConfigError> {
    let Some(uri) = set(variable, TRACKING_URI) else {
        return Err(ConfigError::new(
            TRACKING_URI,
            "is not set: set it to the URL of your MLflow server, for instance http://127.0.0.1:5000",
        ));
    };
    let base = BaseUrl::parse(&uri).map_err(|problem| ConfigError::new(TRACKING_URI, problem))?;
    Ok(ToolConfig {
        credentials: credentials::read(variable, &base)?,
        base,
        limits: Limits {
            connect: seconds(variable, CONNECT_TIMEOUT, 3.0)?,
            first_byte: seconds(variable, FIRST_BYTE_TIMEOUT, 30.0)?,
            between_bytes: seconds(variable, BETWEEN_BYTES_TIMEOUT, 30.0)?,
            body: count(variable, MAX_RESPONSE_BYTES, 32 << 20, 64 << 10)?,
        },
        answer_characters: count(variable, ANSWER_CHARACTERS, 40_000, 2_000)?,
    })
}

/// A variable that is there and not empty: hosts that cannot leave one out set it to nothing.
fn set(variable: &impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn seconds(
    variable: &impl Fn(&str) -> Option<String>,
    name: &'static str,
    default: f64,
) -> Result<Duration, ConfigError> {
    let (least, most) = TIMEOUT_RANGE;
    let Some(text) = set(variable, name) else { return Ok(Duration::from_secs_f64(default)) };
    match text.parse::<f64>() {
        Ok(value) if (least..=most).contains(&value) => Ok(Duration::from_secs_f64(value)),
        _ => Err(ConfigError::new(name, format!("is {text:?}: write seconds from {least} to {most}"))),
    }
}

fn count(
    variable: &impl Fn(&str) -> Option<String>,
    name: &'static str,
    default: usize,
    least: usize,
) -> Result<usize, ConfigError> {
    let Some(text) = set(variable, name) else { return Ok(default) };
    match text.parse::<usize>() {
        Ok(value) if value >= least => Ok(value),
        _ => Err(ConfigError::new(name, format!("is {text:?}: write a whole number of at least {least}"))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::mlflow::Credentials;

    fn read(variables: &[(&str, &str)]) -> Result<ToolConfig, ConfigError> {
        tools(&|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    const URI: (&str, &str) = ("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000");

    #[test]
    fn the_defaults_are_those_of_the_documentation() {
        let config = read(&[URI]).unwrap();
        assert_eq!(config.limits.connect, Duration::from_secs(3));
        assert_eq!(config.limits.first_byte, Duration::from_secs(30));
        assert_eq!(config.answer_characters, 40_000);
        assert_eq!(config.credentials, Source::Service(Credentials::default()));
    }

    #[test]
    fn user_and_password_win_over_a_token() {
        let basic = [URI, ("MLFLOW_TRACKING_USERNAME", "u"), ("MLFLOW_TRACKING_PASSWORD", "p")];
        let mut all = basic.to_vec();
        all.push(("MLFLOW_TRACKING_TOKEN", "t"));
        let credentials = read(&all).unwrap().credentials;
        assert_eq!(credentials, read(&basic).unwrap().credentials);
        assert_eq!(credentials, Source::Service(Credentials::basic("u", "p")));
    }

    #[test]
    fn an_empty_variable_is_an_unset_one() {
        let none = Source::Service(Credentials::default());
        assert_eq!(read(&[URI, ("MLFLOW_TRACKING_TOKEN", " ")]).unwrap().credentials, none);
        assert_eq!(read(&[("MLFLOW_TRACKING_URI", "")]).unwrap_err().variable, TRACKING_URI);
    }

    #[test]
    fn every_error_names_its_variable() {
        for (name, value) in [
            ("MLFLOW_TRACKING_URI", "127.0.0.1:5000"),
            ("MLFLOW_TRACKING_USERNAME", "u"),
            ("MLFLOW_TRACKING_PASSWORD", "p"),
            ("MLFLOW_TRACKING_TOKEN", "a\nb"),
            ("MLFLOW_MCP_CONNECT_TIMEOUT", "0"),
            ("MLFLOW_MCP_FIRST_BYTE_TIMEOUT", "NaN"),
            ("MLFLOW_MCP_BETWEEN_BYTES_TIMEOUT", "soon"),
            ("MLFLOW_MCP_MAX_RESPONSE_BYTES", "1"),
            ("MLFLOW_MCP_ANSWER_CHARACTERS", "-1"),
        ] {
            let error = read(&[(name, value), URI]).unwrap_err();
            let named = error.to_string();
            assert!(named.contains(name), "{name}={value} gave {named:?}");
        }
    }

    #[test]
    fn no_error_shows_a_password() {
        for uri in ["ftp://user:hunter2@host", "user:hunter2@host", "http://user:hunter2@"] {
            let error = read(&[("MLFLOW_TRACKING_URI", uri)]).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn origins_and_hosts_are_lists_of_names() {
        let read =
            |name: &'static str, value: &str| access(&|asked| (asked == name).then(|| value.to_owned()));
        assert!(read("MLFLOW_MCP_ALLOWED_ORIGINS", "https://ui.example, b.example:8443").is_ok());
        assert!(read("MLFLOW_MCP_ALLOWED_HOSTS", "*").unwrap_err().to_string().contains("ALLOWED_HOSTS"));
    }
}
