//! The variables of a server, as an input may set them.

/// How the part begins that sets them.
const HEAD: &str = "variables\n";

/// Those that an input may set: who may do what, and with whose credentials. The others have fixed values, which the
/// properties count on.
const SETTABLE: [&str; 9] = [
    "MLFLOW_MCP_POLICY",
    "MLFLOW_MCP_READ_ONLY",
    "MLFLOW_MCP_TOOLSETS",
    "MLFLOW_MCP_CALLERS",
    "MLFLOW_MCP_CREDENTIALS",
    "MLFLOW_MCP_TRACKING_HEADERS",
    "MLFLOW_MCP_AUDIT",
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_WORKSPACE",
];

/// The origin that is allowed besides this machine's own.
pub const ORIGIN: &str = "ui.example";

/// What nobody but MLflow may see.
pub const SECRET: &str = "hunter2-of-the-server";

/// The variables.
#[derive(Debug, Default)]
pub struct Variables(Vec<(&'static str, String)>);

impl Variables {
    /// Reads a part of an input, `NAME=value` in each line; `None` if it is another part.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.strip_prefix(HEAD)?;
        let set = |line: &str| {
            let (name, value) = line.split_once('=')?;
            Some((*SETTABLE.iter().find(|known| **known == name)?, value.to_owned()))
        };
        Some(Self(text.lines().filter_map(set).collect()))
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        if let Some((_, value)) = self.0.iter().find(|(known, _)| *known == name) {
            return Some(value.clone());
        }
        let value = match name {
            "MLFLOW_TRACKING_URI" => "http://mlflow.test:5000",
            // Every tool is to be reached.
            "MLFLOW_MCP_POLICY" => r#"{"version": "1", "default": "allow"}"#,
            "MLFLOW_MCP_ALLOWED_ORIGINS" => ORIGIN,
            // Callers with credentials of their own rule out the server's.
            "MLFLOW_TRACKING_TOKEN" if self.get("MLFLOW_MCP_CREDENTIALS").is_none() => SECRET,
            _ => return None,
        };
        Some(value.to_owned())
    }
}
