//! Prompts: registered models with a tag, whose versions keep their templates in tags. The tags are those that MLflow's
//! own client writes and reads (`mlflow/prompt/constants.py`).

use super::change::{NewVersion, add_version, create_model};
use super::models::IS_PROMPT;
use super::versions::ModelVersion;
use crate::mlflow::client::Client;
use crate::mlflow::error::Error;
use crate::mlflow::pairs::Tag;

/// The template: text, or a JSON list of messages.
pub const TEXT: &str = "mlflow.prompt.text";

/// `text`, or [`CHAT`]; clients before MLflow 3 leave it out and know text only.
pub const TYPE: &str = "_mlflow_prompt_type";

/// The type of a template that is a list of messages.
pub const CHAT: &str = "chat";

/// A JSON Schema of what a model is to answer.
pub const RESPONSE_FORMAT: &str = "_mlflow_prompt_response_format";

/// JSON: which model, and with which settings.
pub const MODEL_CONFIG: &str = "_mlflow_prompt_model_config";

/// What a version must have for a source: servers refuse any other of a prompt.
const SOURCE: &str = "dummy-source";

/// A version of a prompt to create.
#[derive(Debug)]
pub struct NewPrompt<'a> {
    /// The prompt.
    pub name: &'a str,
    /// Why there is a new version.
    pub commit_message: &'a str,
    /// Tags of the version, and of the prompt if it is created.
    pub tags: Vec<Tag<'a>>,
    /// The tags that are the template, see [`TEXT`].
    pub template: Vec<Tag<'a>>,
}

/// Whether a tag is MLflow's own, a part of the prompt.
#[must_use]
pub fn is_reserved(key: &str) -> bool {
    [IS_PROMPT, TEXT, TYPE, RESPONSE_FORMAT, MODEL_CONFIG].contains(&key)
}

/// Creates a version of a prompt, and before it the prompt, if there is none; that is removed again if the version
/// then cannot be.
///
/// # Errors
/// See [`Error`].
pub async fn register(client: &Client<'_>, new: &NewPrompt<'_>, is_new: bool) -> Result<ModelVersion, Error> {
    let mut tags = vec![Tag { key: IS_PROMPT, value: "true" }];
    tags.extend(new.tags.iter().cloned());
    if is_new {
        create_model(client, new.name, new.commit_message, &tags).await?;
    }
    tags.extend(new.template.iter().cloned());
    let version = NewVersion {
        name: new.name,
        source: SOURCE,
        description: new.commit_message,
        tags,
        ..NewVersion::default()
    };
    add_version(client, &version, is_new).await
}
