//! `cargo xtask serve`: the product, in front of the user's MLflow or of a local one with sample data.

mod local;

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::clients::configuration;
use crate::error::{Error, Result};
use crate::process::{self, Service, check_stop, pause};
use crate::product::{self, READY};
use crate::progress::{say, time};
use crate::project::Project;
use crate::python;
use crate::shell::Shell;
use crate::upstream::Upstream;

use local::Local;

/// The host lets running requests finish, for 10 s at most.
const HOST_GRACE: Duration = Duration::from_secs(12);

/// What to serve and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// `HOST:PORT` of the endpoint.
    pub listen: String,
    /// The MLflow server; without one a local server is started.
    pub tracking_uri: Option<String>,
    /// Arguments for the host, as they are.
    pub host: Vec<String>,
}

/// Serves until a signal comes, then stops everything it started.
pub fn serve(project: &Project, options: &Options) -> Result<()> {
    let start = Instant::now();
    let upstream = options.tracking_uri.as_deref().map(Upstream::parse).transpose()?;
    check_listen(&options.listen)?;
    match upstream {
        Some(upstream) => {
            upstream.check_reachable()?;
            let mut host = Host::build(project, options)?.start(project, options, upstream.uri())?;
            announce(&host.wait_ready()?, &upstream.to_string(), start);
            watch(&mut host, None)
        }
        None => {
            python::require(project)?;
            with_local(project, options, start)
        }
    }
}

/// MLflow and the host are prepared side by side; the endpoint is announced as soon as the host answers, which
/// is before MLflow does.
fn with_local(project: &Project, options: &Options, start: Instant) -> Result<()> {
    say("no tracking URI given: serving a local MLflow with sample data (--tracking-uri names yours)");
    let starting = {
        let project = project.clone();
        thread::spawn(move || stopping_the_rest(Local::spawn(&project)))
    };
    let built = stopping_the_rest(Host::build(project, options));
    let local = starting.join().map_err(|_| Error::new("starting the local MLflow server failed"))?;
    let (built, mut local) = match (built, local) {
        (Ok(built), Ok(local)) => (built, local),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => return Err(error),
        // One of them failed, and the other was stopped for it.
        (Err(built), Err(local)) => return Err(if built.is_stop() { local } else { built }),
    };
    let mut host = built.start(project, options, &local.server.uri())?;
    announce(&host.wait_ready()?, &local.server.uri(), start);
    local.server.wait_ready()?;
    say(format!(
        "MLflow answers too ({} after the start); its data: {}",
        time(start.elapsed()),
        local.place()
    ));
    watch(&mut host, Some(&mut local))
}

/// Where one half fails, the other ends too instead of working on for minutes.
fn stopping_the_rest<T>(result: Result<T>) -> Result<T> {
    if result.is_err() {
        process::stop();
    }
    result
}

fn announce(endpoint: &str, mlflow: &str, start: Instant) {
    say(format!(
        "{endpoint} is up ({} after the start), in front of MLflow at {mlflow}",
        time(start.elapsed())
    ));
    println!("\n{}\nCtrl-C stops it.", configuration(endpoint));
}

/// Returns when a signal comes; fails when something that should run has ended.
fn watch(host: &mut Host, mut local: Option<&mut Local>) -> Result<()> {
    while check_stop().is_ok() {
        host.check_running()?;
        if let Some(local) = &mut local {
            local.server.check_running()?;
        }
        thread::sleep(Duration::from_millis(100));
    }
    say("stopping");
    Ok(())
}

fn check_listen(listen: &str) -> Result<()> {
    let Err(error) = TcpListener::bind(listen) else { return Ok(()) };
    Err(Error::setup(match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{listen} is taken: stop what uses it, or choose another port with --listen HOST:PORT")
        }
        _ => format!("cannot listen on {listen} ({error}): --listen takes HOST:PORT, such as 127.0.0.1:3000"),
    }))
}

