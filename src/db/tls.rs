//! `sslmode`, with the meaning that PostgreSQL's own clients give it (libpq manual, "SSL Support"): `prefer` and
//! `require` encrypt without asking who answers, `verify-ca` and `verify-full` ask.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// What a URL asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tls {
    pub mode: Mode,
    roots: Option<PathBuf>,
}

/// How much is encrypted, and how much of the certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Tls {
    /// Takes the TLS settings out of a URL, since the driver knows fewer of them.
    pub fn of_url(url: &str) -> Result<(String, Self)> {
        let (start, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots) = (None, None);
        let mut rest = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
            match name {
                "sslmode" => mode = Some(Mode::of(&value)?),
                "sslrootcert" => roots = Some(value).filter(|value| value != "system").map(PathBuf::from),
                _ => rest.push(pair),
            }
        }
        let mode = match (mode.unwrap_or(Mode::Prefer), &roots) {
            // As libpq has it: whoever names a root certificate wants it checked.
            (Mode::Require, Some(_)) => Mode::VerifyCa,
            (mode, _) => mode,
        };
        let url = if rest.is_empty() { start.to_owned() } else { format!("{start}?{}", rest.join("&")) };
        Ok((url, Self { mode, roots }))
    }

    /// The client's side of the encryption.
    pub fn client(&self) -> Result<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
        let checks = match self.mode {
            Mode::VerifyFull => return Ok(builder.with_root_certificates(self.root_store()?).with_no_client_auth()),
            Mode::VerifyCa => {
                Some(WebPkiServerVerifier::builder_with_provider(Arc::new(self.root_store()?), Arc::clone(&provider)))
            }
            Mode::Disable | Mode::Prefer | Mode::Require => None,
        };
        let issuer = checks.map(|checks| checks.build()).transpose()?;
        let verifier = Arc::new(AnyName { issuer, provider });
        Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }

    fn root_store(&self) -> Result<RootCertStore> {
        let mut store = RootCertStore::empty();
        match &self.roots {
            Some(file) => {
                for certificate in certificates(file)? {
                    store.add(certificate)?;
                }
            }
            None => {
                store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        Ok(store)
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = || CertificateDer::pem_file_iter(file)?.collect::<Result<Vec<_>, _>>();
    read().with_context(|| format!("sslrootcert names {}, which holds no certificates", file.display()))
}

impl Mode {
    fn of(text: &str) -> Result<Self> {
        Ok(match text {
            "disable" => Self::Disable,
            "allow" | "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            other => bail!("sslmode={other} is none of disable, prefer, require, verify-ca and verify-full"),
        })
    }
}

/// Checks the issuer where there is one to check by, and never the name.
#[derive(Debug)]
struct AnyName {
    issuer: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(issuer) = &self.issuer else { return Ok(ServerCertVerified::assertion()) };
        match issuer.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sslmode_is_taken_out_of_the_url_and_nothing_else() -> Result<()> {
        let (url, tls) = Tls::of_url("postgresql://a@db/k?sslmode=verify-full&application_name=kith")?;
        assert_eq!((url.as_str(), tls.mode), ("postgresql://a@db/k?application_name=kith", Mode::VerifyFull));
        let (url, tls) = Tls::of_url("postgresql://a@db/k?sslmode=require&sslrootcert=%2Fetc%2Fca.pem")?;
        assert_eq!((url.as_str(), tls.mode), ("postgresql://a@db/k", Mode::VerifyCa));
        assert_eq!(Tls::of_url("postgresql://a@db/k")?.1.mode, Mode::Prefer);
        assert!(Tls::of_url("postgresql://a@db/k?sslmode=on").is_err());
        Ok(())
    }
}
