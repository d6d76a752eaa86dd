//! The host as a process of its own, on a free port.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::process::{Service, tail};
use crate::product::READY;
use crate::project::Project;

/// A running host. Dropping it stops it.
pub struct Running {
    service: Service,
    address: SocketAddr,
}

impl Running {
    /// Starts this program and waits until it serves. `configure` may add arguments and variables; of the user's own
    /// variables it sees none that are the server's.
    pub fn start(project: &Project, program: &Path, configure: impl FnOnce(&mut Command)) -> Result<Self> {
        let shell = project.shell.clone().without(|name| name.starts_with("MLFLOW_"));
        let mut command = Service::command(&shell, program);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        configure(&mut command);
        Self::of("the host", command, READY)
    }

    /// Starts a host and waits until it names its address, in the line on standard error that begins with `ready`.
    pub fn of(name: &str, mut command: Command, ready: &str) -> Result<Self> {
        command.stderr(Stdio::piped());
        let mut service = Service::spawn(name, command)?;
        let stderr = service.stderr().ok_or_else(|| Error::new(format!("{name} has no standard error")))?;
        let mut lines = BufReader::new(stderr).lines().map_while(std::result::Result::ok);
        let mut said = String::new();
        let address = lines.by_ref().find_map(|line| {
            said = format!("{said}{line}\n");
            let named = line.strip_prefix(ready)?;
            let named = named.split_once("//").map_or(named, |(_, named)| named);
            named.split('/').next()?.trim_end_matches('.').parse().ok()
        });
        let Some(address) = address else {
            return Err(Error::new(format!("{name} does not serve\n{}", tail(&said, 12))));
        };
        // Read on, or the host stops when the pipe is full.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self { service, address })
    }

    /// Starts a host that was told where to listen, and waits until it does, for at most `limit`.
    pub fn at(name: &str, mut command: Command, address: SocketAddr, limit: Duration) -> Result<Self> {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut service = Service::spawn(name, command)?;
        let start = Instant::now();
        while TcpStream::connect_timeout(&address, limit).is_err() {
            if start.elapsed() > limit || service.ended().is_some() {
                return Err(Error::new(format!("{name} does not serve")));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { service, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The id of its process group.
    pub fn group(&self) -> u32 {
        self.service.group()
    }
}