/// The host, built.
struct Built {
    program: std::path::PathBuf,
}

impl Built {
    /// With all variables of this process: the host gives the component those of MLflow, whichever there are.
    fn command(&self, shell: &Shell, options: &Options, tracking_uri: &str) -> Command {
        let mut command = Service::command(shell, &self.program);
        command.args(["serve", "--listen", &options.listen]).args(&options.host);
        // Not an argument: those can be read by every user of the machine, and a URI may hold a password.
        command.env("MLFLOW_TRACKING_URI", tracking_uri).stderr(Stdio::piped());
        command
    }

    fn start(&self, project: &Project, options: &Options, tracking_uri: &str) -> Result<Host> {
        let command = self.command(&project.shell, options, tracking_uri);
        let mut service = Service::spawn("the host", command)?.with_grace(HOST_GRACE);
        let lines =
            service.stderr().map(forward).ok_or_else(|| Error::new("the host has no standard error"))?;
        Ok(Host { service, endpoint: lines })
    }
}

/// The host, running.
struct Host {
    service: Service,
    /// Gets the endpoint when the host has said it.
    endpoint: Receiver<String>,
}

impl Host {
    fn build(project: &Project, options: &Options) -> Result<Built> {
        let program = product::build(project)?.program;
        // The port may have been taken while this was built.
        check_listen(&options.listen)?;
        Ok(Built { program })
    }

    fn wait_ready(&mut self) -> Result<String> {
        loop {
            match self.endpoint.try_recv() {
                Ok(endpoint) => return Ok(endpoint),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => self.check_running()?,
            }
            pause()?;
        }
    }

    fn check_running(&mut self) -> Result<()> {
        match self.service.ended() {
            None => Ok(()),
            Some(status) if status.code() == Some(2) => {
                Err(Error::setup("the host did not start; its reason is above"))
            }
            Some(status) => Err(Error::new(format!("the host ended ({status}); its last lines are above"))),
        }
    }
}

/// Passes the host's lines on, and the endpoint to the receiver.
fn forward(stderr: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(std::result::Result::ok) {
            match line.strip_prefix(READY) {
                // Nobody receives a second one.
                Some(endpoint) => drop(sender.send(endpoint.to_owned())),
                None => eprintln!("{line}"),
            }
        }
    });
    receiver
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_host_gets_every_variable_of_mlflow_and_the_options_as_they_are() {
        let variables = [
            ("MLFLOW_MCP_POLICY", "{}"),
            ("MLFLOW_MCP_CALLERS", "[]"),
            ("MLFLOW_TRACKING_TOKEN", "hush"),
            ("MLFLOW_X", "not known yet"),
            ("MLFLOW_TRACKING_URI", "http://other"),
        ];
        let shell =
            variables.iter().fold(Shell::with_path("/bin"), |shell, (name, value)| shell.set(name, value));
        let built = Built { program: "mlflow-mcp".into() };
        let host = ["--policy", "a file.json"].map(str::to_owned).to_vec();
        let options = Options { listen: "127.0.0.1:0".to_owned(), tracking_uri: None, host };
        let command = built.command(&shell, &options, "http://mlflow");
        let given = |name: &str| {
            let found = command.get_envs().filter(|(known, _)| *known == name).last();
            found.and_then(|(_, value)| value?.to_str()).map(str::to_owned)
        };
        for (name, value) in &variables[..4] {
            assert_eq!(given(name).as_deref(), Some(*value), "{name}");
        }
        assert_eq!(given("MLFLOW_TRACKING_URI").as_deref(), Some("http://mlflow"));
        let arguments: Vec<_> = command.get_args().collect();
        assert!(arguments.ends_with(&["--policy".as_ref(), "a file.json".as_ref()]), "{arguments:?}");
        let readable =
            arguments.iter().all(|argument| argument.to_str().is_some_and(|one| !one.contains("hush")));
        assert!(readable, "{arguments:?}");
    }
}
