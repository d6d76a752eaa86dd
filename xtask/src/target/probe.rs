//! Proof that a compiler builds for the target: it builds something.
//!
//! Looking for the standard library is not enough. Libraries of another compiler version look the same and fail
//! at the first use, and so does a missing linker; ones without bitcode fail only under link-time optimisation.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use crate::cache::Key;
use crate::error::{Context, Error, Result};
use crate::process::quiet;
use crate::target::{Search, WASM};

const ANSWER: Duration = Duration::from_secs(60);

/// Succeeds where the compiler (`None`: the default one) has built a program for the target, now or at an
/// earlier time with the same compiler and the same library files.
pub(super) fn prove(search: &Search, rustc: Option<&Path>) -> Result<()> {
    let rustc = rustc.unwrap_or(Path::new("rustc"));
    let version = quiet(search.shell.command(rustc).arg("-vV"), ANSWER)?;
    let library = library(search, rustc)?;
    let listing = listing(Path::new(&library))?;
    let path = rustc.to_string_lossy();
    let key = Key::of([path.as_bytes(), &version, library.as_bytes(), listing.as_bytes()]);
    let build = |directory: &Path| build(search, rustc, directory);
    search.cache.entry("target", &key, |_| Ok(()), build).map(drop)
}

/// The directory of the target's standard library, which may not exist.
pub(super) fn library(search: &Search, rustc: &Path) -> Result<String> {
    let said =
        quiet(search.shell.command(rustc).args(["--print", "target-libdir", "--target", WASM]), ANSWER)?;
    String::from_utf8(said).map(|path| path.trim().to_owned()).context("the compiler's library directory")
}

/// Names, sizes and times of the library files: another installation is another listing.
fn listing(library: &Path) -> Result<String> {
    let missing = || Error::new(format!("it has no standard library for {WASM}"));
    let mut lines = Vec::new();
    for entry in fs::read_dir(library).map_err(|_| missing())? {
        let entry = entry.context(library.display())?;
        let meta = entry.metadata().context(library.display())?;
        let changed = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        lines.push(format!("{} {} {changed:?}", entry.file_name().to_string_lossy(), meta.len()));
    }
    if !lines.iter().any(|line| line.starts_with("libstd-")) {
        return Err(missing());
    }
    lines.sort();
    Ok(lines.join("\n"))
}

fn build(search: &Search, rustc: &Path, directory: &Path) -> Result<()> {
    let source = directory.join("probe.rs");
    fs::write(&source, "fn main() {}\n").context(source.display())?;
    let mut command = search.shell.command(rustc);
    command.args(["--edition", "2021", "--crate-type", "bin", "--target", WASM]);
    // As the release profile has it.
    command.args(["-C", "lto=fat", "-C", "panic=abort", "-C", "opt-level=s", "-o"]);
    quiet(command.arg(directory.join("probe.wasm")).arg(&source), Duration::from_secs(300)).map(drop)
}
