//! A server that speaks TLS, and the certificate that it shows.

use super::upstream::{Upstream, head};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// A certificate for `localhost` and `mlflow.test` that signs itself, valid until 2126, and the file with its key.
pub fn files() -> (PathBuf, PathBuf) {
    (folder().join("certificate.pem"), folder().join("key.pem"))
}

/// The file with both.
pub fn identity() -> PathBuf {
    folder().join("identity.pem")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls")
}

/// The certificate.
pub fn certificate() -> CertificateDer<'static> {
    CertificateDer::from_pem_file(files().0).unwrap()
}

/// Those who trust this certificate and nothing else.
pub fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(certificate()).unwrap();
    roots
}

/// What speaks TLS with the certificate; to everybody, or only to those who show the same one.
pub fn acceptor(mutual: bool) -> TlsAcceptor {
    let provider = Arc::new(ring::default_provider());
    let key = PrivateKeyDer::from_pem_file(files().1).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots()), Arc::clone(&provider));
    let verifier = if mutual { verifier } else { verifier.allow_unauthenticated() };
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![certificate()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Answers the one request that comes over this connection, once it is encrypted.
pub async fn answer<S: AsyncRead + AsyncWrite + Unpin>(stream: S, acceptor: TlsAcceptor) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut request = [0; 4096];
    let _ = stream.read(&mut request).await;
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret").await;
    let _ = stream.shutdown().await;
}

/// A server that answers every request with `secret`.
pub async fn server(mutual: bool) -> Upstream {
    let acceptor = acceptor(mutual);
    Upstream::handling(move |stream| answer(stream, acceptor.clone())).await
}

/// A proxy that lets everybody through to such a server who asks for it as the first line says, wherever that is.
pub async fn proxy(heads: tokio::sync::mpsc::UnboundedSender<String>) -> Upstream {
    let acceptor = acceptor(false);
    Upstream::handling(move |mut stream| {
        let (acceptor, heads) = (acceptor.clone(), heads.clone());
        async move {
            let head = head(&mut stream).await;
            let connect = head.starts_with("CONNECT ");
            let _ = heads.send(head);
            if connect {
                let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\nvia: test\r\n\r\n").await;
                answer(stream, acceptor).await;
            } else {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nplain").await;
                let _ = stream.shutdown().await;
            }
        }
    })
    .await
}
