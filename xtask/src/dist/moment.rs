//! When a release was made: the time of its commit, because the time of its build would make every build another one.

use std::time::{Duration, UNIX_EPOCH};

use crate::error::{Context, Error, Result};
use crate::process::quiet;
use crate::project::Project;

/// The seconds that <https://reproducible-builds.org/specs/source-date-epoch/> names, else those of the last commit.
pub(super) fn of(project: &Project) -> Result<String> {
    let seconds = match project.shell.text("SOURCE_DATE_EPOCH") {
        Some(text) => text.to_owned(),
        None => {
            let mut git = project.shell.command("git");
            git.args(["log", "-1", "--format=%ct"]).current_dir(&project.root);
            let said = quiet(&mut git, Duration::from_secs(60)).map_err(|error| {
                Error::setup(format!("set SOURCE_DATE_EPOCH: git tells no commit: {error}"))
            })?;
            String::from_utf8_lossy(&said).trim().to_owned()
        }
    };
    seconds.parse().map(rfc3339).context(format!("the time {seconds:?}"))
}

/// `2026-11-21T14:00:00Z`, from seconds since 1970.
fn rfc3339(seconds: u32) -> String {
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds.into())).to_string()
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn seconds_are_told_as_a_date() {
        for (seconds, told) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(seconds), told);
        }
    }
}
