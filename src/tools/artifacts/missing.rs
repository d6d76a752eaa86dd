//! What stands behind a path that gives nothing: MLflow answers a file, a directory and a slip alike.

use crate::mlflow::artifacts::{self, FileInfo};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, ToolError};

/// What a path is.
pub(super) enum Found {
    File,
    Directory,
    Nothing(ToolError),
}

/// Looks the path up in its parent.
pub(super) async fn look(cx: &Context<'_>, run_id: &str, path: &str) -> Result<Found, Failure> {
    let path = path.trim_matches('/');
    let (parent, _) = path.rsplit_once('/').unwrap_or_default();
    let listed = artifacts::list(&cx.client, run_id, parent).await?;
    Ok(match listed.iter().find(|file| file.path == path) {
        Some(FileInfo { is_dir: true, .. }) => Found::Directory,
        Some(_) => Found::File,
        None => Found::Nothing(nothing(run_id, path, parent, &listed)),
    })
}

fn nothing(run_id: &str, path: &str, parent: &str, listed: &[FileInfo]) -> ToolError {
    let place = if parent.is_empty() { "The run's root has".to_owned() } else { format!("{parent:?} has") };
    let hint = match suggestion(path, &place, listed.iter().map(|file| file.path.as_str())) {
        hint if hint.is_empty() && parent.is_empty() => "The run has no artifacts.".to_owned(),
        hint if hint.is_empty() => format!("There is nothing in {parent:?} either."),
        hint => hint,
    };
    ToolError::new(Kind::NotFound, format!("run {run_id} has no artifact {path:?}"), hint)
}
