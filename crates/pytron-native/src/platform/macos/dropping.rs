//! Files that are dropped on a page. The page gets its own events as well.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use wry::{DragDropEvent, WebViewBuilder};

use crate::guard::guard;
use crate::platform::portable::services::dropping::{self, Drop};
use crate::platform::portable::with_window;
use crate::shared::Shared;

/// The id of the element at a place, or of the nearest around it that has one.
const ELEMENT: &str = include_str!("../element.js");
/// How long a drop waits for a page that does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Hears of what is dragged over the view and dropped there.
pub fn watch<'a>(builder: WebViewBuilder<'a>, number: &Rc<Cell<u32>>) -> WebViewBuilder<'a> {
    let number = Rc::clone(number);
    builder.with_drag_drop_handler(move |event| {
        guard("a drop", (), || happened(&number, event));
        false // the page's own events go on
    })
}

fn happened(number: &Rc<Cell<u32>>, event: DragDropEvent) {
    let (phase, position, paths) = match event {
        DragDropEvent::Enter { paths, position } => ("enter", position, paths),
        DragDropEvent::Over { position } => ("over", position, Vec::new()),
        DragDropEvent::Drop { paths, position } => ("drop", position, paths),
        _ => ("leave", (0, 0), Vec::new()),
    };
    with_window(number, |stage, window| {
        let zoom = window.view().zoom();
        let dropped = Drop {
            phase,
            x: f64::from(position.0) / zoom,
            y: f64::from(position.1) / zoom,
            paths,
            element: None,
        };
        if phase != "drop" || dropped.paths.is_empty() {
            return dropping::tell(&stage.shared, window.number(), dropped);
        }
        let script = format!("({})({}, {})", ELEMENT.trim_end(), dropped.x, dropped.y);
        let waiting = Waiting {
            shared: Arc::clone(&stage.shared),
            window: window.number(),
            dropped: Arc::new(Mutex::new(Some(dropped))),
        };
        let late = waiting.clone();
        thread::spawn(move || {
            thread::sleep(PATIENCE);
            late.finish(None);
        });
        window.view().ask(&script, move |answer| {
            let element = serde_json::from_str::<Option<String>>(&answer);
            waiting.finish(element.ok().flatten());
        });
    });
}

/// A drop that is told once the page has said what lies under it, or has not in time.
#[derive(Clone)]
struct Waiting {
    shared: Arc<Shared>,
    window: u32,
    dropped: Arc<Mutex<Option<Drop>>>,
}

impl Waiting {
    fn finish(&self, element: Option<String>) {
        let taken = self
            .dropped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(dropped) = taken {
            dropping::tell(&self.shared, self.window, Drop { element, ..dropped });
        }
    }
}
