//! Why the host could not do something, and what Python sees of it.

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::{PyErr, create_exception};

create_exception!(
    pytron_native,
    HostError,
    PyException,
    "The host could not do it. `code` is from spec/ipc.md, section 8; the message has the remedy."
);

/// Everything that can go wrong in the host.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("{cause}: {remedy}")]
    Unsupported { cause: String, remedy: &'static str },
    #[error("not a command of spec/view.md: {0}")]
    Command(String),
    #[error("{0} only works on the main thread: call it from there")]
    Thread(&'static str),
    #[error("{0}")]
    Closed(&'static str),
    #[error("the view could not be made: {0}")]
    View(#[from] wry::Error),
    #[error("the window could not be made: {0}")]
    Window(#[from] tao::error::OsError),
    #[error("the operating system refused: {0}")]
    System(#[from] std::io::Error),
    #[error("the host failed in {0}; this is a bug in pytron-native, please report it")]
    Panic(&'static str),
}

impl Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Command(_) => "protocol",
            Self::Closed(_) => "closed",
            _ => "unsupported",
        }
    }
}

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let raised = HostError::new_err(error.to_string());
        Python::attach(|py| {
            // Setting an attribute on a fresh exception fails only when memory has run out.
            let _ = raised.value(py).setattr("code", error.code());
        });
        raised
    }
}
