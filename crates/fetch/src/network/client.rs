//! One request and its answer: TLS, proxies, redirects.

use std::env;
use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

use crate::error::FetchError;
use crate::network::address::Address;
use crate::network::limits::Limits;
use crate::network::retry::Failure;
use crate::network::sources::Source;

/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// Time to find a host, to connect to it, and until its answer begins.
const RESOLVE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(30);
const ANSWER: Duration = Duration::from_secs(120);
/// Statuses that another attempt may mend.
const PASSING: [u16; 8] = [408, 425, 429, 500, 502, 503, 504, 509];

/// Asks servers.
#[derive(Debug)]
pub(crate) struct Client {
    direct: Agent,
    /// By the proxy of the environment, if it names one.
    proxied: Agent,
}

/// An answer: status, headers and body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Box<dyn Read + Send>,
}

impl Answer {
    /// A header's text.
    pub(crate) fn header(&self, name: header::HeaderName) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }

    /// The length that the server announced.
    pub(crate) fn length(&self) -> Option<u64> {
        self.header(header::CONTENT_LENGTH)?.parse().ok()
    }
}

impl Client {
    /// A client that trusts the certificates of the platform, and those built in where it has none.
    pub(crate) fn new(limits: &Limits) -> Self {
        let certificates = rustls_native_certs::load_native_certs().certs;
        let roots = if certificates.is_empty() {
            RootCerts::WebPki
        } else {
            let owned = |der: &[u8]| Certificate::from_der(der).to_owned();
            RootCerts::Specific(Arc::new(certificates.iter().map(|certificate| owned(certificate)).collect()))
        };
        let agent = |proxy: Option<Proxy>| {
            Agent::config_builder()
                .proxy(proxy)
                .tls_config(TlsConfig::builder().root_certs(roots.clone()).build())
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .user_agent(concat!("countycast/", env!("CARGO_PKG_VERSION")))
                .timeout_resolve(Some(RESOLVE))
                .timeout_connect(Some(CONNECT))
                .timeout_recv_response(Some(ANSWER.min(limits.silence * 2)))
                .timeout_per_read(Some(limits.silence))
                .build()
                .new_agent()
        };
        Self { direct: agent(None), proxied: agent(Proxy::try_from_env()) }
    }

    /// Asks an address and follows its redirects. The source's token goes to the source's own host alone.
    pub(crate) fn get(
        &self,
        source: &Source,
        address: &Address,
        headers: &[(header::HeaderName, String)],
    ) -> Result<Answer, Failure> {
        let mut at = address.clone();
        for _ in 0..=REDIRECTS {
            // What is asked of this machine never leaves it.
            let agent = if at.is_loopback() { &self.direct } else { &self.proxied };
            let mut request = agent.get(at.uri());
            for (name, value) in headers {
                request = request.header(name, value);
            }
            if let Some(token) = &source.token
                && at.is_same_origin(&source.address)
                && let Ok(value) = env::var(&token.variable)
                && !value.is_empty()
            {
                request = request.header(&token.header, value);
            }
            let response = request.call().map_err(|error| failure(&at, error))?;
            let (parts, body) = response.into_parts();
            let status = parts.status.as_u16();
            if !(matches!(status, 301 | 302 | 303 | 307 | 308)) {
                return Ok(Answer { status, headers: parts.headers, body: Box::new(body.into_reader()) });
            }
            let location =
                parts.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
            at = at.redirect(location).map_err(|problem| {
                let to = location.split(['?', '#']).next().unwrap_or_default();
                let shown: String = to.chars().take(200).collect();
                // What stands before an `@` may be a password.
                let shown = if shown.contains('@') { "an address with a name in it".to_owned() } else { shown };
                Failure::Fatal(FetchError::Server(format!(
                    "{at} redirects to `{shown}`, which {problem}: not followed"
                )))
            })?;
        }
        Err(Failure::Fatal(FetchError::Server(format!("{address} redirects more than {REDIRECTS} times"))))
    }
}

/// What a status other than the expected ones means, with the wait that the server asks for.
pub(crate) fn refused(address: &Address, answer: &Answer) -> Failure {
    let message = format!("{address} answers {}", answer.status);
    if PASSING.contains(&answer.status) {
        return Failure::Passing { message, wait: answer.header(header::RETRY_AFTER), progress: false };
    }
    Failure::Fatal(FetchError::Server(message))
}

/// What kept a request from its answer. Messages of the client name hosts, never headers.
fn failure(address: &Address, error: ureq::Error) -> Failure {
    let passing =
        |problem: String| Failure::Passing { message: format!("{address}: {problem}"), wait: None, progress: false };
    match error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            Failure::Fatal(FetchError::Server(format!("{address}: {error}")))
        }
        ureq::Error::InvalidProxyUrl => {
            Failure::Fatal(FetchError::Server("the environment's proxy is not a valid address".to_owned()))
        }
        // A certificate that is not trusted, or no TLS at all.
        ureq::Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
            Failure::Fatal(FetchError::Server(format!("{address}: {error}")))
        }
        ureq::Error::Io(error) => passing(error.to_string()),
        error => passing(error.to_string()),
    }
}
