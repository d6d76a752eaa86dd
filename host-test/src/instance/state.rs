//! What a store holds besides the guest itself: what the guest may use, and what it sees of the world.

use super::Bounds;
use crate::counters::Counters;
use crate::gate::Hooks;
use crate::log::Log;
use crate::shelf::Shelf;
use crate::stdio::Lines;
use std::fmt;
use std::sync::Arc;
use wasmtime::component::ResourceTable;
use wasmtime::{ResourceLimiter, StoreContextMut, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// Streams, requests, timers and the like that one guest may hold at a time.
const RESOURCES: usize = 10_000;

/// Those that it may hold between two requests. A guest keeps its standard streams open, and ours leaves something behind
/// with each call to MLflow; it is thrown away long before there is no more room.
const KEPT_RESOURCES: usize = 1_000;

/// What a store holds besides the guest itself.
pub(crate) struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    counters: Arc<Counters>,
    shelf: Arc<Shelf>,
    table: ResourceTable,
    hooks: Hooks,
    streams: [Lines; 2],
    budget: Budget,
}

impl State {
    /// For a guest with these variables and within these bounds, which has no request yet.
    pub(super) fn new(
        environment: &[(String, String)],
        hooks: Hooks,
        counters: Arc<Counters>,
        shelf: Arc<Shelf>,
        bounds: &Bounds,
        log: &Log,
    ) -> State {
        let streams = ["stdout", "stderr"].map(|name| Lines::new(log.clone(), name));
        let [stdout, stderr] = streams.clone();
        let wasi = WasiCtx::builder().envs(environment).stdout(stdout).stderr(stderr).build();
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        let budget = Budget { memory: bounds.memory, used: 0, refused: false, ticks: bounds.ticks };
        State { wasi, http: WasiHttpCtx::new(), counters, shelf, table, hooks, streams, budget }
    }

    /// Begins the request of this number, which may compute for so many ticks.
    pub(super) fn begin(&mut self, request: u64, ticks: u64) {
        self.hooks.begin(request);
        for stream in &self.streams {
            stream.begin(request);
        }
        self.budget.ticks = ticks;
    }

    /// Ends the request.
    pub(super) fn end(&mut self) {
        for stream in &self.streams {
            stream.end();
        }
    }

    /// Whether the guest can go on for long with what it has kept: few of the host's things, and at most so much memory.
    pub(super) fn light(&mut self, memory: usize) -> bool {
        self.table.iter_mut().count() <= KEPT_RESOURCES && self.budget.used <= memory
    }

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

    /// What bounds the guest's memory.
    pub(super) fn limiter(&mut self) -> &mut dyn ResourceLimiter {
        &mut self.budget
    }

    /// Whether the guest asked for more memory than it may have.
    pub(crate) fn memory_refused(&self) -> bool {
        self.budget.refused
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
    used: usize,
    refused: bool,
    ticks: u64,
}

impl ResourceLimiter for Budget {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        // Of all memories together, should a component have several.
        let used = self.used.saturating_sub(current).saturating_add(desired);
        let granted = used <= self.memory;
        if granted {
            self.used = used;
        }
        self.refused |= !granted;
        Ok(granted)
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
pub(super) fn tick(mut store: StoreContextMut<'_, State>) -> wasmtime::Result<UpdateDeadline> {
    let ticks = &mut store.data_mut().budget.ticks;
    *ticks = ticks.checked_sub(1).ok_or(OutOfTime)?;
    Ok(UpdateDeadline::Yield(1))
}
