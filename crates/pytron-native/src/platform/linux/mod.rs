//! WebKitGTK through wry, with its own scheme and its own transport.

mod display;
mod extension;
mod message;
mod policy;
mod scheme;
mod snapshot;
mod turn;
mod view;

use std::cell::RefCell;
use std::path::PathBuf;

pub use display::{facts, prepare, settle};
pub use extension::watch_socket;
pub use scheme::Request;
pub use turn::{Waker, Watch};
pub use view::View;

use crate::outbox::Flow;

/// The app's origin, as a page has it.
pub const ORIGIN: &str = "pytron://localhost";

/// The parts of an asset request's address that must be there.
pub const SCHEME: &str = "pytron";
pub const HOST: &str = "localhost";

/// How frames travel. `PYTRON_TRANSPORT` forces one.
pub fn flow() -> Flow {
    match std::env::var("PYTRON_TRANSPORT").as_deref() {
        Ok("evaluate") => Flow::Credit,
        _ => Flow::Handles,
    }
}

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
