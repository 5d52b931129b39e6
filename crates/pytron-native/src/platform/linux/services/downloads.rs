//! Downloads: each waits for the kit to say where it goes.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use webkit2gtk::{Download, DownloadExt, URIRequestExt, URIResponseExt, WebContext, WebContextExt};

use crate::guard::guard;
use crate::platform::linux::view::number_of;
use crate::service::{self, Failure, Outcomes};

/// How often progress is told.
const EVERY: Duration = Duration::from_millis(100);

thread_local! {
    static DOWNLOADS: RefCell<HashMap<u64, Download>> = RefCell::default();
    static SERIAL: Cell<u64> = const { Cell::new(0) };
}

#[derive(Deserialize)]
struct Args {
    key: u64,
    path: Option<PathBuf>,
}

pub fn serve(name: &str, args: Value) -> Outcomes {
    let args: Args = service::parse(args)?;
    let download = DOWNLOADS.with_borrow(|all| all.get(&args.key).cloned());
    let Some(download) = download else {
        return Err(Failure {
            code: "closed",
            message: "the download has ended".to_owned(),
        });
    };
    match args.path.filter(|_| name == "download.accept") {
        Some(path) => {
            let uri = gtk::glib::filename_to_uri(&path, None)
                .map_err(|error| Failure::arguments(error.to_string()))?;
            download.set_allow_overwrite(true); // whoever chose the path was asked already
            download.set_destination(&uri);
        }
        None => download.cancel(),
    }
    Ok(Value::Null)
}

/// Takes up the downloads of a context's pages.
pub fn connect(context: &WebContext) {
    context.connect_download_started(|_, download| {
        guard("a download", (), || begin(download));
    });
}

fn begin(download: &Download) {
    let key = SERIAL.get() + 1;
    SERIAL.set(key);
    DOWNLOADS.with_borrow_mut(|all| all.insert(key, download.clone()));
    let window = download.web_view().and_then(|web| number_of(&web));
    download.connect_decide_destination(move |download, name| {
        guard("a download", (), || {
            let url = download.request().and_then(|request| request.uri());
            let (name, size) = (name.to_owned(), size_of(download));
            service::happened(
                "download.started",
                json!({"key": key, "url": url.as_deref(), "name": name, "size": size, "window": window}),
            );
        });
        true // the destination comes later
    });
    let told = Cell::new(Instant::now() - EVERY);
    download.connect_received_data(move |download, _| {
        if told.get().elapsed() >= EVERY {
            told.set(Instant::now());
            let received = download.received_data_length();
            let fields = json!({"key": key, "received": received, "size": size_of(download)});
            guard("a download", (), || {
                service::happened("download.progress", fields)
            });
        }
    });
    let failure = Rc::new(RefCell::new(None::<String>));
    let failing = Rc::clone(&failure);
    download.connect_failed(move |_, error| {
        failing.replace(Some(error.message().to_owned()));
    });
    download.connect_finished(move |download| {
        guard("a download", (), || {
            DOWNLOADS.with_borrow_mut(|all| all.remove(&key));
            if let Some(error) = failure.take() {
                service::happened("download.failed", json!({"key": key, "error": error}));
                return;
            }
            let path = download.destination();
            let path = path.and_then(|uri| gtk::glib::filename_from_uri(&uri).ok());
            let path = path.map(|(path, _)| path);
            service::happened("download.finished", json!({"key": key, "path": path}));
        });
    });
}

fn size_of(download: &Download) -> Option<u64> {
    let size = download.response()?.content_length();
    (size > 0).then_some(size)
}
