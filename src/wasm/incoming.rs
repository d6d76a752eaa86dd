//! Requests from outside, and the connections they came in on.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wstd::http::request::try_from_incoming;
use wstd::io::AsyncOutputStream;

use super::body::{self, Unread};
use super::clock::WasiClock;
use super::counting::Instance;
use super::http::WasiHttp;
use super::log::Stderr;
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
    let Ok(request) = try_from_incoming(request) else {
        return connection.whole(refusal(StatusCode::BAD_REQUEST, String::new())).await;
    };
    let (parts, body) = request.into_parts();
    let payload = match body::read(body, LARGEST_BODY).await {
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
    stream: AsyncOutputStream,
    body: OutgoingBody,
}

impl Connection {
    async fn whole(&self, response: Response<Bytes>) {
        let (parts, body) = response.into_parts();
        self.begin(Response::from_parts(parts, ()));
        // A client that is gone needs no answer.
        let _ = self.send(body).await;
        self.finish();
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
        let response = OutgoingResponse::new(fields(head.headers()));
        let set = response.set_status_code(head.status().as_u16());
        let opened = response.body().and_then(|body| {
            let stream = AsyncOutputStream::new(body.write()?);
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
            open.stream.write_all(&piece).await.map_err(|_| Gone)?;
            open.stream.flush().await.map_err(|_| Gone)?;
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

/// Headers that a host refuses are left out: none of ours is among them.
fn fields(headers: &HeaderMap) -> Fields {
    let list: Vec<(String, Vec<u8>)> =
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    Fields::from_list(&list).unwrap_or_else(|_| Fields::new())
}
