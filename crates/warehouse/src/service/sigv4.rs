//! Signatures of requests: AWS Signature Version 4, checked.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use sha2::{Digest, Sha256};

use super::failure::Failure;
use crate::keys::Keys;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Largest difference between the clocks of client and service.
const SKEW: Duration = Duration::from_secs(5 * 60);
/// Headers that a signature must cover, so that none of them can be replaced.
const COVERED: [&str; 3] = ["host", "x-amz-date", "x-amz-target"];

/// The parts of a request that a signature covers.
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// What an `Authorization` header says.
struct Authorization<'a> {
    key: &'a str,
    /// `DATE/REGION/SERVICE/aws4_request`.
    scope: &'a str,
    headers: Vec<&'a str>,
    signature: Vec<u8>,
}

/// Checks a request's signature, and says whose key made it.
pub(super) fn check(request: &Signed<'_>, keys: &Keys, now: SystemTime) -> Result<String, Failure> {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let written = header("authorization").ok_or_else(|| Failure::unsigned("the request is not signed"))?;
    let authorization = Authorization::read(written)
        .ok_or_else(|| Failure::unsigned("the Authorization header is not of Signature Version 4"))?;
    let secret = keys.secret(authorization.key).ok_or_else(Failure::unknown_key)?;
    let date = header("x-amz-date").ok_or_else(|| Failure::unsigned("the request has no X-Amz-Date"))?;
    let signed_at = moment(date).ok_or_else(|| Failure::signature("X-Amz-Date is no date"))?;
    let apart = signed_at.signed_duration_since(DateTime::<Utc>::from(now)).abs().to_std().unwrap_or(Duration::MAX);
    if apart > SKEW {
        return Err(Failure::signature(format!(
            "Signature expired: {date} is more than 5 minutes from the service's clock"
        )));
    }
    let mut scope = authorization.scope.split('/');
    let parts = [scope.next(), scope.next(), scope.next(), scope.next(), scope.next()];
    let [Some(day), Some(_region), Some("redshift-data"), Some("aws4_request"), None] = parts else {
        return Err(Failure::signature("Credential should be scoped to the service redshift-data"));
    };
    if !date.starts_with(day) || day.len() != 8 {
        return Err(Failure::signature("the date of the credential is not that of the request"));
    }
    if let Some(missing) = COVERED.iter().find(|name| !authorization.headers.contains(*name)) {
        return Err(Failure::signature(format!("the signature does not cover the header {missing}")));
    }
    let canonical = canonical(request, &authorization.headers)
        .ok_or_else(|| Failure::signature("a signed header is missing or is no text"))?;
    let mac = signing(secret, authorization.scope, date, &canonical);
    // `verify_slice` takes the same time for every wrong signature.
    mac.verify_slice(&authorization.signature).map_err(|_| {
        Failure::signature(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
             Key and signing method.",
        )
    })?;
    Ok(authorization.key.to_owned())
}

