//! The sample data: an MLflow database and artifacts, made once by `xtask/python/sample_data.py`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cache::Key;
use crate::error::{Context, Result};
use crate::mlflow::{Server, Version};
use crate::process;
use crate::progress::{say, time};
use crate::project::Project;
use crate::python::Environment;

/// Bounds the script; it takes about a minute.
const FILL: Duration = Duration::from_secs(900);
const SCRIPT: &str = "sample_data.py";
/// The modules of the script, where it has any.
const MODULES: &str = "sample";

/// The data in the cache. It is everybody's: serve a copy.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What a server is started over.
    pub data: PathBuf,
    /// What the script says it made: names and ids.
    pub manifest: Value,
    /// What it was made from.
    pub key: Key,
}

/// The sample data in a server of this version, made if it is not in the cache.
pub fn ensure(project: &Project, version: Version) -> Result<Sample> {
    let key = key(project, version)?;
    let check = |entry: &Path| manifest(entry).map(drop);
    let entry = project
        .cache
        .entry(&format!("sample-{}", version.environment()), &key, check, |directory| {
            build(project, version, directory)
        })
        .map_err(|error| error.context("sample data"))?;
    Ok(Sample { data: entry.join("data"), manifest: manifest(&entry)?, key })
}

fn build(project: &Project, version: Version, directory: &Path) -> Result<()> {
    let environment = Environment::ensure(project, version.environment())?;
    let start = Instant::now();
    say("filling a local MLflow with sample data (once, about a minute)");
    let data = directory.join("data");
    fs::create_dir(&data).context(data.display())?;
    let server = Server::start(project, version, &data)?;
    let mut script = project.shell.command(environment.python());
    script.arg(project.python_file(SCRIPT)).args(["--tracking-uri", &server.uri()]).stdout(Stdio::piped());
    script.env("MLFLOW_DISABLE_TELEMETRY", "true").env("DO_NOT_TRACK", "true");
    let printed = process::quiet(&mut script, FILL)?;
    drop(server);
    let file = directory.join("manifest.json");
    fs::write(&file, printed).context(file.display())?;
    manifest(directory)?;
    say(format!("filled it in {}", time(start.elapsed())));
    Ok(())
}

fn manifest(entry: &Path) -> Result<Value> {
    let file = entry.join("manifest.json");
    let text = fs::read(&file).context(file.display())?;
    serde_json::from_slice(&text).context(file.display())
}

/// The script, its modules and the versions it runs with.
fn key(project: &Project, version: Version) -> Result<Key> {
    let lock = format!("{}.txt", version.environment());
    let mut files = vec![project.python_file(&lock), project.python_file(SCRIPT)];
    let modules = project.python_file(MODULES);
    if modules.is_dir() {
        for entry in fs::read_dir(&modules).context(modules.display())? {
            files.push(entry.context(modules.display())?.path());
        }
        files.retain(|file| file.is_file());
        files.sort();
    }
    let read = |file: &PathBuf| fs::read(file).context(file.display());
    let contents = files.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(Key::of(contents.iter().map(Vec::as_slice)))
}
