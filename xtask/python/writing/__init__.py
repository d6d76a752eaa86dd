"""Tools that change MLflow, each read back with MLflow's own Python client."""
