//! A private directory that is gone when its owner is.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Context, Result};

/// A fresh directory of this user alone, below the system's temporary directory. Dropping it removes it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// A directory whose name starts with `mlflow-mcp-LABEL`.
    pub fn new(label: &str) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path =
                std::env::temp_dir().join(format!("mlflow-mcp-{label}-{}-{number}", std::process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self { path }),
                // Left behind by a process that had this id before.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).context(path.display()),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nobody is left to tell, and the system clears its temporary directory itself.
        drop(fs::remove_dir_all(&self.path));
    }
}

/// Copies a directory with all that is in it. `to` may exist.
pub fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).context(to.display())?;
    for entry in fs::read_dir(from).context(from.display())? {
        let entry = entry.context(from.display())?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().context(source.display())?.is_dir() {
            copy_tree(&source, &target)?;
        } else {
            fs::copy(&source, &target).context(source.display())?;
        }
    }
    Ok(())
}
