//! What to say where there are no logged models.

use crate::mlflow::Error;
use crate::mlflow::error::{Refusal, RefusalKind};
use crate::tool::{Context, Failure, Kind, ToolError};

/// A server before MLflow 3 does not have the routes.
pub(crate) fn explain(cx: &Context<'_>, error: Error) -> Failure {
    match error {
        Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. }) => ToolError::new(
            Kind::Refused,
            format!(
                "{} has no logged models: MLflow has them since 3.0, and this server is older",
                cx.client.tracking().base
            ),
            "There a model is among the artifacts of its run (get_run_artifacts), and registered ones are in \
             get_registered_models. If health shows version 3 or newer, MLFLOW_TRACKING_URI is not the server's root.",
        )
        .into(),
        error => error.into(),
    }
}
