//! TLS towards clients.

use super::connection::H2;
use crate::error::Error;
use crate::pem;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{self, ServerConfig};

/// Shows clients the certificates in one PEM file, for which the other has the key.
pub(crate) fn acceptor(certificates: &Path, key: &Path) -> Result<TlsAcceptor, Error> {
    let (chain, secret) = (pem::certificates(certificates)?, pem::key(key)?);
    let misfit = |error: rustls::Error| Error::Pem { path: key.to_owned(), detail: error.to_string() };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
        .map_err(misfit)?;
    config.alpn_protocols = vec![H2.to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
