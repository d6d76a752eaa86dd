//! The [`Shelf`] port: in the host's store over `wasi:keyvalue`, else within the instance.

#[cfg(not(feature = "store"))]
pub(super) use super::memory::Memory as Place;
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
