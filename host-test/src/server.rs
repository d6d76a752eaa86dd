//! Connections: accepting, serving and ending them.

mod connection;
mod page;
mod tls;
mod workers;

use crate::handler::Handler;
use crate::limits::Limits;
use crate::log::Log;
use crate::metrics::Metrics;
pub(crate) use connection::Connection;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
pub(crate) use tls::acceptor;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use workers::Workers;

/// After a failure to accept, which means that the system is short of something.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A host at work. Dropping it ends it at once, running requests included.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    encrypted: bool,
    metrics_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// The address that is listened on; the real port where port 0 was asked for.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint to give to MCP clients.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.encrypted { "https" } else { "http" };
        format!("{scheme}://{}/mcp", self.address)
    }

    /// The address of the page with the numbers, if there is one.
    #[must_use]
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// Stops accepting, lets running requests finish within [`Limits::shutdown_time`], and ends.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        // It cannot fail: nobody else aborts the task, and it does not panic.
        let _ended = (&mut self.task).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Where a host listens.
pub(crate) struct Listeners {
    /// For clients.
    pub(crate) clients: TcpListener,
    /// Encrypts what goes over their connections.
    pub(crate) tls: Option<TlsAcceptor>,
    /// For whoever reads the numbers.
    pub(crate) metrics: Option<TcpListener>,
}

/// Serves what comes in through the `listeners`.
pub(crate) fn serve(
    listeners: Listeners,
    handler: Handler,
    limits: Limits,
    log: Log,
    metrics: Arc<Metrics>,
) -> io::Result<Running> {
    let Listeners { clients, tls, metrics: page } = listeners;
    let address = clients.local_addr()?;
    let metrics_address = page.as_ref().map(TcpListener::local_addr).transpose()?;
    let (stop, stopped) = watch::channel(false);
    let encrypted = tls.is_some();
    let (workers, room) = (Workers::start()?, Arc::new(Semaphore::new(limits.connections as usize)));
    let server = Server { handler: Arc::new(handler), tls, limits, log, metrics, stopped, workers, room };
    let task = tokio::spawn(server.run(clients, page));
    Ok(Running { address, encrypted, metrics_address, stop, task })
}

struct Server {
    handler: Arc<Handler>,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    log: Log,
    metrics: Arc<Metrics>,
    stopped: watch::Receiver<bool>,
    workers: Workers,
    /// For connections.
    room: Arc<Semaphore>,
}

impl Server {
    async fn run(self, listener: TcpListener, page: Option<TcpListener>) {
        // Ends with this task, when it is dropped.
        let mut beside = JoinSet::new();
        if let Some(page) = page {
            beside.spawn(page::serve(page, Arc::clone(&self.metrics)));
        }
        self.accept(&listener).await;
        drop(listener);
        let finished = async {
            // An error would mean that the semaphore was closed, which nobody does.
            let _all = self.room.acquire_many(self.limits.connections).await;
            self.handler.idle().await;
        };
        if timeout(self.limits.shutdown_time, finished).await.is_err() {
            self.log
                .line(format_args!("stopped with requests unfinished after {:?}", self.limits.shutdown_time));
        }
    }

    /// Accepts connections until the host is to stop.
    async fn accept(&self, listener: &TcpListener) {
        let mut stopped = self.stopped.clone();
        loop {
            let accepted = async {
                let place = Arc::clone(&self.room).acquire_owned().await;
                (listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => return,
                accepted = accepted => accepted,
            };
            let begun = accepted.and_then(|(stream, _)| self.begin(stream, place.ok()));
            if let Err(error) = begun {
                self.log.line(format_args!("cannot accept a connection: {error}"));
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    /// Has a worker serve a connection.
    fn begin(&self, stream: TcpStream, place: Option<OwnedSemaphorePermit>) -> io::Result<()> {
        let connection = Connection {
            handler: Arc::clone(&self.handler),
            limits: self.limits.clone(),
            tls: self.tls.clone(),
            stopped: self.stopped.clone(),
        };
        let (metrics, log) = (Arc::clone(&self.metrics), self.log.clone());
        // From one event loop to another.
        let stream = stream.into_std()?;
        self.workers.spawn(async move {
            let _open = metrics.connections.one();
            match TcpStream::from_std(stream) {
                Ok(stream) => connection.serve(stream).await,
                Err(error) => log.line(format_args!("cannot serve a connection: {error}")),
            }
            drop(place);
        });
        Ok(())
    }
}
