//! Files that are made from the code and committed, so that a reviewer sees what a change does.

use std::path::{Path, PathBuf};

/// A path inside the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares with a committed file; a stale one is rewritten, so that the change can be read and committed.
pub fn golden(path: &Path, expected: &str) {
    let found = std::fs::read_to_string(path).unwrap_or_default();
    if found != expected {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, expected).unwrap();
        panic!("{} was stale and has been rewritten: read the change and commit it", path.display());
    }
}
