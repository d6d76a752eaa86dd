//! The target from Debian's packages alone, for machines that reach nothing else: Debian 12, as root.
//!
//! Debian packages a newer compiler there for its browsers (`rustc-web`), with the sources of the standard
//! library but not built for this target, and a C library for it only in a later release. So: install the
//! compiler, fetch that one architecture-independent package, and build the standard library once.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::debian::{Debian, files};
use crate::error::{Context, Error, Result};
use crate::process::quiet;
use crate::progress::{say, time};
use crate::scratch::Scratch;
use crate::target::{Search, WASM, probe};

/// The compiler, its sources, its WebAssembly linker, the linker that one drives, and the matching lints.
const PACKAGES: [&str; 5] = ["rustc-web", "rust-web-src", "rust-web-llvm", "lld-22", CLIPPY];
const CLIPPY: &str = "rust-web-clippy";
/// The release whose wasi-libc has wasip2.
const LATER: &str = "forky";
/// What the linker takes from wasi-libc.
const LIBC: [&str; 3] = ["libc.a", "crt1-command.o", "crt1-reactor.o"];
const LIMIT: Duration = Duration::from_secs(1800);

/// Runs the whole recipe; about two minutes.
pub(super) fn install(search: &Search) -> Result<()> {
    check_system(search)?;
    let start = Instant::now();
    say(format!("making the target {WASM} from Debian's packages (once, about two minutes)"));
    install_packages(search, &PACKAGES)?;
    let scratch = Scratch::new("target")?;
    let libc = debian(search).fetch(LATER, &["wasi-libc"], scratch.path())?.join("usr/lib").join(WASM);
    say("building the standard library (about a minute)");
    let built = build_std(search, scratch.path(), &libc)?;
    let library = PathBuf::from(probe::library(search, &search.system_rustc)?);
    install_library(&library, &built, &libc)?;
    say(format!("made {WASM} for {} in {}", search.system_rustc.display(), time(start.elapsed())));
    Ok(())
}

/// Installs the lints of Debian's compiler.
pub(super) fn install_clippy(search: &Search) -> Result<()> {
    check_system(search)?;
    install_packages(search, &[CLIPPY])
}

fn debian(search: &Search) -> Debian<'_> {
    Debian { shell: &search.shell, etc: &search.etc }
}

fn check_system(search: &Search) -> Result<()> {
    debian(search).check()?;
    let user = quiet(search.shell.command("id").arg("-u"), LIMIT)?;
    if user.trim_ascii() != b"0" {
        return Err(Error::new("installing packages needs root"));
    }
    crate::process::require(&search.shell, "apt-get", "it is not installed").map(drop)
}

fn install_packages(search: &Search, packages: &[&str]) -> Result<()> {
    say(format!("apt-get install {}", packages.join(" ")));
    quiet(debian(search).apt().arg("update"), LIMIT)?;
    let mut install = debian(search).apt();
    quiet(install.args(["install", "-y", "--no-install-recommends"]).args(packages), LIMIT).map(drop)
}

/// Builds std from the compiler's own sources and returns its libraries.
fn build_std(search: &Search, scratch: &Path, libc: &Path) -> Result<Vec<PathBuf>> {
    let package = scratch.join("std");
    let write = |name: &str, text: &str| {
        let file = package.join(name);
        fs::create_dir_all(file.parent().unwrap_or(&package))
            .and_then(|()| fs::write(&file, text))
            .context(file.display())
    };
    write(
        "Cargo.toml",
        "[package]\nname = \"std-for-wasm\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n",
    )?;
    write("src/main.rs", "fn main() {}\n")?;
    let mut command = search.shell.command(search.shell.text("CARGO").unwrap_or("cargo"));
    command
        .args([
            "build",
            "--release",
            "--target",
            WASM,
            "-Zbuild-std=std,panic_abort",
            "--target-dir",
            "target",
        ])
        .env("RUSTC", &search.system_rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        // The user's cargo profile or flags would make another library. Without the bitcode, a program with
        // link-time optimisation cannot use this one.
        .env("CARGO_ENCODED_RUSTFLAGS", format!("-L\x1fnative={}\x1f-Cembed-bitcode=yes", libc.display()))
        .current_dir(&package);
    quiet(&mut command, LIMIT)?;
    let built = package.join("target").join(WASM).join("release/deps");
    files(&built, |name| name.starts_with("lib") && name.ends_with(".rlib"))
}

/// Puts the libraries where the compiler looks: all of them or none, in place of what was there.
fn install_library(library: &Path, built: &[PathBuf], libc: &Path) -> Result<()> {
    let place =
        library.parent().ok_or_else(|| Error::new("the compiler's library directory has no parent"))?;
    let partial = place.with_extension("partial");
    remove(&partial)?;
    let contained = partial.join("lib/self-contained");
    fs::create_dir_all(&contained).context(contained.display())?;
    for name in LIBC {
        let file = libc.join(name);
        fs::copy(&file, contained.join(name)).context(file.display())?;
    }
    for file in built {
        let name = file.file_name().unwrap_or_default();
        fs::copy(file, partial.join("lib").join(name)).context(file.display())?;
    }
    remove(place)?;
    fs::rename(&partial, place).context(place.display())
}

fn remove(directory: &Path) -> Result<()> {
    if directory.exists() { fs::remove_dir_all(directory).context(directory.display()) } else { Ok(()) }
}
