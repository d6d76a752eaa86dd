//! Several calls to MLflow at the same time.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use futures_util::stream::{self, StreamExt as _};

/// How many are under way at a time. MLflow's server answers eight at once without trouble; more only wait
/// in its queue, and hosted servers start to refuse (Databricks from about seven searches a second).
pub const AT_ONCE: usize = 8;

/// What each future gives, in the order of the futures, of which at most [`AT_ONCE`] run at a time.
///
/// # Errors
/// The first error in that order. The futures that have not begun by then never do.
pub async fn all<F, T, E>(futures: impl IntoIterator<Item = F>) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    let given = RefCell::new(Vec::new());
    let given = &given;
    let steps = futures.into_iter().enumerate().map(|(index, future)| -> Step<'_> {
        Box::pin(async move {
            let outcome = future.await;
            let is_ok = outcome.is_ok();
            let mut given = given.borrow_mut();
            if given.len() <= index {
                given.resize_with(index + 1, || None);
            }
            given[index] = Some(outcome);
            is_ok
        })
    });
    run(steps.collect()).await;
    // None are those behind an error.
    given.take().into_iter().flatten().collect()
}

/// A future whose outcome is kept elsewhere: whether it was a success.
type Step<'a> = Pin<Box<dyn Future<Output = bool> + 'a>>;

/// Runs them until one fails. In the component once, and not once for each kind of future.
async fn run(steps: Vec<Step<'_>>) {
    let mut outcomes = stream::iter(steps).buffered(AT_ONCE);
    while let Some(true) = outcomes.next().await {}
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Calls that are done when the test says so.
    #[derive(Default)]
    struct Calls {
        begun: RefCell<Vec<usize>>,
        done: RefCell<Vec<usize>>,
        under_way: Cell<usize>,
        most: Cell<usize>,
    }

    impl Calls {
        async fn call(&self, index: usize) -> Result<usize, usize> {
            self.begun.borrow_mut().push(index);
            self.under_way.set(self.under_way.get() + 1);
            self.most.set(self.most.get().max(self.under_way.get()));
            std::future::poll_fn(|cx| {
                if self.done.borrow().contains(&index) {
                    return Poll::Ready(());
                }
                cx.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
            self.under_way.set(self.under_way.get() - 1);
            if index == 99 { Err(index) } else { Ok(index) }
        }
    }

    #[test]
    fn at_most_eight_are_under_way_and_the_answers_keep_their_order() {
        let calls = Calls::default();
        let mut all = pin!(all((0..30).map(|index| calls.call(index))));
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..100 {
            if let Poll::Ready(answers) = all.as_mut().poll(&mut cx) {
                assert_eq!(answers, Ok((0..30).collect()));
                assert_eq!(calls.most.get(), AT_ONCE);
                return;
            }
            // The call that began last is done first.
            let last =
                calls.begun.borrow().iter().copied().rfind(|index| !calls.done.borrow().contains(index));
            calls.done.borrow_mut().extend(last);
        }
        panic!("not done after a hundred polls");
    }

    #[test]
    fn an_error_keeps_the_others_from_beginning() {
        let calls = Calls::default();
        calls.done.borrow_mut().extend(0..200);
        let mut all = pin!(all([0, 99].into_iter().chain(100..200).map(|index| calls.call(index))));
        let answers = all.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(answers, Poll::Ready(Err(99)));
        assert!(calls.begun.borrow().len() <= 2 + AT_ONCE, "{:?}", calls.begun);
    }
}
