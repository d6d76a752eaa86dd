//! Certificates and keys in PEM files.

use crate::error::Error;
use std::path::Path;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// All certificates in a file; there is at least one.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(found) if found.is_empty() => Err(refused(path, &pem::Error::NoItemsFound)),
        found => found.map_err(|error| refused(path, &error)),
    }
}

/// The first private key in a file.
pub(crate) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &pem::Error) -> Error {
    let detail = match error {
        pem::Error::NoItemsFound => "it has no certificate or no key in PEM form".to_owned(),
        other => other.to_string(),
    };
    Error::Pem { path: path.to_owned(), detail }
}
