//! What the tests of the host share: a guest, a host of it, clients, and servers to call.

#![allow(dead_code, unreachable_pub, reason = "every test file uses another part")]

pub mod client;
pub mod faults;
pub mod lines;
pub mod tls;
pub mod upstream;

use lines::Lines;
use mlflow_mcp_host::{Component, Host, Limits};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

/// The variable that says where the misbehaving guest was built.
const GUEST: &str = "MLFLOW_MCP_GUEST";

/// Where it is built by default, below this package.
const BUILT: &str = "guest/target/wasm32-wasip2/release/mlflow-mcp-guest.wasm";

/// The file of the misbehaving guest.
pub fn guest_file() -> PathBuf {
    let built = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(BUILT);
    let path = std::env::var_os(GUEST).map_or(built, PathBuf::from);
    assert!(
        path.is_file(),
        "{} is missing. Build it: cargo build --release --target wasm32-wasip2 --manifest-path \
         host-test/guest/Cargo.toml; or name it in {GUEST}",
        path.display()
    );
    path
}

/// The misbehaving guest, compiled once for all tests of a file.
pub fn guest() -> Component {
    static COMPONENT: OnceLock<Component> = OnceLock::new();
    COMPONENT.get_or_init(|| Component::from_file(guest_file()).unwrap()).clone()
}

/// A host of the guest on a free port, and what it logs.
pub fn host() -> (Host, Lines) {
    let lines = Lines::default();
    (Host::new(guest()).log(lines.log()).limits(limits()), lines)
}

/// The default limits with few instances: a test does not need the whole pool.
pub fn limits() -> Limits {
    Limits { concurrent_requests: 8, ..Limits::default() }
}

/// What `event` gives. That it comes at all is what is tested: the limit only keeps a failure from hanging.
pub async fn comes<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(300), event).await.expect("this should have happened by now")
}

/// Waits until `found` gives something.
pub async fn eventually<T>(mut found: impl FnMut() -> Option<T>) -> T {
    comes(async {
        loop {
            if let Some(value) = found() {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}
