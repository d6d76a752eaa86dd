//! TLS towards other servers.

use super::OutboundError;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// The certificate that this side shows, with those that vouch for it, and its key.
pub(super) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Mozilla's roots.
pub(super) fn web() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// The given certificates, and no others.
///
/// # Errors
///
/// When one of them is no certificate.
pub(super) fn roots<'a>(
    certificates: impl IntoIterator<Item = CertificateDer<'a>>,
) -> Result<RootCertStore, rustls::Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate)?;
    }
    Ok(roots)
}

/// A client that trusts these `roots` and shows this identity, if it has one.
///
/// # Errors
///
/// When the key does not fit the certificate.
pub(super) fn connector(
    roots: RootCertStore,
    identity: Option<Identity>,
) -> Result<TlsConnector, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    let config = match identity {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key)?,
        None => builder.with_no_client_auth(),
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Encrypts `stream` for `host`, a name or an address.
pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    connector: &TlsConnector,
    host: &str,
    stream: S,
) -> Result<TlsStream<S>, OutboundError> {
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
