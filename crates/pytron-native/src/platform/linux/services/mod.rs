//! What GTK and WebKitGTK offer of spec/view.md, section 8. The rest the kit does over D-Bus.

mod choosing;
mod clipboard;
pub mod downloads;
pub mod dropping;
mod menus;
mod messages;
mod pages;
mod pending;
mod printing;
pub mod splash;

use std::rc::Rc;
use std::sync::OnceLock;

use gtk::prelude::*;
use serde_json::Value;
use tao::platform::unix::WindowExtUnix;

pub use menus::{attach_menu, perform, remove_menu, system_role};

use crate::service::{Failure, Reply};
use crate::stage::Stage;
use crate::window::Window;
use crate::{menu, printing as turns, shortcuts};

/// What needs nothing but a display.
const HERE: [&str; 23] = [
    "clipboard.clear",
    "clipboard.formats",
    "clipboard.read",
    "clipboard.watch",
    "clipboard.write",
    "dialogs.message",
    "dialogs.open",
    "dialogs.prompt",
    "dialogs.save",
    "download.accept",
    "download.cancel",
    "drop",
    "menu.popup",
    "menu.set",
    "menu.update",
    "splash.hide",
    "splash.show",
    "window.clear",
    "window.drag",
    "window.edge",
    "window.files",
    "window.pdf",
    "window.print",
];

/// What GTK does in the name of who sits there; under Wayland without a seat it would crash.
const NEED_A_SEAT: [&str; 5] = [
    "clipboard.",
    "menu.popup",
    "window.drag",
    "window.edge",
    "window.files",
];

/// Whether something works here.
pub fn can(feature: &str) -> Option<(bool, String)> {
    match feature {
        name if NEED_A_SEAT.iter().any(|known| name.starts_with(known)) && has_no_seat() => {
            let reason = "the display has no seat: neither keyboard nor pointer, nor a clipboard";
            Some((false, reason.to_owned()))
        }
        "shortcuts.register" | "shortcuts.unregister" => Some(shortcuts()),
        "window.attention" if is_wayland() => {
            let reason = "Wayland lets no window ask for attention by itself; show a notification";
            Some((false, reason.to_owned()))
        }
        "window.attention" => Some((true, "the window manager shows it".to_owned())),
        "window.spellcheck" => Some((true, "enchant checks, by the dictionaries here".to_owned())),
        "window.backdrop" => {
            let reason = "compositors of Linux offer no material; draw it in the page";
            Some((false, reason.to_owned()))
        }
        "window.move" if is_wayland() => {
            Some((false, "on Wayland the compositor places windows".to_owned()))
        }
        "window.move" => Some((true, "the window manager does it".to_owned())),
        name => {
            let group = |known: &&str| *known == name || known.starts_with(&format!("{name}."));
            HERE.iter()
                .any(group)
                .then(|| (true, "GTK does it".to_owned()))
        }
    }
}

/// GTK's display, once it is open; `can` is asked from any thread, and GTK only from one.
static WAYLAND: OnceLock<bool> = OnceLock::new();
/// Whether a seat was there then.
static SEAT: OnceLock<bool> = OnceLock::new();

/// Remembers which kind of display GTK has opened. Main thread.
pub fn meet_display() {
    if let Some(display) = gtk::gdk::Display::default() {
        SEAT.get_or_init(|| display.default_seat().is_some());
        WAYLAND.get_or_init(|| display.type_().name().contains("Wayland"));
    }
}

fn has_no_seat() -> bool {
    SEAT.get().is_some_and(|there| !there)
}

fn is_wayland() -> bool {
    WAYLAND
        .get()
        .copied()
        .unwrap_or_else(|| std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty()))
}

/// Whether keys can be grabbed. Without X11 the crate would say yes and never hear of them.
pub fn shortcuts() -> (bool, String) {
    if is_wayland() {
        let reason = "Wayland has no grabs: shortcuts go through the desktop's portal";
        return (false, reason.to_owned());
    }
    (true, "X11 grabs the keys".to_owned())
}

/// Carries out a service; the answer may come later.
pub fn serve(stage: &Stage, window: Option<&Rc<Window>>, name: &str, args: Value, reply: Reply) {
    let number = window.map(|window| window.number());
    let outcome = match (name, window) {
        ("dialogs.open", _) => return choosing::open(window, args, reply),
        ("dialogs.save", _) => return choosing::save(window, args, reply),
        ("dialogs.message", _) => return messages::message(window, args, reply),
        ("dialogs.prompt", _) => return messages::prompt(window, args, reply),
        ("menu.set", _) => menu::set(number, args),
        ("menu.update", _) => menu::update(args),
        ("menu.popup", Some(window)) => return menus::popup(window, args, reply),
        ("splash.show" | "splash.hide", _) => crate::splash::serve(stage, name, args),
        ("window.files", Some(window)) => dropping::carry(window, args),
        (name, Some(window)) if name.starts_with("window.") => {
            return pages::serve(window, name, args, reply);
        }
        (name, _) if name.starts_with("clipboard.") => return clipboard::serve(name, args, reply),
        (name, _) if name.starts_with("download.") => downloads::serve(name, args),
        (name, _) if name.starts_with("shortcuts.") => shortcuts::serve(&stage.shared, name, args),
        (name, None) if name.starts_with("window.") || name == "menu.popup" => {
            Err(Failure::arguments(format!("{name} needs a window")))
        }
        _ => {
            let message = format!("the native engine on Linux has no {name}");
            Err(Failure::unsupported(message))
        }
    };
    reply.give(outcome);
}

/// A window goes. Its menu goes first: GTK complains of keys that went with their window.
pub fn window_closing(window: &Rc<Window>) {
    printing::dismiss(Some(window));
    if let Some(built) = menu::detach(window.number()) {
        remove_menu(window, &built.menu);
    }
}

/// The app ends: nothing that turns a loop of its own may keep it.
pub fn quitting() {
    printing::dismiss(None);
}

/// A window has gone: what waits for it waits no longer.
pub fn window_closed(number: u32) {
    pending::window_closed(number);
    downloads::window_closed(number);
    turns::window_closed(number);
}

/// The GTK window that a dialog belongs to.
fn parent(window: Option<&Rc<Window>>) -> Option<gtk::Window> {
    window.map(|window| window.frame().gtk_window().clone().upcast())
}
