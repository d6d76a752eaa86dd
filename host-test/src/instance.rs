//! Instances of the component: made, used for one request after the other, and thrown away.

mod caller;
mod state;
mod waiting;

use crate::component::Component;
use crate::counters::Counters;
use crate::engine::{self, Clock, TICK, Ticking};
use crate::error::Error;
use crate::gate::{Gate, Hooks};
use crate::limits::Limits;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::shelf::Shelf;
pub(crate) use caller::Caller;
pub(crate) use state::{OutOfTime, State};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::time::sleep;
use waiting::Waiting;
use wasmtime::Store;
use wasmtime::component::Resource;
use wasmtime_wasi_http::p2::bindings::{Proxy, ProxyPre};
use wasmtime_wasi_http::p2::types::{HostIncomingRequest, HostResponseOutparam};

/// What instances are made from, and those that wait for their next request.
pub(crate) struct Instances {
    pre: ProxyPre<State>,
    environment: Vec<(String, String)>,
    gate: Arc<Gate>,
    counters: Arc<Counters>,
    shelf: Arc<Shelf>,
    clock: Clock,
    waiting: Waiting,
    bounds: Bounds,
    log: Log,
    metrics: Arc<Metrics>,
}

/// What one instance may use, in the engine's units.
struct Bounds {
    memory: usize,
    ticks: u64,
    requests: u32,
    kept_memory: usize,
    idle: Duration,
}

impl Bounds {
    fn of(limits: &Limits) -> Bounds {
        let size = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
        Bounds {
            memory: size(limits.memory),
            ticks: u64::try_from(limits.cpu_time.as_nanos() / TICK.as_nanos()).unwrap_or(u64::MAX),
            requests: limits.instance_requests,
            kept_memory: size(limits.instance_memory),
            idle: limits.instance_idle,
        }
    }
}

/// The store of one instance.
struct Instance {
    store: Store<State>,
    proxy: Proxy,
    /// Requests that were begun.
    requests: u32,
}

/// An instance at work on one request. Dropped, it is gone, and with it whatever the request left behind.
pub(crate) struct Guest {
    instance: Instance,
    caller: Caller,
    _ticking: Ticking,
}

impl Instances {
    /// Loads `component`, and starts one instance of it to see that it can be started.
    pub(crate) async fn new(
        component: &Component,
        environment: Vec<(String, String)>,
        gate: Arc<Gate>,
        limits: &Limits,
        log: Log,
        metrics: Arc<Metrics>,
    ) -> Result<Arc<Instances>, Error> {
        let refused = |detail| Error::Limits { detail };
        let engine = engine::engine(limits)?;
        let pre = engine::load(&engine, component)?;
        let clock = Clock::start(&engine).map_err(|error| refused(error.to_string()))?;
        let (counters, shelf, bounds) = (Arc::default(), Arc::default(), Bounds::of(limits));
        let waiting = Waiting::new(engine::kept(limits) as usize);
        let instances =
            Instances { pre, environment, gate, counters, shelf, clock, waiting, bounds, log, metrics };
        instances.instance().await.map_err(|error| refused(format!("{error:#}")))?;
        let instances = Arc::new(instances);
        tokio::spawn(sweep(Arc::downgrade(&instances), instances.bounds.idle));
        Ok(instances)
    }

    /// A guest for the request of this number: an instance that this caller has used before, or a fresh one.
    pub(crate) async fn guest(&self, request: u64, caller: Caller) -> wasmtime::Result<Guest> {
        let ticking = self.clock.run();
        let mut instance = match self.waiting.take(caller) {
            Some(instance) => {
                self.metrics.reuses.add();
                instance
            }
            None => self.instance().await?,
        };
        instance.requests += 1;
        instance.store.data_mut().begin(request, self.bounds.ticks);
        instance.store.set_epoch_deadline(1);
        Ok(Guest { instance, caller, _ticking: ticking })
    }

    /// Takes back a guest that has done its work, to be used again if that is sound: not too often, and while it has
    /// kept little of what it took.
    pub(crate) fn give_back(&self, guest: Guest) {
        let Guest { mut instance, caller, .. } = guest;
        let state = instance.store.data_mut();
        state.end();
        if state.light(self.bounds.kept_memory) && instance.requests < self.bounds.requests {
            self.waiting.put(caller, instance);
        }
    }

    async fn instance(&self) -> wasmtime::Result<Instance> {
        let hooks = Hooks::new(Arc::clone(&self.gate));
        let (counters, shelf) = (Arc::clone(&self.counters), Arc::clone(&self.shelf));
        let state = State::new(&self.environment, hooks, counters, shelf, &self.bounds, &self.log);
        self.metrics.instances.add();
        let mut store = Store::new(self.pre.engine(), state);
        store.limiter(State::limiter);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(state::tick);
        let proxy = self.pre.instantiate_async(&mut store).await?;
        Ok(Instance { store, proxy, requests: 0 })
    }
}

impl Guest {
    /// Everything that belongs to the guest.
    pub(crate) fn store(&mut self) -> &mut Store<State> {
        &mut self.instance.store
    }

    /// Lets the guest work on a request of its own; `answer` is where it sets what it answers.
    pub(crate) async fn handle(
        &mut self,
        request: Resource<HostIncomingRequest>,
        answer: Resource<HostResponseOutparam>,
    ) -> wasmtime::Result<()> {
        let Instance { store, proxy, .. } = &mut self.instance;
        proxy.wasi_http_incoming_handler().call_handle(store, request, answer).await
    }
}

/// Drops instances that wait for longer than `idle`, until the host ends.
async fn sweep(instances: Weak<Instances>, idle: Duration) {
    loop {
        sleep(idle).await;
        let Some(instances) = instances.upgrade() else { return };
        instances.waiting.sweep(idle);
    }
}
