//! `cargo xtask bench connections`: what keeping connections to MLflow gains or costs, on an MLflow as it is deployed.

use std::time::Duration;

use super::hosts::shown;
use super::load::{Load, Until};
use super::row;
use crate::error::{Error, Result};
use crate::mlflow::Server;
use crate::product;
use crate::project::Project;
use crate::running::Running;

const WARM: Duration = Duration::from_secs(3);
const TIME: Duration = Duration::from_secs(8);

/// Builds the product, starts an MLflow with several workers, and prints a table.
pub fn connections(project: &Project) -> Result<()> {
    let product = product::build(project)?;
    let (mlflow, sample) = Server::as_deployed(project)?;
    let run = sample.manifest.pointer("/runs/baseline").and_then(|run| run.as_str());
    let run = run.ok_or_else(|| Error::new("the sample data has no baseline run"))?;
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"get_run","arguments":{{"run_id":"{run}"}}}}}}"#
    );
    for (name, options) in [("kept", &[][..]), ("a new one for each call", &["--no-kept-connections"])] {
        let running = Running::start(project, &product.program, |command| {
            command.env("MLFLOW_TRACKING_URI", mlflow.uri()).args(options);
        })?;
        for callers in [1, 8] {
            let load = |time| Load {
                address: running.address(),
                headers: "",
                body: &body,
                expected: "\"result\"",
                connections: callers,
                until: Until::Time(time),
            };
            load(WARM).run()?;
            row(&format!("get_run, {callers} at a time, {name}"), &shown(&mut load(TIME).run()?, None));
        }
    }
    Ok(())
}
