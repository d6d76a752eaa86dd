//! The forms of [`Uri`](crate::uri::Uri) that are read.

use crate::mcp::types::ResourceTemplate;

const JSON: Option<&str> = Some("application/json");

/// The forms that can be read.
pub static TEMPLATES: &[ResourceTemplate] = &[
    ResourceTemplate {
        uri_template: "mlflow://experiment/{experiment_id}",
        name: "experiment",
        title: "Experiment",
        description: "An experiment by id: name, tags, times.",
        mime_type: JSON,
    },
    ResourceTemplate {
        uri_template: "mlflow://experiment-by-name/{experiment_name}",
        name: "experiment-by-name",
        title: "Experiment by name",
        description: "An experiment by its exact name.",
        mime_type: JSON,
    },
    ResourceTemplate {
        uri_template: "mlflow://run/{run_id}",
        name: "run",
        title: "Run",
        description: "A run: status, metrics, params, tags, inputs, outputs.",
        mime_type: JSON,
    },
    ResourceTemplate {
        uri_template: "mlflow://run/{run_id}/artifacts/{+path}",
        name: "run-artifact",
        title: "Run artifact",
        description: "A file of a run's artifacts, up to 1 MiB.",
        mime_type: None,
    },
    ResourceTemplate {
        uri_template: "mlflow://registered-model/{model_name}",
        name: "registered-model",
        title: "Registered model",
        description: "A registered model: description, tags, aliases, latest versions.",
        mime_type: JSON,
    },
    ResourceTemplate {
        uri_template: "mlflow://model-version/{model_name}/{version}",
        name: "model-version",
        title: "Model version",
        description: "A version of a registered model: source, run, stage, tags, aliases.",
        mime_type: JSON,
    },
];
