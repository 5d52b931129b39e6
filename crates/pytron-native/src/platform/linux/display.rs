//! Is there a display, and which of its hazards must be avoided before GTK starts?

use std::path::Path;

use gtk::glib;
use gtk::prelude::*;
use tao::dpi::LogicalSize;
use tao::platform::unix::WindowExtUnix;

use super::preflight::{DMABUF_OFF, Graphics};
use crate::error::Error;
use crate::platform::Fact;

const SETTINGS: &str = "GSETTINGS_BACKEND";

/// Gets ready for an app of this name. Main thread; may be called again.
pub fn prepare(app_id: &str, name: &str) -> Result<(), Error> {
    // The program's name becomes the window class on X11 and the application on Wayland.
    if glib::prgname().is_none_or(|known| known != app_id) {
        glib::set_prgname(Some(app_id));
        if gtk::is_initialized() {
            gtk::gdk::set_program_class(&class_of(app_id));
        }
    }
    open_display()?;
    if glib::application_name().is_none_or(|known| known != name) {
        glib::set_application_name(name);
    }
    Ok(())
}

/// Says in the environment what GTK and WebKit are to find there. With the GIL, before the display
/// is opened.
pub fn set_environment() {
    let mut wanted = graphics().remedies();
    if !gtk::is_initialized() && !super::theme::has_bus() {
        // dconf would complain of every dialog's size that it cannot keep without a bus.
        wanted.push((SETTINGS, "memory"));
    }
    for (name, value) in wanted {
        if std::env::var_os(name).is_none() {
            // SAFETY: the GIL is held, under which Python itself changes the environment, and no
            // thread of ours but Python's runs yet.
            unsafe { std::env::set_var(name, value) };
        }
    }
}

/// Starts GTK, which may be there already. Main thread.
pub fn open_display() -> Result<(), Error> {
    if gtk::is_initialized() {
        return Ok(());
    }
    // Python has chosen the locale; GTK would change how C code writes numbers.
    gtk::disable_setlocale();
    gtk::init().map_err(|_| Error::Unsupported {
        cause: no_display(),
        remedy: "set DISPLAY or WAYLAND_DISPLAY, or run it under `xvfb-run -a`",
    })?;
    super::services::meet_display();
    super::theme::watch();
    Ok(())
}

/// A program's window class, as GDK makes it of its name.
fn class_of(app_id: &str) -> String {
    let mut letters = app_id.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The size of what is inside a window. tao counts a frame that GTK draws itself, as on Wayland.
pub fn size(frame: &tao::window::Window) -> LogicalSize<f64> {
    let (width, height) = frame.gtk_window().size();
    LogicalSize::new(f64::from(width), f64::from(height))
}

/// Sends the window system what `run` left behind.
pub fn settle() {
    if let Some(display) = gtk::gdk::Display::default() {
        display.flush();
    }
}

fn no_display() -> String {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (set("WAYLAND_DISPLAY"), set("DISPLAY")) {
        (None, None) => "there is no display".to_owned(),
        (Some(name), _) | (None, Some(name)) => format!("the display {name:?} cannot be opened"),
    }
}

fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn graphics() -> Graphics {
    // GTK prefers Wayland, unless it is told otherwise.
    let x11 = std::env::var("GDK_BACKEND").is_ok_and(|wanted| wanted.starts_with("x11"));
    Graphics::look(Path::new("/"), set("WAYLAND_DISPLAY") && !x11)
}

/// Facts about this machine, found without opening a display.
pub fn facts() -> Vec<(&'static str, Fact)> {
    let hazard = graphics().hazard();
    vec![
        ("engine", Fact::Text("webkitgtk".to_owned())),
        (
            "version",
            Fact::Text(wry::webview_version().unwrap_or_default()),
        ),
        (
            "display",
            Fact::Flag(set("DISPLAY") || set("WAYLAND_DISPLAY")),
        ),
        ("wayland", Fact::Flag(set("WAYLAND_DISPLAY"))),
        ("dmabuf", Fact::Flag(hazard.is_none() && !set(DMABUF_OFF))),
        ("hazard", Fact::Text(hazard.unwrap_or_default().to_owned())),
        ("origin", Fact::Text(super::ORIGIN.to_owned())),
    ]
}
