//! The program's errors as exceptions of `countycast.errors`.

use countycast::error::Error;
use miette::Diagnostic;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

/// The exception for an error, with the program's message and remedy.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let class = match error {
        Error::Input(_) => "InputError",
        Error::Request { .. } => "RequestError",
        Error::Fetch { .. } => "FetchError",
        Error::Io { .. } => "OutputError",
        Error::Interrupted => return PyKeyboardInterrupt::new_err(error.to_string()),
        _ => "CountycastError",
    };
    named(py, class, &error.to_string(), error.help().map(|help| help.to_string()).as_deref())
}

/// A request that cannot be met.
pub(crate) fn request(py: Python<'_>, message: &str, remedy: &str) -> PyErr {
    named(py, "RequestError", message, Some(remedy))
}

/// A fault of this program.
pub(crate) fn internal(py: Python<'_>, message: &str) -> PyErr {
    named(py, "CountycastError", message, None)
}

fn named(py: Python<'_>, class: &str, message: &str, remedy: Option<&str>) -> PyErr {
    let made = py.import("countycast.errors").and_then(|errors| errors.getattr(class)?.call1((message, remedy)));
    made.map_or_else(|failed| failed, PyErr::from_value)
}
