//! Answers: rows as JSON or Arrow, files and refusals, with a tag by which they are known again, packed where that is wanted.

use std::io::Write;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::arrow::json::WriterBuilder;
use datafusion::arrow::json::writer::JsonArray;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName,
    HeaderValue, IF_NONE_MATCH, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Response, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Shortest body that is packed.
const PACKED_FROM: usize = 1_000;
const JSON: &str = "application/json";
const ARROW: &str = "application/vnd.apache.arrow.stream";

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Json,
    Arrow,
}

impl Form {
    /// The form that a request accepts: Arrow where it is named, and else JSON; none where it accepts neither.
    pub(super) fn of(head: &Parts) -> Option<Self> {
        let accepted = listed(&head.headers, &ACCEPT);
        if accepted.contains(&ARROW) {
            return Some(Self::Arrow);
        }
        let json = |kind: &&str| [JSON, "application/*", "*/*"].contains(kind);
        (accepted.is_empty() || accepted.iter().any(json)).then_some(Self::Json)
    }
}

/// The words of a header, without what follows a semicolon; words of weight nought are left out.
fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let words = values.flat_map(|value| value.split(','));
    let wanted = words.filter(|word| {
        !word.split(';').skip(1).any(|part| matches!(part.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    });
    wanted.filter_map(|word| word.split(';').next()).map(str::trim).filter(|word| !word.is_empty()).collect()
}

/// An answer that can be given again.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    kind: HeaderValue,
    tag: String,
    plain: Bytes,
    /// The same packed, where that is shorter.
    packed: Option<Bytes>,
    more: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// Rows of one schema.
    pub(super) fn rows(batches: &[RecordBatch], form: Form) -> Result<Self, ArrowError> {
        let mut body = Vec::new();
        match form {
            Form::Json => {
                let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(&mut body);
                for batch in batches {
                    writer.write(batch)?;
                }
                writer.finish()?;
                if body.is_empty() {
                    body.extend_from_slice(b"[]");
                }
            }
            Form::Arrow => {
                if let Some(first) = batches.first() {
                    let mut writer = StreamWriter::try_new(&mut body, first.schema_ref())?;
                    for batch in batches {
                        writer.write(batch)?;
                    }
                    writer.finish()?;
                }
            }
        }
        let kind = if form == Form::Json { JSON } else { ARROW };
        Ok(Self::body(HeaderValue::from_static(kind), body.into()).with(VARY, HeaderValue::from_name(ACCEPT)))
    }

    /// A body of a kind.
    pub(super) fn body(kind: HeaderValue, plain: Bytes) -> Self {
        let tag = hex::encode(&Sha256::digest(&plain)[..16]);
        let packed = (plain.len() >= PACKED_FROM).then(|| pack(&plain)).flatten();
        let packed = packed.filter(|packed| packed.len() < plain.len());
        Self { status: StatusCode::OK, kind, tag, plain, packed, more: Vec::new() }
    }

    /// A refusal, as JSON.
    pub(super) fn refusal(status: StatusCode, error: &str, help: &str) -> Box<Self> {
        let mut body = json!({ "error": error });
        if !help.is_empty() {
            body["help"] = help.into();
        }
        Box::new(Self { status, ..Self::body(HeaderValue::from_static(JSON), body.to_string().into()) })
    }

    /// The same with a header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.more.push((name, value));
        self
    }

    /// About the bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.plain.len() + self.packed.as_ref().map_or(0, Bytes::len) + 512
    }

    /// The answer to a request.
    pub(super) fn response(&self, head: &Parts) -> Response<Full<Bytes>> {
        let wanted = listed(&head.headers, &ACCEPT_ENCODING).iter().any(|word| word.eq_ignore_ascii_case("gzip"));
        let packed = self.packed.as_ref().filter(|_| wanted);
        let tag = format!("\"{}{}\"", self.tag, if packed.is_some() { "-gzip" } else { "" });
        let known = |word: &&str| *word == "*" || word.trim_start_matches("W/") == tag;
        let is_known = self.status == StatusCode::OK && listed(&head.headers, &IF_NONE_MATCH).iter().any(known);
        let body = packed.unwrap_or(&self.plain);
        let sent = if is_known || head.method == Method::HEAD { Bytes::new() } else { body.clone() };
        let mut response = Response::new(Full::new(sent));
        *response.status_mut() = if is_known { StatusCode::NOT_MODIFIED } else { self.status };
        let headers = response.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.append(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
        for (name, value) in &self.more {
            headers.append(name, value.clone());
        }
        if self.status == StatusCode::OK {
            // A copy is asked after each time, which costs little.
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            if let Ok(tag) = HeaderValue::from_str(&tag) {
                headers.insert(ETAG, tag);
            }
        }
        if !is_known {
            headers.insert(CONTENT_TYPE, self.kind.clone());
            if packed.is_some() {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            if head.method == Method::HEAD {
                headers.insert(CONTENT_LENGTH, body.len().into());
            }
        }
        response
    }
}

fn pack(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}
