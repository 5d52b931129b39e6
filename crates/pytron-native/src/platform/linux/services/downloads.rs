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
    static DOWNLOADS: RefCell<HashMap<u64, Taken>> = RefCell::default();
    static SERIAL: Cell<u64> = const { Cell::new(0) };
}

/// A download on its way. WebKit waits for no answer, so it begins in a file of ours, which goes to
/// its place once that is known and all of it is there.
struct Taken {
    download: Download,
    part: Option<PathBuf>,
    place: Option<PathBuf>,
    finished: bool,
}

#[derive(Deserialize)]
struct Args {
    key: u64,
    path: Option<PathBuf>,
}

pub fn serve(name: &str, args: Value) -> Outcomes {
    let args: Args = service::parse(args)?;
    let download = DOWNLOADS.with_borrow_mut(|all| {
        let taken = all.get_mut(&args.key)?;
        taken.place.clone_from(&args.path);
        Some(taken.download.clone())
    });
    let Some(download) = download else {
        return Err(Failure {
            code: "closed",
            message: "the download has ended".to_owned(),
        });
    };
    if name == "download.cancel" {
        download.cancel();
        end(args.key, Some("cancelled".to_owned()));
    } else {
        settle(args.key);
    }
    Ok(Value::Null)
}

/// Moves what is there to its place, if both are known.
fn settle(key: u64) {
    let ready = DOWNLOADS.with_borrow(|all| {
        let taken = all.get(&key).filter(|taken| taken.finished)?;
        taken.part.clone().zip(taken.place.clone())
    });
    let Some((part, place)) = ready else {
        return;
    };
    let moved =
        std::fs::rename(&part, &place).or_else(|_| std::fs::copy(&part, &place).map(|_| ()));
    match moved {
        Ok(()) => {
            end(key, None);
            service::happened("download.finished", json!({"key": key, "path": place}));
        }
        Err(error) => end(key, Some(format!("{}: {error}", place.display()))),
    }
}

/// Forgets a download and its file; with an error, tells of it.
fn end(key: u64, error: Option<String>) {
    let Some(taken) = DOWNLOADS.with_borrow_mut(|all| all.remove(&key)) else {
        return;
    };
    if let Some(folder) = taken.part.as_deref().and_then(std::path::Path::parent) {
        let _ = std::fs::remove_dir_all(folder); // a leftover harms nobody
    }
    if let Some(error) = error {
        service::happened("download.failed", json!({"key": key, "error": error}));
    }
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
    let taken = Taken {
        download: download.clone(),
        part: None,
        place: None,
        finished: false,
    };
    DOWNLOADS.with_borrow_mut(|all| all.insert(key, taken));
    let window = download.web_view().and_then(|web| number_of(&web));
    download.connect_decide_destination(move |download, name| {
        guard("a download", (), || decide(key, window, download, name));
        true
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
    download.connect_finished(move |_| {
        guard("a download", (), || match failure.take() {
            Some(error) => end(key, Some(error)),
            None if DOWNLOADS
                .with_borrow(|all| all.get(&key).is_some_and(|one| one.part.is_none())) =>
            {
                end(key, Some("WebKit asked for no place for it".to_owned()));
            }
            None => {
                DOWNLOADS.with_borrow_mut(|all| {
                    if let Some(taken) = all.get_mut(&key) {
                        taken.finished = true;
                    }
                });
                settle(key);
            }
        });
    });
    // Something else than `decide` is asked for the place, so WebKit would write into the working
    // folder, whatever name a page chose. Until that is settled none begins.
    download.cancel();
}

fn decide(key: u64, window: Option<u32>, download: &Download, name: &str) {
    let folder = std::env::temp_dir().join(format!("pytron-download-{}-{key}", std::process::id()));
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().mode(0o700).create(&folder);
    let part = folder.join("part");
    let uri = gtk::glib::filename_to_uri(&part, None);
    let (Ok(()), Ok(uri)) = (made, uri) else {
        download.cancel();
        return end(key, Some(format!("{} cannot be made", folder.display())));
    };
    DOWNLOADS.with_borrow_mut(|all| {
        if let Some(taken) = all.get_mut(&key) {
            taken.part = Some(part);
        }
    });
    download.set_destination(&uri);
    let url = download.request().and_then(|request| request.uri());
    service::happened(
        "download.started",
        json!({"key": key, "url": url.as_deref(), "name": name, "size": size_of(download), "window": window}),
    );
}

fn size_of(download: &Download) -> Option<u64> {
    let size = download.response()?.content_length();
    (size > 0).then_some(size)
}
