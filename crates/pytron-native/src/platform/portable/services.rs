//! Services of spec/view.md, section 8, on Windows and macOS. Only type-checked so far, not run.

use std::rc::Rc;

use muda::{Menu, PredefinedMenuItem};
use serde_json::Value;
use tao::window::{ProgressBarState, ProgressState};

use super::super::system;
use crate::service::{Failure, Outcomes, Reply};
use crate::stage::Stage;
use crate::window::Window;
use crate::{menu, shortcuts};

/// Whether something works here.
pub fn can(feature: &str) -> Option<(bool, String)> {
    if feature == "badge.count" {
        return Some(system::can_badge());
    }
    let here = [
        "badge.progress",
        "menu",
        "shortcuts",
        "window.drag",
        "window.edge",
        "window.attention",
    ];
    let group = |known: &&str| feature == *known || feature.starts_with(&format!("{known}."));
    (here.iter().any(|known| group(&known)) && feature != "menu.popup")
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
        "menu.set" => menu::set(number, args),
        "menu.update" => menu::update(args),
        "badge.count" => system::badge(stage, args["count"].as_i64().unwrap_or(0)),
        "badge.progress" => progress(stage, args["value"].as_f64()),
        name if name.starts_with("shortcuts.") => shortcuts::serve(&stage.shared, name, args),
        name => window.map_or_else(
            || Err(missing(name)),
            |window| of_window(window, name, &args),
        ),
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

/// A window has gone.
pub fn window_closed(number: u32) {
    menu::detach(number);
}

pub fn attach_menu(window: &Rc<Window>, made: &Menu) -> muda::Result<()> {
    system::attach_menu(window, made)
}

pub fn remove_menu(window: &Rc<Window>, made: &Menu) {
    system::remove_menu(window, made);
}

/// What the system does by itself.
pub fn system_role(role: &str, label: Option<&str>) -> Option<PredefinedMenuItem> {
    use PredefinedMenuItem as Own;
    Some(match role {
        "undo" => Own::undo(label),
        "redo" => Own::redo(label),
        "cut" => Own::cut(label),
        "copy" => Own::copy(label),
        "paste" => Own::paste(label),
        "selectall" => Own::select_all(label),
        "fullscreen" => Own::fullscreen(label),
        "minimize" => Own::minimize(label),
        "close" => Own::close_window(label),
        "about" => Own::about(label, None),
        "services" => Own::services(label),
        "hide" => Own::hide(label),
        "hideothers" => Own::hide_others(label),
        "showall" => Own::show_all(label),
        _ => return None,
    })
}

/// Does what an item with another role says, to the window that has the keyboard.
pub fn perform(role: &str) {
    let Some(stage) = crate::stage::current() else {
        return;
    };
    let window = stage.focused().and_then(|number| stage.window(number));
    match (role, window) {
        ("quit", _) => crate::service::happened("menu.quit", serde_json::json!({})),
        ("reload", Some(window)) => window.view().reload(),
        ("zoomreset", Some(window)) => window.view().set_zoom(1.0),
        _ => {}
    }
}
