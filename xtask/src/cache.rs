//! What is dear to make and the same for every clone: python environments, sample data, proofs.
//!
//! An entry is a directory named by what it is and by a hash of what it was made from. It is built beside its
//! place, stamped, and moved there whole, under a lock: other processes see all of it or nothing. An entry
//! without its stamp, or that no longer works, is removed and made again.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Context, Error, Result};
use crate::process::pause;
use crate::progress::say;
use crate::shell::Shell;

/// The file that says that an entry was finished.
pub const STAMP: &str = "complete";

/// A directory of entries.
#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// `MLFLOW_MCP_CACHE`, else `$XDG_CACHE_HOME/mlflow-mcp`, else `~/.cache/mlflow-mcp`: outside the clone,
    /// so that a second clone is quick.
    pub fn of(shell: &Shell) -> Result<Self> {
        let below = |name: &str, rest: &str| shell.get(name).map(|folder| Path::new(folder).join(rest));
        let place = below("MLFLOW_MCP_CACHE", "")
            .or_else(|| below("XDG_CACHE_HOME", "mlflow-mcp"))
            .or_else(|| below("HOME", ".cache/mlflow-mcp"))
            .ok_or_else(|| Error::setup("no place for the cache: set MLFLOW_MCP_CACHE to a directory"))?;
        // Programs are started in other directories than this one.
        std::path::absolute(&place).map(Self::at).context(place.display())
    }

    /// A cache in this directory, which is made when it is needed.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where the entry of this name and key is, or will be.
    pub fn place(&self, name: &str, key: &Key) -> PathBuf {
        self.root.join(format!("{name}-{}", key.0))
    }

    /// The entry, made if it is not there. `check` says what is wrong with a finished one. `build` fills an
    /// empty directory, which is not yet in its place: nothing in it may name its own path.
    pub fn entry(
        &self,
        name: &str,
        key: &Key,
        check: impl Fn(&Path) -> Result<()>,
        build: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let place = self.place(name, key);
        // The usual case takes no lock: a finished entry is never changed.
        if place.join(STAMP).exists() && check(&place).is_ok() {
            return Ok(place);
        }
        let _lock = self.lock(name, key)?;
        if place.exists() {
            let broken =
                if place.join(STAMP).exists() { check(&place).err() } else { Some(Error::new("unfinished")) };
            let Some(reason) = broken else { return Ok(place) };
            say(format!("the cached {name} is broken ({reason}); making it again"));
            remove(&place)?;
        }
        let partial = place.with_extension("partial");
        remove(&partial)?;
        fs::create_dir_all(&partial).context(partial.display())?;
        build(&partial)?;
        fs::write(partial.join(STAMP), "").context(partial.display())?;
        fs::rename(&partial, &place).context(place.display())?;
        Ok(place)
    }

    /// Holds the lock of an entry; waits for another process that has it.
    pub fn lock(&self, name: &str, key: &Key) -> Result<File> {
        let file = self.lock_file(name, key)?;
        let mut told = false;
        while !try_lock(&file)? {
            if !std::mem::replace(&mut told, true) {
                say(format!("waiting for another process that is making {name}"));
            }
            pause()?;
        }
        Ok(file)
    }

    /// Holds the lock of an entry, or `None` where another process has it.
    pub fn lock_now(&self, name: &str, key: &Key) -> Result<Option<File>> {
        let file = self.lock_file(name, key)?;
        Ok(try_lock(&file)?.then_some(file))
    }

    fn lock_file(&self, name: &str, key: &Key) -> Result<File> {
        fs::create_dir_all(&self.root).context(self.root.display())?;
        let path = self.place(name, key).with_extension("lock");
        File::create(&path).context(path.display())
    }
}

fn try_lock(file: &File) -> Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error).context("locking a file of the cache"),
    }
}

fn remove(directory: &Path) -> Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).context(directory.display()),
        _ => Ok(()),
    }
}

/// A hash of what an entry is made from: 16 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Key {
    /// From parts, each of which counts with its length: `["ab", "c"]` is not `["a", "bc"]`.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        Self(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_every_part_and_on_where_it_ends() {
        let key = |parts: &[&str]| Key::of(parts.iter().map(|part| part.as_bytes()));
        assert_eq!(key(&["ab", "c"]), key(&["ab", "c"]));
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["ab"]), key(&["ab", ""]));
    }

    #[test]
    fn the_place_follows_the_variables_in_order() {
        let home = Shell::default().set("HOME", "/h");
        let root = |shell: &Shell| Cache::of(shell).map(|cache| cache.root).ok();
        assert_eq!(root(&home), Some("/h/.cache/mlflow-mcp".into()));
        let xdg = home.set("XDG_CACHE_HOME", "/x");
        assert_eq!(root(&xdg), Some("/x/mlflow-mcp".into()));
        assert_eq!(root(&xdg.set("MLFLOW_MCP_CACHE", "/m")), Some("/m".into()));
        assert_eq!(Cache::of(&Shell::default()).map_err(|error| error.code()).err(), Some(2));
    }
}
