//! As much of a Spin as the component can tell: its variables, and an MLflow behind `wasi:http` that answers `{}`.
//!
//! Spin itself is in no package registry.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use tokio::sync::oneshot;
use wasmtime::component::{Component, HasSelf, Linker, ResourceTable, ResourceType};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

use crate::world::spin_component_file;
use fermyon::spin::variables;

wasmtime::component::bindgen!({path: "../wit/deps/spin", world: "configured"});

/// Compiling takes seconds, so once for all tests.
static COMPONENT: LazyLock<ProxyPre<State>> = LazyLock::new(|| link().unwrap());

/// The value of a variable, or what is wrong with it.
pub type Value = Result<String, variables::Error>;

/// The manifest's variables and the environment.
#[derive(Clone, Default)]
pub struct Imitated {
    pub variables: BTreeMap<String, Value>,
    pub environment: Vec<(String, String)>,
}

/// What came of one request.
pub struct Outcome {
    pub status: StatusCode,
    pub body: String,
    /// What MLflow was asked: each URI with its headers.
    pub sent: Vec<Request<()>>,
}

impl Imitated {
    /// With these variables.
    pub fn with<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), Ok(value.to_owned())));
        Self { variables: variables.collect(), environment: Vec::new() }
    }

    /// The answer to one request for `/mcp`.
    pub fn answer(&self, body: &str) -> Outcome {
        tokio::runtime::Runtime::new().unwrap().block_on(self.serve(body.to_owned()))
    }

    async fn serve(&self, body: String) -> Outcome {
        let mut store = Store::new(COMPONENT.engine(), State::of(self));
        let request = Request::post("http://127.0.0.1:3000/mcp")
            .header("Content-Type", "application/json")
            .body(Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync())
            .unwrap();
        let request: Request<WasiBody> = request;
        let (sender, receiver) = oneshot::channel();
        let request = store.data_mut().http().new_incoming_request(Scheme::Http, request).unwrap();
        let head = store.data_mut().http().new_response_outparam(sender).unwrap();
        let sent = Arc::clone(&store.data().hooks.sent);
        let proxy = COMPONENT.instantiate_async(&mut store).await.unwrap();
        let guest = tokio::spawn(async move {
            proxy.wasi_http_incoming_handler().call_handle(&mut store, request, head).await
        });
        let (parts, body) = receiver.await.unwrap().unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        guest.await.unwrap().unwrap();
        let sent = std::mem::take(&mut *sent.lock().unwrap_or_else(PoisonError::into_inner));
        Outcome { status: parts.status, body: String::from_utf8(body.to_vec()).unwrap(), sent }
    }
}

fn link() -> wasmtime::Result<ProxyPre<State>> {
    let engine = Engine::default();
    let component = Component::from_file(&engine, spin_component_file())?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    variables::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    no_store(&mut linker)?;
    ProxyPre::new(linker.instantiate_pre(&component)?)
}

/// A store in name only: nothing here is counted.
fn no_store(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut store = linker.instance("wasi:keyvalue/store@0.2.0-draft2")?;
    store.resource("bucket", ResourceType::host::<()>(), |_, _| Ok(()))?;
    store.func_new("open", |_, _, _, _| wasmtime::bail!("the store was asked for"))?;
    for method in ["get", "set", "delete"] {
        let name = format!("[method]bucket.{method}");
        store.func_new(&name, |_, _, _, _| wasmtime::bail!("the store was asked for"))?;
    }
    let mut atomics = linker.instance("wasi:keyvalue/atomics@0.2.0-draft2")?;
    atomics.func_new("increment", |_, _, _, _| wasmtime::bail!("the store was asked for"))
}

struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    hooks: Hooks,
    variables: BTreeMap<String, Value>,
}

impl State {
    fn of(spin: &Imitated) -> Self {
        Self {
            wasi: WasiCtx::builder().envs(&spin.environment).build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
            hooks: Hooks::default(),
            variables: spin.variables.clone(),
        }
    }
}

impl variables::Host for State {
    fn get(&mut self, name: String) -> Value {
        self.variables.get(&name).cloned().unwrap_or(Err(variables::Error::Undefined(name)))
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

#[derive(Default)]
struct Hooks {
    sent: Arc<Mutex<Vec<Request<()>>>>,
}

type Transmission = Box<dyn Future<Output = Result<(), Error>> + Send>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Transmission,
    ) -> Box<dyn Future<Output = Result<(Response<WasiBody>, Transmission), Error>> + Send> {
        let (parts, body) = request.into_parts();
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(Request::from_parts(parts, ()));
        Box::new(async move {
            body.collect().await?;
            let body = Full::new(Bytes::from("{}")).map_err(|never| match never {}).boxed_unsync();
            Ok((Response::new(body), Box::new(std::future::ready(Ok(()))) as Transmission))
        })
    }
}
