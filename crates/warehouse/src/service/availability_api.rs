//! `/api/availability`: `GET` tells what is known of providers, `POST` changes it.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::Service;
use super::availability::Refusal;

/// Path of the endpoint.
pub(super) const PATH: &str = "/api/availability";
/// Most bytes of an update.
const MOST_BYTES: usize = 16 << 10;
/// Longest time that an update may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Answers a request; none where the service keeps no availability.
pub(super) async fn answer(service: &Arc<Service>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (status, body) =
        respond(service, request).await.unwrap_or_else(|(status, message)| (status, json!({ "error": message })));
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

type Answer = Result<(StatusCode, Value), (StatusCode, String)>;

async fn respond(service: &Arc<Service>, request: Request<Incoming>) -> Answer {
    let refuse = |status: StatusCode, message: &str| Err((status, message.to_owned()));
    let Some(known) = service.availability.clone() else {
        return refuse(StatusCode::NOT_FOUND, "this service keeps no availability: start it with --availability");
    };
    if request.method() == Method::GET {
        return Ok((StatusCode::OK, known.told()));
    }
    if request.method() != Method::POST {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "GET tells what is known, POST changes it");
    }
    // Who may not change it sends nothing that is read.
    if !known.permits(request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes)) {
        return refuse(StatusCode::UNAUTHORIZED, "the token is missing or wrong: send Authorization: Bearer TOKEN");
    }
    let body = tokio::time::timeout(BODY_TIME, Limited::new(request.into_body(), MOST_BYTES).collect()).await;
    let body = match body {
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT, "the update took too long to arrive"),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, format!("an update has at most {MOST_BYTES} bytes")));
        }
        Ok(Err(_)) => return refuse(StatusCode::BAD_REQUEST, "the update broke off"),
        Ok(Ok(body)) => body.to_bytes(),
    };
    // Waiting for the disk is no work for the threads that answer.
    let accepted =
        tokio::task::spawn_blocking(move || known.accept(&body, chrono::DateTime::from(std::time::SystemTime::now())));
    match accepted.await {
        Ok(Ok(())) => Ok((StatusCode::OK, json!({ "accepted": true }))),
        Ok(Err(Refusal::Form(message))) => Err((StatusCode::UNPROCESSABLE_ENTITY, message)),
        Ok(Err(Refusal::Unknown(message))) => Err((StatusCode::NOT_FOUND, message)),
        Ok(Err(Refusal::Known(message))) => Err((StatusCode::CONFLICT, message)),
        Ok(Err(Refusal::Disk(message))) => Err((StatusCode::INSUFFICIENT_STORAGE, message)),
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "the update could not be kept"),
    }
}
