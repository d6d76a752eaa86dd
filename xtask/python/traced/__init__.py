"""Traces that MLflow's own tracing makes, and what must be told of them."""
