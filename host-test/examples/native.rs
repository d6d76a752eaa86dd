//! The core without WebAssembly: the same crate, compiled for this machine, behind hyper. What the sandbox costs is
//! measured against it; nobody is meant to run it.
//!
//! One thread for each core, as the core is written for one thread. Serves `--listen HOST:PORT`, announces itself and
//! sends its requests as the host does.

#![allow(clippy::disallowed_methods, reason = "the one place where variables are read")]

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use mlflow_mcp::mcp::{self, Answer, Asking, Gone, Outlet, Payload};
use mlflow_mcp::port::{Clock, Counters, Http, HttpError, Limits, LocalFuture, Log, NoStore, Ports};
use mlflow_mcp::{Server, config};
use mlflow_mcp_host::{Outbound as _, OutboundError, Tcp, Timeouts};
use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, thread};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{LocalSet, spawn_local};

/// The largest request body, as in the component.
const LARGEST_BODY: usize = 4 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip_while(|argument| argument != "--listen").skip(1);
    let listen = arguments.next().ok_or("say where to listen: --listen HOST:PORT")?;
    let threads = thread::available_parallelism()?.get();
    let workers: Vec<_> = (0..threads).map(|_| worker()).collect::<Result<_, _>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await?;
        eprintln!("mlflow-mcp: serving http://{}/mcp", listener.local_addr()?);
        for worker in workers.iter().cycle() {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            worker.send(stream.into_std()?)?;
        }
        Ok(())
    })
}

/// Starts a thread that serves the connections that are sent to it.
fn worker() -> Result<mpsc::UnboundedSender<std::net::TcpStream>, Box<dyn Error>> {
    let (sender, mut connections) = mpsc::unbounded_channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let world: &'static World = Box::leak(Box::new(World { tcp: Tcp::new()?, start: Instant::now() }));
    thread::spawn(move || {
        runtime.block_on(LocalSet::new().run_until(async move {
            while let Some(stream) = connections.recv().await {
                spawn_local(connection(stream, world));
            }
        }));
    });
    Ok(sender)
}

async fn connection(stream: std::net::TcpStream, world: &'static World) {
    let service = service_fn(move |request| async move { Ok::<_, Infallible>(answer(request, world).await) });
    if let Ok(stream) = TcpStream::from_std(stream) {
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }
}

async fn answer(request: Request<Incoming>, world: &World) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let payload = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => Payload::Complete(body.to_bytes()),
        Err(_) => Payload::Incomplete,
    };
    let config = config::read(&|name| env::var(name).ok());
    let access = config.access.clone();
    let counters = Counters { host: &NoStore, instance: &NoStore };
    let ports = Ports { http: world, clock: world, counters, log: world, shelf: &NoStore, memory: &NoStore };
    let server = |asking: &Asking<'_>| Server::new(ports, config, asking);
    match mcp::respond(server, &access, None, world, Request::from_parts(parts, payload)).await {
        Answer::Whole(response) => response.map(Full::new),
        Answer::Streamed => Response::default(),
    }
}

/// What the core asks of this machine.
struct World {
    tcp: Tcp,
    start: Instant,
}

impl Http for World {
    fn send<'a>(
        &'a self,
        request: Request<Bytes>,
        limits: &'a Limits,
    ) -> LocalFuture<'a, Result<Response<Bytes>, HttpError>> {
        let Limits { connect, first_byte, between_bytes, body: largest } = *limits;
        let timeouts = Timeouts { connect, first_byte, between_bytes };
        let mut request = request.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync());
        // As wasi:http does.
        let host =
            request.uri().authority().and_then(|authority| HeaderValue::try_from(authority.as_str()).ok());
        request.headers_mut().extend(host.map(|host| (HOST, host)));
        Box::pin(async move {
            let answer = self.tcp.send(request, timeouts).await.map_err(|error| failure(&error))?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, largest).collect().await.map_err(|_| HttpError::Incomplete)?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        })
    }
}

fn failure(error: &OutboundError) -> HttpError {
    match error {
        OutboundError::ConnectionRefused => HttpError::Unreachable,
        _ => HttpError::Closed,
    }
}

impl Clock for World {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn pause(&self, time: Duration) -> LocalFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

impl Log for World {
    fn line(&self, line: &str) {
        eprintln!("{line}");
    }
}

/// Nothing is streamed: whoever measures does not ask for progress.
impl Outlet for World {
    fn begin(&self, _: Response<()>) {}

    fn send(&self, _: Bytes) -> Pin<Box<dyn Future<Output = Result<(), Gone>> + '_>> {
        Box::pin(std::future::ready(Err(Gone)))
    }

    fn pause(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(tokio::time::sleep(time))
    }
}
