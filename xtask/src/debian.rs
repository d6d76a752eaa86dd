//! Files of packages of a later Debian than the machine's, for a Debian that is left as it is.

mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::error::{Context, Error, Result};
use crate::process::quiet;
use crate::progress::say;
use crate::shell::Shell;

const LIMIT: Duration = Duration::from_secs(1800);

/// A Debian with its package tools. Root is not needed.
#[derive(Clone, Copy, Debug)]
pub struct Debian<'a> {
    /// `PATH` for `apt-get` and `dpkg`.
    pub shell: &'a Shell,
    /// Its configuration: `os-release` and `apt`.
    pub etc: &'a Path,
}

impl Debian<'_> {
    /// An error where the machine is another one.
    pub fn check(&self) -> Result<()> {
        let release = fs::read_to_string(self.etc.join("os-release")).unwrap_or_default();
        let is_debian = release.lines().any(|line| line == "ID=debian");
        if is_debian { Ok(()) } else { Err(Error::new("this is not Debian")) }
    }

    /// `apt-get`, which asks nothing.
    pub fn apt(&self) -> Command {
        let mut command = self.shell.command("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    }

    /// Fetches these packages of that release and returns the folder that has their files. `scratch` may be
    /// empty: the apt configuration there is a private one, so that the machine's is left alone.
    pub fn fetch(&self, release: &str, packages: &[&str], scratch: &Path) -> Result<PathBuf> {
        let root = scratch.join("apt");
        for folder in ["lists/partial", "cache/archives/partial", "download"] {
            let folder = root.join(folder);
            fs::create_dir_all(&folder).context(folder.display())?;
        }
        let list = root.join("later.sources");
        fs::write(&list, sources::main_archive(self.etc)?.stanza(release)).context(list.display())?;
        let private = |command: &mut Command| {
            let mut option = |name: &str, value: &Path| {
                command.arg("-o").arg(format!("{name}={}", value.display()));
            };
            option("Dir::Etc::sourcelist", &list);
            option("Dir::Etc::sourceparts", Path::new("/dev/null"));
            option("Dir::State::lists", &root.join("lists"));
            option("Dir::Cache", &root.join("cache"));
        };
        say(format!("fetching {} of Debian's {release}", packages.join(" ")));
        let download = root.join("download");
        for arguments in [&["update"][..], &[&["download"], packages].concat()] {
            let mut command = self.apt();
            private(&mut command);
            quiet(command.args(arguments).current_dir(&download), LIMIT)?;
        }
        let fetched = files(&download, |name| name.ends_with(".deb"))?;
        if fetched.len() < packages.len() {
            return Err(Error::new(format!("apt-get did not download all of {}", packages.join(" "))));
        }
        let unpacked = root.join("unpacked");
        for package in fetched {
            quiet(self.shell.command("dpkg").arg("-x").arg(package).arg(&unpacked), LIMIT)?;
        }
        Ok(unpacked)
    }
}

/// The files of a directory whose names are wanted.
pub(crate) fn files(directory: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).context(directory.display())? {
        let entry = entry.context(directory.display())?;
        if entry.file_name().to_str().is_some_and(&wanted) {
            found.push(entry.path());
        }
    }
    Ok(found)
}
