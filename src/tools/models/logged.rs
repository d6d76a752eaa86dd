//! Logged models that are changed.

use crate::mlflow::logged_models::{self, Info, LoggedModel};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure};
use crate::tools::logged_models::missing::explain;

/// The logged model.
///
/// # Errors
/// There is none, or the server has none at all.
pub(super) async fn model(cx: &Context<'_>, model_id: &str) -> Result<LoggedModel, Failure> {
    logged_models::get(&cx.client, model_id).await.map_err(|error| explain(cx, error))
}

/// How it is spoken of.
pub(super) fn named(info: &Info) -> String {
    format!("logged model {} ({})", quoted(&info.name), info.model_id)
}
