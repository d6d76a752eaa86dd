//! What a host logs, kept for the test.

use mlflow_mcp_host::Log;
use std::sync::{Arc, Mutex};

/// The lines of one host.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// A log that writes here.
    pub fn log(&self) -> Log {
        let lines = self.clone();
        Log::to(move |line| lines.0.lock().unwrap().push(line.to_owned()))
    }

    /// All lines so far.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// The lines so far that contain `text`.
    pub fn with(&self, text: &str) -> Vec<String> {
        self.all().into_iter().filter(|line| line.contains(text)).collect()
    }
}
