//! Errors of the Data API, by their real names.

use hyper::StatusCode;
use serde_json::{Value, json};

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    /// Name of the error, as clients know it.
    pub(super) name: &'static str,
    pub(super) message: String,
    /// The field beside the message that the error's shape has.
    pub(super) field: Option<(&'static str, String)>,
}

impl Failure {
    fn new(status: StatusCode, name: &'static str, message: impl Into<String>) -> Self {
        Self { status, name, message: message.into(), field: None }
    }

    /// A field that is missing or has a value that it cannot have, or a request that does not fit the statement's state.
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ValidationException", message)
    }

    /// A statement or table that is not there, or is another's.
    pub(super) fn not_found(message: impl Into<String>, id: &str) -> Self {
        let failure = Self::new(StatusCode::BAD_REQUEST, "ResourceNotFoundException", message);
        Self { field: Some(("ResourceId", id.to_owned())), ..failure }
    }

    /// As many statements wait and run as may.
    pub(super) fn too_many_statements(most: usize) -> Self {
        let message =
            format!("{most} statements are waiting or running, which is the most; wait until some have finished");
        Self::new(StatusCode::BAD_REQUEST, "ActiveStatementsExceededException", message)
    }

    /// As many requests wait for a statement as may.
    pub(super) fn too_many_waiting(most: usize) -> Self {
        let message = format!("{most} requests are waiting for this statement, which is the most");
        Self::new(StatusCode::BAD_REQUEST, "ActiveWaitingRequestsExceededException", message)
    }

    /// A fault of the service.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException", message)
    }

    /// A body that is no JSON, or has other types of values than the operation.
    pub(super) fn serialization(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "SerializationException", message)
    }

    /// An operation that the service does not have.
    pub(super) fn unknown_operation(name: &str) -> Self {
        let name: String = name.chars().take(100).collect();
        Self::new(StatusCode::BAD_REQUEST, "UnknownOperationException", format!("there is no operation {name:?}"))
    }

    /// A request of another form than the API's.
    pub(super) fn http(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, "ValidationException", message)
    }

    /// A signature that is missing or cannot be read.
    pub(super) fn unsigned(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "MissingAuthenticationTokenException", message)
    }

    /// A signature by a key that the service does not have.
    pub(super) fn unknown_key() -> Self {
        let message = "The security token included in the request is invalid.";
        Self::new(StatusCode::FORBIDDEN, "UnrecognizedClientException", message)
    }

    /// A signature that does not match the request, or is too old.
    pub(super) fn signature(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "InvalidSignatureException", message)
    }

    /// The body of the answer.
    pub(super) fn body(&self) -> Value {
        let mut body = json!({ "__type": self.name, "Message": self.message });
        if let (Some((name, value)), Value::Object(fields)) = (&self.field, &mut body) {
            fields.insert((*name).to_owned(), json!(value));
        }
        body
    }
}
