//! Whether a component comes out the same from another folder.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::{FILES, hash};
use crate::component;
use crate::error::{Context, Error, Result};
use crate::process::{check_stop, quiet};
use crate::progress::say;
use crate::project::Project;
use crate::scratch::Scratch;
use crate::target::Target;
use crate::workspace::Workspace;

/// Builds every component again, in a copy of the sources, and compares it with the one in `folder`.
pub(super) fn check(project: &Project, target: &Target, folder: &Path) -> Result<()> {
    say("building everything once more, in another folder");
    let scratch = Scratch::new("another-folder-with-a-longer-name")?;
    copy(project, scratch.path())?;
    let elsewhere = Project {
        root: scratch.path().into(),
        cache: project.cache.clone(),
        shell: project.shell.clone().set("CARGO_TARGET_DIR", scratch.path().join("target")),
    };
    let workspace = Workspace::of(&elsewhere)?;
    let mut different = Vec::new();
    for (variant, name) in FILES {
        let built = component::build(&workspace, target, variant)?;
        let read = |path: &Path| fs::read(path).context(path.display());
        let (first, second) = (read(&folder.join(name))?, read(&built)?);
        if first != second {
            different.push(format!("{name}: {} here, {} in another folder", hash(&first), hash(&second)));
        }
    }
    if different.is_empty() {
        say("the same bytes, each of them");
        return Ok(());
    }
    Err(Error::new(format!("two builds of the same sources differ:\n  {}", different.join("\n  "))))
}

/// The files that git knows of, as they are now.
fn copy(project: &Project, to: &Path) -> Result<()> {
    let mut git = project.shell.command("git");
    git.args(["ls-files", "-z"]).current_dir(&project.root);
    let listed = quiet(&mut git, Duration::from_secs(60))?;
    for name in String::from_utf8_lossy(&listed).split('\0').filter(|name| !name.is_empty()) {
        check_stop()?;
        let target = to.join(name);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).context(folder.display())?;
        }
        let source = project.root.join(name);
        // A file that was removed and not yet committed so.
        if source.exists() {
            fs::copy(&source, &target).context(source.display())?;
        }
    }
    Ok(())
}
