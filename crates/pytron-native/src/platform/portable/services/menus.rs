//! Context menus, and what items of menus do by themselves.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Value, json};
use tao::window::Fullscreen;

use super::super::super::system;
use super::pending::Pending;
use crate::event::Event;
use crate::menu::{self, Built, Items};
use crate::service::{self, Reply};
use crate::window::Window;

thread_local! {
    /// The last context menu: its item may be told of only after it has gone.
    static LAST: RefCell<Option<Built>> = const { RefCell::new(None) };
}

/// Shows a menu in a page, and gives what was chosen.
pub fn popup(window: &Rc<Window>, args: Value, reply: Reply) {
    let made = service::parse(args).and_then(|args: Items| {
        let built = menu::build(&args.items)?;
        Ok((args, built))
    });
    let (args, built) = match made {
        Ok(made) => made,
        Err(failure) => return reply.give(Err(failure)),
    };
    let pending = Pending::new(Some(window.number()), reply);
    let answering = std::sync::Arc::clone(&pending);
    menu::on_chosen(Some(Box::new(move |id| answering.finish(Ok(json!(id))))));
    let zoom = window.view().zoom();
    let place = args.x.zip(args.y).map(|(x, y)| (x * zoom, y * zoom));
    let shown = built.menu.clone();
    LAST.set(Some(built));
    system::menus::popup(window, &shown, place);
    // What was chosen is told first; an item with a role tells nothing.
    system::menus::afterwards(move || {
        menu::on_chosen(None);
        pending.finish(Ok(Value::Null));
    });
}

/// Does what an item with another role says, to the window that has the keyboard.
pub fn perform(role: &str) {
    let Some(stage) = crate::stage::current() else {
        return;
    };
    if role == "quit" {
        // The kit asks the windows first: one may have unsaved work.
        return service::happened("menu.quit", json!({}));
    }
    let focused = stage.focused().and_then(|number| stage.window(number));
    let Some(window) = focused.or_else(|| stage.windows().first().map(Rc::clone)) else {
        return;
    };
    let view = window.view();
    match role {
        "undo" | "redo" => view.edit(role),
        "reload" => view.reload(),
        "zoomin" => view.set_zoom((view.zoom() * 1.1).min(5.0)),
        "zoomout" => view.set_zoom((view.zoom() / 1.1).max(0.25)),
        "zoomreset" => view.set_zoom(1.0),
        "minimize" => window.frame().set_minimized(true),
        "fullscreen" => {
            let on = window.frame().fullscreen().is_none();
            let whole = on.then_some(Fullscreen::Borderless(None));
            window.frame().set_fullscreen(whole);
        }
        "close" => stage.shared.tell(&Event::Closing {
            window: window.number(),
        }),
        _ => {}
    }
}
