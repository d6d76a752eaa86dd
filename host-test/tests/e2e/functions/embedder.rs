//! A program that calls the functions of a component, with wasmtime and nothing of our host but its way out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use mlflow_mcp_host::{Body, Outbound as _, OutboundError, Tcp, Timeouts};
use tokio::runtime::Runtime;
use wasmtime::component::{Component, Instance, Linker, ResourceTable, Val, types};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{RequestOptions, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(5),
    first_byte: Duration::from_secs(60),
    between_bytes: Duration::from_secs(60),
};

/// One instance of a component, for call after call.
pub struct Embedder {
    // In this order: the store ends before its runtime.
    store: Store<State>,
    instance: Instance,
    runtime: Runtime,
}

struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Way,
    table: ResourceTable,
}

/// The way out: to everywhere, since this program trusts the component.
struct Way(Arc<Tcp>);

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

type Transmission = Box<dyn Future<Output = Result<(), OutboundError>> + Send>;

impl WasiHttpHooks for Way {
    fn send_request(
        &mut self,
        request: Request<Body>,
        _: Option<RequestOptions>,
        _: Transmission,
    ) -> Box<dyn Future<Output = Result<(Response<Body>, Transmission), OutboundError>> + Send> {
        let tcp = Arc::clone(&self.0);
        Box::new(async move {
            let response = tcp.send(request, TIMEOUTS).await?;
            Ok((response, Box::new(std::future::ready(Ok(()))) as Transmission))
        })
    }
}

impl Embedder {
    /// Loads the component at `file` with these variables.
    pub fn load(file: &std::path::Path, variables: &[(&str, &str)]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let engine = Engine::default();
        let component = Component::from_file(&engine, file).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).unwrap();
        let state = State {
            wasi: WasiCtx::builder().envs(variables).build(),
            http: WasiHttpCtx::new(),
            hooks: Way(Arc::new(Tcp::new().unwrap())),
            table: ResourceTable::new(),
        };
        let mut store = Store::new(&engine, state);
        let instance = runtime.block_on(linker.instantiate_async(&mut store, &component)).unwrap();
        Self { store, instance, runtime }
    }

    /// Calls a function with the parameters that are given by name and text; the others are none.
    pub fn call(&mut self, name: &str, given: &BTreeMap<&str, String>) -> Result<String, String> {
        let function = self.instance.get_func(&mut self.store, name).unwrap_or_else(|| panic!("no {name}"));
        let known = function.ty(&self.store);
        let parameters: Vec<Val> = known.params().map(|(name, kind)| value(given.get(name), &kind)).collect();
        let mut results = [Val::Bool(false)];
        let called = function.call_async(&mut self.store, &parameters, &mut results);
        self.runtime.block_on(called).unwrap();
        let text = |value: &Option<Box<Val>>| match value.as_deref() {
            Some(Val::String(text)) => text.clone(),
            other => panic!("{name} gave {other:?}"),
        };
        match &results[0] {
            Val::Result(Ok(value)) => Ok(text(value)),
            Val::Result(Err(value)) => Err(text(value)),
            other => panic!("{name} gave {other:?}"),
        }
    }
}

fn value(given: Option<&String>, kind: &types::Type) -> Val {
    match (given, kind) {
        (Some(text), types::Type::String) => Val::String(text.clone()),
        (Some(text), types::Type::S64) => Val::S64(text.parse().unwrap()),
        (Some(text), types::Type::Bool) => Val::Bool(text.parse().unwrap()),
        (Some(text), types::Type::List(_)) => {
            Val::List(text.split(',').map(|one| Val::String(one.to_owned())).collect())
        }
        (Some(_), types::Type::Option(inner)) => Val::Option(Some(Box::new(value(given, &inner.ty())))),
        (None, types::Type::Option(_)) => Val::Option(None),
        (given, kind) => panic!("{given:?} for {kind:?}"),
    }
}
