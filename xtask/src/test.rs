//! `cargo xtask test`: every check there is, in the order in which they need one another.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::component::{self, Variant};
use crate::conformance;
use crate::error::{Error, Result};
use crate::fuzz;
use crate::mlflow::Version;
use crate::node;
use crate::optimiser;
use crate::process;
use crate::progress::{say, time};
use crate::project::Project;
use crate::python;
use crate::rmcp_client;
use crate::sample;
use crate::target::{self, Target};
use crate::wassette::Wassette;
use crate::workspace::Workspace;

/// The features that turn on what plain `cargo test` leaves out: the tests against a real MLflow, and the items of the
/// conformance suite.
const FEATURES: &str = "mlflow-mcp-host/e2e,mlflow-mcp/conformance-fixtures";
/// The python environments that those tests use: made before, because a test that installs shows no progress.
const PYTHON: [&str; 11] = [
    "artefacts",
    "mlflow",
    "mlflow35",
    "mlflow2",
    "official",
    "clients",
    "clients1",
    "peer",
    "wasmcloud",
    "wasmtime",
    "embedder",
];
/// The Node environments that they use.
const NODE: [&str; 5] =
    [conformance::ENVIRONMENT, "inspector", optimiser::ENVIRONMENT, "typescript", "typescript1"];
/// For each fuzz target: long enough to see that it works on every seed.
const FUZZING: Duration = Duration::from_secs(5);
const DENY: [&str; 3] = ["--", "-D", "warnings"];

/// What to leave out and what to hand on.
#[derive(Clone, Debug)]
pub struct Options {
    /// Formatting and lints too.
    pub lint: bool,
    /// Arguments for `cargo test`.
    pub arguments: Vec<String>,
}

/// Runs everything and stops at the first failure. Either way a summary names each step and its time.
pub fn test(project: &Project, options: &Options) -> Result<()> {
    let start = Instant::now();
    let mut steps = Steps::default();
    let result = run(project, options, &mut steps);
    steps.summary(start.elapsed());
    result
}

fn run(project: &Project, options: &Options, steps: &mut Steps) -> Result<()> {
    let workspace = Workspace::of(project)?;
    if options.lint {
        steps.run("format", || format(&workspace))?;
    }
    let target = steps.run("wasm target", || target::ensure(project))?;
    steps.run("optimiser", || node::Environment::ensure(project, optimiser::ENVIRONMENT).map(drop))?;
    let component = steps.run("component", || component::link(&workspace, &target, Variant::Fast))?;
    // To link a component takes minutes of one core: the others have the compiler's other work meanwhile, which is in
    // folders of its own, so that cargo lets both go on.
    let files = steps.side_by_side(
        |steps| Files::build(&workspace, &target, component.clone(), steps),
        |steps| {
            prepare(project, steps)?;
            if options.lint {
                steps.run("lints", || {
                    process::run(&mut with_component(native_lints(&workspace), &component))
                })?;
                steps.run("lints for wasm", || all_wasm_lints(&workspace, &target))?;
            }
            let build = Options { arguments: vec!["--no-run".to_owned()], ..options.clone() };
            steps.run("tests, built", || {
                process::run(&mut with_component(tests(&workspace, &build), &component))
            })
        },
    )?;
    steps.run("tests", || process::run(&mut files.given_to(tests(&workspace, options))))?;
    // Who asks for some of the tests does not ask for this.
    if options.arguments.is_empty() {
        // The host's own tests have just built it.
        let host = workspace.target_dir().join("debug/mlflow-mcp");
        steps
            .run("conformance", || conformance::run(project, &host, &files.component, &files.conformance))?;
    }
    let fuzzing = fuzz::Options { target: None, time: FUZZING, verbose: false };
    steps.run("fuzz targets", || fuzz::fuzz(project, &fuzzing))
}

/// What tests run, and run against, that is not ours.
fn prepare(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.run("MLflow, clients and sample data", || {
        PYTHON.iter().try_for_each(|name| python::Environment::ensure(project, name).map(drop))?;
        NODE.iter().try_for_each(|name| node::Environment::ensure(project, name).map(drop))?;
        Wassette::ensure(project)?;
        [Version::Newest, Version::Early, Version::Two]
            .iter()
            .try_for_each(|version| sample::ensure(project, *version).map(drop))
    })
}

fn format(workspace: &Workspace<'_>) -> Result<()> {
    process::run(&mut workspace.native(&["fmt", "--all", "--check"]))?;
    for other in [component::GUEST, rmcp_client::MANIFEST, fuzz::PACKAGE] {
        process::run(&mut workspace.native(&["fmt", "--manifest-path", other, "--check"]))?;
    }
    Ok(())
}

fn native_lints(workspace: &Workspace<'_>) -> Command {
    let mut command = workspace.native(&["clippy", "--workspace", "--all-targets", "--features", FEATURES]);
    command.args(DENY);
    command
}

fn all_wasm_lints(workspace: &Workspace<'_>, target: &Target) -> Result<()> {
    wasm_lints(workspace, target, &[])?;
    wasm_lints(workspace, target, &["--no-default-features", "--features", "store"])?;
    wasm_lints(workspace, target, &["--features", "spin"])?;
    wasm_lints(workspace, target, &["--no-default-features", "--features", "tools-world"])?;
    wasm_lints(workspace, target, &["--features", conformance::FEATURE])
}

