//! Child processes that end: bounded, and in a process group of their own that is stopped as a whole.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::error::{Context, Error, Result};
use crate::shell::Shell;

/// How often a waiting loop looks: short enough not to be felt, long enough to cost nothing.
const LOOK: Duration = Duration::from_millis(15);
/// How long a group may take to end by itself after SIGTERM.
const GRACE: Duration = Duration::from_secs(5);

/// The signal that asked this process to end; 0 while none did.
static STOP: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// From now on Ctrl-C, SIGTERM and a closed terminal end every wait of this crate with an error, so that
/// whatever was started is stopped on the way out. A second signal ends the process at once.
pub fn catch_signals() -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let again = Arc::new(std::sync::atomic::AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // In this order: the first signal finds `again` unset, and sets it.
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&again)))
            .and_then(|_| {
                signal_hook::flag::register_usize(
                    signal,
                    Arc::clone(&STOP),
                    usize::try_from(signal).unwrap_or(1),
                )
            })
            .context("installing the handler of Ctrl-C")?;
    }
    Ok(())
}

/// An error once a signal asked this process to end.
pub fn check_stop() -> Result<()> {
    match STOP.load(Ordering::Relaxed) {
        0 => Ok(()),
        signal => Err(Error::stopped(signal)),
    }
}

/// Ends every wait of this crate, on all threads, as a signal would.
pub fn stop() {
    STOP.store(usize::try_from(signal_hook::consts::SIGTERM).unwrap_or(1), Ordering::Relaxed);
}

/// Waits a moment, or fails because a signal came.
pub fn pause() -> Result<()> {
    check_stop()?;
    thread::sleep(LOOK);
    Ok(())
}

/// Runs a command to its end and keeps what it printed. Fails where it cannot be started, or when `limit` is
/// over: then it and everything that it started is killed. An exit code other than 0 is not a failure here.
pub fn output(command: &mut Command, limit: Duration) -> Result<Output> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::spawn(command)?;
    let stdout = group.child.stdout.take().map(collect);
    let stderr = group.child.stderr.take().map(collect);
    let status = group.wait(Some(limit));
    // Ends what the command left running in the background, and with it the last writer of the pipes.
    group.kill();
    let text = |reader: Option<thread::JoinHandle<Vec<u8>>>| {
        reader.and_then(|it| it.join().ok()).unwrap_or_default()
    };
    let (stdout, stderr) = (text(stdout), text(stderr));
    Ok(Output { status: status?, stdout, stderr })
}

/// Like [`output`], but an exit code other than 0 is an error that shows the last lines.
pub fn quiet(command: &mut Command, limit: Duration) -> Result<Vec<u8>> {
    let output = output(command, limit)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let mut printed = output.stdout;
    printed.extend(output.stderr);
    let tail = tail(&String::from_utf8_lossy(&printed), 12);
    Err(Error::new(format!("`{}` failed ({})\n{tail}", shown(command), output.status)))
}

/// Runs a command to its end, however long that takes; what it prints goes where this process prints.
pub fn run(command: &mut Command) -> Result<()> {
    let status = Group::spawn(command)?.wait(None)?;
    if status.success() {
        return Ok(());
    }
    Err(Error::new(format!("`{}` failed ({status})", shown(command))))
}

/// The command as one would type it: the program's name and its arguments.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    command.get_args().fold(name.into_owned(), |line, argument| line + " " + &argument.to_string_lossy())
}

/// The last lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.trim_end().lines().collect();
    all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
}

fn collect(mut from: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is all there is to show.
        drop(from.read_to_end(&mut bytes));
        bytes
    })
}

/// A child in a process group of its own. Dropping it kills the group.
#[derive(Debug)]
struct Group {
    child: Child,
    id: Option<Pid>,
    grace: Duration,
}

impl Group {
    fn spawn(command: &mut Command) -> Result<Self> {
        check_stop()?;
        let child = command.process_group(0).spawn().context(format!("starting `{}`", shown(command)))?;
        let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(Self { child, id, grace: GRACE })
    }

