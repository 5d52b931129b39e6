//! What is GTK's of the menus.

use std::rc::Rc;

use gtk::gdk::{self, Gravity, Rectangle};
use gtk::prelude::*;
use muda::accelerator::Accelerator;
use muda::{ContextMenu, Menu, MenuItemKind, PredefinedMenuItem};
use serde_json::{Value, json};
use tao::platform::unix::WindowExtUnix;
use webkit2gtk::WebViewExt;

use super::pending::Pending;
use crate::event::Event;
use crate::guard::guard;
use crate::menu::{self, Items};
use crate::service::{self, Failure, Reply};
use crate::window::Window;

pub fn attach_menu(window: &Rc<Window>, made: &Menu) -> muda::Result<()> {
    let frame = window.frame();
    made.init_for_gtk_window(frame.gtk_window(), frame.default_vbox())
}

pub fn remove_menu(window: &Rc<Window>, made: &Menu) {
    // muda takes an item out of its menu before its keys, and GTK complains that they are not there.
    forget_keys(&made.items());
    // It fails only when the menu is not there.
    let _ = made.remove_for_gtk_window(window.frame().gtk_window());
}

fn forget_keys(items: &[MenuItemKind]) {
    for item in items {
        let forgotten = match item {
            MenuItemKind::MenuItem(item) => item.set_accelerator(None::<Accelerator>),
            MenuItemKind::Check(item) => item.set_accelerator(None::<Accelerator>),
            MenuItemKind::Submenu(menu) => {
                forget_keys(&menu.items());
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(error) = forgotten {
            crate::stage::log("debug", format!("keys of a menu stay: {error}"));
        }
    }
}

/// GTK's menus do no editing: roles are ours.
pub fn system_role(_role: &str, _label: Option<&str>) -> Option<PredefinedMenuItem> {
    None
}

/// Does what an item with a role says, to the window that has the keyboard.
pub fn perform(role: &str) {
    let Some(stage) = crate::stage::current() else {
        return;
    };
    if role == "quit" {
        // The kit asks the windows first: one may have unsaved work.
        return service::happened("menu.quit", json!({}));
    }
    let windows = stage.windows();
    let focused = windows.iter().find(|window| window.frame().is_focused());
    let Some(window) = focused.or(windows.first()) else {
        return;
    };
    let web = window.view().web();
    match role {
        "undo" => web.execute_editing_command("Undo"),
        "redo" => web.execute_editing_command("Redo"),
        "cut" => web.execute_editing_command("Cut"),
        "copy" => web.execute_editing_command("Copy"),
        "paste" => web.execute_editing_command("Paste"),
        "selectall" => web.execute_editing_command("SelectAll"),
        "reload" => web.reload(),
        "zoomin" => web.set_zoom_level((web.zoom_level() * 1.1).min(5.0)),
        "zoomout" => web.set_zoom_level((web.zoom_level() / 1.1).max(0.25)),
        "zoomreset" => web.set_zoom_level(1.0),
        "minimize" => window.frame().set_minimized(true),
        "fullscreen" => {
            let on = window.frame().fullscreen().is_none();
            let whole = on.then_some(tao::window::Fullscreen::Borderless(None));
            window.frame().set_fullscreen(whole);
        }
        "close" => stage.shared.tell(&Event::Closing {
            window: window.number(),
        }),
        "about" => about(window),
        _ => {}
    }
}

fn about(window: &Rc<Window>) {
    let dialog = gtk::AboutDialog::new();
    dialog.set_transient_for(Some(window.frame().gtk_window()));
    dialog.set_program_name(&gtk::glib::application_name().unwrap_or_default());
    // SAFETY: GTK's own end of a window that nobody else holds.
    dialog.connect_response(|dialog, _| unsafe { dialog.destroy() });
    dialog.present();
}

/// Shows a menu in a page, and gives what was chosen.
pub fn popup(window: &Rc<Window>, args: Value, reply: Reply) {
    let made = service::parse(args).and_then(|args: Items| {
        let made = menu::build(&args.items)?;
        Ok((args, made))
    });
    let (args, made) = match made {
        Ok(made) => made,
        Err(failure) => return reply.give(Err(failure)),
    };
    let web = window.view().web();
    let Some(surface) = web.window() else {
        return reply.give(Err(Failure::unsupported("the window is not shown")));
    };
    let shown = made.menu.gtk_context_menu();
    let pending = Pending::new(Some(window), reply);
    let answering = Rc::clone(&pending);
    menu::on_chosen(Some(Box::new(move |id| answering.finish(Ok(json!(id))))));
    let dismissed = Rc::clone(&pending);
    shown.connect_selection_done(move |_| {
        let dismissed = Rc::clone(&dismissed);
        // What was chosen is told first.
        gtk::glib::idle_add_local_once(move || {
            guard("a menu", (), || dismissed.finish(Ok(Value::Null)));
        });
    });
    let closing = shown.clone();
    pending.on_dismiss(move || {
        menu::on_chosen(None);
        closing.popdown();
        drop(made); // its items belong to the menu that was shown
    });
    let (x, y) = match (args.x, args.y) {
        (Some(x), Some(y)) => (x.round() as i32, y.round() as i32),
        _ => pointer(&surface),
    };
    // Not `popup_at_pointer`: that wants the event behind it, which was the page's.
    shown.popup_at_rect(
        &surface,
        &Rectangle::new(x, y, 1, 1),
        Gravity::SouthWest,
        Gravity::NorthWest,
        None,
    );
}

/// Where the pointer is.
fn pointer(surface: &gdk::Window) -> (i32, i32) {
    let seat = surface.display().default_seat();
    let place = seat.and_then(|seat| seat.pointer());
    place.map_or((0, 0), |pointer| {
        let (_, x, y, _) = surface.device_position(&pointer);
        (x, y)
    })
}