impl<'a> Authorization<'a> {
    fn read(written: &'a str) -> Option<Self> {
        let fields = written.strip_prefix(ALGORITHM)?;
        let (mut credential, mut headers, mut signature) = (None, None, None);
        for field in fields.split(',') {
            let (name, value) = field.trim().split_once('=')?;
            let place = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut headers,
                "Signature" => &mut signature,
                _ => return None,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        let (key, scope) = credential?.split_once('/')?;
        let signature = hex::decode(signature?).ok()?;
        Some(Self { key, scope, headers: headers?.split(';').collect(), signature })
    }
}

fn moment(date: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ").ok().map(|moment| moment.and_utc())
}

/// The request as signatures see it; none where a signed header is missing.
fn canonical(request: &Signed<'_>, names: &[&str]) -> Option<String> {
    let mut headers = String::new();
    for name in names {
        let mut values = request.headers.get_all(*name).iter().peekable();
        values.peek()?;
        let values: Option<Vec<String>> = values.map(|value| value.to_str().ok().map(folded)).collect();
        headers.push_str(&format!("{name}:{}\n", values?.join(",")));
    }
    let mut query: Vec<&str> = request.query.split('&').filter(|pair| !pair.is_empty()).collect();
    query.sort_unstable();
    let payload = hex::encode(Sha256::digest(request.body));
    let (method, path, query, names) = (request.method, request.path, query.join("&"), names.join(";"));
    Some(format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{payload}"))
}

/// A header's value without blanks at its ends, and one blank for several within.
fn folded(value: &str) -> String {
    value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The signature of a canonical request, to be compared or shown.
fn signing(secret: &str, scope: &str, date: &str, canonical: &str) -> Hmac<Sha256> {
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in scope.split('/') {
        key = keyed(&key, part.as_bytes()).finalize().into_bytes().to_vec();
    }
    let hashed = hex::encode(Sha256::digest(canonical));
    keyed(&key, format!("{ALGORITHM}\n{date}\n{scope}\n{hashed}").as_bytes())
}

fn keyed(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    // Keys of any length are taken: longer ones than a block are hashed first.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(text);
    mac
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    const DATE: &str = "20150830T123600Z";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn signature(request: &Signed<'_>, scope: &str, names: &[&str]) -> String {
        let canonical = canonical(request, names).unwrap();
        hex::encode(signing(SECRET, scope, DATE, &canonical).finalize().into_bytes())
    }

    /// From the test suite that AWS publishes for Signature Version 4: service `service`, region us-east-1.
    #[test]
    fn signatures_are_those_of_the_published_suite() {
        let scope = "20150830/us-east-1/service/aws4_request";
        let plain = headers(&[("host", "example.amazonaws.com"), ("x-amz-date", DATE)]);
        let request = |method, query, headers, body| Signed { method, path: "/", query, headers, body };
        let both = ["host", "x-amz-date"];
        let vanilla = request("GET", "", &plain, b"".as_slice());
        assert_eq!(
            signature(&vanilla, scope, &both),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        );
        let post = request("POST", "", &plain, b"".as_slice());
        assert_eq!(signature(&post, scope, &both), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
        let ordered = request("GET", "Param2=value2&Param1=value1", &plain, b"".as_slice());
        assert_eq!(
            signature(&ordered, scope, &both),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        );
        let form = headers(&[
            ("content-type", "application/x-www-form-urlencoded"),
            ("host", "example.amazonaws.com"),
            ("x-amz-date", DATE),
        ]);
        let names = ["content-type", "host", "x-amz-date"];
        let sent = request("POST", "", &form, b"Param1=value1".as_slice());
        assert_eq!(signature(&sent, scope, &names), "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
        let trimmed = headers(&[
            ("host", "example.amazonaws.com"),
            ("my-header1", " value1"),
            ("my-header2", " \"a   b   c\""),
            ("x-amz-date", DATE),
        ]);
        let names = ["host", "my-header1", "my-header2", "x-amz-date"];
        let sent = request("GET", "", &trimmed, b"".as_slice());
        assert_eq!(signature(&sent, scope, &names), "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
    }

    fn keys() -> Keys {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("[[key]]\nid = \"AKIDEXAMPLE\"\nsecret = \"{SECRET}\"\n")).unwrap();
        Keys::read(file.path()).unwrap()
    }

    /// A request that is signed over these headers, a while from now, and changed on its way.
    fn checked(
        names: &[&'static str],
        scope: &str,
        later: i64,
        change: impl FnOnce(&mut HeaderMap, &mut Vec<u8>),
    ) -> Result<String, Failure> {
        let mut headers = headers(&[
            ("content-type", "application/x-amz-json-1.1"),
            ("host", "127.0.0.1:8080"),
            ("x-amz-date", DATE),
            ("x-amz-target", "RedshiftData.ListStatements"),
        ]);
        let mut body = b"{}".to_vec();
        let request = Signed { method: "POST", path: "/", query: "", headers: &headers, body: &body };
        let signature = signature(&request, scope, names);
        let names = names.join(";");
        let written =
            format!("{ALGORITHM} Credential=AKIDEXAMPLE/{scope}, SignedHeaders={names}, Signature={signature}");
        headers.insert("authorization", HeaderValue::from_str(&written).unwrap());
        change(&mut headers, &mut body);
        let now = moment(DATE).unwrap() + chrono::TimeDelta::seconds(later);
        let request = Signed { method: "POST", path: "/", query: "", headers: &headers, body: &body };
        check(&request, &keys(), now.into())
    }

    const SCOPE: &str = "20150830/us-east-1/redshift-data/aws4_request";
    const ALL: [&str; 4] = ["content-type", "host", "x-amz-date", "x-amz-target"];

    #[test]
    fn a_signed_request_is_known_by_its_key() {
        assert_eq!(checked(&ALL, SCOPE, 299, |_, _| {}).unwrap(), "AKIDEXAMPLE");
        assert_eq!(checked(&COVERED, SCOPE, -299, |_, _| {}).unwrap(), "AKIDEXAMPLE");
    }

    #[test]
    fn a_changed_or_old_request_is_refused() {
        let name = |result: Result<String, Failure>| result.err().map(|failure| failure.name);
        let wrong = Some("InvalidSignatureException");
        assert_eq!(name(checked(&ALL, SCOPE, 0, |_, body| body.push(b' '))), wrong);
        let other = HeaderValue::from_static("RedshiftData.ExecuteStatement");
        assert_eq!(name(checked(&ALL, SCOPE, 0, |headers, _| drop(headers.insert("x-amz-target", other)))), wrong);
        assert_eq!(name(checked(&ALL, SCOPE, 301, |_, _| {})), wrong);
        assert_eq!(name(checked(&ALL, SCOPE, -301, |_, _| {})), wrong);
        assert_eq!(name(checked(&["host", "x-amz-date"], SCOPE, 0, |_, _| {})), wrong);
        for scope in [
            "20150829/us-east-1/redshift-data/aws4_request",
            "20150830/us-east-1/s3/aws4_request",
            "20150830/us-east-1/redshift-data",
            "20150830/us-east-1/redshift-data/aws4_request/x",
            "2/us-east-1/redshift-data/aws4_request",
        ] {
            assert_eq!(name(checked(&ALL, scope, 0, |_, _| {})), wrong, "{scope}");
        }
        let unsigned = Some("MissingAuthenticationTokenException");
        assert_eq!(name(checked(&ALL, SCOPE, 0, |headers, _| drop(headers.remove("authorization")))), unsigned);
        assert_eq!(name(checked(&ALL, SCOPE, 0, |headers, _| drop(headers.remove("x-amz-date")))), unsigned);
        for written in [
            "",
            "Basic YTpi",
            "AWS4-HMAC-SHA256 Credential=a",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x, Signature=zz, SignedHeaders=host",
        ] {
            let value = HeaderValue::from_static(written);
            assert_eq!(
                name(checked(&ALL, SCOPE, 0, |headers, _| drop(headers.insert("authorization", value)))),
                unsigned,
                "{written}"
            );
        }
        let stranger =
            HeaderValue::from_static("AWS4-HMAC-SHA256 Credential=NOBODY/x, SignedHeaders=host, Signature=00");
        assert_eq!(
            name(checked(&ALL, SCOPE, 0, |headers, _| drop(headers.insert("authorization", stranger)))),
            Some("UnrecognizedClientException")
        );
    }
}