    /// Waits for the child, not for what it started.
    fn wait(&mut self, limit: Option<Duration>) -> Result<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().context("waiting for a child process")? {
                return Ok(status);
            }
            if limit.is_some_and(|limit| start.elapsed() > limit) {
                let limit = limit.unwrap_or_default().as_secs();
                return Err(Error::new(format!("still not finished after {limit} s, so it was stopped")));
            }
            pause()?;
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(id) = self.id {
            // The only failure is that the group is gone already.
            _ = kill_process_group(id, signal);
        }
    }

    fn kill(&mut self) {
        self.signal(Signal::KILL);
        drop(self.child.wait());
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Politely first: cargo and installers remove their half-made files.
        self.signal(Signal::TERM);
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && start.elapsed() < self.grace {
            thread::sleep(LOOK);
        }
        self.kill();
    }
}

/// Runs `"$@"` until it ends, or until standard input does: that is a pipe whose other end only the starter
/// holds, so even a starter that was killed outright leaves nothing behind. The shell itself outlives SIGTERM
/// to reap the command, whose end is the end of the group.
const GUARD: &str = r#"
exec 3<&0
"$@" 3<&- </dev/null &
command=$!
{ read -r line; trap '' TERM; kill -TERM 0; sleep 5; kill -KILL 0; } <&3 3<&- >/dev/null 2>&1 &
watch=$!
exec 3<&- </dev/null
trap : TERM
wait "$command"; status=$?
while kill -0 "$command" 2>/dev/null; do wait "$command"; status=$?; done
kill "$watch" 2>/dev/null
exit "$status"
"#;

/// A server that runs until it is dropped, or until this process is gone.
#[derive(Debug)]
pub struct Service {
    group: Group,
    name: String,
    /// Never written to: its end is the signal.
    _lifeline: Option<ChildStdin>,
}

impl Service {
    /// The command that [`Service::spawn`] takes: `program` under a guard. Arguments, variables and outputs
    /// may be added; its input is taken.
    pub fn command(shell: &Shell, program: &Path) -> Command {
        let mut command = shell.command("/bin/sh");
        command.args(["-c", GUARD, "guard"]).arg(program);
        command
    }

    /// Starts it. `name` is for messages.
    pub fn spawn(name: &str, mut command: Command) -> Result<Self> {
        let mut group = Group::spawn(command.stdin(Stdio::piped())).map_err(|error| error.context(name))?;
        let lifeline = group.child.stdin.take();
        Ok(Self { group, name: name.into(), _lifeline: lifeline })
    }

    /// How long it may take to end by itself when it is dropped, if not 5 s.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.group.grace = grace;
        self
    }

    /// Its standard error, once, where that was piped.
    pub fn stderr(&mut self) -> Option<impl Read + Send + use<>> {
        self.group.child.stderr.take()
    }

    /// How it ended; `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.group.child.try_wait().ok().flatten()
    }

    /// The id of its process group.
    pub fn group(&self) -> u32 {
        self.group.child.id()
    }

    /// What it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Where a program is, or which one is missing and why it is needed.
pub fn require(shell: &Shell, program: &str, hint: &str) -> Result<PathBuf> {
    shell.find(program).ok_or_else(|| Error::setup(format!("{program} was not found on PATH: {hint}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A starter that is killed runs no destructor; all that happens is that its end of the pipe closes.
    #[test]
    fn the_end_of_the_starter_ends_the_service() {
        let mut command = Service::command(&Shell::inherited(), Path::new("/bin/sh"));
        command.args(["-c", "sleep 1000 & sleep 1000"]).stdout(Stdio::null());
        let mut service = Service::spawn("the test server", command).unwrap();
        assert!(service.ended().is_none());
        drop(service._lifeline.take());
        let start = Instant::now();
        while service.ended().is_none() {
            assert!(start.elapsed() < Duration::from_secs(60), "the service outlived its starter");
            thread::sleep(LOOK);
        }
    }
}
