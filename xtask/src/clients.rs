//! What a user pastes to connect a client, each in its client's own format.

/// Ready-made configuration of Claude Code, Cursor and VS Code for the endpoint `url`.
pub fn configuration(url: &str) -> String {
    format!(
        r#"Claude Code:
  claude mcp add --transport http mlflow {url}

Cursor (.cursor/mcp.json):
  {{ "mcpServers": {{ "mlflow": {{ "url": "{url}" }} }} }}

VS Code (.vscode/mcp.json):
  {{ "servers": {{ "mlflow": {{ "type": "http", "url": "{url}" }} }} }}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::configuration;
    use serde_json::{Value, json};

    #[test]
    fn the_json_in_it_is_json_of_the_right_form() {
        let text = configuration("http://127.0.0.1:3000/mcp");
        let json: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        assert_eq!(
            json,
            [
                json!({"mcpServers": {"mlflow": {"url": "http://127.0.0.1:3000/mcp"}}}),
                json!({"servers": {"mlflow": {"type": "http", "url": "http://127.0.0.1:3000/mcp"}}}),
            ]
        );
    }
}
