//! What the operator sees: plain lines, one per event.

use std::fmt;
use std::sync::Arc;

/// The longest line, bytes: what a guest writes must not fill a disk unread.
const LONGEST: usize = 4096;

/// Secrets shorter than this would garble every other word.
const SHORTEST_SECRET: usize = 6;

/// Where the host writes its lines. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    sink: Arc<dyn Fn(&str) + Send + Sync>,
    /// What stands before every line that is not a record.
    name: &'static str,
    secrets: Arc<[String]>,
    requests: bool,
}

impl Log {
    /// Writes to standard error, every line but records with the program's name in front.
    #[must_use]
    pub fn stderr() -> Log {
        Log { name: "mlflow-mcp: ", ..Log::to(|line| eprintln!("{line}")) }
    }

    /// Hands every line to `sink`, without a line end.
    #[must_use]
    pub fn to(sink: impl Fn(&str) + Send + Sync + 'static) -> Log {
        Log { sink: Arc::new(sink), name: "", secrets: Arc::new([]), requests: false }
    }

    /// Also writes a line for every request: method, path without query, status, milliseconds.
    #[must_use]
    pub fn requests(mut self, on: bool) -> Log {
        self.requests = on;
        self
    }

    /// Replaces the values of those `variables` whose names speak of secrets, wherever they occur in a line.
    #[must_use]
    pub(crate) fn hiding(mut self, variables: &[(String, String)]) -> Log {
        let secret =
            |name: &str| ["TOKEN", "PASSWORD", "SECRET", "KEY"].iter().any(|word| name.contains(word));
        let secrets = variables.iter().filter(|(name, value)| secret(name) && value.len() >= SHORTEST_SECRET);
        self.secrets = secrets.map(|(_, value)| value.clone()).collect();
        self
    }

    /// Writes one line; control characters are escaped, and what is too long is cut.
    pub(crate) fn line(&self, line: fmt::Arguments<'_>) {
        let text = self.hide(line.to_string());
        (self.sink)(&format!("{}{}", self.name, printable(&text)));
    }

    /// Writes what a guest says in the form of a JSON object, by itself: a program is to read it.
    pub(crate) fn record(&self, json: &str) {
        (self.sink)(&printable(&self.hide(json.to_owned())));
    }

    fn hide(&self, text: String) -> String {
        self.secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), "***"))
    }

    /// Writes one line about a request, if such lines are wanted.
    pub(crate) fn request(&self, line: impl FnOnce() -> String) {
        if self.requests {
            self.line(format_args!("{}", line()));
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Log")
    }
}

fn printable(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if line.len() >= LONGEST {
            line.push_str(" [cut]");
            break;
        }
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use std::sync::Mutex;

    fn written(variables: &[(&str, &str)], text: &str) -> String {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let log = Log::to(move |line| sink.lock().unwrap().push(line.to_owned()));
        let pairs = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        log.hiding(&pairs.collect::<Vec<_>>()).line(format_args!("{text}"));
        let lines = lines.lock().unwrap();
        assert_eq!(lines.len(), 1);
        lines[0].clone()
    }

    #[test]
    fn one_event_is_one_printable_line() {
        assert_eq!(written(&[], "a\nb\u{1b}[2Jc\r"), r"a\nb\u{1b}[2Jc\r");
        assert!(written(&[], &"x".repeat(2 * LONGEST)).len() < LONGEST + 16);
    }

    #[test]
    fn values_of_secret_variables_are_hidden() {
        let variables = [("MLFLOW_TRACKING_TOKEN", "hush-hush"), ("MLFLOW_TRACKING_URI", "http://host")];
        assert_eq!(written(&variables, "sent hush-hush to http://host"), "sent *** to http://host");
    }
}
