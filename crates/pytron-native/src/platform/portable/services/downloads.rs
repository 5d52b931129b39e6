//! Downloads. Neither engine waits until it is known where one goes, so each begins in a folder of
//! its own, as in browsers, and is moved once it is whole and its place is known.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::service::{self, Failure, Outcomes};
use crate::shared::Shared;

/// How often progress is told.
const EVERY: Duration = Duration::from_millis(100);

thread_local! {
    static DOWNLOADS: RefCell<BTreeMap<u64, Taken>> = const { RefCell::new(BTreeMap::new()) };
    static SERIAL: Cell<u64> = const { Cell::new(0) };
}

/// Where the bytes of those come that are on their way, for the thread that looks how many.
static ARRIVING: Mutex<BTreeMap<u64, PathBuf>> = Mutex::new(BTreeMap::new());

struct Taken {
    url: String,
    window: u32,
    /// Where it arrives.
    file: PathBuf,
    whole: bool,
    place: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Args {
    key: u64,
    path: Option<PathBuf>,
}

/// Takes up a download of a window's page; false: it does not begin.
///
/// `path` has the name that the engine proposes, and gets the place where it arrives.
pub fn begin(shared: &Arc<Shared>, window: u32, url: String, path: &mut PathBuf) -> bool {
    let key = SERIAL.get() + 1;
    SERIAL.set(key);
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| "download".to_owned());
    let file = match room(key) {
        Ok(folder) => folder.join("part"),
        Err(error) => {
            crate::stage::log("error", format!("a download has no room: {error}"));
            return false;
        }
    };
    path.clone_from(&file);
    service::happened(
        "download.started",
        json!({"key": key, "url": url, "file": name, "size": null, "window": window}),
    );
    let taken = Taken {
        url,
        window,
        file: file.clone(),
        whole: false,
        place: None,
    };
    DOWNLOADS.with_borrow_mut(|all| all.insert(key, taken));
    arriving(|all| all.insert(key, file));
    look(shared, key);
    true
}

/// A folder for one download that only this user can enter.
fn room(key: u64) -> std::io::Result<PathBuf> {
    let name = format!("pytron-download-{}-{key}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir(&folder)?; // fails if it is there: another's
    Ok(folder)
}

/// The engine has ended one. It names no key: of several of one address the first is meant.
pub fn ended(url: &str, whole: bool) {
    let key = DOWNLOADS.with_borrow(|all| {
        let of = |(_, one): &(&u64, &Taken)| one.url == url && !one.whole;
        all.iter().find(of).map(|(key, _)| *key)
    });
    let Some(key) = key else {
        return; // it was cancelled
    };
    arriving(|all| all.remove(&key));
    if !whole {
        return fail(key, "the web engine gave it up");
    }
    DOWNLOADS.with_borrow_mut(|all| {
        if let Some(taken) = all.get_mut(&key) {
            taken.whole = true;
        }
    });
    settle(key);
}

pub fn serve(name: &str, args: Value) -> Outcomes {
    let args: Args = service::parse(args)?;
    if name == "download.cancel" {
        if DOWNLOADS.with_borrow(|all| !all.contains_key(&args.key)) {
            return Err(gone());
        }
        fail(args.key, "cancelled");
        return Ok(Value::Null);
    }
    let place = args.path.filter(|path| path.is_absolute());
    let place = place.ok_or_else(|| Failure::arguments("a download needs an absolute path"))?;
    let known = DOWNLOADS.with_borrow_mut(|all| {
        let taken = all.get_mut(&args.key).filter(|one| one.place.is_none());
        taken.map(|taken| taken.place = Some(place)).is_some()
    });
    if !known {
        return Err(gone());
    }
    settle(args.key);
    Ok(Value::Null)
}

fn gone() -> Failure {
    Failure {
        code: "closed",
        message: "the download has ended, or it has its place already".to_owned(),
    }
}

/// Moves one that is whole to its place.
fn settle(key: u64) {
    let ready = DOWNLOADS.with_borrow_mut(|all| {
        let ready = all
            .get(&key)
            .is_some_and(|one| one.whole && one.place.is_some());
        ready.then(|| all.remove(&key)).flatten()
    });
    let Some(taken) = ready else {
        return;
    };
    let Some(place) = &taken.place else {
        return;
    };
    let size = fs::metadata(&taken.file).map_or(0, |file| file.len());
    match moved(&taken.file, place) {
        Ok(()) => {
            let fields = json!({"key": key, "received": size, "size": size});
            service::happened("download.progress", fields);
            let path = place.to_string_lossy();
            service::happened("download.finished", json!({"key": key, "path": path}));
        }
        Err(error) => {
            let error = format!("{}: {error}", place.display());
            service::happened("download.failed", json!({"key": key, "error": error}));
        }
    }
    clear(&taken.file);
}

/// Renamed, or copied to another disk. Whoever chose the place was asked about a file there.
fn moved(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::rename(from, to).or_else(|_| fs::copy(from, to).map(drop))
}

fn clear(file: &Path) {
    if let Some(folder) = file.parent() {
        // Windows may hold the file of one that was cancelled until the engine is done with it.
        let _ = fs::remove_dir_all(folder);
    }
}

fn fail(key: u64, error: &str) {
    arriving(|all| all.remove(&key));
    if let Some(taken) = DOWNLOADS.with_borrow_mut(|all| all.remove(&key)) {
        clear(&taken.file);
        service::happened("download.failed", json!({"key": key, "error": error}));
    }
}

/// A window has gone: nobody says any more where its downloads go. Those that know it go on.
pub fn window_closed(number: u32) {
    let lost: Vec<u64> = DOWNLOADS.with_borrow(|all| {
        let lost = |one: &Taken| one.window == number && one.place.is_none();
        let keys = all.iter().filter(|(_, one)| lost(one));
        keys.map(|(key, _)| *key).collect()
    });
    for key in lost {
        fail(key, "the window has closed");
    }
}

fn arriving<T>(work: impl FnOnce(&mut BTreeMap<u64, PathBuf>) -> T) -> T {
    work(&mut ARRIVING.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Tells how much has come, as long as it comes.
fn look(shared: &Arc<Shared>, key: u64) {
    let shared = Arc::clone(shared);
    thread::spawn(move || {
        let mut told = 0;
        while let Some(file) = arriving(|all| all.get(&key).cloned()) {
            let received = fs::metadata(&file).map_or(0, |file| file.len());
            if received > told {
                told = received;
                shared.tell(&crate::event::Event::Service {
                    name: "download.progress",
                    fields: json!({"key": key, "received": received, "size": null}),
                });
            }
            thread::sleep(EVERY);
        }
    });
}
