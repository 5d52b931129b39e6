//! Files that are dragged onto a page, with their real paths, and files dragged out of one.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{TargetEntry, TargetFlags, TargetList, gdk};
use serde::Deserialize;
use serde_json::{Value, json};
use tao::platform::unix::WindowExtUnix;
use wry::DragDropEvent;

use crate::guard::guard;
use crate::service::{self, Failure, Outcomes};
use crate::window::Window;

thread_local! {
    /// What is being dragged out.
    static CARRIED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static CONNECTED: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

#[derive(Deserialize)]
struct Args {
    paths: Vec<PathBuf>,
}

/// Tells the kit; the page sees its own events as well.
pub fn tell(number: &Rc<Cell<u32>>, event: DragDropEvent) -> bool {
    guard("a drop", (), || {
        let (phase, position, paths) = match event {
            DragDropEvent::Enter { paths, position } => ("enter", position, paths),
            DragDropEvent::Over { position } => ("over", position, Vec::new()),
            DragDropEvent::Drop { paths, position } => ("drop", position, paths),
            _ => ("leave", (0, 0), Vec::new()),
        };
        let mut fields = json!({
            "window": number.get(), "phase": phase, "x": position.0, "y": position.1,
        });
        if phase == "enter" || phase == "drop" {
            fields["paths"] = json!(paths);
        }
        service::happened("drop", fields);
    });
    false
}

/// Begins a drag of files out of the window, under the button that the user holds.
pub fn carry(window: &Rc<Window>, args: Value) -> Outcomes {
    let args: Args = service::parse(args)?;
    let uri = |path: &PathBuf| {
        gtk::glib::filename_to_uri(path, None)
            .map_err(|error| Failure::arguments(error.to_string()))
    };
    let uris = args.paths.iter().map(uri).collect::<Result<Vec<_>, _>>()?;
    CARRIED.replace(uris.into_iter().map(Into::into).collect());
    let source = window.frame().gtk_window();
    let number = window.number();
    if CONNECTED.with_borrow(|known| !known.contains(&number)) {
        CONNECTED.with_borrow_mut(|known| known.push(number));
        source.connect_drag_data_get(|_, _, data, _, _| {
            CARRIED.with_borrow(|uris| {
                let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
                data.set_uris(&uris);
            });
        });
    }
    let entry = TargetEntry::new("text/uri-list", TargetFlags::empty(), 0);
    let targets = TargetList::new(&[entry]);
    let begun =
        source.drag_begin_with_coordinates(&targets, gdk::DragAction::COPY, 1, None, -1, -1);
    match begun {
        Some(_) => Ok(Value::Null),
        None => Err(Failure::unsupported("the window system began no drag")),
    }
}
