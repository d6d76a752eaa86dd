//! A component that is asked by the program it runs in, without a socket that others could find.

use crate::handler::Handler;
use crate::limits::Limits;
use crate::server::Connection;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What a connection holds before the other end takes it, bytes.
const HELD: usize = 64 * 1024;

/// A component that is asked by the program it runs in. Dropping it ends it at once, running requests included.
pub struct Local {
    handler: Arc<Handler>,
    limits: Limits,
    stop: watch::Sender<bool>,
}

impl Local {
    pub(crate) fn new(handler: Handler, limits: Limits) -> Local {
        Local { handler: Arc::new(handler), limits, stop: watch::Sender::new(false) }
    }

    /// Answers a request as if it had come over a connection of its own. The work goes on while `connection` lives,
    /// which must be until the answer was read; whoever drops it earlier is a client that has gone.
    ///
    /// # Errors
    ///
    /// When the answer breaks off before its body, which the log explains.
    pub async fn send(
        &self,
        request: Request<Full<Bytes>>,
        connection: &mut JoinSet<()>,
    ) -> Result<Response<Incoming>, hyper::Error> {
        let (near, far) = tokio::io::duplex(HELD);
        let served = Connection {
            handler: Arc::clone(&self.handler),
            limits: self.limits.clone(),
            tls: None,
            stopped: self.stop.subscribe(),
        };
        connection.spawn(served.speak(far, false));
        let (mut sender, driver) = http1::handshake(TokioIo::new(near)).await?;
        connection.spawn(async move {
            // What goes wrong here is an error of the request or of its body.
            let _ = driver.await;
        });
        sender.send_request(request).await
    }

    /// Waits until no request is worked on any more.
    pub async fn idle(&self) {
        self.handler.idle().await;
    }
}
