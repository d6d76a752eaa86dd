//! The suite's program: what it is asked and how its answer is read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Context, Error, Result};
use crate::node::Environment;
use crate::process::{output, tail};

use super::ENVIRONMENT;

/// Bounds one run; it takes some seconds.
const LIMIT: Duration = Duration::from_secs(300);
/// Scenarios that no revision requires are run at this one.
const NEWEST: &str = "2026-07-28";

/// The suite, and where what it prints is kept.
pub(super) struct Suite<'a> {
    pub(super) environment: &'a Environment,
    pub(super) results: &'a Path,
}

/// What to run.
pub(super) enum Question {
    /// All that a revision requires, but for what the baseline lists.
    Required { revision: &'static str, baseline: PathBuf },
    /// One scenario.
    Scenario(&'static str),
}

/// What became of it.
pub(super) struct Answer {
    pub(super) passed: bool,
    /// One line.
    pub(super) summary: String,
    text: String,
    log: PathBuf,
}

impl Answer {
    /// The end of what the suite printed, and where the rest is.
    pub(super) fn explain(&self) -> String {
        format!("{}\n{}\nall of it: {}", self.summary, tail(&self.text, 30), self.log.display())
    }
}

impl Suite<'_> {
    /// Runs the suite against the server at `url`.
    pub(super) fn ask(&self, url: &str, build: &str, question: &Question) -> Result<Answer> {
        let mut arguments = vec!["server", "--url", url];
        let name = match question {
            Question::Required { revision, baseline } => {
                let baseline = baseline.to_str().ok_or_else(|| Error::new("a path that is not UTF-8"))?;
                arguments.extend(["--requirements", revision, "--expected-failures", baseline]);
                revision
            }
            Question::Scenario(scenario) => {
                arguments.extend(["--scenario", scenario, "--spec-version", NEWEST]);
                scenario
            }
        };
        let (passed, text) = self.run(&arguments)?;
        let log = self.results.join(format!("{build}-{name}.log"));
        fs::write(&log, &text).context(log.display())?;
        let counted = match question {
            Question::Required { revision, .. } => counts(&text, &self.required(revision)?),
            Question::Scenario(_) => checks(&text).to_owned(),
        };
        let verdict = if passed { "ok    " } else { "FAILED" };
        Ok(Answer { passed, summary: format!("{verdict} {build:8} {name:36} {counted}"), text, log })
    }

    /// The server scenarios that a revision requires; the suite runs more than it scores.
    fn required(&self, revision: &str) -> Result<BTreeSet<String>> {
        let (_, text) = self.run(&["list", "--requirements", revision])?;
        let section = text.lines().skip_while(|line| !line.starts_with("Server scenarios")).skip(1);
        let names = section.map_while(|line| line.trim().strip_prefix("- ")).map(str::to_owned);
        let names = names.collect::<BTreeSet<_>>();
        if names.is_empty() {
            Err(Error::new(format!("the suite requires nothing for {revision}")))
        } else {
            Ok(names)
        }
    }

    /// Whether it succeeded, and what it printed, without colours.
    fn run(&self, arguments: &[&str]) -> Result<(bool, String)> {
        let mut command = self.environment.program(ENVIRONMENT);
        let printed = output(command.args(arguments).current_dir(self.results), LIMIT)?;
        let mut text = String::from_utf8_lossy(&printed.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&printed.stderr));
        Ok((printed.status.success(), plain(&text)))
    }
}

/// How many scenarios passed whole, and how many are in the baseline, whole or in part.
fn counts(text: &str, required: &BTreeSet<String>) -> String {
    let expected = scenarios(text, '~');
    let failed: BTreeSet<&str> = scenarios(text, '✗').difference(&expected).copied().collect();
    let of_required = |set: &BTreeSet<&str>| set.iter().filter(|name| required.contains(**name)).count();
    let (failed, expected) = (of_required(&failed), of_required(&expected));
    let passed = required.len() - failed - expected;
    format!("{passed} of {} scenarios passed, {failed} failed, {expected} in the baseline", required.len())
}

/// The scenarios of the lines that begin with this mark: `~ scenario:check` or `✗ scenario: 1 passed, 2 failed`.
fn scenarios(text: &str, mark: char) -> BTreeSet<&str> {
    let marked = text.lines().filter_map(|line| line.trim_start().strip_prefix(mark));
    marked.filter_map(|rest| rest.trim_start().split(':').next()).collect()
}

/// `Passed: 14/14, 0 failed, 0 warnings`.
fn checks(text: &str) -> &str {
    text.lines().rfind(|line| line.starts_with("Passed: ")).unwrap_or("no result")
}

/// Without the terminal's colours.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "=== SUMMARY ===\n✓ ping: 1 passed, 0 failed\n✗ caching: 1 passed, 1 failed\n\
                           ✗ tools-call-audio: 0 passed, 1 failed\n✗ tasks-lifecycle: 0 passed, 9 failed\n\n\
                           Total: 2 passed, 11 failed\n\n\u{1b}[33mExpected failures (in baseline):\u{1b}[0m\n\
                           \u{20} ~ caching:sep-2549-a\n  ~ caching:sep-2549-b\n";

    #[test]
    fn only_required_scenarios_are_counted_each_once() {
        let required = ["ping", "caching", "tools-call-audio", "tools-list"].map(str::to_owned).into();
        let counted = counts(&plain(PRINTED), &required);
        assert_eq!(counted, "2 of 4 scenarios passed, 1 failed, 1 in the baseline");
    }

    #[test]
    fn colours_are_taken_away() {
        assert_eq!(plain("\u{1b}[31mred\u{1b}[0m, plain"), "red, plain");
    }
}
