//! The component to serve, compiled.

use crate::engine;
use crate::error::Error;
use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A component, compiled to machine code and ready to be loaded by any number of hosts.
#[derive(Clone)]
pub struct Component {
    code: Arc<Cow<'static, [u8]>>,
}

impl Component {
    /// The component that this library was built with.
    #[must_use]
    pub fn embedded() -> Component {
        Component::compiled(Cow::Borrowed(include_bytes!(concat!(env!("OUT_DIR"), "/component.cwasm"))))
    }

    /// Compiles the component in a `.wasm` file. Takes a while: about a second for each megabyte.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or holds no valid component.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Component, Error> {
        let path = path.as_ref();
        let wasm = fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        Component::from_bytes(&wasm)
    }

    /// Compiles a component in the binary format.
    ///
    /// # Errors
    ///
    /// When the bytes are no valid component.
    pub fn from_bytes(wasm: &[u8]) -> Result<Component, Error> {
        let code = engine::compile(wasm).map_err(|error| Error::Compile { detail: format!("{error:#}") })?;
        Ok(Component::compiled(Cow::Owned(code)))
    }

    /// Private, because loading trusts the code: it must come from the build script or from [`engine::compile`].
    fn compiled(code: Cow<'static, [u8]>) -> Component {
        Component { code: Arc::new(code) }
    }

    /// The machine code, in wasmtime's own file format.
    pub(crate) fn code(&self) -> &[u8] {
        &self.code
    }

    /// The same where it is a constant of this program.
    pub(crate) fn embedded_code(&self) -> Option<&'static [u8]> {
        match *self.code {
            Cow::Borrowed(code) => Some(code),
            Cow::Owned(_) => None,
        }
    }
}

impl std::fmt::Debug for Component {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Component({} bytes of code)", self.code.len())
    }
}
