//! WebKitGTK through wry, with its own scheme and its own transport.

mod context_menu;
mod display;
mod extension;
mod message;
mod policy;
mod preflight;
mod scheme;
mod sentry;
pub mod services;
mod signals;
mod snapshot;
mod theme;
mod turn;
mod view;
mod watchdog;

use std::cell::RefCell;
use std::path::PathBuf;

pub use display::{facts, open_display, prepare, set_environment, settle, size};
pub use scheme::Request;
pub use theme::{set_theme, theme};
pub use turn::{Waker, Watch};
pub use view::View;

use crate::error::Error;
use crate::outbox::Flow;

/// The loop is GTK's, which gives keys to menus by itself.
pub fn prepare_loop(_builder: &mut tao::event_loop::EventLoopBuilder<()>) {}

/// Does this outside of our turn and of what WebKit calls: a print dialog turns a loop of its own.
pub fn soon(work: impl FnOnce() + 'static) {
    gtk::glib::idle_add_local_once(work);
}

/// The app's origin, as a page has it.
pub const ORIGIN: &str = "pytron://localhost";

/// The parts of an asset request's address that must be there.
pub const SCHEME: &str = "pytron";
pub const HOST: &str = "localhost";

/// How frames travel. `PYTRON_TRANSPORT` forces a way: `extension`, `reply` or `evaluate`.
pub fn flow() -> Result<Flow, Error> {
    let wanted = std::env::var("PYTRON_TRANSPORT").unwrap_or_default();
    match wanted.as_str() {
        "" | "reply" => Ok(Flow::Handles),
        "evaluate" => Ok(Flow::Credit),
        "extension" if extension::folder().is_some() => Ok(Flow::Handles),
        "extension" => Err(Error::Unsupported {
            cause: "PYTRON_TRANSPORT asks for the web process extension, which was not built"
                .into(),
            remedy: "build pytron-native where webkit2gtk-4.1's headers are, or unset it",
        }),
        _ => Err(Error::Unsupported {
            cause: format!("PYTRON_TRANSPORT is {wanted:?}"),
            remedy: "set it to extension, reply or evaluate, or unset it",
        }),
    }
}

/// No compositor of Linux has a material that it offers to windows.
pub fn set_backdrop(_frame: &tao::window::Window, _backdrop: crate::command::Backdrop) {}

/// What all views of a host share.
pub struct Engine {
    dev: bool,
    /// `None`: nothing is kept.
    context: Option<RefCell<wry::WebContext>>,
    /// The contexts that were prepared. wry makes one for each ephemeral process.
    contexts: RefCell<Vec<webkit2gtk::WebContext>>,
}

impl Engine {
    pub fn new(data_folder: Option<PathBuf>, dev: bool) -> Self {
        Self {
            dev,
            context: data_folder.map(|folder| RefCell::new(wry::WebContext::new(Some(folder)))),
            contexts: RefCell::default(),
        }
    }

    /// Whether this context has not been seen before; from now on it has.
    fn meet(&self, context: &webkit2gtk::WebContext) -> bool {
        let mut contexts = self.contexts.borrow_mut();
        let new = !contexts.contains(context);
        if new {
            contexts.push(context.clone());
        }
        new
    }
}
