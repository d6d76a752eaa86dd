//! `log_tags`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{not_cut, some};
use crate::mlflow::pairs::tags;
use crate::mlflow::runs::RunInfo;
use crate::mlflow::runs::change::{Batch, PAIRS, TAG_CHARACTERS, log};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::runs::living;
use crate::tools::tagging::Several;

/// Set several tags of a run at once, replacing the values that they have.
#[derive(Deserialize, JsonSchema)]
pub struct LogTags {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// Texts by name, at most 100, for instance {"team": "nlp"}.
    tags: BTreeMap<String, String>,
}

/// What was set.
#[derive(Serialize, JsonSchema)]
pub struct Logged {
    success: bool,
    run_id: String,
    /// What those were that the run had with another value.
    previous: BTreeMap<String, String>,
    /// Those that it did not have: delete_run_tag removes them again, log_tags with previous restores the others.
    new_tags: Vec<String>,
}

impl Tool for LogTags {
    const SPEC: Spec = Spec {
        name: "log_tags",
        title: "Tag a run at once",
        toolset: Toolset::Logging,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Logged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (run, Several { previous, new_tags }) = self.look(cx).await?;
        log(&cx.client, &Batch { run_id: &run.run_id, tags: tags(&self.tags), ..Batch::default() }).await?;
        Ok(Logged { success: true, run_id: run.run_id, previous, new_tags })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (run, several) = self.look(cx).await?;
        Ok(Some(several.would(&living::named(&run))))
    }
}

impl LogTags {
    /// The run, and what its tags are before.
    async fn look(&self, cx: &Context<'_>) -> Result<(RunInfo, Several), Failure> {
        some("tags", self.tags.len(), PAIRS)?;
        not_cut("tags", &self.tags, TAG_CHARACTERS)?;
        let run = living::run(cx, &self.run_id).await?;
        let several = Several::set(&run.data.tags, &self.tags);
        Ok((run.info, several))
    }
}
