//! Light or dark. GTK has one theme for the whole process, and WebKit follows it; what the desktop
//! wants is told by the settings portal, without which GTK 3 does not know.
//!
//! Source: <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html>

use std::cell::Cell;
use std::path::Path;

use gtk::gio::prelude::*;
use gtk::gio::{BusType, Cancellable, DBusCallFlags, DBusConnection, DBusSignalFlags};
use gtk::glib::{Variant, VariantTy};
use gtk::prelude::*;
use tao::window::Theme;

use crate::event::Event;
use crate::guard::guard;
use crate::stage;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const APPEARANCE: &str = "org.freedesktop.appearance";
const SCHEME: &str = "color-scheme";
/// The portal's word for dark.
const DARK: u32 = 1;

thread_local! {
    /// What the desktop wants.
    static SYSTEM: Cell<Theme> = const { Cell::new(Theme::Light) };
    /// What the kit wants, if it has said so.
    static ASKED: Cell<Option<Theme>> = const { Cell::new(None) };
}

/// The theme pages see.
pub fn theme(_frame: &tao::window::Window) -> Theme {
    let Some(settings) = gtk::Settings::default() else {
        return Theme::Light;
    };
    let name = settings.gtk_theme_name().unwrap_or_default();
    if settings.is_gtk_application_prefer_dark_theme() || name.ends_with("-dark") {
        Theme::Dark
    } else {
        Theme::Light
    }
}

/// Chooses a theme for all windows; `None` is the desktop's.
pub fn set_theme(_frame: &tao::window::Window, theme: Option<Theme>) {
    ASKED.set(theme);
    apply();
}

fn apply() {
    let theme = ASKED.get().unwrap_or_else(|| SYSTEM.get());
    if let Some(settings) = gtk::Settings::default() {
        settings.set_gtk_application_prefer_dark_theme(theme == Theme::Dark);
    }
}

/// Follows GTK's theme and the desktop's wish. Once, after GTK has started.
pub fn watch() {
    if let Some(settings) = gtk::Settings::default() {
        settings.connect_gtk_application_prefer_dark_theme_notify(|_| tell());
        settings.connect_gtk_theme_name_notify(|_| tell());
    }
    if has_bus() {
        gtk::gio::bus_get(BusType::Session, Cancellable::NONE, |bus| {
            // No bus, no portal: GTK's own setting stands.
            if let Ok(bus) = bus {
                guard("the settings portal", (), || ask(&bus));
            }
        });
    }
}

/// Whether a session bus is there; looking for one otherwise starts one.
pub fn has_bus() -> bool {
    std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|folder| Path::new(&folder).join("bus").exists())
}

fn ask(bus: &DBusConnection) {
    bus.signal_subscribe(
        Some(PORTAL),
        Some(SETTINGS),
        Some("SettingChanged"),
        Some(PATH),
        Some(APPEARANCE),
        DBusSignalFlags::NONE,
        |_, _, _, _, _, values| {
            guard("the settings portal", (), || {
                if values.try_child_get::<String>(1).ok().flatten().as_deref() == Some(SCHEME) {
                    learn(&values.child_value(2));
                }
            });
        },
    );
    let wanted = (APPEARANCE, SCHEME).to_variant();
    bus.call(
        Some(PORTAL),
        PATH,
        SETTINGS,
        "Read",
        Some(&wanted),
        None,
        DBusCallFlags::NO_AUTO_START,
        -1,
        Cancellable::NONE,
        |answer| {
            if let Ok(answer) = answer {
                guard("the settings portal", (), || learn(&answer.child_value(0)));
            }
        },
    );
}

/// Takes the number out of its variants: `Read` wraps it twice.
fn learn(value: &Variant) {
    let mut value = value.clone();
    while value.is_type(VariantTy::VARIANT) {
        value = value.child_value(0);
    }
    let theme = match value.get::<u32>() {
        Some(DARK) => Theme::Dark,
        _ => Theme::Light,
    };
    SYSTEM.set(theme);
    apply();
}

fn tell() {
    guard("a theme", (), || {
        if let Some(stage) = stage::current() {
            for window in stage.windows() {
                let theme = window.theme();
                let window = window.number();
                stage.shared.tell(&Event::Theme { window, theme });
            }
        }
    });
}
