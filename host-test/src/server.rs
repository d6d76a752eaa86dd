//! Connections: accepting, serving and ending them.

use crate::handler::Handler;
use crate::limits::Limits;
use crate::log::Log;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

/// The largest head of a request, bytes.
const LARGEST_HEAD: usize = 64 * 1024;

/// After a failure to accept, which means that the system is short of something.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A host at work. Dropping it ends it at once, running requests included.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
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
        format!("http://{}/mcp", self.address)
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

/// Serves what comes in through `listener`.
pub(crate) fn serve(
    listener: TcpListener,
    handler: Handler,
    limits: Limits,
    log: Log,
) -> io::Result<Running> {
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let server = Server { handler: Arc::new(handler), limits, log, stopped };
    Ok(Running { address, stop, task: tokio::spawn(server.run(listener)) })
}

struct Server {
    handler: Arc<Handler>,
    limits: Limits,
    log: Log,
    stopped: watch::Receiver<bool>,
}

impl Server {
    async fn run(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        self.accept(&listener, &mut connections).await;
        drop(listener);
        let finished = async {
            while connections.join_next().await.is_some() {}
            self.handler.idle().await;
        };
        if timeout(self.limits.shutdown_time, finished).await.is_err() {
            self.log
                .line(format_args!("stopped with requests unfinished after {:?}", self.limits.shutdown_time));
        }
    }

    /// Accepts connections until the host is to stop.
    async fn accept(&self, listener: &TcpListener, connections: &mut JoinSet<()>) {
        let room = Arc::new(Semaphore::new(self.limits.connections as usize));
        let mut stopped = self.stopped.clone();
        loop {
            let accepted = async {
                let place = Arc::clone(&room).acquire_owned().await;
                (listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => return,
                // Ended connections are forgotten here.
                Some(_) = connections.join_next() => continue,
                accepted = accepted => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let connection = self.connection(stream);
                    connections.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                Err(error) => {
                    self.log.line(format_args!("cannot accept a connection: {error}"));
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// Serves one connection to its end.
    fn connection(&self, stream: TcpStream) -> impl Future<Output = ()> + Send + 'static {
        let handler = Arc::clone(&self.handler);
        let mut stopped = self.stopped.clone();
        let header_time = self.limits.header_time;
        async move {
            // Events of a stream are small writes; without it they could wait for each other.
            let _ = stream.set_nodelay(true);
            let service = service_fn(move |request: Request<Incoming>| {
                let handler = Arc::clone(&handler);
                async move { Ok::<_, Infallible>(handler.handle(request).await) }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(header_time).max_buf_size(LARGEST_HEAD);
            let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
            // Errors of a connection are the client's doing, or were logged where they arose.
            tokio::select! {
                _ = connection.as_mut() => return,
                _ = stopped.wait_for(|stopped| *stopped) => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        }
    }
}
