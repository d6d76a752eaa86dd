//! Private python environments, one per lock file in `xtask/python`, installed by `uv` with checked hashes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::cache::Key;
use crate::error::{Context, Error, Result};
use crate::process::{output, quiet};
use crate::progress::{say, time};
use crate::project::Project;

/// The uv that is installed where `PATH` has none.
const UV: &str = "0.13.8";
/// The oldest python that the lock files were resolved for.
const OLDEST: (u32, u32) = (3, 10);
/// Bounds a program that has only to say that it runs.
const ANSWER: Duration = Duration::from_secs(60);
/// Bounds an installation; a slow network is the user's to judge.
const INSTALL: Duration = Duration::from_secs(1800);

/// An environment with everything that `xtask/python/NAME.txt` names.
#[derive(Clone, Debug)]
pub struct Environment {
    directory: PathBuf,
}

impl Environment {
    /// The environment of this name (`mlflow`, `mlflow2`, `clients`, ...), made if it is not in the cache.
    /// One whose python does not run any more is made again.
    pub fn ensure(project: &Project, name: &str) -> Result<Self> {
        let lock = project.python_file(&format!("{name}.txt"));
        let pins = fs::read(&lock).context(lock.display())?;
        let base = Interpreter::find(project)?;
        let key = Key::of([pins.as_slice(), base.identity.as_bytes()]);
        let build = |directory: &Path| {
            let start = Instant::now();
            say(format!("installing the python environment `{name}` (once, about a minute)"));
            install(project, &base, &lock, directory)?;
            say(format!("installed `{name}` in {}", time(start.elapsed())));
            Ok(())
        };
        let check = |directory: &Path| runs(project, &python_in(directory));
        let directory = project
            .cache
            .entry(&format!("python-{name}"), &key, check, build)
            .map_err(|error| error.context(format!("python environment `{name}`")))?;
        Ok(Self { directory })
    }

    /// Its python.
    pub fn python(&self) -> PathBuf {
        python_in(&self.directory)
    }

    /// Its folder of programs.
    pub fn programs(&self) -> PathBuf {
        self.directory.join("bin")
    }
}

fn python_in(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

fn runs(project: &Project, python: &Path) -> Result<()> {
    quiet(project.shell.command(python).args(["-c", "pass"]), ANSWER).map(drop)
}

/// The python that environments are made from.
struct Interpreter {
    path: PathBuf,
    /// Version, build and place: an environment of another python is another environment.
    identity: String,
}

impl Interpreter {
    fn find(project: &Project) -> Result<Self> {
        let path = require(project)?;
        let script = "import sys; print(*sys.version_info[:2]); print(sys.executable); print(sys.version)";
        let said = quiet(project.shell.command(&path).args(["-c", script]), ANSWER)
            .map_err(|error| Error::setup(format!("python3 does not run: {error}")))?;
        let identity = String::from_utf8_lossy(&said).into_owned();
        let mut lines = identity.lines();
        let version = lines.next().and_then(parse_version);
        let executable = lines.next().map(PathBuf::from);
        match (version, executable) {
            (Some(version), Some(path)) if version >= OLDEST => Ok(Self { path, identity }),
            (Some((major, minor)), _) => Err(Error::setup(format!(
                "python3 is {major}.{minor}, but {}.{} or newer is needed: put a newer one first on PATH",
                OLDEST.0, OLDEST.1
            ))),
            _ => Err(Error::setup("python3 did not tell its version: put a working python3 first on PATH")),
        }
    }
}

/// The `python3` of `PATH`, or the line that says what to do without one.
pub fn require(project: &Project) -> Result<PathBuf> {
    crate::process::require(
        &project.shell,
        "python3",
        "install Python 3.10 or newer for the local MLflow server, \
         or name a server that you have with --tracking-uri",
    )
}

fn parse_version(line: &str) -> Option<(u32, u32)> {
    let (major, minor) = line.split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn install(project: &Project, base: &Interpreter, lock: &Path, directory: &Path) -> Result<()> {
    let uv = uv(project, base)?;
    let command = |arguments: &[&str]| {
        // The interpreter was chosen; uv must not fetch another one.
        let mut command = project.shell.command(&uv);
        command.env("UV_PYTHON_DOWNLOADS", "never").args(arguments);
        command
    };
    // Relocatable, because the cache moves a finished entry to its place.
    let mut venv =
        command(&["venv", "--quiet", "--relocatable", "--no-project", "--allow-existing", "--python"]);
    quiet(venv.arg(&base.path).arg(directory), INSTALL)?;
    // Compiled once here, MLflow's import takes half as long at every start.
    let mut pip =
        command(&["pip", "install", "--quiet", "--require-hashes", "--compile-bytecode", "--python"]);
    quiet(pip.arg(python_in(directory)).arg("--requirement").arg(lock), INSTALL)?;
    Ok(())
}

/// The uv of `PATH` if it runs, else one of a known version in the cache.
fn uv(project: &Project, base: &Interpreter) -> Result<PathBuf> {
    if let Some(uv) = project.shell.find("uv").filter(|uv| answers(project, uv)) {
        return Ok(uv);
    }
    let key = Key::of([UV.as_bytes(), base.identity.as_bytes()]);
    let check = |directory: &Path| uv_in(project, directory).map(drop);
    let entry = project.cache.entry("uv", &key, check, |directory| install_uv(project, base, directory))?;
    uv_in(project, &entry)
}

fn answers(project: &Project, uv: &Path) -> bool {
    output(project.shell.command(uv).arg("--version"), ANSWER).is_ok_and(|output| output.status.success())
}

fn uv_in(project: &Project, directory: &Path) -> Result<PathBuf> {
    // An environment and `pip install --target` both put it there.
    let uv = directory.join("bin/uv");
    if answers(project, &uv) { Ok(uv) } else { Err(Error::new("its uv does not run")) }
}

fn install_uv(project: &Project, base: &Interpreter, directory: &Path) -> Result<()> {
    say(format!("installing uv {UV} (once, some seconds)"));
    let package = format!("uv=={UV}");
    let run = |command: &mut Command| quiet(command, INSTALL);
    let by_environment =
        run(project.shell.command(&base.path).args(["-m", "venv"]).arg(directory)).and_then(|_| {
            run(project
                .shell
                .command(python_in(directory))
                .args(["-m", "pip", "install", "--quiet", &package]))
        });
    // Some systems ship python without what `venv` needs, but with pip.
    by_environment
        .or_else(|first| {
            let mut pip = project.shell.command(&base.path);
            pip.args(["-m", "pip", "install", "--quiet", "--upgrade", "--target"])
                .arg(directory)
                .arg(&package);
            run(&mut pip).map_err(|second| {
                Error::setup(format!(
                    "uv cannot be installed: install it yourself and put it on PATH\n{first}\n{second}"
                ))
            })
        })
        .map(drop)
}
