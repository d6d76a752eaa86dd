"""Recorded answers of a real MLflow server, for tests that must not need one."""
