//! `resources/read`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::mcp::Json;
use crate::mcp::service::ResourceError;
use crate::mcp::types::{Content, ResourceContent};
use crate::mlflow::{Error, experiments};
use crate::policy::Permit;
use crate::tool::{Context, Failure, Kind, ToolError};
use crate::tools;
use crate::tools::artifacts::content::{Content as Decoded, decode, picture};
use crate::tools::artifacts::place::Place;
use crate::tools::experiments::record::ExperimentRecord;
use crate::uri::Uri;

/// The largest file that is a resource, in bytes.
const LARGEST: u64 = 1 << 20;

/// Reads one resource, by leave of the call that shows the same ([`Reading`](super::Reading)).
///
/// # Errors
/// There is none, or it cannot be read.
pub async fn read(cx: &Context<'_>, uri: &Uri, permit: Permit) -> Result<ResourceContent, ResourceError> {
    let missing = |error: Error| not_read(cx, error);
    match uri {
        Uri::Server | Uri::Run(_) | Uri::RegisteredModel(_) | Uri::ModelVersion { .. } => {
            tool(cx, permit).await
        }
        Uri::Experiment(id) => {
            let found = experiments::get(&cx.client, id).await.map_err(missing)?;
            Ok(as_json(&ExperimentRecord::from(found)))
        }
        Uri::ExperimentByName(name) => {
            let found = experiments::get_by_name(&cx.client, name).await.map_err(missing)?;
            Ok(as_json(&ExperimentRecord::from(found)))
        }
        Uri::Artifact { run_id, path } => file(cx, run_id, path).await,
    }
}

/// What the tool that the permit is for answers, bounded as there.
async fn tool(cx: &Context<'_>, permit: Permit) -> Result<ResourceContent, ResourceError> {
    let name = permit.tool();
    let entry = tools::find(name).ok_or_else(|| ResourceError::Failed(format!("there is no tool {name}")))?;
    match entry.call(permit, Vec::new(), cx, cx.client.tracking()).await {
        Ok(answer) => Ok(json(answer.structured.as_str().to_owned())),
        Err(error) => Err(refused(&error)),
    }
}

async fn file(cx: &Context<'_>, run_id: &str, path: &str) -> Result<ResourceContent, ResourceError> {
    let read = async { Place::new(run_id, path)?.read(cx, 0, LARGEST).await };
    let part = read.await.map_err(|failure: Failure| {
        let error = failure.explain(cx.client.tracking());
        if error.kind == Kind::Argument {
            ResourceError::NotFound(error.to_string())
        } else {
            refused(&error)
        }
    })?;
    if part.total > LARGEST {
        return Err(ResourceError::Failed(format!(
            "{path:?} has {} bytes, and a resource at most {LARGEST}: get_artifact_content reads it in parts",
            part.total
        )));
    }
    let media_type = picture(&part.bytes).map_or(part.media_type, str::to_owned);
    let body = match decode(&part.bytes, true, true) {
        Decoded::Text { text, .. } => Content::Text(text),
        Decoded::Binary => Content::Blob(STANDARD.encode(&part.bytes)),
    };
    Ok(ResourceContent { media_type, body })
}

fn not_read(cx: &Context<'_>, error: Error) -> ResourceError {
    let missing = error.is_missing();
    let error = Failure::from(error).explain(cx.client.tracking());
    if missing { ResourceError::NotFound(error.to_string()) } else { refused(&error) }
}

/// Why a resource was not read, as the protocol tells it apart.
#[must_use]
pub fn refused(error: &ToolError) -> ResourceError {
    let text = error.to_string();
    match error.kind {
        Kind::NotFound => ResourceError::NotFound(text),
        Kind::Policy | Kind::Unasked | Kind::Denied => ResourceError::Forbidden(text),
        _ => ResourceError::Failed(text),
    }
}

fn as_json(value: &impl Serialize) -> ResourceContent {
    json(Json::of(value).to_string())
}

fn json(text: String) -> ResourceContent {
    ResourceContent { media_type: "application/json".to_owned(), body: Content::Text(text) }
}
