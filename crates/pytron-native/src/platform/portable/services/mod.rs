//! Services of spec/view.md, section 8, on Windows and macOS. Only type-checked so far, not run.

mod choosing;
mod clipboard;
pub mod downloads;
pub mod dropping;
mod image;
mod menus;
pub mod messages;
mod pending;
mod printing;
mod tray;

use std::rc::Rc;

use serde::Deserialize;
use serde_json::Value;
use tao::window::{ProgressBarState, ProgressState};

use super::super::system;
pub use super::super::system::menus::{attach_menu, remove_menu, system_role};
pub use super::splash;
use crate::service::{Failure, Outcomes, Reply};
use crate::stage::Stage;
use crate::stored::Stored;
use crate::window::Window;
use crate::{menu, printing as turns, shortcuts};
pub use menus::perform;

/// What the system does on every machine.
const HERE: [&str; 26] = [
    "badge.progress",
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
    "shortcuts",
    "splash",
    "tray",
    "window.attention",
    "window.clear",
    "window.drag",
    "window.edge",
    "window.files",
    "window.pdf",
    "window.print",
];

/// Whether something works here.
pub fn can(feature: &str) -> Option<(bool, String)> {
    if feature == "badge.count" {
        return Some(system::can_badge());
    }
    if feature.starts_with("notifications.") {
        return Some(system::notifications::can(feature));
    }
    if feature == "window.spellcheck" {
        return Some((
            true,
            "the system checks, in the user's languages".to_owned(),
        ));
    }
    if feature == "window.backdrop" {
        return Some((true, "the system has materials for windows".to_owned()));
    }
    let group = |known: &&str| feature == *known || feature.starts_with(&format!("{known}."));
    HERE.iter()
        .any(group)
        .then(|| (true, "the system does it".to_owned()))
}

/// Keys can be grabbed.
pub fn shortcuts() -> (bool, String) {
    (true, "the system grabs the keys".to_owned())
}

/// Carries out a service.
pub fn serve(stage: &Stage, window: Option<&Rc<Window>>, name: &str, args: Value, reply: Reply) {
    let number = window.map(|window| window.number());
    let outcome = match name {
        "dialogs.open" => return choosing::open(window, args, reply),
        "dialogs.save" => return choosing::save(window, args, reply),
        "dialogs.message" => return messages::message(window, args, reply),
        "dialogs.prompt" => return messages::prompt(window, args, reply),
        name if name.starts_with("clipboard.") => {
            return clipboard::serve(&stage.shared, name, args, reply);
        }
        name if name.starts_with("notifications.") => {
            return system::notifications::serve(&stage.shared, name, args, reply);
        }
        name if name.starts_with("download.") => downloads::serve(name, args),
        "tray.show" => tray::show(args),
        "tray.hide" => tray::hide(),
        "menu.set" => menu::set(number, args),
        "menu.update" => menu::update(args),
        "splash.show" | "splash.hide" => crate::splash::serve(stage, name, args),
        "badge.count" => system::badge(stage, args["count"].as_u64().unwrap_or(0)),
        "badge.progress" => progress(stage, args["value"].as_f64()),
        name if name.starts_with("shortcuts.") => shortcuts::serve(&stage.shared, name, args),
        name => match window {
            Some(window) if name == "menu.popup" => return menus::popup(window, args, reply),
            Some(window) if name == "window.files" => return dropping::carry(window, args, reply),
            Some(window) if name == "window.clear" => return clear(window, &args, reply),
            Some(window) if name == "window.print" => return printing::print(window, reply),
            Some(window) if name == "window.pdf" => return printing::pdf(window, args, reply),
            Some(window) => of_window(window, name, &args),
            None => Err(missing(name)),
        },
    };
    reply.give(outcome);
}

/// Shows how far something is on the icon of every window.
fn progress(stage: &Stage, share: Option<f64>) -> Outcomes {
    for window in stage.windows() {
        window.frame().set_progress_bar(ProgressBarState {
            state: Some(share.map_or(ProgressState::None, |_| ProgressState::Normal)),
            progress: share.map(|share| (share * 100.0).round() as u64),
            desktop_filename: None,
        });
    }
    Ok(Value::Null)
}

/// Forgets what pages have stored.
fn clear(window: &Rc<Window>, args: &Value, reply: Reply) {
    let names = Vec::<String>::deserialize(&args["kinds"]).unwrap_or_default();
    match Stored::of(&names) {
        Ok(kinds) => window.view().forget(&kinds, move |forgotten| {
            reply.give(
                forgotten
                    .map_err(|error| Failure::unsupported(format!("it was not cleared: {error}"))),
            );
        }),
        Err(message) => reply.give(Err(Failure::arguments(message))),
    }
}

fn of_window(window: &Rc<Window>, name: &str, args: &Value) -> Outcomes {
    let frame = window.frame();
    let done = match name {
        "window.drag" => frame.drag_window(),
        "window.edge" => frame.drag_resize_window(crate::service::edge(
            args["edge"].as_str().unwrap_or_default(),
        )?),
        "window.attention" => {
            let kind = tao::window::UserAttentionType::Informational;
            frame.request_user_attention((args["on"] == true).then_some(kind));
            Ok(())
        }
        _ => return Err(missing(name)),
    };
    done.map(|()| Value::Null)
        .map_err(|error| Failure::unsupported(format!("the window system refused: {error}")))
}

fn missing(name: &str) -> Failure {
    Failure::unsupported(format!(
        "the native engine has no {name} on this system yet"
    ))
}

/// A window goes: here the menu needs no help.
pub fn window_closing(_window: &Rc<Window>) {}

/// The app ends: no dialog here turns a loop of its own.
pub fn quitting() {}

/// A window has gone: what waits for it waits no longer.
pub fn window_closed(number: u32) {
    drop(menu::detach(number));
    pending::window_closed(number);
    downloads::window_closed(number);
    turns::window_closed(number);
    system::printing::window_closed(number);
}
