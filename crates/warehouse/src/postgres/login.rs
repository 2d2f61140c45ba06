//! Who connects: with keys, SCRAM-SHA-256 by a key's id and secret; without, anyone on this machine.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use futures::Sink;
use pgwire::api::auth::sasl::SASLAuthStartupHandler;
use pgwire::api::auth::sasl::scram::{SCRAM_ITERATIONS, ScramAuth, gen_salted_password};
use pgwire::api::auth::{
    AuthSource, DefaultServerParameterProvider, LoginInfo, Password, ServerParameterProvider, StartupHandler,
    finish_authentication, protocol_negotiation, save_startup_parameters_to_metadata,
};
use pgwire::api::{ClientInfo, PidSecretKeyGenerator, RandomPidSecretKeyGenerator};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::{PgWireBackendMessage, PgWireFrontendMessage};
use uuid::Uuid;

use super::session;
use crate::keys::Keys;

/// How a connection begins.
pub(super) enum Login {
    Open,
    Keys(Box<SASLAuthStartupHandler<Parameters>>),
}

impl Login {
    pub(super) fn new(keys: Option<&Arc<Keys>>) -> Self {
        let Some(keys) = keys else { return Self::Open };
        let mut scram = ScramAuth::new(Arc::new(Secrets(Arc::clone(keys))));
        scram.set_iterations(SCRAM_ITERATIONS);
        Self::Keys(Box::new(SASLAuthStartupHandler::new(Arc::new(Parameters)).with_scram(scram)))
    }
}

#[async_trait]
impl StartupHandler for Login {
    async fn on_startup<C>(&self, client: &mut C, message: PgWireFrontendMessage) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        match self {
            Self::Keys(scram) => scram.on_startup(client, message).await,
            Self::Open => {
                let PgWireFrontendMessage::Startup(startup) = message else { return Ok(()) };
                protocol_negotiation(client, &startup).await?;
                save_startup_parameters_to_metadata(client, &startup);
                let (pid, secret) = RandomPidSecretKeyGenerator::default().generate(client);
                client.set_pid_and_secret_key(pid, secret);
                finish_authentication(client, &Parameters).await
            }
        }
    }
}

/// What a client is told of the server.
#[derive(Debug)]
pub(super) struct Parameters;

impl ServerParameterProvider for Parameters {
    fn server_parameters<C>(&self, client: &C) -> Option<HashMap<String, String>>
    where
        C: ClientInfo,
    {
        let mut known = DefaultServerParameterProvider::default().server_parameters(client)?;
        for name in ["server_version", "is_superuser", "default_transaction_read_only", "TimeZone", "DateStyle"] {
            if let Some(value) = session::setting(name) {
                known.insert(name.to_owned(), value.to_owned());
            }
        }
        Some(known)
    }
}

/// Secrets of keys, as passwords.
#[derive(Debug)]
struct Secrets(Arc<Keys>);

#[async_trait]
impl AuthSource for Secrets {
    async fn get_password(&self, login: &LoginInfo) -> PgWireResult<Password> {
        let salt = Uuid::new_v4().as_bytes().to_vec();
        // A user that does not exist is told no other thing than one with a wrong password.
        let unknown = Uuid::new_v4().to_string();
        let secret = login.user().and_then(|user| self.0.secret(user)).unwrap_or(&unknown);
        let salted = gen_salted_password(secret, &salt, SCRAM_ITERATIONS);
        Ok(Password::new(Some(salt), salted))
    }
}
