//! `diff_artifacts`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::file::is_text;
use super::line_diff::line_diff;
use super::lines::Unit;
use super::place::{Opened, Place};
use super::source;
use super::tree::{Node, Tree};
use crate::mlflow::artifacts::Part;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::{Budget, Context, Failure, Tool, ToolError, parallel};

/// Larger files are compared by size only, in bytes.
const LARGEST: u64 = 1 << 20;

/// The most files whose bytes are compared: each costs two requests.
const MOST: usize = 200;

/// So many of them at a time.
const GROUP: usize = 20;

/// Compare the files of two runs, logged models or model versions: which are only in one, changed or the same.
///
/// With the path of one file, its lines: what changed in config.yml, requirements.txt or MLmodel.
#[derive(Deserialize, JsonSchema)]
pub struct DiffArtifacts {
    /// A run id, a logged model id (m-...), models:/NAME/VERSION or models:/NAME@ALIAS.
    #[schemars(length(min = 1))]
    baseline: String,
    /// The same of what is compared with it.
    #[schemars(length(min = 1))]
    source: String,
    /// A file or directory of both; the root if left out.
    #[serde(default)]
    path: String,
}

/// What is the same and what is not.
#[derive(Default, Serialize, JsonSchema)]
pub struct Difference {
    /// Files that only the baseline has.
    pub only_in_baseline: Vec<String>,
    /// Files that only the source has.
    pub only_in_source: Vec<String>,
    /// Files that both have, and that differ.
    pub changed: Vec<Change>,
    /// How many files are the same in both, byte by byte.
    pub same: usize,
    /// Files of the same size whose bytes were not compared.
    pub not_compared: Vec<String>,
    /// Of one file: what changed, in the unified format (diff -u).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// Of one file: lines that only the source has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines_added: Option<usize>,
    /// Of one file: lines that only the baseline has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines_removed: Option<usize>,
    /// The page in MLflow of the baseline's run, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_url: Option<String>,
    /// That of the source's run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// Something is left out because the answer would be too long; `note` says what.
    pub truncated: bool,
    /// What to know about this difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A file that differs.
#[derive(Serialize, JsonSchema)]
pub struct Change {
    /// From the root of both.
    pub path: String,
    /// Its size in the baseline.
    #[schemars(extend("x-nullable" = true))]
    pub baseline_bytes: Option<u64>,
    /// Its size in the source.
    #[schemars(extend("x-nullable" = true))]
    pub source_bytes: Option<u64>,
}

impl Tool for DiffArtifacts {
    const SPEC: Spec = Spec {
        name: "diff_artifacts",
        title: "Compare artifacts",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Difference;

    async fn call(self, cx: &Context<'_>) -> Result<Difference, Failure> {
        let mut old = source::place(cx, &self.baseline, &self.path).await?;
        let mut new = source::place(cx, &self.source, &self.path).await?;
        let (baseline_url, source_url) = (old.page(cx), new.page(cx));
        let found = if self.path.trim_matches('/').is_empty() {
            directories(cx, old, new).await?
        } else {
            match (old.open(cx, 0, LARGEST).await?, new.open(cx, 0, LARGEST).await?) {
                (Opened::File(a), Opened::File(b)) => files(&self.path, &a, &b, cx.budget),
                (Opened::Directory, Opened::Directory) => directories(cx, old, new).await?,
                _ => {
                    return Err(ToolError::argument(format!(
                        "argument \"path\" {:?} is a file in one and a directory in the other",
                        self.path
                    ))
                    .into());
                }
            }
        };
        Ok(Difference { baseline_url, source_url, ..found })
    }
}

/// One file, line by line.
fn files(path: &str, old: &Part, new: &Part, budget: Budget) -> Difference {
    let mut found = Difference::default();
    if old.total == new.total && old.bytes == new.bytes && old.total <= LARGEST {
        found.same = 1;
        return found;
    }
    let (baseline_bytes, source_bytes) = (Some(old.total), Some(new.total));
    found.changed.push(Change { path: path.trim_matches('/').to_owned(), baseline_bytes, source_bytes });
    let unread = if old.total.max(new.total) > LARGEST {
        Some(format!("Lines are compared of files up to {LARGEST} bytes."))
    } else if !is_text(&old.bytes) || !is_text(&new.bytes) {
        Some("No text: only that they differ is known.".to_owned())
    } else {
        found.lines(old, new, budget)
    };
    found.truncated = unread.is_some();
    found.note = unread;
    found
}

/// All files below two directories.
async fn directories(cx: &Context<'_>, old: Place, new: Place) -> Result<Difference, Failure> {
    let end = cx.end();
    let (old_root, new_root) = (old.name(), new.name());
    let trees = parallel::all([Tree::below(cx, old, 20), Tree::below(cx, new, 20)]).await?;
    let [old, new] = trees.as_slice() else { return Ok(Difference::default()) };
    let (a, b) = (of(old, &old_root), of(new, &new_root));
    let mut found = Difference::default();
    let (mut changed, mut pairs) = (BTreeMap::new(), Vec::new());
    // `collect` would bring sorting into the component.
    let mut paths = BTreeSet::new();
    paths.extend(a.keys().chain(b.keys()).copied());
    for path in paths {
        match (a.get(path), b.get(path)) {
            (Some(_), None) => found.only_in_baseline.push(path.to_owned()),
            (None, Some(_)) => found.only_in_source.push(path.to_owned()),
            (Some(a), Some(b)) if a.size != b.size => {
                changed.insert(path, Change::of(path, a, b));
            }
            (Some(a), Some(b)) if a.size.is_some_and(|size| size <= LARGEST) => pairs.push((path, *a, *b)),
            _ => found.not_compared.push(path.to_owned()),
        }
    }
    for (index, group) in pairs.chunks(GROUP).enumerate() {
        if cx.clock.now() >= end || index * GROUP >= MOST {
            found.not_compared.extend(group.iter().map(|(path, ..)| (*path).to_owned()));
            continue;
        }
        for ((path, a, b), same) in
            group.iter().zip(parallel::all(group.iter().map(|pair| same(cx, pair))).await?)
        {
            if same {
                found.same += 1;
            } else {
                changed.insert(path, Change::of(path, a, b));
            }
        }
    }
    found.changed = changed.into_values().collect();
    Ok(found.within(cx.budget, old.unlisted + new.unlisted))
}

/// Whether two files of one size have the same bytes.
async fn same(cx: &Context<'_>, (_, a, b): &(&str, &Node, &Node)) -> Result<bool, Failure> {
    Ok(a.size == Some(0) || bytes(cx, &a.place).await? == bytes(cx, &b.place).await?)
}

/// The files of a tree by their paths from where it begins.
fn of<'t>(tree: &'t Tree, root: &str) -> BTreeMap<&'t str, &'t Node> {
    let mut found = BTreeMap::new();
    for (path, node) in &tree.entries {
        if !node.is_dir {
            found.insert(path.strip_prefix(root).unwrap_or(path).trim_start_matches('/'), node);
        }
    }
    found
}

async fn bytes(cx: &Context<'_>, place: &Place) -> Result<Option<bytes::Bytes>, Failure> {
    match place.clone().open(cx, 0, LARGEST).await? {
        Opened::File(part) => Ok(Some(part.bytes)),
        Opened::Directory => Ok(None),
    }
}

impl Change {
    fn of(path: &str, old: &Node, new: &Node) -> Self {
        Self { path: path.to_owned(), baseline_bytes: old.size, source_bytes: new.size }
    }
}

impl Difference {
    /// Says what changed in a text; a sentence if that is not all.
    fn lines(&mut self, old: &Part, new: &Part, budget: Budget) -> Option<String> {
        let (a, b) = (Unit::of(&old.bytes).decode(&old.bytes), Unit::of(&new.bytes).decode(&new.bytes));
        let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
        let Some(mut diff) = line_diff(&a, &b) else {
            return Some("The texts differ too much to be compared line by line.".to_owned());
        };
        (self.lines_added, self.lines_removed) = (Some(diff.added), Some(diff.removed));
        let whole = diff.text.len();
        while size(&diff.text) > budget.characters() {
            let shorter = diff.text.floor_char_boundary(diff.text.len() * 9 / 10);
            diff.text
                .truncate(diff.text.get(..shorter).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1));
        }
        let cut = diff.text.len() < whole;
        let only_ends = diff.text.is_empty() && !cut;
        self.diff = Some(diff.text);
        match (cut, only_ends) {
            (true, _) => Some(
                "Only the beginning of the difference is shown: read_artifact reads the rest.".to_owned(),
            ),
            (_, true) => Some("They differ in encoding or line ends only.".to_owned()),
            _ => None,
        }
    }

    /// As much as fits.
    fn within(mut self, budget: Budget, unlisted: usize) -> Self {
        let mut notes = Vec::new();
        let share = budget.share(4);
        let gone = share.keep(&mut self.changed);
        if gone > 0 {
            let shown = self.changed.len();
            notes.push(format!("changed has {shown} of {} files.", shown + gone));
        }
        let lists = [
            ("only_in_baseline", &mut self.only_in_baseline),
            ("only_in_source", &mut self.only_in_source),
            ("not_compared", &mut self.not_compared),
        ];
        for (name, list) in lists {
            let gone = share.keep(list);
            if gone > 0 {
                notes.push(format!("{name} has {} of {} files.", list.len(), list.len() + gone));
            }
        }
        if unlisted > 0 {
            notes.push(format!("{unlisted} directories were not listed."));
        }
        self.truncated = !notes.is_empty();
        if self.truncated {
            notes.push("Compare a directory of it.".to_owned());
        } else if !self.changed.is_empty() {
            notes.push("With the path of a file the lines are compared.".to_owned());
        }
        self.note = (!notes.is_empty()).then(|| notes.join(" "));
        self
    }
}
