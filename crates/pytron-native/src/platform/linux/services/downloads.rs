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
use crate::platform::linux::{ORIGIN, signals};
use crate::route;
use crate::service::{self, Failure, Outcomes};

/// How often progress is told.
const EVERY: Duration = Duration::from_millis(100);

thread_local! {
    static DOWNLOADS: RefCell<HashMap<u64, Taken>> = RefCell::default();
    static SERIAL: Cell<u64> = const { Cell::new(0) };
}

/// A download on its way, and where it goes once that is known.
struct Taken {
    download: Download,
    window: Option<u32>,
    place: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Args {
    key: u64,
    path: Option<PathBuf>,
}

pub fn serve(name: &str, args: Value) -> Outcomes {
    let args: Args = service::parse(args)?;
    if name == "download.cancel" {
        return match end(args.key, Some("cancelled".to_owned())) {
            Some(taken) => {
                taken.download.cancel();
                Ok(Value::Null)
            }
            None => Err(ended()),
        };
    }
    let place = args.path.filter(|path| path.is_absolute());
    let text = place.as_deref().and_then(std::path::Path::to_str);
    let (Some(place), Some(text)) = (&place, text) else {
        return Err(Failure::arguments(
            "a download needs an absolute path, in UTF-8",
        ));
    };
    let download = DOWNLOADS.with_borrow_mut(|all| {
        let taken = all.get_mut(&args.key).filter(|one| one.place.is_none())?;
        taken.place = Some(place.clone());
        Some(taken.download.clone())
    });
    let download = download.ok_or_else(ended)?;
    // Whoever chose the place was asked about a file that is there.
    download.set_allow_overwrite(true);
    // A path since WebKitGTK 2.40, an address before.
    download.set_destination(text);
    Ok(Value::Null)
}

fn ended() -> Failure {
    Failure {
        code: "closed",
        message: "the download has ended, or it has its place already".to_owned(),
    }
}

/// Forgets a download; with an error, tells of it.
fn end(key: u64, error: Option<String>) -> Option<Taken> {
    let taken = DOWNLOADS.with_borrow_mut(|all| all.remove(&key))?;
    if let Some(error) = error {
        service::happened("download.failed", json!({"key": key, "error": error}));
    }
    Some(taken)
}

/// A window has gone: nobody says any more where its downloads go. Those that know it go on.
pub fn window_closed(number: u32) {
    let waiting: Vec<u64> = DOWNLOADS.with_borrow(|all| {
        let lost = |one: &Taken| one.window == Some(number) && one.place.is_none();
        all.iter()
            .filter_map(|(key, one)| lost(one).then_some(*key))
            .collect()
    });
    for key in waiting {
        if let Some(taken) = end(key, Some("the window has closed".to_owned())) {
            taken.download.cancel();
        }
    }
}

/// Takes up the downloads of a context's pages.
pub fn connect(context: &WebContext) {
    context.connect_download_started(|_, download| {
        guard("a download", (), || begin(download));
    });
}

/// A page wants to keep something of the app's own: the kit has it.
pub fn ask(url: &str, window: Option<u32>) {
    service::happened("download.asked", json!({"url": url, "window": window}));
}

fn begin(download: &Download) {
    // wry has an answer of its own, given at once: a place of its choice.
    signals::disconnect(download, c"decide-destination");
    let window = download.web_view().and_then(|web| number_of(&web));
    let url = download.request().and_then(|request| request.uri());
    if let Some(url) = url.filter(|url| route::origin(url) == Some(ORIGIN)) {
        // WebKit's downloader does not know our scheme.
        download.cancel();
        return ask(&url, window);
    }
    let key = SERIAL.get() + 1;
    SERIAL.set(key);
    let taken = Taken {
        download: download.clone(),
        window,
        place: None,
    };
    DOWNLOADS.with_borrow_mut(|all| all.insert(key, taken));
    // It waits until `set_destination`: without this answer WebKit chose the place itself.
    download.connect_decide_destination(move |download, name| {
        guard("a download", (), || started(key, window, download, name));
        true
    });
    let told = Cell::new(None::<Instant>);
    download.connect_received_data(move |download, _| {
        if told.get().is_none_or(|last| last.elapsed() >= EVERY) {
            told.set(Some(Instant::now()));
            guard("a download", (), || progress(key, download));
        }
    });
    let failure = Rc::new(RefCell::new(None::<String>));
    let failing = Rc::clone(&failure);
    download.connect_failed(move |_, error| {
        failing.replace(Some(error.message().to_owned()));
    });
    download.connect_finished(move |download| {
        guard("a download", (), || match failure.take() {
            Some(error) => drop(end(key, Some(error))),
            None => finished(key, download),
        });
    });
}

fn started(key: u64, window: Option<u32>, download: &Download, name: &str) {
    let url = download.request().and_then(|request| request.uri());
    service::happened(
        "download.started",
        json!({
            "key": key,
            "url": url.as_deref(),
            "file": name,
            "size": size_of(download),
            "window": window,
        }),
    );
}

fn progress(key: u64, download: &Download) {
    let received = download.received_data_length();
    let fields = json!({"key": key, "received": received, "size": size_of(download)});
    service::happened("download.progress", fields);
}

fn finished(key: u64, download: &Download) {
    // One that was cancelled has ended already.
    let Some(taken) = end(key, None) else {
        return;
    };
    progress(key, download);
    service::happened(
        "download.finished",
        json!({"key": key, "path": taken.place}),
    );
}

fn size_of(download: &Download) -> Option<u64> {
    let size = download.response()?.content_length();
    (size > 0).then_some(size)
}
