//! `mlflow-mcp stdio`: MCP's stdio transport, a message per line, in front of the component.

use crate::exchange::exchange;
use bytes::Bytes;
use mlflow_mcp_host::{Host, Local};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

/// The longest message, bytes: the component takes no longer one.
const LONGEST: usize = 4 << 20;

/// For the requests that are under way when standard input ends.
const LAST: Duration = Duration::from_secs(30);

const INVALID_REQUEST: i32 = -32600;
const INTERNAL_ERROR: i32 = -32603;

/// Answers what comes in over standard input until that ends. Standard output has nothing but messages.
pub(crate) async fn serve(host: Host) -> Result<(), String> {
    let component = host.local().await.map_err(|error| error.to_string())?;
    let (sender, receiver) = mpsc::unbounded_channel();
    let writer = tokio::spawn(write(receiver, tokio::io::stdout()));
    let mut session = Session::new(component, sender);
    let mut input = BufReader::new(tokio::io::stdin());
    while let Some(line) = line(&mut input).await.map_err(|error| format!("standard input: {error}"))? {
        session.take(line).await;
    }
    session.end().await;
    // All senders are gone, so it comes to its end.
    match writer.await {
        Ok(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// What is between the client and the component.
struct Session {
    component: Arc<Local>,
    answers: mpsc::UnboundedSender<String>,
    /// The revision that `initialize` agreed on.
    version: Option<String>,
    /// Requests under way, by their id as JSON.
    requests: HashMap<String, AbortHandle>,
    tasks: JoinSet<()>,
}

/// A line of input.
enum Line {
    Message(Bytes),
    TooLong,
}

impl Session {
    fn new(component: Local, answers: mpsc::UnboundedSender<String>) -> Session {
        let (requests, tasks) = (HashMap::new(), JoinSet::new());
        Session { component: Arc::new(component), answers, version: None, requests, tasks }
    }

    /// Begins what a line asks for.
    async fn take(&mut self, line: Line) {
        // Ended tasks are forgotten here.
        while self.tasks.try_join_next().is_some() {}
        self.requests.retain(|_, task| !task.is_finished());
        let text = match line {
            Line::Message(text) => text,
            Line::TooLong => {
                let message = format!("the message is longer than {LONGEST} bytes");
                return self.answer(error(&Value::Null, INVALID_REQUEST, &message));
            }
        };
        let message: Value = serde_json::from_slice(&text).unwrap_or_default();
        match message.get("method").and_then(Value::as_str) {
            // What comes behind it depends on it.
            Some("initialize") => self.initialize(text, &message).await,
            Some("notifications/cancelled") => self.cancel(&message),
            _ => self.begin(text, &message),
        }
    }

    async fn initialize(&mut self, text: Bytes, message: &Value) {
        let mut agreed = None;
        let answer = |line: String| {
            let value: Value = serde_json::from_str(&line).unwrap_or_default();
            agreed = value["result"]["protocolVersion"].as_str().map(str::to_owned);
            self.answer(line);
        };
        if let Err(failure) = exchange(&self.component, text, None, answer).await {
            self.answer(error(&message["id"], INTERNAL_ERROR, &failure.to_string()));
        }
        self.version = agreed.or(self.version.take());
    }

    fn begin(&mut self, text: Bytes, message: &Value) {
        let (component, answers) = (Arc::clone(&self.component), self.answers.clone());
        let (version, id) = (self.version.clone(), message.get("id").cloned());
        let key = id.as_ref().map(Value::to_string);
        let task = self.tasks.spawn(async move {
            let send = |line| {
                // Nobody reads any more: the program is about to end.
                let _ = answers.send(line);
            };
            if let (Err(failure), Some(id)) = (exchange(&component, text, version.as_deref(), send).await, id)
            {
                send(error(&id, INTERNAL_ERROR, &failure.to_string()));
            }
        });
        if let Some(key) = key {
            self.requests.insert(key, task);
        }
    }

    /// Ends a request, which is not answered then: as if its client had hung up.
    fn cancel(&mut self, message: &Value) {
        let id = message["params"]["requestId"].to_string();
        if let Some(task) = self.requests.remove(&id) {
            task.abort();
        }
    }

    fn answer(&self, line: String) {
        let _ = self.answers.send(line);
    }

    /// Lets what is under way come to its end.
    async fn end(mut self) {
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(LAST, ended).await.is_err() {
            eprintln!("mlflow-mcp: ended with requests unanswered after {LAST:?}");
        }
    }
}

fn error(id: &Value, code: i32, message: &str) -> String {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}).to_string()
}

/// The next line that is not empty; nothing at the end of the input.
async fn line(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Line>> {
    let (mut text, mut long) = (Vec::new(), false);
    loop {
        let part = input.fill_buf().await?;
        if part.is_empty() && text.is_empty() && !long {
            return Ok(None);
        }
        let end = part.iter().position(|byte| *byte == b'\n');
        let last = part.is_empty() || end.is_some();
        let (taken, used) = end.map_or((part, part.len()), |end| (&part[..end], end + 1));
        long |= text.len() + taken.len() > LONGEST;
        if long {
            text.clear();
        } else {
            text.extend_from_slice(taken);
        }
        input.consume(used);
        if last && long {
            return Ok(Some(Line::TooLong));
        }
        if last && !text.trim_ascii().is_empty() {
            return Ok(Some(Line::Message(text.into())));
        }
        if last {
            text.clear();
        }
    }
}

/// Writes messages, each in its line.
async fn write(
    mut messages: mpsc::UnboundedReceiver<String>,
    mut output: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    while let Some(mut message) = messages.recv().await {
        message.push('\n');
        output.write_all(message.as_bytes()).await?;
        output.flush().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    async fn lines(mut input: &[u8]) -> Vec<Option<Bytes>> {
        let mut lines = Vec::new();
        while let Some(line) = line(&mut input).await.unwrap() {
            lines.push(match line {
                Line::Message(text) => Some(text),
                Line::TooLong => None,
            });
        }
        lines
    }

    #[tokio::test]
    async fn a_message_is_a_line_and_the_last_one_needs_no_end() {
        let expected = [Some(Bytes::from("{}")), Some("[1]".into()), Some("2".into())];
        assert_eq!(lines(b"{}\n\n \r\n[1]\n2").await, expected);
        assert_eq!(lines(b"\n\n").await, []);
    }

    #[tokio::test]
    async fn a_message_that_is_too_long_is_skipped_whole() {
        let input = [&vec![b'x'; LONGEST + 1][..], b"\n{}\n", &vec![b'y'; LONGEST], b"\n"].concat();
        assert_eq!(lines(&input).await, [None, Some("{}".into()), Some(vec![b'y'; LONGEST].into())]);
    }
}
