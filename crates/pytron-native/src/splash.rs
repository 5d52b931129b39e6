//! The picture of an app that has nothing else to show: by a host, and before there is one.

use pyo3::prelude::*;
use serde_json::Value;

use crate::error::Error;
use crate::main_loop::{self, is_main_thread};
use crate::platform;
use crate::service::{self, Outcomes};
use crate::stage::Stage;

/// `splash.show` and `splash.hide`.
pub fn serve(stage: &Stage, name: &str, args: Value) -> Outcomes {
    if name == "splash.show" {
        platform::services::splash::show(stage.target(), service::picture(args)?)?;
    } else {
        platform::services::splash::hide();
    }
    Ok(Value::Null)
}

/// Show a picture at once. The host's `splash.show` of the same one leaves it, `splash.hide` takes
/// it away.
#[pyfunction]
pub fn show_splash(py: Python<'_>, picture: Vec<u8>) -> PyResult<()> {
    check_thread(py, "show_splash")?;
    platform::set_environment();
    platform::open_display()?;
    let shown = main_loop::with(|event_loop| platform::services::splash::show(event_loop, picture));
    shown.map_err(|failure| Error::Command(failure.message))?;
    py.detach(platform::services::splash::draw);
    Ok(())
}

/// Take it away, if it is still there.
#[pyfunction]
pub fn hide_splash(py: Python<'_>) -> PyResult<()> {
    check_thread(py, "hide_splash")?;
    platform::services::splash::hide();
    platform::settle();
    Ok(())
}

fn check_thread(py: Python<'_>, what: &'static str) -> PyResult<()> {
    if is_main_thread(py)? {
        Ok(())
    } else {
        Err(Error::Thread(what).into())
    }
}
