//! What one guest, and all of them together, may use.

use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// Bounds on what one guest, and all of them together, may use. The defaults suit a host on one's own machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory of one guest, bytes. What it cannot get makes it fail, usually with a trap: 500.
    pub memory: u64,
    /// From the end of a request's head to the end of its answer. Exceeded: 504, or a cut answer.
    pub request_time: Duration,
    /// Computing time of one request; waiting costs nothing. Counted in ticks of 10 ms, rounded up at every
    /// wait. Exceeded: 504, or a cut answer.
    pub cpu_time: Duration,
    /// Body of one request, bytes. Exceeded: 413.
    pub request_body: u64,
    /// Body of one answer, bytes. Exceeded: the answer is cut, and the connection with it.
    pub response_body: u64,
    /// Body of one answer from outside, bytes. Exceeded: the guest reads an error.
    pub upstream_body: u64,
    /// Requests that one instance works on, one after the other, all of the same caller. 1 gives every request an
    /// instance of its own.
    pub instance_requests: u32,
    /// Linear memory of an instance that is used again, bytes; one that has grown larger is thrown away.
    pub instance_memory: u64,
    /// How long an instance waits for another request, give or take as much.
    pub instance_idle: Duration,
    /// Requests that run at the same time. More wait, and then are answered with 503 and `Retry-After`.
    pub concurrent_requests: u32,
    /// How long a request waits for others to finish. Not zero: a guest ends a moment after its answer, so that
    /// even clients that keep to the limit may come a moment early.
    pub queue_time: Duration,
    /// Connections that are open at the same time. More wait to be accepted.
    pub connections: u32,
    /// For a client to send the head of a request; also how long an idle connection is kept.
    pub header_time: Duration,
    /// For the requests that a guest sends; a guest may ask for less, not for more.
    pub outbound: Timeouts,
    /// For running requests to finish when the host stops.
    pub shutdown_time: Duration,
}

/// How long to wait for each step of a request to another server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For the head of the answer, once connected.
    pub first_byte: Duration,
    /// Between two parts of the answer's body.
    pub between_bytes: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            memory: 128 * MIB,
            request_time: Duration::from_secs(120),
            cpu_time: Duration::from_secs(30),
            request_body: 4 * MIB,
            response_body: 64 * MIB,
            upstream_body: 64 * MIB,
            instance_requests: 500,
            instance_memory: 16 * MIB,
            instance_idle: Duration::from_secs(10),
            concurrent_requests: 64,
            queue_time: Duration::from_millis(500),
            connections: 512,
            header_time: Duration::from_secs(30),
            outbound: Timeouts::default(),
            shutdown_time: Duration::from_secs(10),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(110),
            between_bytes: Duration::from_secs(60),
        }
    }
}
