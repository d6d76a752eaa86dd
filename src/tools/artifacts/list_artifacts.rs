//! `list_artifacts`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::source;
use super::tree::{Node, Tree};
use crate::mlflow::page::{Page, Position};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, ToolError, listing};

/// List all files below a directory, with sizes: of a run, a logged model or a version of a registered model.
///
/// Directories show how many files they have and their bytes. Models that MLflow 3 keeps beside a run are directories
/// of it. read_artifact, search_artifact and read_table take the paths.
#[derive(Deserialize, JsonSchema)]
pub struct ListArtifacts {
    /// A run id, a logged model id (m-...), models:/NAME/VERSION or models:/NAME@ALIAS.
    #[schemars(length(min = 1))]
    source: String,
    /// A directory; the root if left out.
    #[serde(default)]
    path: String,
    /// How many levels are listed.
    #[serde(default = "all_levels")]
    #[schemars(range(min = 1, max = 20))]
    max_depth: usize,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn all_levels() -> usize {
    20
}

/// Files and directories.
#[derive(Serialize, JsonSchema)]
pub struct Files {
    /// In the order of their paths.
    #[serde(flatten)]
    pub entries: Listing<Entry>,
    /// How many files were found.
    pub total_files: usize,
    /// Their bytes.
    pub total_bytes: u64,
    /// The page in MLflow of the run whose files they are, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A file or directory.
#[derive(Serialize, JsonSchema)]
pub struct Entry {
    /// From the source's root.
    pub path: String,
    /// Whether it is a directory.
    pub is_dir: bool,
    /// Of a directory all that was found below it; absent where the storage does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Of a directory: how many files were found below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<usize>,
    /// The logged model that a directory is (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
}

impl Tool for ListArtifacts {
    const SPEC: Spec = Spec {
        name: "list_artifacts",
        title: "List artifacts as a tree",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Files;

    async fn call(self, cx: &Context<'_>) -> Result<Files, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let seen = from.row().ok_or_else(|| {
            ToolError::argument("argument \"page_token\" is not one that list_artifacts gave out")
        })?;
        let place = source::place(cx, &self.source, &self.path).await?;
        let tree = Tree::below(cx, place.clone(), self.max_depth).await?;
        let (total_files, total_bytes) = tree.sum("");
        let rows = tree.entries.iter().skip(seen).map(|(path, node)| Entry::of(&tree, path, node)).collect();
        let page = Page { rows, from: Position::at(seen), next: None };
        let mut entries = Listing::of_page(page, cx.budget);
        if tree.unlisted > 0 {
            entries.truncated = true;
            entries.note = Some(format!(
                "{} directories were not listed: ask for them by path, or with a larger max_depth.",
                tree.unlisted
            ));
        }
        Ok(Files { entries, total_files, total_bytes, url: place.page(cx) })
    }
}

impl Entry {
    fn of(tree: &Tree, path: &str, node: &Node) -> Self {
        let sum = node.is_dir.then(|| tree.sum(path));
        Self {
            path: path.to_owned(),
            is_dir: node.is_dir,
            bytes: sum.map_or(node.size, |(_, bytes)| Some(bytes)),
            files: sum.map(|(files, _)| files),
            model_id: node.place.model_id().filter(|_| node.is_dir && node.place.is_root()),
        }
    }
}
