//! Binaryen's optimiser over a linked component: a seventh smaller, and no slower.
//!
//! It comes from npm, with jco, which knows to leave the component around the code as it is. Whoever has no npm gets the
//! component as it was linked, and is told so; releases and tests insist.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::cache::Key;
use crate::error::{Context, Result};
use crate::node::Environment;
use crate::process::quiet;
use crate::progress::{say, time};
use crate::project::Project;

/// The Node environment that has it.
pub const ENVIRONMENT: &str = "jco";

/// For size, and what compilers of Rust take for granted in WebAssembly: the linked code no longer says that it uses it.
const ARGUMENTS: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// It takes half a minute; a slow machine is the user's to judge.
const PATIENCE: Duration = Duration::from_secs(1200);

/// Puts the optimised component in the place of the linked one. What it made of the same component before is kept beside.
pub fn optimise(project: &Project, component: &Path) -> Result<()> {
    let optimiser = match Environment::ensure(project, ENVIRONMENT) {
        Ok(environment) => environment,
        Err(error) if error.is_stop() => return Err(error),
        Err(error) => {
            say(format!("the component is a seventh larger than need be: {error}"));
            return Ok(());
        }
    };
    let kept = Kept::of(project, component)?;
    if !kept.is_there() {
        let start = Instant::now();
        say("optimising the component (half a minute)");
        let partial = kept.file.with_extension("partial");
        let mut command = optimiser.program("jco");
        command.arg("opt").arg(component).arg("-o").arg(&partial).arg("--").args(ARGUMENTS);
        quiet(&mut command, PATIENCE)?;
        fs::rename(&partial, &kept.file).context(partial.display())?;
        fs::write(&kept.stamp, &kept.key).context(kept.stamp.display())?;
        say(format!("optimised it in {}", time(start.elapsed())));
    }
    // Cargo's own file stays as it is: the one here is another name of it.
    let whole = component.with_extension("whole");
    fs::copy(&kept.file, &whole).context(kept.file.display())?;
    fs::rename(&whole, component).context(component.display())
}

/// What was made before, and of what.
struct Kept {
    file: PathBuf,
    stamp: PathBuf,
    key: String,
}

impl Kept {
    fn of(project: &Project, component: &Path) -> Result<Self> {
        let lock = project.root.join("xtask/node").join(ENVIRONMENT).join("package-lock.json");
        let read = |path: &Path| fs::read(path).context(path.display());
        let (linked, lock) = (read(component)?, read(&lock)?);
        let arguments = ARGUMENTS.map(str::as_bytes);
        let key = Key::of([linked.as_slice(), lock.as_slice()].into_iter().chain(arguments)).to_string();
        let (file, stamp) =
            (component.with_extension("optimised.wasm"), component.with_extension("optimised.from"));
        Ok(Self { file, stamp, key })
    }

    fn is_there(&self) -> bool {
        self.file.exists() && fs::read_to_string(&self.stamp).is_ok_and(|key| key == self.key)
    }
}
