//! Hosts that are not ours.

use std::io::{BufRead as _, BufReader, pipe};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};

/// A host in a process of its own, killed when dropped.
pub struct Foreign {
    process: Child,
    pub address: SocketAddr,
}

impl Foreign {
    /// Starts one and waits for the line that tells where it serves: the first with a socket address behind `before`.
    pub fn start(mut command: Command, before: &str) -> Self {
        let (reader, writer) = pipe().unwrap();
        // A group of its own: some hosts have children that would outlive them.
        command.stdout(writer.try_clone().unwrap()).stderr(writer).process_group(0);
        let mut process = command.spawn().unwrap();
        // It has the only ends that are written to, so that its end is the end of the lines.
        drop(command);
        let mut lines = BufReader::new(reader).lines().map_while(Result::ok);
        let mut said = String::new();
        let address = lines.by_ref().find_map(|line| {
            said.push_str(&line);
            said.push('\n');
            line.split_once(before).and_then(|(_, rest)| address(rest))
        });
        let Some(address) = address else {
            end(&mut process);
            panic!("it said nowhere where it serves:\n{said}");
        };
        // What it says must be read on, or it stops when the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Kills a process and those of its group.
fn end(process: &mut Child) {
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", process.id())]).status();
    let _ = process.wait();
}

/// The socket address that a text begins with.
fn address(text: &str) -> Option<SocketAddr> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(text.len());
    text[..end].trim_end_matches('.').parse().ok()
}

/// A port for a host that cannot choose one and tell.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
