//! TLS towards other servers.

use super::OutboundError;
use std::io;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// A client configuration that trusts Mozilla's roots.
///
/// # Errors
///
/// When the TLS library refuses its own defaults.
pub(super) fn web() -> Result<TlsConnector, rustls::Error> {
    connector(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
}

/// A client configuration that trusts the given certificates, in DER form, and no others.
///
/// # Errors
///
/// When one of them is no certificate.
pub(super) fn trusting(certificates: &[Vec<u8>]) -> Result<TlsConnector, rustls::Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(CertificateDer::from(certificate.as_slice()))?;
    }
    connector(roots)
}

fn connector(roots: RootCertStore) -> Result<TlsConnector, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Encrypts `stream` for `host`, a name or an address.
pub(super) async fn handshake(
    connector: &TlsConnector,
    host: &str,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, OutboundError> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| OutboundError::HttpRequestUriInvalid)?;
    connector.connect(name, stream).await.map_err(|error| failure(&error))
}

fn failure(error: &io::Error) -> OutboundError {
    let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(_)) => OutboundError::TlsCertificateError,
        Some(rustls::Error::AlertReceived(alert)) => OutboundError::TlsAlertReceived {
            alert_id: Some(u8::from(*alert)),
            alert_message: Some(format!("{alert:?}")),
        },
        _ => OutboundError::TlsProtocolError,
    }
}
