//! A machine of scripts: a private `PATH` on which every program is a few lines of shell.
#![allow(dead_code, clippy::unwrap_used, reason = "tests, each of which uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::Project;
use xtask::cache::Cache;
use xtask::scratch::Scratch;
use xtask::shell::Shell;

/// Directories that are gone at the end: `bin` is the search path, `cache` the cache, `root` the sources.
pub(crate) struct Machine {
    scratch: Scratch,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let machine = Self { scratch: Scratch::new("test").unwrap() };
        for folder in ["bin", "cache", "root/xtask/python"] {
            fs::create_dir_all(machine.path(folder)).unwrap();
        }
        machine
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let file = self.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// A program on the search path. In its text `@` is the machine's directory; each call is a line in the log.
    pub(crate) fn program(&self, name: &str, body: &str) {
        self.script(&format!("bin/{name}"), body);
    }

    /// A program anywhere.
    pub(crate) fn script(&self, name: &str, body: &str) {
        let label = Path::new(name).file_name().unwrap().to_str().unwrap();
        let text = format!("#!/bin/sh\necho \"{label} $*\" >> @/log\n{body}\n");
        self.executable(&self.path(name), &text.replace('@', self.scratch.path().to_str().unwrap()));
    }

    /// Writes a program by way of another process. One that this process had open for writing could not be
    /// started while some other thread's child still holds a copy of the open file.
    pub(crate) fn executable(&self, file: &Path, text: &str) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let draft = self.path("draft");
        fs::write(&draft, text).unwrap();
        let script = r#"rm -f "$2" && cp "$1" "$2" && chmod 755 "$2""#;
        let written = Command::new("/bin/sh").args(["-c", script, "sh"]).arg(draft).arg(file).status();
        assert!(written.unwrap().success());
    }

    pub(crate) fn shell(&self) -> Shell {
        Shell::with_path(self.path("bin")).set("CARGO", self.path("bin/cargo"))
    }

    pub(crate) fn cache(&self) -> Cache {
        Cache::at(self.path("cache"))
    }

    pub(crate) fn project(&self) -> Project {
        Project { root: self.path("root"), cache: self.cache(), shell: self.shell() }
    }

    /// The calls so far whose line starts with this.
    pub(crate) fn calls(&self, start: &str) -> Vec<String> {
        let log = fs::read_to_string(self.path("log")).unwrap_or_default();
        log.lines().filter(|line| line.starts_with(start)).map(str::to_owned).collect()
    }
}
