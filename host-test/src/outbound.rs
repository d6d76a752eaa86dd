//! How a guest's requests leave the host, once they are allowed to.

mod dial;
mod network;
mod pool;
mod proxy;
mod tcp;
mod tls;
mod wire;

use crate::limits::Timeouts;
pub use proxy::Proxies;
pub use tcp::Tcp;

use http::{Request, Response};
use std::pin::Pin;

/// A body in either direction: frames of bytes, then its end or an [`OutboundError`].
pub type Body = wasmtime_wasi_http::WasiBody;

/// Why a request got no answer, in the terms that the guest is told in.
pub type OutboundError = wasmtime_wasi_http::Error;

/// The answer to come.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, OutboundError>> + Send>>;

/// Sends a request whose origin was found allowed.
///
/// The host bounds what comes back: its size, the time until its head and between its parts. A function from
/// request and timeouts to a future is an `Outbound`, which is how tests inject faults:
///
/// ```
/// # use mlflow_mcp_host::{Body, Component, Host, OutboundError, Timeouts};
/// let host = Host::new(Component::embedded())
///     .outbound(|_: http::Request<Body>, _: Timeouts| async { Err(OutboundError::ConnectionRefused) });
/// ```
pub trait Outbound: Send + Sync + 'static {
    /// Sends `request`, whose URI is absolute, and waits for the head of the answer.
    fn send(&self, request: Request<Body>, timeouts: Timeouts) -> Answer;
}

impl<F, A> Outbound for F
where
    F: Fn(Request<Body>, Timeouts) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Body>, OutboundError>> + Send + 'static,
{
    fn send(&self, request: Request<Body>, timeouts: Timeouts) -> Answer {
        Box::pin(self(request, timeouts))
    }
}
