//! Wassette, which makes a tool of every function of a component: its program, from a python package.
//!
//! Its makers build it against a newer C library than some machines have. A Debian that is too old gets Debian's own
//! newer one beside the program, which its loader is then told to use; the machine stays as it is.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::cache::Key;
use crate::debian::{Debian, files};
use crate::error::{Context, Error, Result};
use crate::process::quiet;
use crate::project::Project;
use crate::python::Environment;
use crate::scratch::Scratch;
use crate::shell::Shell;

/// The python environment that has it.
pub const ENVIRONMENT: &str = "wassette";
/// The release whose C library it is built for, or a later one.
const LATER: &str = "trixie";
/// What it is linked with.
const LIBRARIES: [&str; 2] = ["libc6", "libgcc-s1"];
/// Bounds a program that has only to tell its version.
const ANSWER: Duration = Duration::from_secs(60);

/// A folder with the program, which runs here.
#[derive(Clone, Debug)]
pub struct Wassette {
    directory: PathBuf,
    shell: Shell,
}

impl Wassette {
    /// The pinned one, made if it is not in the cache.
    pub fn ensure(project: &Project) -> Result<Self> {
        let python = Environment::ensure(project, ENVIRONMENT)?.python();
        let lock = project.python_file(&format!("{ENVIRONMENT}.txt"));
        let pins = fs::read(&lock).context(lock.display())?;
        let platform = [std::env::consts::OS, std::env::consts::ARCH].map(str::as_bytes);
        let key = Key::of([pins.as_slice()].into_iter().chain(platform));
        let shell = &project.shell;
        let check = |directory: &Path| answers(shell, directory);
        let build = |directory: &Path| {
            let debian = Debian { shell, etc: Path::new("/etc") };
            install(&debian, &packaged(shell, &python)?, directory)
        };
        let directory = project.cache.entry(ENVIRONMENT, &key, check, build)?;
        Ok(Self { directory, shell: shell.clone() })
    }

    /// The program, without arguments.
    pub fn command(&self) -> Command {
        command(&self.shell, &self.directory)
    }
}

/// Where the package has it: python's own way to start it does not look whether it may be executed.
fn packaged(shell: &Shell, python: &Path) -> Result<PathBuf> {
    let script =
        "import importlib.util as i; print(i.find_spec('wassette_cli').submodule_search_locations[0])";
    let folder = quiet(shell.command(python).args(["-c", script]), ANSWER)?;
    let folder = String::from_utf8(folder).context("the folder of the package")?;
    Ok(Path::new(folder.trim()).join("wassette"))
}

/// Puts `program` into a folder, in such a way that it runs there.
pub fn install(debian: &Debian<'_>, program: &Path, directory: &Path) -> Result<()> {
    let copy = program_in(directory);
    duplicate(debian.shell, program, &copy)?;
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).context(copy.display())?;
    let Err(reason) = answers(debian.shell, directory) else { return Ok(()) };
    if reason.is_stop() {
        return Err(reason);
    }
    debian.check().and_then(|()| fetch_libraries(debian, directory)).map_err(|error| {
        let help = "it needs a newer C library, of Debian 13 or Ubuntu 24.04";
        Error::new(format!("{reason}\n{help}, which cannot be fetched: {error}"))
    })?;
    answers(debian.shell, directory)
}

/// The libraries and their loader, in the folder where [`command`] looks for them.
fn fetch_libraries(debian: &Debian<'_>, directory: &Path) -> Result<()> {
    let scratch = Scratch::new("libraries")?;
    let unpacked = debian.fetch(LATER, &LIBRARIES, scratch.path())?;
    let libraries = libraries_in(directory);
    fs::create_dir_all(&libraries).context(libraries.display())?;
    // One folder, named by the architecture.
    for folder in files(&unpacked.join("usr/lib"), |name| name.ends_with("-linux-gnu"))? {
        for file in files(&folder, |name| name.contains(".so"))? {
            let name = file.file_name().unwrap_or_default();
            duplicate(debian.shell, &file, &libraries.join(name))?;
        }
    }
    Ok(())
}

/// Copies a file by way of another process: what this one had open for writing cannot be started while some other
/// thread's child still holds a copy of the open file.
fn duplicate(shell: &Shell, from: &Path, to: &Path) -> Result<()> {
    quiet(shell.command("/bin/cp").arg(from).arg(to), ANSWER).map(drop)
}

/// The program in this folder, started by the loader of the libraries beside it where there are any.
pub fn command(shell: &Shell, directory: &Path) -> Command {
    let program = program_in(directory);
    let libraries = libraries_in(directory);
    let loader =
        files(&libraries, |name| name.starts_with("ld-linux")).ok().and_then(|mut found| found.pop());
    match loader {
        None => shell.command(program),
        Some(loader) => {
            let mut command = shell.command(loader);
            command.arg("--library-path").arg(libraries).arg(program);
            command
        }
    }
}

fn answers(shell: &Shell, directory: &Path) -> Result<()> {
    quiet(command(shell, directory).arg("--version"), ANSWER).map(drop)
}

fn program_in(directory: &Path) -> PathBuf {
    directory.join("wassette")
}

fn libraries_in(directory: &Path) -> PathBuf {
    directory.join("libraries")
}
