//! The local MLflow of `cargo xtask serve`.

use std::fs::File;
use std::path::Path;

use crate::error::Result;
use crate::mlflow::{Server, Version};
use crate::progress::say;
use crate::project::Project;
use crate::python::Environment;
use crate::sample::{self, Sample};
use crate::scratch::{Scratch, copy_tree};

/// A local server and the data it works on.
pub(super) struct Local {
    // Declared first, so that it has ended before its data goes.
    pub(super) server: Server,
    data: Data,
}

enum Data {
    /// The user's own copy of the sample data: changes stay. One server at a time.
    Kept { _lock: File },
    /// A copy for a second server at the same time.
    Fresh { _scratch: Scratch },
}

impl Local {
    /// Prepares everything and starts the server; it answers some seconds later.
    pub(super) fn spawn(project: &Project) -> Result<Self> {
        let environment = Environment::ensure(project, Version::Newest.environment())?;
        let sample = sample::ensure(project, Version::Newest)?;
        let copy = |directory: &Path| copy_tree(&sample.data, directory);
        let spawn = |directory: &Path| Server::spawn(project, Version::Newest, &environment, directory);
        if let Some(lock) = project.cache.lock_now("local-in-use", &sample.key)? {
            let place = project.cache.entry("local", &sample.key, |_| Ok(()), copy)?;
            return Ok(Self { server: spawn(&place)?, data: Data::Kept { _lock: lock } });
        }
        say("another `cargo xtask serve` uses the local data; this one works on a copy");
        Self::on_copy(&sample, spawn)
    }

    fn on_copy(sample: &Sample, spawn: impl Fn(&Path) -> Result<Server>) -> Result<Self> {
        let scratch = Scratch::new("local")?;
        copy_tree(&sample.data, scratch.path())?;
        Ok(Self { server: spawn(scratch.path())?, data: Data::Fresh { _scratch: scratch } })
    }

    /// Where the data is, and whether it stays.
    pub(super) fn place(&self) -> String {
        let directory = self.server.data().display();
        match self.data {
            Data::Kept { .. } => format!("{directory} (kept; remove it to begin anew)"),
            Data::Fresh { .. } => format!("{directory} (removed at the end)"),
        }
    }
}
