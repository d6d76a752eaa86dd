//! The threads that connections are served on.
//!
//! Each has an event loop of its own, and all that comes of a connection stays on one of them: its requests, their guests,
//! and what those ask of MLflow. Threads that share their work wake one another several times for a request, which takes
//! longer than what they do for it. A guest that computes keeps its thread from others for a tick of the clock at a time.

use std::io;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// As many threads as the machine has cores. Dropped, they end, and what they work on is dropped.
pub(super) struct Workers(Vec<Worker>);

struct Worker {
    work: mpsc::UnboundedSender<Work>,
    /// Held once more by all that it has not finished.
    load: Arc<()>,
}

impl Workers {
    /// Starts them.
    pub(super) fn start() -> io::Result<Workers> {
        let count = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        (0..count).map(|_| Worker::start()).collect::<io::Result<_>>().map(Workers)
    }

    /// Has the one that has least to do work on it.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let Some(worker) = self.0.iter().min_by_key(|worker| Arc::strong_count(&worker.load)) else { return };
        let unfinished = Arc::clone(&worker.load);
        // It is there as long as its sender is.
        let _ = worker.work.send(Box::pin(async move {
            let _unfinished = unfinished;
            work.await;
        }));
    }
}

impl Worker {
    fn start() -> io::Result<Worker> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (work, given) = mpsc::unbounded_channel();
        thread::Builder::new().name("worker".to_owned()).spawn(move || run(runtime, given))?;
        Ok(Worker { work, load: Arc::default() })
    }
}

/// Works on what comes until nothing can come any more.
fn run(runtime: Runtime, mut given: mpsc::UnboundedReceiver<Work>) {
    runtime.block_on(async {
        while let Some(work) = given.recv().await {
            tokio::spawn(work);
        }
    });
    // A look-up of a name cannot be stopped, and must not be waited for.
    runtime.shutdown_background();
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use std::time::Duration;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn each_gets_the_next_while_the_others_work() {
        let workers = Workers((0..2).map(|_| Worker::start().unwrap()).collect());
        let mut told = Vec::new();
        let held: Vec<_> = (0..2)
            .map(|_| {
                let (end, ended) = oneshot::channel::<()>();
                let (tell, thread) = oneshot::channel();
                workers.spawn(async move {
                    tell.send(thread::current().id()).unwrap();
                    let _ = ended.await;
                });
                told.push(thread);
                end
            })
            .collect();
        let [one, other] = [told.remove(0).await.unwrap(), told.remove(0).await.unwrap()];
        assert_ne!(one, other);
        drop(held);
    }

    #[tokio::test]
    async fn their_end_is_the_end_of_what_they_work_on() {
        let workers = Workers::start().unwrap();
        let (end, mut ended) = oneshot::channel::<()>();
        let (begin, begun) = oneshot::channel();
        workers.spawn(async move {
            let _end = end;
            begin.send(()).unwrap();
            std::future::pending::<()>().await;
        });
        begun.await.unwrap();
        drop(workers);
        assert!(tokio::time::timeout(Duration::from_secs(10), &mut ended).await.unwrap().is_err());
    }
}
