//! Is there a display, and which of its hazards must be avoided before GTK starts?

use std::path::Path;

use gtk::glib;
use gtk::prelude::*;
use tao::dpi::LogicalSize;
use tao::platform::unix::WindowExtUnix;

use crate::error::Error;
use crate::platform::Fact;

const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
const SETTINGS: &str = "GSETTINGS_BACKEND";

/// Starts GTK. Main thread; may be called again.
pub fn prepare(app_id: &str, name: &str) -> Result<(), Error> {
    if std::env::var_os(RENDERER).is_none() && dmabuf_hazard().is_some() {
        // SAFETY: no thread of ours runs yet and the GIL is held, under which Python itself changes
        // the environment.
        unsafe { std::env::set_var(RENDERER, "1") };
    }
    if !gtk::is_initialized() {
        if std::env::var_os(SETTINGS).is_none() && !super::theme::has_bus() {
            // dconf would complain of every dialog's size that it cannot keep without a bus.
            // SAFETY: as above.
            unsafe { std::env::set_var(SETTINGS, "memory") };
        }
        // Python has chosen the locale; GTK would change how C code writes numbers.
        gtk::disable_setlocale();
        // The program's name becomes the window class on X11 and the application on Wayland.
        glib::set_prgname(Some(app_id));
        gtk::init().map_err(|_| Error::Unsupported {
            cause: no_display(),
            remedy: "set DISPLAY or WAYLAND_DISPLAY, or run it under `xvfb-run -a`",
        })?;
        super::services::meet_display();
        super::theme::watch();
    }
    if glib::application_name().is_none_or(|known| known != name) {
        glib::set_application_name(name);
    }
    Ok(())
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

/// Why WebKit's DMABUF renderer would not serve here: without a GPU it costs 70 ms of start for
/// nothing, and NVIDIA's own driver leaves the window blank.
fn dmabuf_hazard() -> Option<&'static str> {
    if Path::new("/proc/driver/nvidia/version").exists() {
        return Some("nvidia");
    }
    let nodes = std::fs::read_dir("/dev/dri").ok();
    let render = nodes.is_some_and(|mut nodes| {
        nodes.any(|node| {
            node.is_ok_and(|node| node.file_name().as_encoded_bytes().starts_with(b"renderD"))
        })
    });
    (!render).then_some("no-gpu")
}

/// Facts about this machine, found without opening a display.
pub fn facts() -> Vec<(&'static str, Fact)> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
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
        (
            "dmabuf",
            Fact::Flag(dmabuf_hazard().is_none() && !set(RENDERER)),
        ),
        (
            "hazard",
            Fact::Text(dmabuf_hazard().unwrap_or_default().to_owned()),
        ),
        ("origin", Fact::Text(super::ORIGIN.to_owned())),
    ]
}
