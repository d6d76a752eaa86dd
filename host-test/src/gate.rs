//! The one door out: which requests of a guest leave, and within which bounds.

use crate::allowed::Allowed;
use crate::body::{Answering, Sending};
use crate::limits::{Limits, Timeouts};
use crate::log::Log;
use crate::metrics::Metrics;
use crate::origin::Origin;
use crate::outbound::{Body, Outbound, OutboundError};
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use wasmtime_wasi_http::{RequestOptions, WasiHttpHooks};

/// Decides about every request that a guest sends.
pub(crate) struct Gate {
    allowed: Vec<Allowed>,
    outbound: Arc<dyn Outbound>,
    timeouts: Timeouts,
    largest_answer: u64,
    log: Log,
    metrics: Arc<Metrics>,
}

impl Gate {
    /// A gate that opens for the `allowed` servers only.
    pub(crate) fn new(
        allowed: Vec<Allowed>,
        outbound: Arc<dyn Outbound>,
        limits: &Limits,
        log: Log,
        metrics: Arc<Metrics>,
    ) -> Gate {
        let (timeouts, largest_answer) = (limits.outbound, limits.upstream_body);
        Gate { allowed, outbound, timeouts, largest_answer, log, metrics }
    }

    async fn send(
        &self,
        guest: u64,
        request: Request<Body>,
        options: Option<RequestOptions>,
    ) -> Result<Response<Body>, OutboundError> {
        // From here on the body is read to its end even if the request goes nowhere.
        let request = request.map(|body| Sending::new(body).boxed_unsync());
        let origin = self.admit(guest, request.uri())?;
        let timeouts = self.bounded(options);
        let start = Instant::now();
        let limit = timeouts.connect.saturating_add(timeouts.first_byte);
        let answer = match timeout(limit, self.outbound.send(request, timeouts)).await {
            Ok(Ok(response)) => self.bound(response, timeouts),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(OutboundError::ConnectionReadTimeout),
        };
        self.metrics.upstream_time.record(start.elapsed());
        if let Err(error) = &answer {
            self.metrics.unanswered.add();
            self.log.line(format_args!("outbound failed request={guest} origin={origin} error=\"{error}\""));
        }
        answer
    }

    fn admit(&self, guest: u64, uri: &http::Uri) -> Result<Origin, OutboundError> {
        let credentials = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        let origin = Origin::of(uri).ok();
        match origin {
            Some(origin) if !credentials && self.allowed.iter().any(|allowed| allowed.includes(&origin)) => {
                Ok(origin)
            }
            origin => {
                let asked = origin.map_or_else(|| "none".to_owned(), |origin| origin.to_string());
                self.metrics.denied.add();
                self.log.line(format_args!("outbound denied request={guest} origin={asked}"));
                Err(OutboundError::HttpRequestDenied)
            }
        }
    }

    /// What the guest asked for, as far as the host's own bounds go.
    fn bounded(&self, options: Option<RequestOptions>) -> Timeouts {
        let asked = options.unwrap_or_default();
        let least = |asked: Option<Duration>, bound: Duration| asked.map_or(bound, |time| time.min(bound));
        Timeouts {
            connect: least(asked.connect_timeout, self.timeouts.connect),
            first_byte: least(asked.first_byte_timeout, self.timeouts.first_byte),
            between_bytes: least(asked.between_bytes_timeout, self.timeouts.between_bytes),
        }
    }

    fn bound(&self, response: Response<Body>, timeouts: Timeouts) -> Result<Response<Body>, OutboundError> {
        let (size, largest) = (response.body().size_hint().lower(), self.largest_answer);
        if size > largest {
            return Err(OutboundError::HttpResponseBodySize(Some(size)));
        }
        Ok(response.map(|body| Answering::new(body, largest, timeouts.between_bytes).boxed_unsync()))
    }
}

/// The gate as one guest meets it.
pub(crate) struct Hooks {
    gate: Arc<Gate>,
    guest: u64,
}

impl Hooks {
    /// The gate for a guest that has no request yet.
    pub(crate) fn new(gate: Arc<Gate>) -> Hooks {
        Hooks { gate, guest: 0 }
    }

    /// From now on the guest works on the request of this number.
    pub(crate) fn begin(&mut self, request: u64) {
        self.guest = request;
    }
}

type Transmission = Box<dyn Future<Output = Result<(), OutboundError>> + Send>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: Request<Body>,
        options: Option<RequestOptions>,
        _: Transmission,
    ) -> Box<dyn Future<Output = Result<(Response<Body>, Transmission), OutboundError>> + Send> {
        let gate = Arc::clone(&self.gate);
        let guest = self.guest;
        Box::new(async move {
            let response = gate.send(guest, request, options).await?;
            // The answer's body drives its own connection, so nothing is left to be driven here.
            Ok((response, Box::new(std::future::ready(Ok(()))) as Transmission))
        })
    }
}
