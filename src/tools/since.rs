//! What servers of other ages lack.

use crate::mlflow::Error;
use crate::mlflow::error::{Refusal, RefusalKind};
use crate::tool::{Failure, Kind, ToolError};

/// What a failure of a route means that is there since that version of MLflow, such as `3.2`: without the route, the server
/// is older. `what` is what cannot be done.
pub(crate) fn since(version: &str, what: &str, error: Error) -> Failure {
    match error {
        Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. }) => older(version, what).into(),
        error => error.into(),
    }
}

/// That the server is older than that version.
pub(crate) fn older(version: &str, what: &str) -> ToolError {
    let message =
        format!("{what} needs MLflow {version} or newer, and this server is older; nothing was changed");
    ToolError::new(Kind::Unavailable, message, "health tells its version.")
}
