//! The engine: compiled code, the pool that instances come from, and what a component may import.

mod config;
mod epoch;
mod pages;

pub(crate) use epoch::{Clock, TICK, Ticking};

use crate::component::Component;
use crate::counters;
use crate::error::Error;
use crate::instance::State;
use crate::limits::Limits;
use wasmtime::component::{self, HasData, Linker};
use wasmtime::{Engine, InstanceAllocationStrategy, PoolingAllocationConfig};
use wasmtime_wasi::cli::{WasiCli, WasiCliView as _};
use wasmtime_wasi::p2::bindings::{cli, random};
use wasmtime_wasi::random::{WasiRandomCtx, WasiRandomView as _};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

/// Core instances, tables and memories that one component may be made of. A Rust component has one memory, one or
/// two tables, and a few core instances: itself and its adapters.
const CORE_INSTANCES: u32 = 8;
const TABLES: u32 = 4;
const MEMORIES: u32 = 1;

/// The largest table, elements: function pointers mostly.
const TABLE_ELEMENTS: usize = 50_000;

/// Instances beyond the concurrent requests: one for the check at the start, the rest for those that are still
/// being taken down.
const SPARE: u32 = 4;

/// Compiles a component for this machine.
pub(crate) fn compile(wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
    Engine::new(&config::config())?.precompile_component(wasm)
}

/// Instances that are kept between two requests at most: as many as may work at the same time.
pub(crate) fn kept(limits: &Limits) -> u32 {
    if limits.instance_requests > 1 { limits.concurrent_requests } else { 0 }
}

/// An engine with room for as many instances as there may be requests, and for those that are kept.
pub(crate) fn engine(limits: &Limits) -> Result<Engine, Error> {
    let refuse = |detail: String| Error::Limits { detail };
    let memory = usize::try_from(limits.memory).map_err(|error| refuse(error.to_string()))?;
    let instances = limits.concurrent_requests.saturating_add(kept(limits)).saturating_add(SPARE);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES))
        .total_memories(instances.saturating_mul(MEMORIES))
        .total_tables(instances.saturating_mul(TABLES))
        .total_stacks(instances)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .max_tables_per_module(TABLES)
        .table_elements(TABLE_ELEMENTS)
        .max_memory_size(memory);
    let mut config = config::config();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config).map_err(|error| refuse(format!("{error:#}")))
}

/// Loads `component` and links it with what this host gives.
pub(crate) fn load(engine: &Engine, component: &Component) -> Result<ProxyPre<State>, Error> {
    let misfit = |error: wasmtime::Error| Error::Limits { detail: format!("{error:#}") };
    // The code itself is sound, so what fails here is that it does not fit the pool.
    let loaded = deserialize(engine, component).map_err(misfit)?;
    if let Some(code) = component.embedded_code() {
        // It was copied.
        pages::give_back(code);
    }
    let linked = linker(engine).and_then(|linker| linker.instantiate_pre(&loaded)).and_then(ProxyPre::new);
    linked.map_err(|error| Error::Link { detail: format!("{error:#}") })
}

#[expect(unsafe_code, reason = "loading compiled code trusts it")]
fn deserialize(engine: &Engine, component: &Component) -> wasmtime::Result<component::Component> {
    // SAFETY: `Component` holds nothing but the compiler's own output, from the build script or from `compile`;
    // it never comes from outside.
    unsafe { component::Component::deserialize(engine, component.code()) }
}

/// What a component may import: no filesystem, no sockets.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    // wasi:io, wasi:clocks, wasi:random/random, and the three standard streams.
    wasmtime_wasi::p2::add_to_linker_proxy_interfaces_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    // The rest of what Rust's standard library wants on wasm32-wasip2.
    cli::environment::add_to_linker::<State, WasiCli>(&mut linker, State::cli)?;
    cli::exit::add_to_linker::<State, WasiCli>(&mut linker, State::cli)?;
    cli::terminal_input::add_to_linker::<State, WasiCli>(&mut linker, State::cli)?;
    cli::terminal_output::add_to_linker::<State, WasiCli>(&mut linker, State::cli)?;
    cli::terminal_stdin::add_to_linker::<State, WasiCli>(&mut linker, State::cli)?;
    cli::terminal_stdout::add_to_linker::<State, WasiCli>(&mut linker, State::cli)?;
    cli::terminal_stderr::add_to_linker::<State, WasiCli>(&mut linker, State::cli)?;
    random::insecure::add_to_linker::<State, Random>(&mut linker, State::random)?;
    random::insecure_seed::add_to_linker::<State, Random>(&mut linker, State::random)?;
    counters::add_to_linker(&mut linker)?;
    Ok(linker)
}

/// Where the random number generators are found in a [`State`].
struct Random;

impl HasData for Random {
    type Data<'a> = &'a mut WasiRandomCtx;
}
