//! One request: its form, who asks, what is asked, and the answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::failure::Failure;
use super::sigv4::{Signed, check};
use super::{Service, api, availability_api};

/// Most bytes of a request: forty statements of 100 KB, and their parameters.
const MOST_BYTES: usize = 8 << 20;
/// Longest time that a request's body may take.
const BODY_TIME: Duration = Duration::from_secs(30);
const JSON: &str = "application/x-amz-json-1.1";

/// Answers a request. What goes wrong is an answer, too.
pub(super) async fn answer(
    service: Arc<Service>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if service.keys.is_none()
        && let Err(failure) = local(request.headers())
    {
        return Ok(shown(Err(failure)));
    }
    if request.uri().path() == availability_api::PATH {
        return Ok(availability_api::answer(&service, request).await);
    }
    let (head, body) = request.into_parts();
    if service.web.is_asked(&head) {
        return Ok(service.web.answer(&head).await);
    }
    Ok(shown(respond(&service, head, body).await))
}

/// The form of the Data API's answers.
fn shown(result: Result<Value, Failure>) -> Response<Full<Bytes>> {
    let (status, name, body) = match result {
        Ok(body) => (StatusCode::OK, None, body),
        Err(failure) => (failure.status, Some(failure.name), failure.body()),
    };
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    if let Some(name) = name {
        headers.insert(HeaderName::from_static("x-amzn-errortype"), HeaderValue::from_static(name));
    }
    response
}

async fn respond(service: &Arc<Service>, head: Parts, body: Incoming) -> Result<Value, Failure> {
    if head.method != Method::POST {
        return Err(Failure::http(StatusCode::METHOD_NOT_ALLOWED, "requests of the Data API are POST"));
    }
    if head.uri.path() != "/" || head.uri.query().is_some() {
        return Err(Failure::http(StatusCode::NOT_FOUND, "requests of the Data API go to /"));
    }
    let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(JSON) {
        return Err(Failure::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("the body of a request is {JSON}")));
    }
    let body = tokio::time::timeout(BODY_TIME, Limited::new(body, MOST_BYTES).collect())
        .await
        .map_err(|_| Failure::http(StatusCode::REQUEST_TIMEOUT, "the request took too long to arrive"))?
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                Failure::http(StatusCode::PAYLOAD_TOO_LARGE, format!("a request has at most {MOST_BYTES} bytes"))
            } else {
                Failure::serialization("the request broke off")
            }
        })?
        .to_bytes();
    let owner = match &service.keys {
        Some(keys) => {
            let path = head.uri.path();
            let signed = Signed { method: "POST", path, query: "", headers: &head.headers, body: &body };
            check(&signed, keys, SystemTime::now())?
        }
        None => String::new(),
    };
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.strip_prefix("RedshiftData.").ok_or_else(|| Failure::unknown_operation(target))?;
    api::call(service, operation, &owner, &body).await
}

/// Refuses what a page of another site makes a browser on this machine ask: its host is not this machine's name.
fn local(headers: &HeaderMap) -> Result<(), Failure> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.chars().all(|c| c.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let loopback = name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if loopback || name.eq_ignore_ascii_case("localhost") {
        return Ok(());
    }
    Err(Failure::http(StatusCode::FORBIDDEN, "without keys the service is reached as localhost or 127.0.0.1 alone"))
}
