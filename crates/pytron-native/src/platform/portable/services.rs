//! Services of spec/view.md, section 8, on Windows and macOS.

use std::rc::Rc;

use serde_json::Value;

use crate::service::{Failure, Reply};
use crate::stage::Stage;
use crate::window::Window;

/// Whether something works here.
pub fn can(_feature: &str) -> Option<(bool, String)> {
    None
}

/// Carries out a service.
pub fn serve(_stage: &Stage, _window: Option<&Rc<Window>>, name: &str, _args: Value, reply: Reply) {
    reply.give(Err(Failure::unsupported(format!(
        "the native engine has no {name} on this system yet"
    ))));
}

/// What waits for this window waits no longer.
pub fn window_closed(_number: u32) {}
