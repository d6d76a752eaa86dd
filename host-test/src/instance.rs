//! One guest: its store, what it may use, and what it sees of the world.

use crate::component::Component;
use crate::counters::Counters;
use crate::engine::{self, Clock, TICK, Ticking};
use crate::error::Error;
use crate::gate::{Gate, Hooks};
use crate::limits::Limits;
use crate::log::Log;
use crate::shelf::Shelf;
use crate::stdio::Lines;
use std::fmt;
use std::sync::Arc;
use wasmtime::component::ResourceTable;
use wasmtime::{ResourceLimiter, Store, StoreContextMut, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// Streams, requests, timers and the like that one guest may hold at a time.
const RESOURCES: usize = 10_000;

/// What instances are made from.
pub(crate) struct Instances {
    pre: ProxyPre<State>,
    environment: Vec<(String, String)>,
    gate: Arc<Gate>,
    counters: Arc<Counters>,
    shelf: Arc<Shelf>,
    clock: Clock,
    memory: usize,
    ticks: u64,
    log: Log,
}

/// A guest that may run: the store of one instance, with the clock that interrupts it.
pub(crate) struct Guest {
    /// Everything that belongs to the guest.
    pub(crate) store: Store<State>,
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
    ) -> Result<Instances, Error> {
        let engine = engine::engine(limits)?;
        let pre = engine::load(&engine, component)?;
        let clock = Clock::start(&engine).map_err(|error| Error::Limits { detail: error.to_string() })?;
        let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
        let ticks = u64::try_from(limits.cpu_time.as_nanos() / TICK.as_nanos()).unwrap_or(u64::MAX);
        let instances = Instances {
            pre,
            environment,
            gate,
            counters: Arc::default(),
            shelf: Arc::default(),
            clock,
            memory,
            ticks,
            log,
        };
        instances.check().await?;
        Ok(instances)
    }

    async fn check(&self) -> Result<(), Error> {
        let mut guest = self.guest(0);
        let started = self.pre.instantiate_async(&mut guest.store).await;
        started.map(drop).map_err(|error| Error::Limits { detail: format!("{error:#}") })
    }

    /// The compiled component, linked.
    pub(crate) fn pre(&self) -> &ProxyPre<State> {
        &self.pre
    }

    /// A fresh guest for the request of this number.
    pub(crate) fn guest(&self, request: u64) -> Guest {
        let mut store = Store::new(self.pre.engine(), self.state(request));
        store.limiter(|state| &mut state.budget);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(tick);
        Guest { store, _ticking: self.clock.run() }
    }

    fn state(&self, request: u64) -> State {
        let mut wasi = WasiCtx::builder();
        wasi.envs(&self.environment)
            .stdout(Lines::new(self.log.clone(), request, "stdout"))
            .stderr(Lines::new(self.log.clone(), request, "stderr"));
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        State {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            counters: Arc::clone(&self.counters),
            shelf: Arc::clone(&self.shelf),
            table,
            hooks: Hooks::new(Arc::clone(&self.gate), request),
            budget: Budget { memory: self.memory, memory_refused: false, ticks: self.ticks },
        }
    }
}

/// What a store holds besides the guest itself.
pub(crate) struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    counters: Arc<Counters>,
    shelf: Arc<Shelf>,
    table: ResourceTable,
    hooks: Hooks,
    budget: Budget,
}

impl State {
    /// What the guest holds of the host's.
    pub(crate) fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    /// What all guests count in.
    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What all guests keep things on.
    pub(crate) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Whether the guest asked for more memory than it may have.
    pub(crate) fn memory_refused(&self) -> bool {
        self.budget.memory_refused
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.hooks, table: &mut self.table, ctx: &mut self.http }
    }
}

/// What a guest may still use.
struct Budget {
    memory: usize,
    memory_refused: bool,
    ticks: u64,
}

impl ResourceLimiter for Budget {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.memory_refused |= desired > self.memory;
        Ok(desired <= self.memory)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        // The pool bounds tables.
        Ok(true)
    }
}

/// A guest has computed for more than its time.
#[derive(Debug)]
pub(crate) struct OutOfTime;

impl fmt::Display for OutOfTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("computing time used up")
    }
}

impl std::error::Error for OutOfTime {}

/// Called when a guest computes across a tick of the clock: others get a turn, and the guest one tick less.
fn tick(mut store: StoreContextMut<'_, State>) -> wasmtime::Result<UpdateDeadline> {
    let ticks = &mut store.data_mut().budget.ticks;
    *ticks = ticks.checked_sub(1).ok_or(OutOfTime)?;
    Ok(UpdateDeadline::Yield(1))
}
