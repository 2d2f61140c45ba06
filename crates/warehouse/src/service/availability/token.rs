//! The token of who may change availability.

use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::error::{Error, shown};
use crate::keys::private;

/// Environment variable with the token.
const TOKEN_VARIABLE: &str = "COUNTYCAST_AVAILABILITY_TOKEN";

/// Shortest token.
const SHORTEST: usize = 16;
const REMEDY: &str = "make one by chance, openssl rand -base64 30, and keep it in a file that only its owner reads";

/// A token: kept is its digest under a key of this process.
pub(super) struct Token {
    key: [u8; 32],
    digest: Vec<u8>,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a token")
    }
}

impl Token {
    /// The token of a file that others cannot read, else of the environment. No error shows it.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, Error> {
        let text = match file {
            Some(path) => {
                private(path)?;
                std::fs::read_to_string(path).map_err(|source| Error::unreadable(path, &source))?
            }
            None => std::env::var(TOKEN_VARIABLE).map_err(|_| {
                Error::input(
                    format!("updates of availability need a token: neither --availability-token nor {TOKEN_VARIABLE} has one"),
                    REMEDY,
                )
            })?,
        };
        let text = text.trim();
        if text.len() < SHORTEST {
            let whose = file.map_or_else(|| TOKEN_VARIABLE.to_owned(), shown);
            return Err(Error::input(format!("{whose}: the token has fewer than {SHORTEST} letters"), REMEDY));
        }
        let mut key = [0; 32];
        key[..16].copy_from_slice(Uuid::new_v4().as_bytes());
        key[16..].copy_from_slice(Uuid::new_v4().as_bytes());
        let digest = mac(&key, text.as_bytes()).finalize().into_bytes().to_vec();
        Ok(Self { key, digest })
    }

    /// Whether a header `Authorization` is `Bearer` and this token. Digests are compared, in the same time for every wrong one.
    pub(super) fn permits(&self, authorization: Option<&[u8]>) -> bool {
        let given = authorization.and_then(|header| header.strip_prefix(b"Bearer ")).unwrap_or_default();
        mac(&self.key, given).verify_slice(&self.digest).is_ok()
    }
}

fn mac(key: &[u8; 32], text: &[u8]) -> Hmac<Sha256> {
    // Keys of any length are taken.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(text);
    mac
}
