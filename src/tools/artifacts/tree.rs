//! All that is below a directory, level by level.

use super::place::{Place, models};
use crate::mlflow::artifacts::FileInfo;
use crate::tool::{Context, Failure, parallel};
use std::collections::BTreeMap;

/// The most directories that are listed in one go: each costs a request.
const DIRECTORIES: usize = 500;

/// Files and directories by their paths as the tools name them.
pub(super) struct Tree {
    pub(super) entries: BTreeMap<String, Node>,
    /// Directories that were not listed: too deep, too many, or too late.
    pub(super) unlisted: usize,
}

/// A file or directory.
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) is_dir: bool,
    /// Of a file, where the storage says it.
    pub(super) size: Option<u64>,
}

impl Tree {
    /// What is below a place, at most so many levels of it.
    ///
    /// # Errors
    /// The place is a file, or not there.
    pub(super) async fn below(cx: &Context<'_>, mut root: Place, depth: usize) -> Result<Self, Failure> {
        let end = cx.end();
        let mut tree = Self { entries: BTreeMap::new(), unlisted: 0 };
        let mut level = tree.root(cx, &mut root).await?;
        let mut listed = 1;
        for _ in 1..depth {
            if level.is_empty() || cx.clock.now() >= end {
                break;
            }
            let late = level.split_off(level.len().min(DIRECTORIES - listed));
            listed += level.len();
            tree.unlisted += late.len();
            let lists = parallel::all(level.iter().map(|place| place.level(cx))).await?;
            let directories = level.iter().zip(lists).flat_map(|(place, files)| tree.add(place, files));
            level = directories.collect();
            say(cx, listed, tree.entries.len());
        }
        tree.unlisted += level.len();
        tree.fill_in();
        Ok(tree)
    }

    /// MLflow leaves out a size of nothing as it leaves out an unknown one. Where it knows any, it knows all.
    fn fill_in(&mut self) {
        if self.entries.values().any(|node| node.size.is_some()) {
            for node in self.entries.values_mut().filter(|node| !node.is_dir) {
                node.size.get_or_insert(0);
            }
        }
    }

    /// The first level: the root of a run has the models that are kept beside it, too.
    async fn root(&mut self, cx: &Context<'_>, root: &mut Place) -> Result<Vec<Place>, Failure> {
        let files = root.list(cx).await?;
        let mut directories = self.add(root, files);
        if let Some(run_id) = root.run().filter(|_| root.name().is_empty() && root.model_id().is_none()) {
            for model in models(cx, run_id).await? {
                // A newer one has the name.
                let named =
                    if self.entries.contains_key(&model.name) { &model.model_id } else { &model.name };
                let place = root.in_model(&model.model_id, named);
                self.entries.insert(named.clone(), Node { place: place.clone(), is_dir: true, size: None });
                directories.push(place);
            }
        }
        Ok(directories)
    }

    /// Takes up what is in a directory; the directories among it that were not seen before.
    fn add(&mut self, directory: &Place, files: Vec<FileInfo>) -> Vec<Place> {
        let mut directories = Vec::new();
        for file in files {
            let place = directory.at(&file.path);
            let size = file.file_size.and_then(|size| u64::try_from(size).ok()).filter(|_| !file.is_dir);
            let node = Node { place: place.clone(), is_dir: file.is_dir, size };
            if self.entries.insert(place.name(), node).is_none() && file.is_dir {
                directories.push(place);
            }
        }
        directories
    }

    /// How many files there are below a directory, and their bytes.
    pub(super) fn sum(&self, directory: &str) -> (usize, u64) {
        let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let below = self.entries.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        below
            .filter(|(_, node)| !node.is_dir)
            .fold((0, 0), |(files, bytes), (_, node)| (files + 1, bytes + node.size.unwrap_or(0)))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of directories are far below 2^53")]
fn say(cx: &Context<'_>, listed: usize, entries: usize) {
    cx.progress.report(listed as f64, None, &format!("{listed} directories listed, {entries} entries"));
}
