//! `cargo xtask fuzz`: builds the fuzz targets and runs them over what the transcripts hold.
//!
//! No cargo-fuzz and no nightly compiler: the coverage that libFuzzer needs is a pass of every LLVM, and without a
//! sanitizer, which safe code has little use for, nothing else is.

mod seeds;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::error::{Context, Error, Result};
use crate::process;
use crate::progress::say;
use crate::project::Project;
use crate::workspace::Workspace;

/// The targets, each a file of `fuzz/fuzz_targets`.
const TARGETS: [&str; 4] = ["jsonrpc", "policy", "token", "transport"];
/// The package, a workspace of its own.
pub const PACKAGE: &str = "fuzz/Cargo.toml";
/// What libFuzzer needs to know which code ran, as cargo-fuzz asks for it.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// The longest input, in bytes: a few answers of MLflow fit.
const LONGEST: u32 = 32 * 1024;
/// An input that takes longer is a finding, in seconds.
const SLOWEST: u32 = 10;

/// Which targets, and how long each.
#[derive(Clone, Debug)]
pub struct Options {
    /// One of the targets; all of them if it is not said.
    pub target: Option<String>,
    /// For each target.
    pub time: Duration,
    /// Whether libFuzzer tells what it does.
    pub verbose: bool,
}

/// Builds the targets and runs them one after the other; the first finding ends it.
pub fn fuzz(project: &Project, options: &Options) -> Result<()> {
    let chosen: Vec<&str> = match options.target.as_deref() {
        None => TARGETS.to_vec(),
        Some(name) => TARGETS.iter().copied().filter(|target| *target == name).collect(),
    };
    if chosen.is_empty() {
        return Err(Error::setup(format!("there is no such fuzz target; there are {}", TARGETS.join(", "))));
    }
    let workspace = Workspace::of(project)?;
    let programs = build(&workspace)?;
    chosen.iter().try_for_each(|target| run(&workspace, &programs, target, options))
}

/// Builds every target; the folder of the programs.
pub fn build(workspace: &Workspace<'_>) -> Result<PathBuf> {
    let folder = workspace.target_dir().join("fuzz");
    let machine = machine(workspace)?;
    // With a target that is named, the flags do not reach build scripts, which could not be linked with them.
    let mut command = workspace.native(&["build", "--release", "--manifest-path", PACKAGE]);
    command.args(["--target", &machine, "--target-dir"]).arg(&folder).env("RUSTFLAGS", COVERAGE);
    process::run(&mut command)?;
    Ok(folder.join(machine).join("release"))
}

/// The machine's own target, such as `x86_64-unknown-linux-gnu`.
fn machine(workspace: &Workspace<'_>) -> Result<String> {
    let mut rustc = workspace.project().shell.command("rustc");
    rustc.arg("-vV").current_dir(&workspace.project().root);
    let said = process::quiet(&mut rustc, Duration::from_secs(60))?;
    let said = String::from_utf8_lossy(&said).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::new("rustc -vV names no host"))
}

fn run(workspace: &Workspace<'_>, programs: &Path, target: &str, options: &Options) -> Result<()> {
    let root = &workspace.project().root;
    let folder = |name: &str| {
        let folder = root.join("fuzz").join(name).join(target);
        fs::create_dir_all(&folder).context(folder.display())?;
        Ok::<_, Error>(folder)
    };
    // What was found to be worth keeping in earlier runs goes first: new inputs are written there.
    let (corpus, artifacts) = (folder("corpus")?, folder("artifacts")?);
    let seeds = workspace.target_dir().join("fuzz/seeds").join(target);
    let count = seeds::write(root, target, &seeds)?;
    let seconds = options.time.as_secs();
    say(format!("fuzzing {target} for {seconds} s, from {count} seeds"));
    let mut command: Command = workspace.project().shell.command(programs.join(target));
    command.arg(&corpus).arg(&seeds).current_dir(root);
    command.arg(format!("-dict={}", root.join("fuzz/mcp.dict").display()));
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.args([
        format!("-max_total_time={seconds}"),
        format!("-max_len={LONGEST}"),
        format!("-timeout={SLOWEST}"),
        format!("-verbosity={}", u8::from(options.verbose)),
        "-print_final_stats=1".to_owned(),
    ]);
    process::run(&mut command).map_err(|error| {
        error.context(format!("{target} found something: its input is in {}", artifacts.display()))
    })
}
