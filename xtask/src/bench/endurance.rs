//! `cargo xtask bench endurance`: a hundred thousand calls of a tool, and what the host's memory does meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::hosts::GET_RUN;
use super::load::Until;
use super::{bytes, memory, row, stub};
use crate::error::{Error, Result};
use crate::product;
use crate::project::Project;
use crate::running::Running;

const CALLS: usize = 100_000;
/// Calls between two readings.
const PART: usize = 10_000;
/// As many as the host takes at a time.
const CONNECTIONS: usize = 64;
/// How often memory is looked at while calls are under way.
const LOOK: Duration = Duration::from_millis(250);

/// Builds the product, calls it over and over, and fails if a call did.
pub fn endurance(project: &Project) -> Result<()> {
    let product = product::build(project)?;
    let upstream = stub::start(project, "mlflow-3.17.2/runs-get.json")?;
    let running = Running::start(project, &product.program, |command| {
        command.env("MLFLOW_TRACKING_URI", format!("http://{upstream}"));
    })?;
    row("memory, idle", &bytes(memory(&running)?));
    let mut failed = 0;
    for part in 1..=CALLS / PART {
        let (outcome, most) =
            beside(&running, || GET_RUN.of(running.address(), CONNECTIONS, Until::Requests(PART)).run())?;
        failed += outcome.failed;
        let said = format!(
            "{} at most, {} after; {:.0}/s, {} failed",
            bytes(most),
            bytes(memory(&running)?),
            outcome.rate(),
            outcome.failed
        );
        row(&format!("memory, calls {} to {}", (part - 1) * PART + 1, part * PART), &said);
    }
    if failed > 0 {
        return Err(Error::new(format!("{failed} of {CALLS} calls failed")));
    }
    row("failed", &format!("0 of {CALLS}, {CONNECTIONS} at a time"));
    Ok(())
}

/// Does the work, and says how much memory the host had at most meanwhile.
fn beside<T: Send>(running: &Running, work: impl FnOnce() -> Result<T> + Send) -> Result<(T, u64)> {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let result = work();
            done.store(true, Ordering::Release);
            result
        });
        let mut most = 0;
        while !done.load(Ordering::Acquire) {
            most = most.max(memory(running)?);
            thread::sleep(LOOK);
        }
        let result = worker.join().map_err(|_| Error::new("the load generator panicked"))?;
        Ok((result?, most))
    })
}
