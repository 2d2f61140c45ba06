//! The module `countycast._countycast`: the library's stages for Python, behind the package `countycast`.
//!
//! Whatever takes long runs on a thread of its own without Python's lock (`watch`), while the caller's thread shows progress and
//! looks for Ctrl-C. Tables cross as Arrow (`arrow`). Errors become exceptions of `countycast.errors` (`failure`).

mod arrow;
mod engine;
mod failure;
mod folder;
mod frames;
mod panel;
mod run;
mod settings;
mod trained;
mod watch;

use std::ffi::OsString;

use countycast::cli;
use pyo3::prelude::*;

/// Runs the program `countycast` with these arguments, of which the first is its name; its exit code.
#[pyfunction]
fn main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| cli::run_with(&arguments))
}

#[pymodule]
fn _countycast(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // An engine's panic is a failure in one place and is told there.
    cli::silence_caught_panics();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("ENGINES", countycast::pipeline::names())?;
    module.add("DEFAULT_ENGINES", countycast::pipeline::DEFAULT_ENGINES)?;
    module.add("LEVELS", countycast::scores::quantiles::LEVELS)?;
    module.add_class::<arrow::Table>()?;
    module.add_class::<engine::Streams>()?;
    module.add_class::<panel::Panel>()?;
    module.add_class::<run::Run>()?;
    module.add_class::<trained::Trained>()?;
    module.add_function(wrap_pyfunction!(main, module)?)?;
    module.add_function(wrap_pyfunction!(run::project, module)?)?;
    module.add_function(wrap_pyfunction!(trained::train, module)?)?;
    module.add_function(wrap_pyfunction!(trained::recall, module)?)?;
    module.add_function(wrap_pyfunction!(folder::evaluate, module)?)?;
    module.add_function(wrap_pyfunction!(folder::what_if, module)?)?;
    module.add_function(wrap_pyfunction!(folder::read_table, module)?)
}
