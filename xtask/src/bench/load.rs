//! A load generator: a few kept connections, a thread for each, nothing between them and the socket.
//!
//! It takes little of the cores that it shares with what it measures: a request costs it two system calls.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Context, Error, Result};

/// Far more than any answer takes.
const LIMIT: Duration = Duration::from_secs(60);

/// What is sent, how often, and over how many connections.
#[derive(Clone, Copy)]
pub struct Load<'a> {
    /// Where to.
    pub address: SocketAddr,
    /// More headers, each with its line end.
    pub headers: &'a str,
    /// A JSON-RPC request.
    pub body: &'a str,
    /// What is in every good answer.
    pub expected: &'a str,
    /// Connections, each of which has one request under way.
    pub connections: usize,
    /// When it ends.
    pub until: Until,
}

/// When a load ends.
#[derive(Clone, Copy)]
pub enum Until {
    /// After this time.
    Time(Duration),
    /// After so many requests in all.
    Requests(usize),
}

/// What came back.
#[derive(Default)]
pub struct Outcome {
    /// From the first request to the last answer.
    pub took: Duration,
    /// The time of each answer that is as it should be.
    pub times: Vec<Duration>,
    /// Other answers, and none.
    pub failed: usize,
}

impl Outcome {
    /// Good answers in a second.
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64()
    }

    /// The time that this share of the answers, 0 to 1, did not exceed.
    pub fn quantile(&mut self, share: f64) -> Duration {
        self.times.sort_unstable();
        let index = (self.times.len() as f64 * share) as usize;
        self.times.get(index.min(self.times.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

impl Load<'_> {
    /// Sends it all. Every answer must be as long as the first, which is looked at: a result, and no error in it.
    pub fn run(&self) -> Result<Outcome> {
        let length = Client::connect(self)?.sample(self.expected)?;
        let start = Instant::now();
        let outcomes = thread::scope(|scope| {
            let each = |index| scope.spawn(move || self.one(index, start, length));
            let threads: Vec<_> = (0..self.connections).map(each).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect::<Vec<_>>()
        });
        let took = start.elapsed();
        let failed = outcomes.iter().map(|(_, failed)| failed).sum();
        let times = outcomes.into_iter().flat_map(|(times, _)| times).collect();
        Ok(Outcome { took, times, failed })
    }

    /// One connection; a new one after a failure.
    fn one(&self, index: usize, start: Instant, length: usize) -> (Vec<Duration>, usize) {
        let (mut times, mut failed, mut client) = (Vec::new(), 0, None);
        let share = match self.until {
            Until::Requests(all) => all / self.connections + usize::from(index < all % self.connections),
            Until::Time(_) => usize::MAX,
        };
        while times.len() + failed < share {
            if matches!(self.until, Until::Time(time) if start.elapsed() >= time) {
                break;
            }
            let sent = Instant::now();
            let answer = match &mut client {
                Some(client) => Client::ask(client),
                none => Client::connect(self).and_then(|client| none.insert(client).ask()),
            };
            match answer {
                Ok((200, found)) if found == length => times.push(sent.elapsed()),
                _ => {
                    failed += 1;
                    client = None;
                }
            }
        }
        (times, failed)
    }
}

/// One connection.
struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    received: Vec<u8>,
}

impl Client {
    fn connect(load: &Load<'_>) -> Result<Client> {
        let Load { address, headers, body, .. } = load;
        let stream = TcpStream::connect_timeout(address, LIMIT).context(address)?;
        stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(LIMIT))).context(address)?;
        let length = body.len();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        Ok(Client { stream, request: request.into(), received: Vec::with_capacity(1 << 17) })
    }

    /// The length of a good answer.
    fn sample(mut self, expected: &str) -> Result<usize> {
        let (status, length) = self.ask()?;
        let text = String::from_utf8_lossy(&self.received);
        if status == 200 && text.contains(expected) && !text.contains("\"isError\":true") {
            return Ok(length);
        }
        Err(Error::new(format!("not a good answer: {}", text.chars().take(2_000).collect::<String>())))
    }

    /// The status of the next answer and the length of its body.
    fn ask(&mut self) -> Result<(u16, usize)> {
        self.stream.write_all(&self.request).context("sending")?;
        self.received.clear();
        let head = self.receive_until(|received| find(received, b"\r\n\r\n"))? + 4;
        let text = String::from_utf8_lossy(&self.received[..head]).to_ascii_lowercase();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let length =
            text.split_once("content-length:").and_then(|(_, rest)| rest.lines().next()?.trim().parse().ok());
        let length = match length {
            Some(length) => {
                self.receive_until(|received| (received.len() >= head + length).then_some(()))?;
                length
            }
            None => self.receive_until(|received| chunks(&received[head..]))?,
        };
        Ok((status, length))
    }

    /// Receives until `complete` finds what it looks for.
    fn receive_until<T>(&mut self, complete: impl Fn(&[u8]) -> Option<T>) -> Result<T> {
        let mut part = [0; 1 << 16];
        loop {
            if let Some(found) = complete(&self.received) {
                return Ok(found);
            }
            match self.stream.read(&mut part).context("receiving")? {
                0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)).context("receiving"),
                count => self.received.extend_from_slice(&part[..count]),
            }
        }
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// The length of a chunked body, if it is complete.
fn chunks(mut body: &[u8]) -> Option<usize> {
    let mut length = 0;
    loop {
        let end = find(body, b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).ok()?.trim(), 16).ok()?;
        let rest = body.get(end + 2 + size + 2..)?;
        if size == 0 {
            return Some(length);
        }
        (length, body) = (length + size, rest);
    }
}

#[cfg(test)]
mod tests {
    use super::chunks;

    #[test]
    fn a_chunked_body_is_complete_at_its_empty_chunk() {
        let whole = b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(chunks(whole), Some(13));
        for end in 0..whole.len() {
            assert_eq!(chunks(&whole[..end]), None, "{end}");
        }
    }
}
