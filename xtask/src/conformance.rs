//! `cargo xtask conformance`: the official conformance suite of the protocol, against the component in our host.
//!
//! The suite calls tools, prompts and resources under names of its own. So it runs against two components: one that
//! is built with those items, which has to pass what a server without state can pass, and the released one, which
//! has to pass everything that needs none of them. What is left out is in `xtask/conformance/*.yml`, each entry with
//! its reason; an entry that passes by now fails the run.

mod suite;

use std::path::Path;

use crate::component::{self, Variant};
use crate::error::{Error, Result};
use crate::mlflow::{Server, Version};
use crate::node::Environment;
use crate::product;
use crate::progress::say;
use crate::project::Project;
use crate::running::Running;
use crate::target;
use crate::workspace::Workspace;

use suite::{Question, Suite};

/// The Node environment that holds the suite.
pub const ENVIRONMENT: &str = "conformance";
/// The feature of the component with the suite's items.
pub const FEATURE: &str = "conformance-fixtures";

/// The revisions whose required scenarios are run; the suite has no sets for older ones.
const REVISIONS: [&str; 2] = ["2026-07-28", "2025-11-25"];
/// Scenarios that no revision requires yet: which of them, against which of the components.
const PENDING: [(&str, Build); 4] = [
    ("http-header-validation", Build::Fixtures),
    ("http-custom-header-server-validation", Build::Fixtures),
    ("json-schema-2020-12", Build::Fixtures),
    ("http-header-validation", Build::Released),
];

/// One of the two components.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Build {
    /// With the suite's items.
    Fixtures,
    /// As it is released.
    Released,
}

impl Build {
    fn name(self) -> &'static str {
        match self {
            Self::Fixtures => "fixtures",
            Self::Released => "released",
        }
    }
}

/// Builds what is needed and runs the suite.
pub fn conformance(project: &Project) -> Result<()> {
    let target = target::ensure(project)?;
    let product = product::build(project)?;
    let fixtures = component::link(&Workspace::of(project)?, &target, Variant::Conformance)?;
    run(project, &product.program, &product.component, &fixtures)
}

/// Runs the suite against this released component and against the one with the suite's items, both under this host.
pub fn run(project: &Project, host: &Path, released: &Path, fixtures: &Path) -> Result<()> {
    let environment = Environment::ensure(project, ENVIRONMENT)?;
    let results = Workspace::of(project)?.target_dir().join("conformance");
    let suite = Suite { environment: &environment, results: &results };
    let mut failed = Vec::new();
    // Resources need an MLflow that has some; the suite's own items need none.
    let (mlflow, _) = Server::with_sample(project, Version::Newest)?;
    for (build, component) in [(Build::Fixtures, fixtures), (Build::Released, released)] {
        let running = Running::start(project, host, |command| {
            command.arg("--component").arg(component);
            if build == Build::Released {
                command.env("MLFLOW_TRACKING_URI", mlflow.uri());
            }
        })?;
        for question in questions(project, build) {
            let answer = suite.ask(&format!("http://{}/mcp", running.address()), build.name(), &question)?;
            say(&answer.summary);
            if !answer.passed {
                failed.push(answer.explain());
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Error::new(failed.join("\n"))) }
}

fn questions(project: &Project, build: Build) -> Vec<Question> {
    let required = REVISIONS.map(|revision| {
        let file = format!("xtask/conformance/{}-{revision}.yml", build.name());
        Question::Required { revision, baseline: project.root.join(file) }
    });
    let pending = PENDING.iter().filter(|(_, of)| *of == build);
    required.into_iter().chain(pending.map(|(scenario, _)| Question::Scenario(scenario))).collect()
}
