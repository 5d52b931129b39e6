//! The fast path: a library in the web process joins the page to our threads (`webext/`).

use std::cell::Cell;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::OnceLock;

use gtk::gio::UnixFDList;
use gtk::gio::prelude::*;
use webkit2gtk::{UserMessage, UserMessageExt, WebContext, WebContextExt, WebView, WebViewExt};

use super::ORIGIN;
use crate::guard::guard;
use crate::line::Line;
use crate::link::Link;
use crate::route::local_origin;
use crate::shared::Incoming;
use crate::stage;

/// The message with which the page's side asks for its end of a socket.
const ASK: &str = "pytron-port";

/// The folder with the library, if it is to be used. `PYTRON_TRANSPORT` can forbid it.
pub fn folder() -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let wanted = std::env::var("PYTRON_TRANSPORT").unwrap_or_default();
            if !matches!(wanted.as_str(), "" | "extension") {
                return None;
            }
            let folder = own_path()?.parent()?.join("webext");
            folder.join("libpytronwebext.so").exists().then_some(folder)
        })
        .clone()
}

/// Where this module was loaded from.
fn own_path() -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    // SAFETY: all-zero is a valid Dl_info; the address is that of a function of this library, and
    // the name it gives lives as long as the library is loaded.
    let name = unsafe {
        let mut found: libc::Dl_info = std::mem::zeroed();
        let address: *const () = own_path as *const ();
        if libc::dladdr(address.cast(), &raw mut found) == 0 || found.dli_fname.is_null() {
            return None;
        }
        std::ffi::CStr::from_ptr(found.dli_fname)
    };
    Some(Path::new(std::ffi::OsStr::from_bytes(name.to_bytes())).to_owned())
}

/// Tells the library which origins' pages get a port, before its process starts.
pub fn prepare(context: &WebContext, dev: bool) {
    if folder().is_some() {
        let mut origins = vec![ORIGIN.to_owned()];
        origins.extend(dev.then(development_server).flatten());
        context.set_web_extensions_initialization_user_data(&origins.to_variant());
    }
}

/// The origin of the page under `pytron dev`, when it is this machine's.
fn development_server() -> Option<String> {
    let address = std::env::var("PYTRON_FRONTEND").ok()?;
    local_origin(&address).map(ToOwned::to_owned)
}

/// Answers the page's side with its end of a socket.
pub fn connect(web: &WebView, number: &Rc<Cell<u32>>) {
    let number = Rc::clone(number);
    web.connect_user_message_received(move |_, message| {
        if message.name().as_deref() != Some(ASK) {
            return false;
        }
        guard("a page's port", (), || {
            if let Err(error) = answer(message, number.get()) {
                stage::log("error", format!("a page gets no direct line: {error}"));
                // Without a descriptor: the page's side gives up.
                message.send_reply(&UserMessage::new(ASK, None));
            }
        });
        true
    });
}

fn answer(message: &UserMessage, window: u32) -> Result<(), Box<dyn std::error::Error>> {
    let stage = stage::current().ok_or("the host has gone")?;
    stage.window(window).ok_or("its window has gone")?;
    let page = if stage.shared.hands_over {
        let (socket, page) = UnixStream::pair()?;
        let socket = socket.into();
        stage.shared.push(Incoming::Port { window, socket });
        page.into()
    } else {
        let (link, page) = Link::pair()?;
        stage.shared.lines.join(window, Line::new(link));
        page
    };
    let list = UnixFDList::new();
    list.append(page)?; // the list has a copy; ours closes here
    message.send_reply(&UserMessage::with_fd_list(ASK, None, Some(&list)));
    Ok(())
}
