"""The other MLflow MCP server, whose tool names and answers ours keeps, and the comparison with it."""
