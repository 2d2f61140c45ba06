//! A connection to a server, with TLS where the server has it.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure;
use crate::error::Error;

/// Longest time until a server answers, unless the address says otherwise.
const TIME: Duration = Duration::from_secs(10);
const FORM: &str = "write postgres://USER@HOST:PORT/DATABASE, and give the password by PGPASSWORD";

/// Connects to the server at an address. A password that the address lacks comes from PGPASSWORD.
pub(super) async fn connect(address: &str) -> Result<Client, Error> {
    let config = configured(address)?;
    let shown = shown(&config);
    let tls = MakeRustlsConnect::new(tls()?);
    let (client, connection) = config.connect(tls).await.map_err(|error| failure::of_connection(&error, &shown))?;
    // It ends with the client; what fails on it fails there as well.
    tokio::spawn(connection);
    Ok(client)
}

/// Neither the address nor what is wrong with it is shown: it may hold a password.
fn configured(address: &str) -> Result<Config, Error> {
    let mut config: Config =
        address.parse().map_err(|_| Error::input("the address of the database cannot be read", FORM))?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(Error::input("the address of the database names no host", FORM));
    }
    if config.get_password().is_none()
        && let Ok(password) = std::env::var("PGPASSWORD")
    {
        config.password(password);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(TIME);
    }
    if config.get_application_name().is_none() {
        config.application_name("countycast load");
    }
    Ok(config)
}

/// The server and database, as they may be shown.
fn shown(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => config.get_hostaddrs().first().map(ToString::to_string).unwrap_or_default(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let database = config.get_dbname().or_else(|| config.get_user()).unwrap_or_default();
    format!("{database} at {host}:{port}")
}

/// Certificates are checked against the system's authorities, or those of SSL_CERT_FILE.
fn tls() -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    // Without any authority a connection without TLS is possible still.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::System {
            message: format!("TLS cannot be used: {error}"),
            remedy: "add sslmode=disable to the address, for a server on this machine".into(),
        })?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_an_address_has_no_password() {
        for address in ["postgres://me:hush@host:1/data", "host=host port=1 dbname=data user=me password=hush"] {
            assert_eq!(shown(&configured(address).unwrap()), "data at host:1");
        }
        for wrong in ["postgres://me:hush@host:port/data", "password=hush", "hush", ""] {
            let error = configured(wrong).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(!format!("{error} {:?} {error:?}", error.remedy()).contains("hush"), "{wrong}");
        }
    }
}
