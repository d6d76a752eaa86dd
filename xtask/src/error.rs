//! One error for all commands: a line that says what failed and what to do, and an exit code.

use std::fmt;

/// Exit code of a command that ran and failed.
pub const FAILED: u8 = 1;
/// Exit code of a command that could not start: wrong arguments, a taken port, something not installed.
pub const SETUP: u8 = 2;
/// A process that a signal ended has this and the signal's number as its exit code.
const SIGNALLED: u8 = 128;

/// Why a command ended, in words for its user.
#[derive(Debug)]
pub struct Error {
    message: String,
    code: u8,
}

/// What everything in this crate returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Something ran and failed: exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: FAILED }
    }

    /// The user has to change something first: exit code 2.
    pub fn setup(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: SETUP }
    }

    /// A signal asked for the end: exit code 128 + its number.
    pub(crate) fn stopped(signal: usize) -> Self {
        let code = u8::try_from(signal).map_or(FAILED, |signal| SIGNALLED.saturating_add(signal));
        Self { message: "stopped".into(), code }
    }

    /// Whether this is nothing but the answer to a signal.
    pub(crate) fn is_stop(&self) -> bool {
        self.code > SIGNALLED
    }

    /// The process' exit code.
    pub fn code(&self) -> u8 {
        self.code
    }

    /// The same failure, told from further away: `what: message`.
    pub fn context(self, what: impl fmt::Display) -> Self {
        Self { message: format!("{what}: {}", self.message), code: self.code }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Says what was being done when something of the system failed.
pub trait Context<T> {
    /// `what: error`.
    fn context(self, what: impl fmt::Display) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Error::new(format!("{what}: {error}")))
    }
}
