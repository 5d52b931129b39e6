//! Printing a page: on paper by the dialog, and into a PDF.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{PageSetup, PaperSize, PrintSettings, Unit};
use serde_json::{Value, json};
use tao::platform::unix::WindowExtUnix;
use webkit2gtk::{PrintOperation, PrintOperationExt, PrintOperationResponse};

use super::parent;
use crate::printing::{Pdf, end_turn, in_turn};
use crate::service::{Failure, Reply};
use crate::window::Window;

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

/// Takes print dialogs away, of one window or all: each turns a loop of its own, in which the app
/// could not end.
pub fn dismiss(window: Option<&Window>) {
    let owner = window.map(|window| window.frame().gtk_window().clone().upcast::<gtk::Window>());
    for dialog in gtk::Window::list_toplevels() {
        let Ok(dialog) = dialog.downcast::<gtk::Dialog>() else {
            continue;
        };
        let of_ours = owner.is_none() || dialog.transient_for() == owner;
        if of_ours && ObjectExt::type_(&dialog).name() == "GtkPrintUnixDialog" {
            dialog.response(gtk::ResponseType::Cancel);
        }
    }
}

/// Prints into a file, through GTK's own printer for that.
pub fn pdf(window: &Rc<Window>, args: Value, reply: Reply) {
    let asked = match Pdf::parse(args) {
        Ok(asked) => asked,
        Err(failure) => return reply.give(Err(failure)),
    };
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
