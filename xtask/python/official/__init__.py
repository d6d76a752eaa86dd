"""MLflow's own MCP server beside ours: what it tells, ours tells; what it changes, ours changes alike."""
