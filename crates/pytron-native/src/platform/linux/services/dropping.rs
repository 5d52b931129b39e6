//! Files that are dragged onto a page, with their real paths, and files dragged out of one.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use gtk::gio::Cancellable;
use gtk::prelude::*;
use gtk::{TargetEntry, TargetFlags, TargetList, gdk};
use javascriptcore::ValueExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tao::platform::unix::WindowExtUnix;
use webkit2gtk::WebView;
use webkit2gtk::WebViewExt;
use wry::DragDropEvent;

use crate::guard::guard;
use crate::service::{self, Failure, Outcomes};
use crate::window::Window;

/// The id of the element at a place, or of the nearest around it that has one.
const ELEMENT: &str = include_str!("../../element.js");
/// How long a drop waits for a page that does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longer ids are none.
const ID_MAX: usize = 1_000;

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
        // Addresses of the web travel as files do; only what is on this machine has a path.
        let paths: Vec<_> = paths
            .into_iter()
            .filter(|path| path.is_absolute())
            .collect();
        let Some(window) = crate::stage::current().and_then(|stage| stage.window(number.get()))
        else {
            return;
        };
        let web = window.view().web();
        let zoom = web.zoom_level();
        let (x, y) = (f64::from(position.0) / zoom, f64::from(position.1) / zoom);
        let mut fields = json!({"window": number.get(), "phase": phase, "x": x, "y": y});
        match phase {
            "enter" | "drop" if paths.is_empty() => return,
            "enter" => fields["paths"] = json!(paths),
            "drop" => {
                fields["paths"] = json!(paths);
                return with_element(web, (x, y), fields);
            }
            _ => {}
        }
        service::happened("drop", fields);
    });
    false
}

/// Tells of a drop once the page has said what lies under it, or has not in time.
fn with_element(web: &WebView, (x, y): (f64, f64), fields: Value) {
    let fields = Rc::new(Cell::new(Some(fields)));
    let finish = move |element: Option<String>| {
        if let Some(mut fields) = fields.take() {
            fields["element"] = json!(element);
            service::happened("drop", fields);
        }
    };
    let late = finish.clone();
    gtk::glib::timeout_add_local_once(PATIENCE, move || guard("a drop", (), || late(None)));
    // In a world of its own: nothing of the page's can answer in its place.
    let script = format!("({})({x}, {y})", ELEMENT.trim_end());
    let world = Some("pytron");
    web.evaluate_javascript(&script, world, None, Cancellable::NONE, move |found| {
        guard("a drop", (), || {
            let value = found.ok().filter(|value| value.is_string());
            finish(
                value
                    .map(|value| value.to_string())
                    .filter(|id| id.len() < ID_MAX),
            );
        });
    });
}

/// Whether the first button is down: GTK begins a drag without one too, and ends it unseen.
fn holds_button(window: &Window) -> bool {
    let Some(frame) = window.frame().gtk_window().window() else {
        return false;
    };
    let pointer = frame
        .display()
        .default_seat()
        .and_then(|seat| seat.pointer());
    pointer.is_some_and(|pointer| {
        let (_, _, _, state) = frame.device_position(&pointer);
        state.contains(gdk::ModifierType::BUTTON1_MASK)
    })
}

/// Begins a drag of files out of the window, under the button that the user holds.
pub fn carry(window: &Rc<Window>, args: Value) -> Outcomes {
    let args: Args = service::parse(args)?;
    let uri = |path: &PathBuf| {
        gtk::glib::filename_to_uri(path, None)
            .map_err(|error| Failure::arguments(error.to_string()))
    };
    let uris = args.paths.iter().map(uri).collect::<Result<Vec<_>, _>>()?;
    if !holds_button(window) {
        return Err(Failure::unsupported(
            "no button is held: begin a drag in pointerdown or pointermove",
        ));
    }
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
