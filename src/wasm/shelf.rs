//! The [`Shelf`] port: in the host's store over `wasi:keyvalue`, else within the instance.

#[cfg(not(feature = "store"))]
pub(super) use instance::Instance as Place;
#[cfg(feature = "store")]
pub(super) use store::Store as Place;

#[cfg(feature = "store")]
mod store {
    use bytes::Bytes;

    use super::super::counting::bindings::wasi::keyvalue::store::{Bucket, open};
    use super::super::counting::{NAMESPACE, STORE};
    use crate::port::Shelf;

    /// The host's store: for all instances.
    pub(in super::super) struct Store;

    fn bucket() -> Option<Bucket> {
        open(STORE).ok()
    }

    impl Shelf for Store {
        fn get(&self, name: &str) -> Option<Bytes> {
            bucket()?.get(&format!("{NAMESPACE}/{name}")).ok()?.map(Bytes::from)
        }

        fn put(&self, name: &str, content: Bytes) {
            if let Some(bucket) = bucket() {
                // What is not kept is fetched again.
                let _ = bucket.set(&format!("{NAMESPACE}/{name}"), &content);
            }
        }
    }
}

#[cfg(not(feature = "store"))]
mod instance {
    use std::cell::RefCell;
    use std::collections::HashMap;

    use bytes::Bytes;

    use crate::port::Shelf;

    /// This instance, which may live for one request only.
    pub(in super::super) struct Instance;

    thread_local! {
        static KEPT: RefCell<HashMap<String, Bytes>> = RefCell::default();
    }

    impl Shelf for Instance {
        fn get(&self, name: &str) -> Option<Bytes> {
            KEPT.with_borrow(|kept| kept.get(name).cloned())
        }

        fn put(&self, name: &str, content: Bytes) {
            KEPT.with_borrow_mut(|kept| kept.insert(name.to_owned(), content));
        }
    }
}
