//! What the compiled code depends on, in one place: the build script, which compiles the component ahead of
//! time, and the host, which runs it, both include this file. Where they differed, loading would fail.

use wasmtime::Config;

/// The part of the engine's configuration that is baked into compiled code.
pub(crate) fn config() -> Config {
    let mut config = Config::new();
    // Lets the host take a turn, or stop the guest, at every loop and call.
    config.epoch_interruption(true);
    config
}
