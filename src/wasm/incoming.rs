//! Requests from outside, and the connections they came in on.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Method as HttpMethod, Request, Response, StatusCode, Uri};
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{
    Fields, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam, Scheme,
};
use wasip2::io::streams::OutputStream;

use super::body::{Incoming, Unread, ready, write};
use super::clock::WasiClock;
use super::counting::Instance;
use super::http::{WasiHttp, fields, headers};
use super::log::Stderr;
use super::memory::Memory;
use super::shelf;
use super::variables::{self, Unreadable};
use crate::Server;
use crate::mcp::{self, Answer, Asking, Gone, Outlet, Payload, Tokens};
use crate::oauth::Verifier;
use crate::port::{Counters, Ports};

/// The largest request body, as in the official SDKs.
const LARGEST_BODY: usize = 4 << 20;

/// Where calls are counted.
#[cfg(feature = "store")]
const STORE: super::counting::Store = super::counting::Store;
#[cfg(not(feature = "store"))]
const STORE: crate::port::NoStore = crate::port::NoStore;

struct Component;

impl Guest for Component {
    fn handle(request: IncomingRequest, outparam: ResponseOutparam) {
        wstd::runtime::block_on(serve(request, outparam));
    }
}

wasip2::http::proxy::export!(Component with_types_in wasip2);

async fn serve(request: IncomingRequest, outparam: ResponseOutparam) {
    let connection = Connection { outparam: RefCell::new(Some(outparam)), open: RefCell::default() };
    let Some((parts, body)) = taken(&request) else {
        return connection.whole(refusal(StatusCode::BAD_REQUEST, String::new())).await;
    };
    let payload = match body.whole(LARGEST_BODY).await {
        Ok(bytes) => Payload::Complete(bytes),
        Err(Unread::TooLarge) => Payload::TooLarge(LARGEST_BODY),
        Err(Unread::Incomplete) => Payload::Incomplete,
    };
    let config = match variables::read() {
        Ok(config) => config,
        Err(Unreadable { variable }) => {
            let text = format!("{variable} cannot be read from Spin's variables: see to their provider\n");
            return connection.whole(refusal(StatusCode::SERVICE_UNAVAILABLE, text)).await;
        }
    };
    let (access, trust) = (config.access.clone(), config.oauth.clone());
    let ports = Ports {
        http: &WasiHttp,
        clock: &WasiClock,
        counters: Counters { host: &STORE, instance: &Instance },
        log: &Stderr,
        shelf: &shelf::Place,
        memory: &Memory,
    };
    let verifier = trust.as_ref().map(|trust| Verifier::new(trust, ports));
    let tokens = verifier.as_ref().map(|verifier| verifier as &dyn Tokens);
    let server = |asking: &Asking<'_>| Server::new(ports, config, asking);
    #[cfg(feature = "conformance-fixtures")]
    let server = |asking: &Asking<'_>| server(asking).map(crate::conformance::Fixtures::before);
    let request = Request::from_parts(parts, payload);
    match mcp::respond(server, &access, tokens, &connection, request).await {
        Answer::Whole(response) => connection.whole(response).await,
        Answer::Streamed => connection.finish(),
    }
}

/// The request in everybody's vocabulary; nothing if the host let something through that is not HTTP.
fn taken(request: &IncomingRequest) -> Option<(http::request::Parts, Incoming)> {
    let method = match request.method() {
        Method::Get => HttpMethod::GET,
        Method::Head => HttpMethod::HEAD,
        Method::Post => HttpMethod::POST,
        Method::Put => HttpMethod::PUT,
        Method::Delete => HttpMethod::DELETE,
        Method::Connect => HttpMethod::CONNECT,
        Method::Options => HttpMethod::OPTIONS,
        Method::Trace => HttpMethod::TRACE,
        Method::Patch => HttpMethod::PATCH,
        Method::Other(name) => name.parse().ok()?,
    };
    let path = request.path_with_query().unwrap_or_else(|| "/".to_owned());
    let uri = match (request.scheme(), request.authority()) {
        (Some(scheme), Some(authority)) => {
            let scheme = if matches!(scheme, Scheme::Https) { "https" } else { "http" };
            Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build().ok()?
        }
        _ => path.parse().ok()?,
    };
    let headers = headers(&request.headers())?;
    let mut parts = Request::builder().method(method).uri(uri).body(()).ok()?.into_parts().0;
    parts.headers = headers;
    Some((parts, Incoming::of(request.consume().ok()?)?))
}

/// Before there is anybody who could answer in MCP's own words.
fn refusal(status: StatusCode, text: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = status;
    response
}

/// The connection a request came in on. wstd gives a response only as a whole or as a stream that is `Send`,
/// which nothing here is, so the few calls it takes are made directly.
struct Connection {
    outparam: RefCell<Option<ResponseOutparam>>,
    open: RefCell<Option<Open>>,
}

/// A body that is being written. The stream is a child of the body and must be dropped first.
struct Open {
    stream: OutputStream,
    body: OutgoingBody,
}

impl Connection {
    async fn whole(&self, response: Response<Bytes>) {
        let (parts, body) = response.into_parts();
        self.begin(Response::from_parts(parts, ()));
        let Some(Open { stream, body: outgoing }) = self.open.take() else { return };
        // A client that is gone needs no answer, and its body no end.
        if write(&stream, &body).await.is_ok() {
            drop(stream);
            let _ = OutgoingBody::finish(outgoing, None);
        }
    }

    /// Says that the body is complete. One that was cut off by an error is left without its end.
    fn finish(&self) {
        if let Some(Open { stream, body }) = self.open.take() {
            drop(stream);
            let _ = OutgoingBody::finish(body, None);
        }
    }
}

impl Outlet for Connection {
    fn begin(&self, head: Response<()>) {
        // Headers that a host refuses are left out: none of ours is among them.
        let response = OutgoingResponse::new(fields(head.headers()).unwrap_or_else(Fields::new));
        let set = response.set_status_code(head.status().as_u16());
        let opened = response.body().and_then(|body| {
            let stream = body.write()?;
            Ok(Open { stream, body })
        });
        if let (Ok(()), Ok(open), Some(outparam)) = (set, opened, self.outparam.take()) {
            ResponseOutparam::set(outparam, Ok(response));
            self.open.replace(Some(open));
        }
    }

    fn send(&self, piece: Bytes) -> Pin<Box<dyn Future<Output = Result<(), Gone>> + '_>> {
        Box::pin(async move {
            let Some(open) = self.open.take() else { return Err(Gone) };
            write(&open.stream, &piece).await.map_err(|_| Gone)?;
            open.stream.flush().map_err(|_| Gone)?;
            // It has left when there is room again.
            while open.stream.check_write().map_err(|_| Gone)? == 0 {
                ready(open.stream.subscribe()).await;
            }
            self.open.replace(Some(open));
            Ok(())
        })
    }

    fn pause(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Box::pin(async move {
            wstd::task::sleep(wstd::time::Duration::from_millis(time)).await;
        })
    }
}
