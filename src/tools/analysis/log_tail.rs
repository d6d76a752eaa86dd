//! The last lines of what a run left as logs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::Error;
use crate::mlflow::artifacts::{self, FileInfo, Owner};
use crate::tool::{Context, parallel};
use crate::tools::artifacts::content::{Content, decode};

/// The most files that are read.
const FILES: usize = 3;

/// The most directories below the root that are looked into.
const DIRECTORIES: usize = 3;

/// Bytes of a file's end that are read.
const BYTES: u64 = 8_000;

/// Lines of each file that are shown.
const LINES: usize = 20;

/// Characters of a line that are shown.
const CHARACTERS: usize = 300;

/// The end of a log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LogTail {
    /// The file, for get_artifact_content.
    pub path: String,
    /// Its size.
    pub total_bytes: u64,
    /// Its last lines.
    pub lines: Vec<String>,
}

/// The ends of the files that most likely say why a run ended, the likeliest first.
///
/// # Errors
/// See [`Error`].
pub(super) async fn log_tails(cx: &Context<'_>, run_id: &str) -> Result<Vec<LogTail>, Error> {
    let owner = Owner::Run(run_id);
    let root = artifacts::list(&cx.client, owner, "").await?;
    let directories = root.iter().filter(|file| file.is_dir && is_of_logs(&file.path)).take(DIRECTORIES);
    let below = directories.map(|directory| artifacts::list(&cx.client, owner, &directory.path));
    let mut files: Vec<FileInfo> = parallel::all(below).await?.into_iter().flatten().collect();
    files.extend(root);
    let mut likely = Vec::new();
    // Few kinds: asked for one after the other they are in order without sorting.
    for likelihood in 0..KINDS.len() {
        let of_kind = |file: &&FileInfo| {
            !file.is_dir && file.file_size != Some(0) && kind(&file.path) == Some(likelihood)
        };
        likely.extend(files.iter().filter(of_kind));
    }
    let read = likely.into_iter().take(FILES).map(|file| tail(cx, owner, file));
    Ok(parallel::all(read).await?.into_iter().flatten().collect())
}

/// What names of files say, the likeliest to hold an error first: parts of the name, and its endings.
const KINDS: [(&[&str], &[&str]); 3] =
    [(&["traceback", "exception", "error", "stderr"], &[".err"]), (&[], &[".log"]), (&["stdout"], &[".out"])];

fn kind(path: &str) -> Option<usize> {
    let name = path.rsplit('/').next()?.to_lowercase();
    let text =
        [".log", ".err", ".out", ".txt"].iter().any(|ending| name.ends_with(ending)) || !name.contains('.');
    let is = |(parts, endings): &(&[&str], &[&str])| {
        parts.iter().any(|part| name.contains(part)) || endings.iter().any(|ending| name.ends_with(ending))
    };
    KINDS.iter().position(is).filter(|_| text)
}

fn is_of_logs(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    ["log", "stderr", "stdout", "error"].iter().any(|begin| name.starts_with(begin))
}

/// The end of a file; of one that is no text, or gone by now, none.
async fn tail(cx: &Context<'_>, owner: Owner<'_>, file: &FileInfo) -> Result<Option<LogTail>, Error> {
    let size = match file.file_size.and_then(|size| u64::try_from(size).ok()) {
        Some(size) => size,
        None => artifacts::read(&cx.client, owner, &file.path, 0, 1).await?.total,
    };
    let part = match artifacts::read(&cx.client, owner, &file.path, size.saturating_sub(BYTES), BYTES).await {
        Ok(part) => part,
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let begins = part.start == 0;
    let Content::Text { text, .. } = decode(&part.bytes, begins, true) else { return Ok(None) };
    // The first line is likely to be cut.
    let text =
        if begins { text.as_str() } else { text.split_once('\n').map_or(text.as_str(), |(_, rest)| rest) };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let lines = lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default();
    Ok(Some(LogTail {
        path: file.path.clone(),
        total_bytes: part.total,
        lines: lines.iter().map(|line| shown(line)).collect(),
    }))
}

/// What a terminal would show of a line, in which progress bars write over themselves.
fn shown(line: &str) -> String {
    let line = line.trim_end().rsplit('\r').next().unwrap_or_default();
    match line.char_indices().nth(CHARACTERS) {
        Some((at, _)) => format!("{}...", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_which_files_are_logs_and_which_come_first() {
        for (path, expected) in [
            ("logs/stderr.txt", Some(0)),
            ("Traceback.log", Some(0)),
            ("stderr", Some(0)),
            ("logs/train.log", Some(1)),
            ("stdout.txt", Some(2)),
            ("job.out", Some(2)),
            ("error_analysis.png", None),
            ("report.md", None),
            ("model.pkl", None),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }

    #[test]
    fn a_line_is_what_a_terminal_shows_of_it() {
        assert_eq!(shown("10%\r20%\r30% done\r"), "30% done");
        assert_eq!(shown(&"ü".repeat(400)).chars().count(), CHARACTERS + 3);
    }
}
