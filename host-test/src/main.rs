//! `mlflow-mcp`: serves the component over HTTP or standard input and output, checks that it could, and tells what a
//! policy means.

mod check;
mod cli;
mod exchange;
mod transport;
mod units;

use clap::Parser as _;
use cli::{Arguments, Command};
use mlflow_mcp_host::Running;
use std::io;
use std::process::ExitCode;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What the shell expects of a program that its user interrupted.
const INTERRUPTED: u8 = 130;

/// What a wrong command line ends with, here as in clap.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        // Connections are served on threads of their own, which the host starts.
        Command::Serve(serve) => on(&mut Builder::new_current_thread(), run(serve)),
        Command::Stdio(configuration) => on(&mut Builder::new_multi_thread(), piped(configuration)),
        Command::Check(configuration) => on(&mut Builder::new_current_thread(), checked(configuration)),
        Command::Policy(command) => cli::variables().and_then(|variables| command.run(variables)),
    };
    ended.unwrap_or_else(|message| {
        eprintln!("mlflow-mcp: {message}");
        ExitCode::from(USAGE)
    })
}

/// Does work that waits, on such a runtime.
fn on(
    runtime: &mut Builder,
    work: impl Future<Output = Result<ExitCode, String>>,
) -> Result<ExitCode, String> {
    let runtime = runtime.enable_all().build().map_err(|error| format!("cannot start: {error}"))?;
    let ended = runtime.block_on(work);
    // Standard input cannot be stopped being read, and must not be waited for.
    runtime.shutdown_background();
    ended
}

async fn checked(configuration: cli::Configuration) -> Result<ExitCode, String> {
    let works = check::check(configuration.host()?).await?;
    Ok(if works { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn piped(configuration: cli::Configuration) -> Result<ExitCode, String> {
    let mut signals = Signals::new().map_err(|error| format!("cannot wait for signals: {error}"))?;
    tokio::select! {
        served = transport::serve(configuration.host()?) => served.map(|()| ExitCode::SUCCESS),
        () = signals.next() => Ok(ExitCode::from(INTERRUPTED)),
    }
}

async fn run(serve: cli::Serve) -> Result<ExitCode, String> {
    let grace = serve.limits().shutdown_time;
    // Before the first line is printed, so that whoever waits for it can stop the program at once.
    let mut signals = Signals::new().map_err(|error| format!("cannot wait for signals: {error}"))?;
    let running = serve.host()?.start().await.map_err(|error| error.to_string())?;
    eprintln!("mlflow-mcp: serving {}", running.url());
    if let Some(address) = running.metrics_addr() {
        eprintln!("mlflow-mcp: numbers at http://{address}/metrics");
    }
    signals.next().await;
    eprintln!("mlflow-mcp: stopping; running requests have {grace:?} to finish, interrupt again to stop now");
    Ok(stop(running, signals).await)
}

async fn stop(running: Running, mut signals: Signals) -> ExitCode {
    tokio::select! {
        () = running.shutdown() => ExitCode::SUCCESS,
        () = signals.next() => ExitCode::from(INTERRUPTED),
    }
}

/// The signals that ask a program to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
