//! The files that say which packages a run's code and models need.

use std::collections::{BTreeMap, BTreeSet};

use crate::mlflow::Error;
use crate::mlflow::artifacts::{self, FileInfo, Owner};
use crate::mlflow::runs::Run;
use crate::sorted::sorted;
use crate::tool::{Context, parallel};

/// What such files are called.
const NAMES: [&str; 4] = ["requirements.txt", "conda.yaml", "conda.yml", "python_env.yaml"];

/// The most of one that is read, in bytes: longer ones hold something else.
const LENGTH: u64 = 65_536;

/// The most directories, and the most models, that are looked into.
const FOLDERS: usize = 5;

/// The lines of files, by their paths.
pub(super) type Files = BTreeMap<String, BTreeSet<String>>;

/// A folder of a run or of a model that it logged, and what it is called.
#[derive(Clone)]
struct Folder<'a> {
    owner: Owner<'a>,
    path: String,
    label: String,
}

/// The lines of each such file, without comments, by the file's path. Models that MLflow 3 keeps beside the run are
/// `logged model`.
///
/// # Errors
/// See [`Error`]. What cannot be listed or read is left out.
pub(super) async fn files(cx: &Context<'_>, run: &Run) -> Result<Files, Error> {
    let owner = Owner::Run(&run.info.run_id);
    let root = Folder { owner, path: String::new(), label: String::new() };
    let listed = list(cx, root.clone()).await;
    let directories = listed.iter().flat_map(|(_, files)| files).filter(|file| file.is_dir).take(FOLDERS);
    let mut folders: Vec<Folder<'_>> = directories
        .map(|file| Folder { owner, path: file.path.clone(), label: format!("{}/", file.path) })
        .collect();
    for (index, model) in run.outputs.model_outputs.iter().enumerate().take(FOLDERS) {
        let label =
            if index == 0 { "logged model/".to_owned() } else { format!("logged model {}/", index + 1) };
        folders.push(Folder { owner: Owner::Model(&model.model_id), path: String::new(), label });
    }
    let further = folders.into_iter().map(async |folder| Ok::<_, Error>(list(cx, folder).await));
    let further = parallel::all(further).await?;
    let mut wanted = Vec::new();
    for (folder, files) in listed.iter().chain(further.iter().flatten()) {
        let named = files.iter().filter(|file| !file.is_dir && NAMES.contains(&name(file)));
        wanted.extend(named.map(|file| (folder, file)));
    }
    let read = wanted.into_iter().map(async |(folder, file)| {
        let label = format!("{}{}", folder.label, name(file));
        let part = artifacts::read(&cx.client, folder.owner, &file.path, 0, LENGTH).await.ok();
        Ok::<_, Error>(part.map(|part| (label, lines(&part.bytes))))
    });
    Ok(sorted(parallel::all(read).await?.into_iter().flatten()))
}

/// A folder with what is in it; nothing if it cannot be listed.
async fn list<'a>(cx: &Context<'_>, folder: Folder<'a>) -> Option<(Folder<'a>, Vec<FileInfo>)> {
    let files = artifacts::list(&cx.client, folder.owner, &folder.path).await.ok()?;
    Some((folder, files))
}

fn name(file: &FileInfo) -> &str {
    file.path.rsplit('/').next().unwrap_or_default()
}

/// Those that say something.
fn lines(bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut found = BTreeSet::new();
    found.extend(lines.map(str::to_owned));
    found
}
