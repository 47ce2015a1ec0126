//! Plain reads over HTTP: with timeouts, the machine's certificates and its proxies; nothing is ever sent but a question.

use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::Certificate;
use ureq::tls::RootCerts;
use ureq::tls::TlsConfig;

use crate::world::loopback::is_loopback;
use crate::world::registry::failure::Failure;
use crate::world::registry::failure::Kind;
use crate::world::registry::failure::without_user;
use crate::world::registry::secret::Secret;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may take to begin.
const ANSWER: Duration = Duration::from_secs(20);
/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(30);
/// The most bytes of an answer: the largest file of the largest index is below 3 MiB, and a crate below 20 MiB.
const LIMIT: u64 = 64 << 20;

/// A client.
pub(super) struct Http {
    agent: Agent,
}

/// An answer.
pub(super) enum Got {
    /// The bytes.
    Bytes(Vec<u8>),
    /// There is nothing at that address.
    Nothing,
}

/// Says whether nobody on the way reads what is sent.
fn is_private(address: &str) -> bool {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let host = rest.split('/').next().unwrap_or_default();
    scheme == "https" || (scheme == "http" && is_loopback(host))
}

/// Whether nothing was said for too long, or nobody could be reached.
fn kind_of(error: &ureq::Error) -> Kind {
    if matches!(error, ureq::Error::Timeout(_)) { Kind::Silent } else { Kind::Unreachable }
}

impl Http {
    pub(super) fn new() -> Self {
        let certificates: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
            .certs
            .iter()
            .map(|one| Certificate::from_der(one.as_ref()).to_owned())
            .collect();
        let roots =
            if certificates.is_empty() { RootCerts::WebPki } else { RootCerts::Specific(Arc::new(certificates)) };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_global(Some(REQUEST))
            .user_agent(concat!("cargo-governed/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build();
        Self { agent: config.new_agent() }
    }

    /// Gets what is at an address.
    pub(super) fn get(&self, address: &str, token: Option<&Secret>) -> Result<Got, Failure> {
        let asked = format!("GET {}", without_user(address));
        // No cache between us and the registry may answer: the question is what is there now.
        let mut request = self.agent.get(address).header("cache-control", "no-cache");
        if let Some(token) = token {
            if !is_private(address) {
                let why = "it wants a token, which would travel in clear text";
                return Err(Failure::new(Kind::Unasked, asked.as_str(), why));
            }
            request = request.header("authorization", token.header());
        }
        let failed = |kind: Kind, why: &str| Failure::new(kind, asked.as_str(), why);
        let mut response = request.call().map_err(|error| failed(kind_of(&error), &error.to_string()))?;
        let status = response.status().as_u16();
        let after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let after = after.and_then(|value| value.trim().parse().ok()).map(Duration::from_secs);
        let body = response.body_mut().with_config().limit(LIMIT).read_to_vec();
        let said = |body: &[u8]| {
            let text = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
            format!("{status} {text}")
        };
        match (status, body) {
            (200..300, Ok(body)) => Ok(Got::Bytes(body)),
            (404, _) => Ok(Got::Nothing),
            (_, Err(error)) => Err(failed(kind_of(&error), &error.to_string())),
            // Gone, and withheld for legal reasons: something was there, or is, and nothing is known of it.
            (401 | 410 | 451, Ok(body)) => Err(failed(Kind::Denied, &said(&body))),
            (403 | 405, Ok(body)) => Err(failed(Kind::Forbidden, &said(&body))),
            (429, Ok(body)) => Err(failed(Kind::Limited(after), &said(&body))),
            (500.., Ok(body)) => Err(failed(Kind::Broken, &said(&body))),
            (_, Ok(body)) => Err(failed(Kind::Unreadable, &said(&body))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_travels_only_where_nobody_listens() {
        assert!(is_private("https://index.example/config.json") && is_private("http://127.0.0.1:80/x"));
        assert!(!is_private("http://index.example/config.json") && !is_private("http://127.0.0.1.example/x"));
    }
}
