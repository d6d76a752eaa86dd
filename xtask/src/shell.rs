//! Where programs are looked up and which environment they get, as a value.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The environment of every program that is started. A test makes one whose `PATH` holds its own scripts.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    variables: BTreeMap<OsString, OsString>,
}

impl Shell {
    /// This process' environment without what cargo set for this process alone (`CARGO_PKG_*` and the like),
    /// and without what steers a compiler: the default compiler's flags must not reach the one for
    /// WebAssembly, nor the other way round.
    pub fn inherited() -> Self {
        let kept = |name: &OsString| !name.to_str().is_some_and(is_of_one_build);
        Self { variables: std::env::vars_os().filter(|(name, _)| kept(name)).collect() }
    }

    /// Nothing but a search path.
    pub fn with_path(path: impl Into<OsString>) -> Self {
        Self::default().set("PATH", path)
    }

    /// With one variable more.
    #[must_use]
    pub fn set(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Without the variables whose name fulfils a condition.
    #[must_use]
    pub fn without(mut self, condition: impl Fn(&str) -> bool) -> Self {
        self.variables.retain(|name, _| !name.to_str().is_some_and(&condition));
        self
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// A variable as text; `None` also where it is not Unicode.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(OsStr::to_str)
    }

    /// Finds an executable on this `PATH`.
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        std::env::split_paths(self.get("PATH")?)
            .map(|folder| folder.join(program))
            .find(|file| is_program(file))
    }

    /// A command with exactly this environment and no input. A name without a slash is looked up on this
    /// `PATH`; one that is not there fails when it is started.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let program = program.as_ref();
        let found = program.to_str().filter(|name| !name.contains('/')).and_then(|name| self.find(name));
        let mut command = Command::new(found.as_deref().unwrap_or(program));
        command.env_clear().envs(&self.variables).stdin(Stdio::null());
        command
    }
}

fn is_program(file: &Path) -> bool {
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Whether a variable belongs to the build that it was set for.
fn is_of_one_build(name: &str) -> bool {
    const EXACT: [&str; 8] = [
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_ENCODED_RUSTDOCFLAGS",
        "CARGO_PRIMARY_PACKAGE",
        "RUSTC",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTDOC",
        "RUSTDOCFLAGS",
        "RUSTFLAGS",
    ];
    const STARTS: [&str; 6] =
        ["CARGO_BIN_", "CARGO_BUILD_", "CARGO_CFG_", "CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_TARGET_"];
    EXACT.contains(&name)
        || (STARTS.iter().any(|start| name.starts_with(start)) && name != "CARGO_TARGET_DIR")
        || name == "CARGO_CRATE_NAME"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_another_build_are_dropped_and_settings_of_cargo_are_kept() {
        for dropped in [
            "RUSTC",
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS",
            "CARGO_BUILD_TARGET",
        ] {
            assert!(is_of_one_build(dropped), "{dropped}");
        }
        for kept in
            ["CARGO", "CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_NET_OFFLINE", "PATH", "MLFLOW_TRACKING_URI"]
        {
            assert!(!is_of_one_build(kept), "{kept}");
        }
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let shell = Shell::with_path("").set("A", "").set("B", "b");
        assert_eq!((shell.get("PATH"), shell.text("A"), shell.text("B")), (None, None, Some("b")));
        assert_eq!(shell.find("sh"), None);
    }
}
