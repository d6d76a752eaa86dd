//! A host in the making.

use crate::component::Component;
use crate::error::Error;
use crate::gate::Gate;
use crate::handler::{Handler, Pages};
use crate::instance::Instances;
use crate::limits::Limits;
use crate::log::Log;
use crate::origin::{Origin, OriginError};
use crate::outbound::{Outbound, Tcp};
use crate::server::{self, Running};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;

/// The variable that the component reads MLflow's address from.
const TRACKING_URI: &str = "MLFLOW_TRACKING_URI";

/// A host in the making: a component and what it is given. Nothing is given by default.
pub struct Host {
    component: Component,
    environment: Vec<(String, String)>,
    allowed: Vec<Origin>,
    outbound: Option<Arc<dyn Outbound>>,
    limits: Limits,
    log: Log,
    address: SocketAddr,
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

    /// Lets the guest send requests to this origin.
    #[must_use]
    pub fn allow(mut self, origin: Origin) -> Host {
        self.allowed.push(origin);
        self
    }

    /// Points the guest at an MLflow server: sets `MLFLOW_TRACKING_URI`, and allows the URI's origin.
    ///
    /// # Errors
    ///
    /// When the URI is not that of an HTTP server.
    pub fn tracking_uri(self, uri: &str) -> Result<Host, OriginError> {
        let origin = uri.parse()?;
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

    /// Loads the component, checks that it starts, and serves.
    ///
    /// # Errors
    ///
    /// When the component does not fit this host or its limits, or the address cannot be listened on.
    pub async fn start(self) -> Result<Running, Error> {
        let address = self.address;
        let refused = |source| Error::Listen { address, source };
        // First, because it is quick and fails most often.
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let log = self.log.hiding(&self.environment);
        let outbound = match self.outbound {
            Some(outbound) => outbound,
            None => Arc::new(Tcp::new().map_err(|error| Error::Limits { detail: error.to_string() })?),
        };
        let gate = Arc::new(Gate::new(self.allowed, outbound, &self.limits, log.clone()));
        let pages = Pages::of(&self.environment);
        let instances =
            Instances::new(&self.component, self.environment, gate, &self.limits, log.clone()).await?;
        let handler = Handler::new(instances, pages, self.limits.clone(), log.clone());
        server::serve(listener, handler, self.limits, log).map_err(refused)
    }
}
