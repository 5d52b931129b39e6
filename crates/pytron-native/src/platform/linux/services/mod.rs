//! What GTK and WebKitGTK offer of spec/view.md, section 8. The rest the kit does over D-Bus.

mod choosing;
mod messages;
mod pending;

use std::rc::Rc;

use gtk::prelude::*;
use serde_json::Value;
use tao::platform::unix::WindowExtUnix;

pub use pending::window_closed;

use crate::service::{Failure, Reply};
use crate::stage::Stage;
use crate::window::Window;

/// Whether something works here.
pub fn can(feature: &str) -> Option<(bool, String)> {
    let by = match feature {
        "dialogs" | "dialogs.open" | "dialogs.save" | "dialogs.message" | "dialogs.prompt" => "GTK",
        _ => return None,
    };
    Some((true, format!("{by} does it")))
}

/// Carries out a service; the answer may come later.
pub fn serve(_stage: &Stage, window: Option<&Rc<Window>>, name: &str, args: Value, reply: Reply) {
    match name {
        "dialogs.open" => choosing::open(window, args, reply),
        "dialogs.save" => choosing::save(window, args, reply),
        "dialogs.message" => messages::message(window, args, reply),
        "dialogs.prompt" => messages::prompt(window, args, reply),
        _ => reply.give(Err(Failure::unsupported(format!(
            "the native engine on Linux has no {name}"
        )))),
    }
}

/// The GTK window that a dialog belongs to.
fn parent(window: Option<&Rc<Window>>) -> Option<gtk::Window> {
    window.map(|window| window.frame().gtk_window().clone().upcast())
}
