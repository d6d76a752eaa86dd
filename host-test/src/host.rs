//! A host in the making.

use crate::allowed::Allowed;
use crate::component::Component;
use crate::error::Error;
use crate::gate::Gate;
use crate::handler::{Handler, Pages};
use crate::instance::Instances;
use crate::limits::Limits;
use crate::local::Local;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::origin::{Origin, OriginError};
use crate::outbound::{Outbound, Tcp};
use crate::server::{self, Listeners, Running};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The variable that the component reads MLflow's address from.
const TRACKING_URI: &str = "MLFLOW_TRACKING_URI";

/// A host in the making: a component and what it is given. Nothing is given by default.
pub struct Host {
    component: Component,
    environment: Vec<(String, String)>,
    allowed: Vec<Allowed>,
    outbound: Option<Arc<dyn Outbound>>,
    limits: Limits,
    log: Log,
    address: SocketAddr,
    tls: Option<(PathBuf, PathBuf)>,
    metrics: Option<SocketAddr>,
}

impl Host {
    /// A host of `component` on a free loopback port, with an empty environment and nowhere to go.
    #[must_use]
    pub fn new(component: Component) -> Host {
        Host {
            component,
            environment: Vec::new(),
            allowed: Vec::new(),
            outbound: None,
            limits: Limits::default(),
            log: Log::stderr(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: None,
            metrics: None,
        }
    }

    /// Gives the guest an environment variable; the last value of a name counts.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Host {
        let name = name.into();
        self.environment.retain(|(given, _)| *given != name);
        self.environment.push((name, value.into()));
        self
    }

    /// Lets the guest send requests to this server, or to all that the pattern stands for.
    #[must_use]
    pub fn allow(mut self, allowed: impl Into<Allowed>) -> Host {
        self.allowed.push(allowed.into());
        self
    }

    /// Points the guest at an MLflow server: sets `MLFLOW_TRACKING_URI`, and allows the URI's origin.
    ///
    /// # Errors
    ///
    /// When the URI is not that of an HTTP server.
    pub fn tracking_uri(self, uri: &str) -> Result<Host, OriginError> {
        let origin: Origin = uri.parse()?;
        Ok(self.env(TRACKING_URI, uri).allow(origin))
    }

    /// Sends the guest's allowed requests this way instead of over the network.
    #[must_use]
    pub fn outbound(mut self, outbound: impl Outbound) -> Host {
        self.outbound = Some(Arc::new(outbound));
        self
    }

    /// Sets all limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Host {
        self.limits = limits;
        self
    }

    /// Writes the host's lines, and the guest's, to `log` instead of standard error.
    #[must_use]
    pub fn log(mut self, log: Log) -> Host {
        self.log = log;
        self
    }

    /// Listens on `address` instead of a free loopback port.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Host {
        self.address = address;
        self
    }

    /// Speaks TLS to clients, with the certificates and the key in these PEM files.
    #[must_use]
    pub fn tls(mut self, certificates: PathBuf, key: PathBuf) -> Host {
        self.tls = Some((certificates, key));
        self
    }

    /// Shows numbers for Prometheus at `/metrics` on this address, without TLS.
    #[must_use]
    pub fn metrics(mut self, address: SocketAddr) -> Host {
        self.metrics = Some(address);
        self
    }

    /// Loads the component, checks that it starts, and serves.
    ///
    /// # Errors
    ///
    /// When the component does not fit this host or its limits, or the address cannot be listened on.
    pub async fn start(self) -> Result<Running, Error> {
        let address = self.address;
        // First, because it is quick and fails most often.
        let clients = listen(address).await?;
        let page = match self.metrics {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let tls =
            self.tls.as_ref().map(|(certificates, key)| server::acceptor(certificates, key)).transpose()?;
        let listeners = Listeners { clients, tls, metrics: page };
        let (limits, log, metrics) =
            (self.limits.clone(), self.log.clone().hiding(&self.environment), Arc::default());
        let handler = self.handler(&log, &metrics).await?;
        let running = server::serve(listeners, handler, limits, log, metrics);
        running.map_err(|source| Error::Listen { address, source })
    }

    /// Loads the component, checks that it starts, and answers this program only: nothing is listened on.
    ///
    /// # Errors
    ///
    /// When the component does not fit this host or its limits.
    pub async fn local(self) -> Result<Local, Error> {
        let (limits, log) = (self.limits.clone(), self.log.clone().hiding(&self.environment));
        Ok(Local::new(self.handler(&log, &Arc::default()).await?, limits))
    }

    async fn handler(self, log: &Log, metrics: &Arc<Metrics>) -> Result<Handler, Error> {
        let outbound = match self.outbound {
            Some(outbound) => outbound,
            None => Arc::new(Tcp::new().map_err(|error| Error::Limits { detail: error.to_string() })?),
        };
        let gate = Gate::new(self.allowed, outbound, &self.limits, log.clone(), Arc::clone(metrics));
        let pages = Pages::of(&self.environment);
        let instances = Instances::new(
            &self.component,
            self.environment,
            Arc::new(gate),
            &self.limits,
            log.clone(),
            Arc::clone(metrics),
        )
        .await?;
        Ok(Handler::new(instances, pages, self.limits, log.clone(), Arc::clone(metrics)))
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })
}
