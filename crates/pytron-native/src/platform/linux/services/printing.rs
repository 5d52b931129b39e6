//! Printing a page: on paper by the dialog, and into a PDF.
//!
//! Prints of one page go one after another. WebKit's page has place for one: a second one at the same
//! time ends the web process.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::rc::Rc;

use gtk::{PageSetup, PaperSize, PrintSettings, Unit};
use serde::Deserialize;
use serde_json::{Value, json};
use webkit2gtk::{PrintOperation, PrintOperationExt, PrintOperationResponse};

use super::parent;
use crate::guard::guard;
use crate::service::{Failure, Reply};
use crate::window::Window;

type Print = Box<dyn FnOnce()>;

thread_local! {
    /// By window: what waits for the one that is printed.
    static WAITING: RefCell<HashMap<u32, VecDeque<Print>>> = RefCell::default();
}

/// A PDF that is asked for; lengths in millimetres.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Pdf {
    path: PathBuf,
    landscape: bool,
    width: Option<f64>,
    height: Option<f64>,
    margin: Option<f64>,
}

/// Prints once nothing else of this window is printed; whoever prints calls `end_turn`.
fn in_turn(window: &Rc<Window>, print: impl FnOnce(&Rc<Window>) + 'static) {
    let number = window.number();
    let weak = Rc::downgrade(window);
    let print: Print = Box::new(move || match weak.upgrade() {
        Some(window) => guard("printing", (), || print(&window)),
        None => end_turn(number),
    });
    let now = WAITING.with_borrow_mut(|all| {
        if let Some(waiting) = all.get_mut(&number) {
            waiting.push_back(print);
            return None;
        }
        all.insert(number, VecDeque::new());
        Some(print)
    });
    if let Some(print) = now {
        soon(print);
    }
}

fn end_turn(window: u32) {
    let next = WAITING.with_borrow_mut(|all| {
        let next = all.get_mut(&window)?.pop_front();
        if next.is_none() {
            all.remove(&window);
        }
        next
    });
    if let Some(print) = next {
        soon(print);
    }
}

/// Outside of our turn and of what WebKit calls: the dialog turns a loop of its own.
fn soon(print: Print) {
    gtk::glib::idle_add_local_once(print);
}

/// What waits for this window's turn waits no longer.
pub fn window_closed(number: u32) {
    WAITING.with_borrow_mut(|all| all.remove(&number));
}

/// Shows the print dialog.
pub fn print(window: &Rc<Window>, reply: Reply) {
    in_turn(window, move |window| {
        let number = window.number();
        let operation = PrintOperation::new(window.view().web());
        operation.connect_finished(move |_| end_turn(number));
        let printed = operation.run_dialog(parent(Some(window)).as_ref());
        let printed = printed == PrintOperationResponse::Print;
        if !printed {
            end_turn(number);
        }
        reply.give(Ok(json!(printed)));
    });
}

/// Prints into a file, through GTK's own printer for that.
pub fn pdf(window: &Rc<Window>, asked: Pdf, reply: Reply) {
    if !asked.path.is_absolute() {
        return reply.give(Err(Failure::arguments("a PDF needs an absolute path")));
    }
    let uri = match gtk::glib::filename_to_uri(&asked.path, None) {
        Ok(uri) => uri,
        Err(error) => return reply.give(Err(Failure::arguments(error.to_string()))),
    };
    in_turn(window, move |window| {
        let settings = PrintSettings::new();
        settings.set_printer("Print to File");
        settings.set("output-file-format", Some("pdf"));
        settings.set("output-uri", Some(&uri));
        let operation = PrintOperation::new(window.view().web());
        operation.set_print_settings(&settings);
        operation.set_page_setup(&page_setup(&asked));
        answer_when_finished(&operation, window.number(), asked.path, reply);
        operation.print();
    });
}

fn answer_when_finished(operation: &PrintOperation, window: u32, path: PathBuf, reply: Reply) {
    let reply = Rc::new(Cell::new(Some(reply)));
    let failed = Rc::clone(&reply);
    operation.connect_failed(move |_, error| {
        if let Some(reply) = failed.take() {
            reply.give(Err(Failure::unsupported(format!(
                "the PDF was not written: {error}"
            ))));
        }
    });
    // The operation lives until it has finished: the handler holds it.
    let kept = RefCell::new(Some(operation.clone()));
    operation.connect_finished(move |_| {
        kept.take();
        end_turn(window);
        if let Some(reply) = reply.take() {
            reply.give(match std::fs::metadata(&path) {
                Ok(file) if file.len() > 0 => Ok(Value::Null),
                Ok(_) => Err(Failure::unsupported("the PDF came out empty")),
                Err(error) => {
                    let message = format!("the PDF was not written: {error}");
                    Err(Failure::unsupported(message))
                }
            });
        }
    });
}

fn page_setup(asked: &Pdf) -> PageSetup {
    let setup = PageSetup::new();
    if let (Some(width), Some(height)) = (asked.width, asked.height) {
        let paper = PaperSize::new_custom("page", "page", width, height, Unit::Mm);
        setup.set_paper_size(&paper);
    }
    if asked.landscape {
        setup.set_orientation(gtk::PageOrientation::Landscape);
    }
    if let Some(margin) = asked.margin {
        setup.set_top_margin(margin, Unit::Mm);
        setup.set_bottom_margin(margin, Unit::Mm);
        setup.set_left_margin(margin, Unit::Mm);
        setup.set_right_margin(margin, Unit::Mm);
    }
    setup
}