/// Code under `cfg(target_family = "wasm")` is seen by no other lint. Clippy must be of the compiler's version;
/// where there is none, the compiler's own warnings have to do.
fn wasm_lints(workspace: &Workspace<'_>, target: &Target, features: &[&str]) -> Result<()> {
    let project = workspace.project();
    let package = [&["--package", component::PACKAGE], features].concat();
    let clippy = target::clippy(project, target);
    let mut command = match (&target.rustc, &clippy) {
        (Some(_), None) => {
            say("no clippy fits this compiler: rustc's own warnings are checked instead");
            let mut command = workspace.wasm(target, "check", &package);
            command.env("RUSTFLAGS", "-D warnings");
            command
        }
        (Some(rustc), Some(clippy)) => {
            let mut command = project.shell.command(clippy);
            command.args(["clippy", "--target", target::WASM]).args(&package).args(DENY);
            command.env("RUSTC", rustc).current_dir(&project.root);
            command
        }
        (None, _) => {
            let mut command = workspace.wasm(target, "clippy", &package);
            command.args(DENY);
            command
        }
    };
    process::run(&mut command)
}

fn tests(workspace: &Workspace<'_>, options: &Options) -> Command {
    let mut command = workspace.native(&["test", "--workspace", "--features", FEATURES]);
    command.args(&options.arguments);
    command
}

/// What the host's build script needs.
fn with_component(mut command: Command, component: &Path) -> Command {
    command.env("MLFLOW_MCP_COMPONENT", component);
    command
}

/// What the tests load.
struct Files {
    component: PathBuf,
    core: PathBuf,
    portable: PathBuf,
    spin: PathBuf,
    tools: PathBuf,
    conformance: PathBuf,
    guest: PathBuf,
    rmcp_client: PathBuf,
}

impl Files {
    /// Builds the others beside that component. But for the one of `core` they are the same code with other imports: one of
    /// them optimised is enough here.
    fn build(
        workspace: &Workspace<'_>,
        target: &Target,
        component: PathBuf,
        steps: &mut Steps,
    ) -> Result<Self> {
        // Small is what it is for.
        let core = steps.run("component of core", || component::build(workspace, target, Variant::Core))?;
        let mut link = |name, variant| steps.run(name, || component::link(workspace, target, variant));
        let portable = link("portable component", Variant::Portable)?;
        let spin = link("component for Spin", Variant::Spin)?;
        let tools = link("component of functions", Variant::Tools)?;
        let conformance = link("component for conformance", Variant::Conformance)?;
        let guest = steps.run("test component", || component::build_guest(workspace, target))?;
        let rmcp_client = steps.run("rmcp client", || rmcp_client::build(workspace))?;
        steps.run("fuzz targets, built", || fuzz::build(workspace).map(drop))?;
        Ok(Self { component, core, portable, spin, tools, conformance, guest, rmcp_client })
    }

    fn given_to(&self, command: Command) -> Command {
        let mut command = with_component(command, &self.component);
        let set = |command: &mut Command, name: &str, file: &Path| {
            command.env(name, file);
        };
        set(&mut command, "MLFLOW_MCP_CORE_COMPONENT", &self.core);
        set(&mut command, "MLFLOW_MCP_PORTABLE_COMPONENT", &self.portable);
        set(&mut command, "MLFLOW_MCP_SPIN_COMPONENT", &self.spin);
        set(&mut command, "MLFLOW_MCP_TOOLS_COMPONENT", &self.tools);
        set(&mut command, "MLFLOW_MCP_GUEST", &self.guest);
        set(&mut command, "MLFLOW_MCP_RMCP_CLIENT", &self.rmcp_client);
        command
    }
}

/// The steps that ran.
#[derive(Default)]
struct Steps {
    done: Vec<(&'static str, Duration, bool)>,
}

impl Steps {
    fn run<T>(&mut self, name: &'static str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        say(format!("== {name}"));
        let start = Instant::now();
        let result = step();
        self.done.push((name, start.elapsed(), result.is_ok()));
        result.map_err(|error: Error| error.context(name))
    }

    /// Runs two rows of steps at once. When one of them fails, the other is stopped.
    fn side_by_side<T: Send>(
        &mut self,
        one: impl FnOnce(&mut Self) -> Result<T> + Send,
        other: impl FnOnce(&mut Self) -> Result<()> + Send,
    ) -> Result<T> {
        let (mut steps, mut others) = (Self::default(), Self::default());
        let (first, second) = thread::scope(|scope| {
            let one = scope.spawn(|| ended(one(&mut steps)));
            let second = ended(other(&mut others));
            (one.join().unwrap_or_else(|panic| resume_unwind(panic)), second)
        });
        self.done.append(&mut steps.done);
        self.done.append(&mut others.done);
        match (first, second) {
            (Ok(value), Ok(())) => Ok(value),
            // Whoever was stopped says only that.
            (Err(error), Ok(())) => Err(error),
            (Err(error), Err(other)) if other.is_stop() => Err(error),
            (_, Err(error)) => Err(error),
        }
    }

    fn summary(&self, total: Duration) {
        say("== summary");
        for (name, duration, passed) in &self.done {
            say(format!("{:6} {name:32} {:>12}", if *passed { "ok" } else { "FAILED" }, time(*duration)));
        }
        say(format!("{:6} {:32} {:>12}", "", "in all", time(total)));
    }
}

/// Stops what goes on beside where this failed.
fn ended<T>(result: Result<T>) -> Result<T> {
    if result.is_err() {
        process::stop();
    }
    result
}
