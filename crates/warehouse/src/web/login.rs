//! Who asks: with keys, by HTTP's basic authentication, a key's id and secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use hyper::http::request::Parts;
use sha2::{Digest, Sha256};

use super::reply::Reply;
use crate::keys::Keys;

/// Lets in who has a key.
pub(super) fn check(head: &Parts, keys: &Keys) -> Result<(), Box<Reply>> {
    let given = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let pair = given.and_then(|text| {
        let (scheme, code) = text.split_once(' ')?;
        let code = scheme.eq_ignore_ascii_case("basic").then_some(code)?;
        String::from_utf8(STANDARD.decode(code.trim()).ok()?).ok()
    });
    if let Some((id, secret)) = pair.as_deref().and_then(|pair| pair.split_once(':'))
        && let Some(known) = keys.secret(id)
        // Digests of equal length: how much of a secret was right does not show in the time that it takes.
        && Sha256::digest(secret) == Sha256::digest(known)
    {
        return Ok(());
    }
    let refusal =
        Reply::refusal(StatusCode::UNAUTHORIZED, "a key is needed", "give a key's id and secret as user and password");
    let scheme = HeaderValue::from_static("Basic realm=\"countycast\", charset=\"UTF-8\"");
    Err(Box::new(refusal.with(WWW_AUTHENTICATE, scheme)))
}
