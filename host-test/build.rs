//! Compiles the component to machine code, so that the host starts without a compiler's delay.

#[path = "src/engine/config.rs"]
mod config;

use std::path::{Path, PathBuf};
use std::{env, fs};

type Error = Box<dyn std::error::Error>;

fn main() {
    println!("cargo::rerun-if-changed=src/engine/config.rs");
    println!("cargo::rerun-if-env-changed=MLFLOW_MCP_COMPONENT");
    if let Err(error) = embed() {
        println!("cargo::error={}", error.to_string().replace('\n', " "));
    }
}

fn embed() -> Result<(), Error> {
    let path = component()?;
    println!("cargo::rerun-if-changed={}", path.display());
    let wasm = fs::read(&path).map_err(|error| {
        format!("run `cargo xtask build` first: the component cannot be read ({}: {error})", path.display())
    })?;
    let code = compile(&wasm).map_err(|error| format!("{} does not compile: {error:#}", path.display()))?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("component.cwasm"), code)?;
    Ok(())
}

/// The component's file: from the environment, else where the workspace's own build leaves it. A relative path is
/// one from the workspace's root.
fn component() -> Result<PathBuf, Error> {
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let workspace = package.parent().ok_or("the package is not inside a workspace")?;
    let named = env::var_os("MLFLOW_MCP_COMPONENT");
    Ok(workspace.join(named.unwrap_or_else(|| "target/wasm32-wasip2/release/mlflow_mcp.wasm".into())))
}

fn compile(wasm: &[u8]) -> Result<Vec<u8>, Error> {
    let mut config = config::config();
    // The target by name means its baseline: without it the code would ask for this machine's CPU features, and
    // the host would not start on an older machine.
    config.target(&env::var("TARGET")?)?;
    Ok(wasmtime::Engine::new(&config)?.precompile_component(wasm)?)
}
