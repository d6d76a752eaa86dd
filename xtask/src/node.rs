//! Private Node environments, one per folder of `xtask/node`, installed by `npm` with checked hashes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::cache::Key;
use crate::error::{Context, Error, Result};
use crate::process::quiet;
use crate::progress::{say, time};
use crate::project::Project;
use crate::shell::Shell;

/// The oldest Node that runs every client: MCP Inspector asks for it.
const OLDEST: (u32, u32) = (22, 19);
/// The environment that holds nothing but Node.
const NODE: &str = "node";
/// Bounds a program that has only to tell its version.
const ANSWER: Duration = Duration::from_secs(60);
/// Bounds an installation; a slow network is the user's to judge.
const INSTALL: Duration = Duration::from_secs(1800);

/// An environment with everything that `xtask/node/NAME/package-lock.json` names, and the Node to run it.
#[derive(Clone, Debug)]
pub struct Environment {
    directory: PathBuf,
    node: PathBuf,
    shell: Shell,
    scripts: PathBuf,
}

impl Environment {
    /// The environment of this name (`inspector`, ...), made if it is not in the cache.
    pub fn ensure(project: &Project, name: &str) -> Result<Self> {
        let node = node(project)?;
        let directory = packages(project, name, installed)?;
        // A client that starts another Node is to find this one.
        let folders = node.parent().map(Path::to_path_buf).into_iter();
        let others = project.shell.get("PATH").map(std::env::split_paths).into_iter().flatten();
        let path = std::env::join_paths(folders.chain(others)).context("PATH")?;
        let shell = project.shell.clone().set("PATH", path);
        Ok(Self { directory, node, shell, scripts: folder(project) })
    }

    /// A program that one of its packages brings along.
    pub fn program(&self, name: &str) -> Command {
        let mut command = self.shell.command(&self.node);
        command.arg(self.directory.join("node_modules/.bin").join(name));
        command
    }

    /// A script of `xtask/node`, which may import its packages.
    pub fn script(&self, file: &str) -> Command {
        let mut command = self.shell.command(&self.node);
        command.env("PACKAGES", &self.directory);
        command.arg("--import").arg(self.scripts.join("packages.mjs")).arg(self.scripts.join(file));
        command
    }
}

/// The Node of `PATH` if it is new enough, else one in the cache.
fn node(project: &Project) -> Result<PathBuf> {
    let found = project.shell.find("node").and_then(|node| Some((version(project, &node)?, node)));
    let here = match found {
        Some((version, node)) if version >= OLDEST => return Ok(node),
        Some(((major, minor), _)) => format!("Node {major}.{minor}"),
        None => "no Node that runs".into(),
    };
    let check = |directory: &Path| match version(project, &node_in(directory)) {
        Some(version) if version >= OLDEST => Ok(()),
        _ => Err(Error::new("its Node does not run")),
    };
    packages(project, NODE, check).map(|directory| node_in(&directory)).map_err(|error| {
        if error.is_stop() {
            return error;
        }
        let (major, minor) = OLDEST;
        Error::setup(format!(
            "PATH has {here}, but {major}.{minor} or newer is needed: install one from nodejs.org, with its npm, \
             and put it first on PATH\na private one cannot be installed: {error}"
        ))
    })
}

fn node_in(directory: &Path) -> PathBuf {
    directory.join("node_modules/.bin/node")
}

/// What a Node says of itself; `None` where it does not run.
fn version(project: &Project, node: &Path) -> Option<(u32, u32)> {
    let said = quiet(project.shell.command(node).arg("--version"), ANSWER).ok()?;
    parse_version(&String::from_utf8(said).ok()?)
}

/// `v22.19.0`.
fn parse_version(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn folder(project: &Project) -> PathBuf {
    project.root.join("xtask/node")
}

/// The cache entry with the packages of this environment. npm is asked for only where it is not there.
fn packages(project: &Project, name: &str, check: impl Fn(&Path) -> Result<()>) -> Result<PathBuf> {
    const FILES: [&str; 2] = ["package.json", "package-lock.json"];
    let source = folder(project).join(name);
    let read = |file| fs::read(source.join(file)).context(source.join(file).display());
    let [manifest, lock] = [read(FILES[0])?, read(FILES[1])?];
    // npm chooses packages by the platform.
    let platform = [std::env::consts::OS, std::env::consts::ARCH].map(str::as_bytes);
    let key = Key::of([manifest.as_slice(), lock.as_slice()].into_iter().chain(platform));
    let build = |directory: &Path| {
        let start = Instant::now();
        say(format!("installing the Node environment `{name}` (once, some seconds)"));
        for file in FILES {
            fs::copy(source.join(file), directory.join(file)).context(directory.display())?;
        }
        install(project, directory)?;
        // npm leaves out an optional package that it cannot get, and calls that a success.
        check(directory)?;
        say(format!("installed `{name}` in {}", time(start.elapsed())));
        Ok(())
    };
    project
        .cache
        .entry(&format!("node-{name}"), &key, &check, build)
        .map_err(|error| error.context(format!("Node environment `{name}`")))
}

fn install(project: &Project, directory: &Path) -> Result<()> {
    let npm = crate::process::require(
        &project.shell,
        "npm",
        "install Node.js from nodejs.org, with its npm, for the JavaScript clients that the tests drive",
    )?;
    let mut command = project.shell.command(npm);
    // No script of a package runs: what is installed was checked against its hash, and only unpacked.
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]);
    quiet(command.current_dir(directory), INSTALL).map(drop)
}

/// npm writes this file last.
fn installed(directory: &Path) -> Result<()> {
    let file = directory.join("node_modules/.package-lock.json");
    if file.exists() { Ok(()) } else { Err(Error::new("its packages are gone")) }
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn a_version_is_read_from_what_node_prints() {
        assert_eq!(parse_version("v22.19.0\n"), Some((22, 19)));
        for other in ["22.19.0", "v22", "vx.1", ""] {
            assert_eq!(parse_version(other), None, "{other}");
        }
    }
}
