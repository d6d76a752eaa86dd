//! The clock that running guests are interrupted by.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;
use wasmtime::{Engine, EngineWeak};

/// How often a computing guest is interrupted.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Advances an engine's epoch every [`TICK`] while any guest runs, and sleeps while none does.
///
/// A thread and not a task: guests that compute without end may hold every worker of the async runtime.
pub(crate) struct Clock {
    guests: Arc<AtomicUsize>,
    thread: Thread,
}

impl Clock {
    /// Starts the clock of `engine`; it ends with the engine.
    pub(crate) fn start(engine: &Engine) -> io::Result<Clock> {
        let guests = Arc::new(AtomicUsize::new(0));
        let engine = engine.weak();
        let counted = Arc::clone(&guests);
        let handle = thread::Builder::new().name("epoch".to_owned()).spawn(move || run(&engine, &counted))?;
        Ok(Clock { guests, thread: handle.thread().clone() })
    }

    /// Keeps the clock running until the result is dropped.
    pub(crate) fn run(&self) -> Ticking {
        if self.guests.fetch_add(1, Ordering::SeqCst) == 0 {
            self.thread.unpark();
        }
        Ticking { guests: Arc::clone(&self.guests) }
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.thread.unpark();
    }
}

/// A guest that the clock runs for.
pub(crate) struct Ticking {
    guests: Arc<AtomicUsize>,
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.guests.fetch_sub(1, Ordering::SeqCst);
    }
}

fn run(engine: &EngineWeak, guests: &AtomicUsize) {
    while let Some(engine) = engine.upgrade() {
        if guests.load(Ordering::SeqCst) == 0 {
            // Not held while parked, so that the engine can end.
            drop(engine);
            // A wake-up that comes just before is kept, so none is missed; the limit is for the engine's end.
            thread::park_timeout(Duration::from_secs(60));
        } else {
            thread::sleep(TICK);
            engine.increment_epoch();
        }
    }
}
