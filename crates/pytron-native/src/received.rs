//! What `receive` gives, as Python objects.

use std::collections::VecDeque;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use pyo3::{IntoPyObjectExt, intern};

use crate::memory;
use crate::shared::{Incoming, Text};

/// All items under one hold of the GIL.
pub fn list(py: Python<'_>, items: VecDeque<Incoming>) -> PyResult<Bound<'_, PyList>> {
    let objects: Vec<Bound<'_, PyAny>> = items
        .into_iter()
        .map(|item| object(py, item))
        .collect::<PyResult<_>>()?;
    PyList::new(py, objects)
}

fn object(py: Python<'_>, item: Incoming) -> PyResult<Bound<'_, PyAny>> {
    match item {
        Incoming::Frame {
            window,
            text,
            parts,
        } => {
            let text = match text {
                Text::Whole(text) => text.into_bytes(py),
                Text::Within(message, start) => memory::bytes(py, &(*message).as_ref()[start..]),
            };
            let parts = PyList::new(py, parts.into_iter().map(|part| part.into_bytes(py)))?;
            (intern!(py, "frame"), window, text, parts).into_bound_py_any(py)
        }
        #[cfg(target_os = "linux")]
        Incoming::Port { window, socket } => {
            use std::os::fd::IntoRawFd;
            (intern!(py, "port"), window, socket.into_raw_fd()).into_bound_py_any(py)
        }
        Incoming::Event(json) => {
            (intern!(py, "event"), PyBytes::new(py, &json)).into_bound_py_any(py)
        }
        Incoming::Asset {
            request,
            window,
            method,
            path,
            headers,
        } => {
            let told = PyDict::new(py);
            for (name, value) in headers {
                told.set_item(name, value)?;
            }
            (intern!(py, "asset"), request, window, method, path, told).into_bound_py_any(py)
        }
    }
}
