//! WebView2 and WKWebView through what wry has for both: its custom protocol, its message handler,
//! and each engine's own way to hand a text to the page (`system`).

mod scheme;
pub mod services;
pub mod splash;
mod turn;
mod view;

use std::cell::RefCell;
use std::path::PathBuf;

pub use scheme::Request;
pub use turn::{Waker, Watch};
pub use view::{View, with_window};

pub use super::system::{ORIGIN, facts, prepare, prepare_loop, set_backdrop};
use crate::error::Error;
use crate::outbox::Flow;

/// The parts of an asset request's address that must be there, as wry gives it.
pub const SCHEME: &str = "pytron";
pub const HOST: &str = "localhost";

/// The web views of these systems look for nothing there.
pub fn set_environment() {}

/// There always is one.
pub fn open_display() -> Result<(), Error> {
    Ok(())
}

/// There are no reply handles: the page acknowledges.
pub fn flow() -> Result<Flow, Error> {
    Ok(Flow::Credit)
}

/// Does this: neither engine's print dialog turns a loop of its own.
pub fn soon(work: impl FnOnce()) {
    work();
}

/// The window system needs no help to show that windows have closed.
pub fn settle() {}

/// The size of what is inside a window.
pub fn size(frame: &tao::window::Window) -> tao::dpi::LogicalSize<f64> {
    frame.inner_size().to_logical(frame.scale_factor())
}

/// The theme pages see.
pub fn theme(frame: &tao::window::Window) -> tao::window::Theme {
    frame.theme()
}

/// Chooses a window's theme; `None` is the desktop's.
pub fn set_theme(frame: &tao::window::Window, theme: Option<tao::window::Theme>) {
    frame.set_theme(theme);
}

/// What all views of a host share.
pub struct Engine {
    pub dev: bool,
    /// `None`: nothing is kept.
    context: Option<RefCell<wry::WebContext>>,
}

impl Engine {
    pub fn new(data_folder: Option<PathBuf>, dev: bool) -> Self {
        Self {
            dev,
            context: data_folder.map(|folder| RefCell::new(wry::WebContext::new(Some(folder)))),
        }
    }
}
