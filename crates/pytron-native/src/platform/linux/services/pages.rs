//! What a window's page can be asked for: dragging its frame, printing, forgetting.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;

use gtk::gio::Cancellable;
use gtk::{PageSetup, PaperSize, PrintSettings, Unit};
use serde::Deserialize;
use serde_json::{Value, json};
use tao::window::UserAttentionType;
use webkit2gtk::{
    PrintOperation, PrintOperationExt, PrintOperationResponse, WebContextExt, WebViewExt,
    WebsiteDataManagerExtManual, WebsiteDataTypes,
};

use super::parent;
use crate::guard::guard;
use crate::service::{self, Failure, Outcomes, Reply};
use crate::window::Window;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Args {
    edge: String,
    on: bool,
    kinds: Vec<String>,
    path: PathBuf,
    landscape: bool,
    width: Option<f64>,
    height: Option<f64>,
    margin: Option<f64>,
}

pub fn serve(window: &Rc<Window>, name: &str, args: Value, reply: Reply) {
    let args: Args = match service::parse(args) {
        Ok(args) => args,
        Err(failure) => return reply.give(Err(failure)),
    };
    let refused = |error| Failure::unsupported(format!("the window system refused: {error}"));
    let outcome: Outcomes = match name {
        "window.drag" => window
            .frame()
            .drag_window()
            .map(|()| Value::Null)
            .map_err(refused),
        "window.edge" => service::edge(&args.edge).and_then(|edge| {
            let resized = window.frame().drag_resize_window(edge);
            resized.map(|()| Value::Null).map_err(refused)
        }),
        "window.attention" => {
            let kind = args.on.then_some(UserAttentionType::Informational);
            window.frame().request_user_attention(kind);
            Ok(Value::Null)
        }
        "window.print" => return print(window, reply),
        "window.pdf" => return pdf(window, &args, reply),
        "window.clear" => return clear(window, &args.kinds, reply),
        _ => Err(Failure::unsupported(format!(
            "the native engine has no {name}"
        ))),
    };
    reply.give(outcome);
}

/// Shows the print dialog. It turns a loop of its own, so it must not run inside our turn.
fn print(window: &Rc<Window>, reply: Reply) {
    let operation = PrintOperation::new(window.view().web());
    let parent = parent(Some(window));
    let reply = Cell::new(Some(reply));
    gtk::glib::idle_add_local_once(move || {
        guard("printing", (), || {
            let answer = operation.run_dialog(parent.as_ref());
            if let Some(reply) = reply.take() {
                reply.give(Ok(json!(answer == PrintOperationResponse::Print)));
            }
        });
    });
}

/// Prints into a file, through GTK's own printer for that.
fn pdf(window: &Rc<Window>, args: &Args, reply: Reply) {
    if !args.path.is_absolute() {
        return reply.give(Err(Failure::arguments("a PDF needs an absolute path")));
    }
    let uri = match gtk::glib::filename_to_uri(&args.path, None) {
        Ok(uri) => uri,
        Err(error) => return reply.give(Err(Failure::arguments(error.to_string()))),
    };
    let settings = PrintSettings::new();
    settings.set_printer("Print to File");
    settings.set("output-file-format", Some("pdf"));
    settings.set("output-uri", Some(&uri));
    let operation = PrintOperation::new(window.view().web());
    operation.set_print_settings(&settings);
    operation.set_page_setup(&page_setup(args));
    let reply = Rc::new(RefCell::new(Some(reply)));
    let failed = Rc::clone(&reply);
    operation.connect_failed(move |_, error| {
        if let Some(reply) = failed.take() {
            reply.give(Err(Failure::unsupported(format!(
                "the PDF was not written: {error}"
            ))));
        }
    });
    let path = args.path.clone();
    // The operation lives until it has finished: the handler holds it.
    let kept = RefCell::new(Some(operation.clone()));
    operation.connect_finished(move |_| {
        kept.take();
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
    operation.print();
}

fn page_setup(args: &Args) -> PageSetup {
    let setup = PageSetup::new();
    if let (Some(width), Some(height)) = (args.width, args.height) {
        let paper = PaperSize::new_custom("page", "page", width, height, Unit::Mm);
        setup.set_paper_size(&paper);
    }
    if args.landscape {
        setup.set_orientation(gtk::PageOrientation::Landscape);
    }
    if let Some(margin) = args.margin {
        setup.set_top_margin(margin, Unit::Mm);
        setup.set_bottom_margin(margin, Unit::Mm);
        setup.set_left_margin(margin, Unit::Mm);
        setup.set_right_margin(margin, Unit::Mm);
    }
    setup
}

/// Forgets what pages have stored.
fn clear(window: &Rc<Window>, kinds: &[String], reply: Reply) {
    let mut types = WebsiteDataTypes::empty();
    for kind in kinds {
        types |= match kind.as_str() {
            "cookies" => WebsiteDataTypes::COOKIES,
            "cache" => {
                WebsiteDataTypes::MEMORY_CACHE
                    | WebsiteDataTypes::DISK_CACHE
                    | WebsiteDataTypes::DOM_CACHE
            }
            "storage" => {
                WebsiteDataTypes::LOCAL_STORAGE
                    | WebsiteDataTypes::SESSION_STORAGE
                    | WebsiteDataTypes::INDEXEDDB_DATABASES
                    | WebsiteDataTypes::SERVICE_WORKER_REGISTRATIONS
            }
            _ => {
                let message = format!("{kind:?} is not cookies, storage or cache");
                return reply.give(Err(Failure::arguments(message)));
            }
        };
    }
    let context = window.view().web().context();
    let Some(data) = context.and_then(|context| context.website_data_manager()) else {
        return reply.give(Err(Failure::unsupported("this view keeps no data")));
    };
    let everything = gtk::glib::TimeSpan(0);
    data.clear(types, everything, Cancellable::NONE, move |cleared| {
        reply.give(match cleared {
            Ok(()) => Ok(Value::Null),
            Err(error) => Err(Failure::unsupported(format!("it was not cleared: {error}"))),
        });
    });
}
