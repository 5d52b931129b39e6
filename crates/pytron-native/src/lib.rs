//! The native window host of Pytron: tao's event loop, wry's views, and the page's transport.
//!
//! Python's threads and the main thread meet in `shared`; what lives on the main thread alone is in
//! `stage`, `window` and `platform`. The contracts are `python/pytron_native/__init__.pyi` and
//! `spec/view.md`.

mod asset;
mod body;
mod buffer;
mod clipboard;
mod command;
mod depth;
mod dialog;
mod envelope;
mod error;
mod event;
mod ground;
mod guard;
mod head;
mod host;
mod inbox;
mod limits;
#[cfg(target_os = "linux")]
mod line;
#[cfg(target_os = "linux")]
mod lines;
#[cfg(target_os = "linux")]
mod link;
mod main_loop;
mod memory;
mod menu;
#[cfg(not(target_os = "linux"))]
mod notice;
mod outbox;
mod part;
mod picture;
mod plain;
mod platform;
mod printing;
#[cfg(target_os = "linux")]
mod reader;
mod received;
mod role;
mod room;
mod route;
mod secret;
mod service;
mod shared;
mod shortcuts;
mod splash;
mod stage;
mod stored;
mod window;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::platform::Fact;

/// The port's source, called with what the platform passes.
const BOOTSTRAP: &str = include_str!("bootstrap.js");

/// Engine version and the hazards found on this machine: never opens a display.
#[pyfunction]
fn facts(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let found = PyDict::new(py);
    for (name, fact) in platform::facts() {
        match fact {
            Fact::Text(text) => found.set_item(name, text)?,
            Fact::Flag(flag) => found.set_item(name, flag)?,
        }
    }
    Ok(found)
}

/// Whether a service or a window can do something on this machine, and why; `None` for a name that
/// is none. Does not open a display.
#[pyfunction]
fn can(feature: &str) -> Option<(bool, String)> {
    platform::services::can(feature)
}

#[pymodule]
fn pytron_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // Cargo writes 1.0.0-dev.0 where Python writes 1.0.0.dev0.
    let version = env!("CARGO_PKG_VERSION").replace("-dev.", ".dev");
    module.add("__version__", version)?;
    module.add("HostError", module.py().get_type::<error::HostError>())?;
    module.add_class::<host::Host>()?;
    module.add_function(wrap_pyfunction!(facts, module)?)?;
    module.add_function(wrap_pyfunction!(plain::plain_json, module)?)?;
    module.add_function(wrap_pyfunction!(plain::is_deeper, module)?)?;
    module.add_function(wrap_pyfunction!(can, module)?)?;
    module.add_function(wrap_pyfunction!(splash::show_splash, module)?)?;
    module.add_function(wrap_pyfunction!(splash::hide_splash, module)?)?;
    Ok(())
}
