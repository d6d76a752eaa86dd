//! Where everything is.

use std::path::{Path, PathBuf};

use crate::cache::Cache;
use crate::error::Result;
use crate::shell::Shell;

/// The sources, the cache, and the environment in which programs are started.
#[derive(Clone, Debug)]
pub struct Project {
    /// The root of the workspace.
    pub root: PathBuf,
    /// What outlives a build.
    pub cache: Cache,
    /// `PATH` and the other variables.
    pub shell: Shell,
}

impl Project {
    /// This workspace, with this process' environment.
    pub fn here() -> Result<Self> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let shell = Shell::inherited();
        Ok(Self { root: package.parent().unwrap_or(package).into(), cache: Cache::of(&shell)?, shell })
    }

    /// A file of `xtask/python`.
    pub fn python_file(&self, name: &str) -> PathBuf {
        self.root.join("xtask/python").join(name)
    }
}
