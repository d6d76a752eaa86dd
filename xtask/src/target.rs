//! A compiler that can build for `wasm32-wasip2`, found or made.
//!
//! In this order: one that can already, rustup's target, Debian's packages. `MLFLOW_MCP_WASM_TARGET` set to
//! `rustup` or `debian` chooses outright. A way that fails says why and gives way to the next.

mod debian;
mod probe;

use std::path::PathBuf;
use std::time::Duration;

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::process::{output, quiet};
use crate::progress::say;
use crate::project::Project;
use crate::shell::Shell;

/// The target triple.
pub const WASM: &str = "wasm32-wasip2";

/// A compiler that was seen to build for [`WASM`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What `RUSTC` must be for such a build; `None` is the machine's default compiler.
    pub rustc: Option<PathBuf>,
}

/// Who may provide the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Whatever is there, then rustup, then Debian.
    Any,
    /// The default compiler, with rustup's target.
    Rustup,
    /// `/usr/bin/rustc`, with Debian's packages.
    Debian,
}

impl Way {
    fn of(shell: &Shell) -> Result<Self> {
        match shell.text("MLFLOW_MCP_WASM_TARGET") {
            None => Ok(Self::Any),
            Some("rustup") => Ok(Self::Rustup),
            Some("debian") => Ok(Self::Debian),
            Some(other) => Err(Error::setup(format!(
                "MLFLOW_MCP_WASM_TARGET is `{other}`: set it to `rustup` or `debian`, or unset it"
            ))),
        }
    }
}

/// Where to look, so that a test can name other places than the machine's.
#[derive(Clone, Debug)]
pub struct Search {
    /// `PATH` for `rustc`, `rustup`, `apt-get`, `dpkg`, `id`; `CARGO` names cargo.
    pub shell: Shell,
    /// Remembers which compilers were proven.
    pub cache: Cache,
    /// Debian's compiler, which stands beside rustup's.
    pub system_rustc: PathBuf,
    /// Debian's configuration: `os-release` and `apt`.
    pub etc: PathBuf,
    /// Bounds `rustup target add`, which hangs for long where its server is out of reach.
    pub rustup_limit: Duration,
}

/// The target, with the machine's own places and the way that `MLFLOW_MCP_WASM_TARGET` names.
pub fn ensure(project: &Project) -> Result<Target> {
    Search::of(project).run(Way::of(&project.shell)?)
}

/// The `cargo-clippy` that belongs to the target's compiler; `None` where there is none. The default compiler's
/// is cargo's own subcommand, so no path is needed.
pub fn clippy(project: &Project, target: &Target) -> Option<PathBuf> {
    let search = Search::of(project);
    let rustc = target.rustc.as_ref()?;
    let found = || search.clippy_of(rustc);
    found().or_else(|| {
        debian::install_clippy(&search)
            .map_err(|error| say(format!("no clippy for {}: {error}", rustc.display())))
            .ok()?;
        found()
    })
}

impl Search {
    fn of(project: &Project) -> Self {
        Self {
            shell: project.shell.clone(),
            cache: project.cache.clone(),
            system_rustc: "/usr/bin/rustc".into(),
            etc: "/etc".into(),
            rustup_limit: Duration::from_secs(60),
        }
    }

    /// Finds or makes the target. The error of the last resort names every way and why it failed.
    pub fn run(&self, way: Way) -> Result<Target> {
        let default = Target { rustc: None };
        let system = Target { rustc: Some(self.system_rustc.clone()) };
        let mut reasons = Vec::new();
        if way != Way::Debian {
            match self.prove(&default) {
                Ok(()) => return Ok(default),
                Err(error) => reasons.push(format!("the default compiler: {error}")),
            }
        }
        if way != Way::Rustup {
            match self.prove(&system) {
                Ok(()) => return Ok(system),
                Err(error) => reasons.push(format!("{}: {error}", self.system_rustc.display())),
            }
        }
        if way != Way::Debian {
            match self.rustup().and_then(|()| self.prove(&default)) {
                Ok(()) => return Ok(default),
                Err(error) => reasons.push(failed("rustup", error)?),
            }
        }
        if way != Way::Rustup {
            match debian::install(self).and_then(|()| self.prove(&system)) {
                Ok(()) => return Ok(system),
                Err(error) => reasons.push(failed("Debian's packages", error)?),
            }
        }
        Err(Error::setup(no_way(&reasons)))
    }

    fn prove(&self, target: &Target) -> Result<()> {
        probe::prove(self, target.rustc.as_deref())
    }

    fn rustup(&self) -> Result<()> {
        let rustup = crate::process::require(&self.shell, "rustup", "it is not installed")?;
        let limit = self.rustup_limit;
        say(format!("adding the target {WASM} with rustup (some seconds, at most {})", limit.as_secs()));
        quiet(self.shell.command(rustup).args(["target", "add", WASM]), limit).map(drop)
    }

    /// Debian's clippy of the same version as this compiler. Another version cannot read its libraries.
    fn clippy_of(&self, rustc: &PathBuf) -> Option<PathBuf> {
        let said = |program: &PathBuf, arguments: &[&str]| {
            let output = output(self.shell.command(program).args(arguments), Duration::from_secs(60)).ok()?;
            output.status.success().then_some(output.stdout)
        };
        let folder = rustc.parent()?;
        let driver = said(&folder.join("clippy-driver"), &["--rustc", "--version"])?;
        (driver == said(rustc, &["--version"])?).then(|| folder.join("cargo-clippy"))
    }
}

/// Tells at once why a way failed; a signal ends the search.
fn failed(way: &str, error: Error) -> Result<String> {
    crate::process::check_stop()?;
    let line = format!("{way}: {error}");
    say(&line);
    Ok(line)
}

fn no_way(reasons: &[String]) -> String {
    let mut message = format!(
        "no compiler here builds for {WASM}. One of these gives you one:\n\
         \x20 rustup target add {WASM}                      (wherever rustup can reach its server)\n\
         \x20 apt-get install rustc libstd-rust-dev-wasm32         (Debian 14 and later)\n\
         \x20 MLFLOW_MCP_WASM_TARGET=debian cargo xtask build      (Debian 12, as root)\n\
         what was tried:"
    );
    for reason in reasons {
        message.push_str("\n  ");
        message.push_str(&reason.replace('\n', "\n    "));
    }
    message
}
