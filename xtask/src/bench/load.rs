//! A load generator: a few kept connections, one thread, nothing between them and the sockets.
//!
//! It takes little of the cores that it shares with what it measures: a thread for each connection would cost both of them
//! a change of threads for each answer.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::error::{Context, Error, Result};

/// Far more than any answer takes.
const LIMIT: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };
/// Far more than a connection within this machine takes.
const CONNECT: Duration = Duration::from_secs(10);

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
        let expected = Client::connect(self)?.sample(self.expected)?;
        let clients = (0..self.connections).map(|_| Client::connect(self)).collect::<Result<Vec<_>>>()?;
        let mut under_way =
            UnderWay { load: self, expected, start: Instant::now(), sent: 0, outcome: Outcome::default() };
        under_way.run(clients)?;
        let UnderWay { start, outcome, .. } = under_way;
        Ok(Outcome { took: start.elapsed(), ..outcome })
    }
}

/// A load while it is sent.
struct UnderWay<'a> {
    load: &'a Load<'a>,
    /// The length of a good answer.
    expected: usize,
    start: Instant,
    sent: usize,
    outcome: Outcome,
}

impl UnderWay<'_> {
    /// Has each client send its next request as soon as it has an answer, until all are sent and answered.
    fn run(&mut self, mut clients: Vec<Client>) -> Result<()> {
        let mut part = vec![0; 1 << 16];
        clients.retain_mut(|client| self.next(client));
        while !clients.is_empty() {
            let mut waiting: Vec<_> =
                clients.iter().map(|client| PollFd::new(&client.stream, PollFlags::IN)).collect();
            poll(&mut waiting, Some(&LIMIT)).map_err(io::Error::from).context("waiting for answers")?;
            let ready: Vec<bool> = waiting.iter().map(|one| !one.revents().is_empty()).collect();
            if !ready.contains(&true) {
                return Err(Error::new("no answer within a minute"));
            }
            let mut ready = ready.into_iter();
            clients.retain_mut(|client| !ready.next().unwrap_or(false) || self.go_on(client, &mut part));
        }
        Ok(())
    }

    /// Takes what a client has received; false when it is done.
    fn go_on(&mut self, client: &mut Client, part: &mut [u8]) -> bool {
        match client.receive(part) {
            Ok(None) => return true,
            Ok(Some((200, length))) if length == self.expected => {
                self.outcome.times.push(client.sent.elapsed())
            }
            _ => {
                self.outcome.failed += 1;
                match Client::connect(self.load) {
                    Ok(fresh) => *client = fresh,
                    Err(_) => return false,
                }
            }
        }
        self.next(client)
    }

    /// Sends a client's next request, unless there is none.
    fn next(&mut self, client: &mut Client) -> bool {
        let more = match self.load.until {
            Until::Requests(all) => self.sent < all,
            Until::Time(time) => self.start.elapsed() < time,
        };
        if more {
            self.sent += 1;
            if client.send().is_err() {
                self.outcome.failed += 1;
                return false;
            }
        }
        more
    }
}

/// One connection.
struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    received: Vec<u8>,
    /// When the request was sent that has no answer yet.
    sent: Instant,
}

impl Client {
    fn connect(load: &Load<'_>) -> Result<Client> {
        let Load { address, headers, body, .. } = load;
        let stream = TcpStream::connect_timeout(address, CONNECT).context(address)?;
        stream.set_nodelay(true).and_then(|()| stream.set_nonblocking(true)).context(address)?;
        let length = body.len();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        Ok(Client { stream, request: request.into(), received: Vec::new(), sent: Instant::now() })
    }

    /// The length of a good answer.
    fn sample(mut self, expected: &str) -> Result<usize> {
        self.send()?;
        let mut part = vec![0; 1 << 16];
        let (status, length) = loop {
            let mut waiting = [PollFd::new(&self.stream, PollFlags::IN)];
            if poll(&mut waiting, Some(&LIMIT)).map_err(io::Error::from).context("waiting for an answer")?
                == 0
            {
                return Err(Error::new("no answer within a minute"));
            }
            if let Some(answer) = self.receive(&mut part)? {
                break answer;
            }
        };
        let text = String::from_utf8_lossy(&self.received);
        if status == 200 && text.contains(expected) && !text.contains("\"isError\":true") {
            return Ok(length);
        }
        Err(Error::new(format!("not a good answer: {}", text.chars().take(2_000).collect::<String>())))
    }

    /// Sends the request. It is far smaller than the buffer of a socket that has nothing under way, so it never waits.
    fn send(&mut self) -> Result<()> {
        self.received.clear();
        self.sent = Instant::now();
        self.stream.write_all(&self.request).context("sending")
    }

    /// Takes what is there; with the answer complete, its status and the length of its body.
    fn receive(&mut self, part: &mut [u8]) -> Result<Option<(u16, usize)>> {
        loop {
            match self.stream.read(part) {
                Ok(0) => return Err(io::Error::from(ErrorKind::UnexpectedEof)).context("receiving"),
                Ok(count) => {
                    self.received.extend_from_slice(&part[..count]);
                    // Less than there was room for is all that was there.
                    if count < part.len() {
                        return Ok(answer(&self.received));
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(answer(&self.received)),
                Err(error) => return Err(error).context("receiving"),
            }
        }
    }
}

/// The status of an answer and the length of its body, if it is complete.
fn answer(received: &[u8]) -> Option<(u16, usize)> {
    let head = find(received, b"\r\n\r\n")? + 4;
    let (mut status, mut declared) = (None, None);
    for line in received[..head].split(|byte| *byte == b'\n') {
        let line = std::str::from_utf8(line).unwrap_or_default().trim_end();
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                declared = value.trim().parse::<usize>().ok();
            }
            None if status.is_none() => status = line.split(' ').nth(1)?.parse().ok(),
            _ => {}
        }
    }
    let body = &received[head..];
    let length = match declared {
        Some(length) => (body.len() >= length).then_some(length)?,
        None => chunks(body)?,
    };
    Some((status.unwrap_or(0), length))
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
    use super::{answer, chunks};

    #[test]
    fn an_answer_is_complete_with_its_last_byte() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(answer(whole), Some((200, 3)));
        for end in 0..whole.len() {
            assert_eq!(answer(&whole[..end]), None, "{end}");
        }
    }

    #[test]
    fn a_chunked_body_is_complete_at_its_empty_chunk() {
        let whole = b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(chunks(whole), Some(13));
        for end in 0..whole.len() {
            assert_eq!(chunks(&whole[..end]), None, "{end}");
        }
    }
}
