//! The clipboard through arboard, on a thread of its own: another program may take its time to hand
//! over what it holds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use arboard::{Clipboard, Error, ImageData};
use serde_json::{Value, json};

use super::super::super::system;
use super::image::{self, Image};
use crate::clipboard::{Format, Read, Watch, Write};
use crate::event::Event;
use crate::service::{self, Failure, Outcomes, Reply};
use crate::shared::Shared;

/// How often changes are looked for: macOS tells nobody, and Windows only windows.
const EVERY: Duration = Duration::from_millis(400);

/// Whom the thread gets its work from.
static WORK: Mutex<Option<Sender<Work>>> = Mutex::new(None);
static WATCHED: AtomicBool = AtomicBool::new(false);
static WATCHER: Mutex<bool> = Mutex::new(false);

type Work = Box<dyn FnOnce() + Send>;

pub fn serve(shared: &Arc<Shared>, name: &str, args: Value, reply: Reply) {
    match name {
        "clipboard.read" => match service::parse::<Read>(args) {
            Ok(args) => later(move || reply.give(board().and_then(|board| read(board, &args)))),
            Err(failure) => reply.give(Err(failure)),
        },
        "clipboard.write" => match service::parse::<Write>(args) {
            Ok(args) => later(move || reply.give(board().and_then(|board| write(board, args)))),
            Err(failure) => reply.give(Err(failure)),
        },
        "clipboard.watch" => reply.give(service::parse(args).map(|Watch { on }| {
            watch(shared, on);
            Value::Null
        })),
        _ => later(move || reply.give(Ok(json!(system::clipboard::formats())))),
    }
}

/// In the order asked.
fn later(work: impl FnOnce() + Send + 'static) {
    let mut thread = WORK.lock().unwrap_or_else(PoisonError::into_inner);
    let sender = thread.get_or_insert_with(|| {
        let (sender, work) = channel::<Work>();
        thread::spawn(move || work.iter().for_each(|work| work()));
        sender
    });
    // The thread ends with the process; work that is dropped answers that it was.
    let _ = sender.send(Box::new(work));
}

fn board() -> Result<Clipboard, Failure> {
    Clipboard::new().map_err(refused)
}

fn refused(error: Error) -> Failure {
    Failure::unsupported(format!("the clipboard: {error}; try again"))
}

fn read(mut board: Clipboard, args: &Read) -> Outcomes {
    let found = match args.format {
        Format::Text => board.get_text().map(|text| json!(text)),
        Format::Html => board.get().html().map(|html| json!(html)),
        Format::Files => board.get().file_list().map(|files| {
            let paths: Vec<_> = files.iter().map(|file| file.to_string_lossy()).collect();
            json!(paths)
        }),
        Format::Image => {
            let path = args.path.as_ref();
            let path = path.ok_or_else(|| Failure::arguments("an image needs a path"))?;
            match board.get_image() {
                Ok(found) => {
                    let image = Image {
                        width: u32::try_from(found.width).unwrap_or(u32::MAX),
                        height: u32::try_from(found.height).unwrap_or(u32::MAX),
                        rgba: found.bytes.into_owned(),
                    };
                    image::write(path, &image).map_err(Failure::unsupported)?;
                    Ok(json!({"width": image.width, "height": image.height}))
                }
                Err(error) => Err(error),
            }
        }
    };
    match found {
        Err(Error::ContentNotAvailable) => Ok(Value::Null),
        found => found.map_err(refused),
    }
}

fn write(mut board: Clipboard, args: Write) -> Outcomes {
    let written = match args {
        Write {
            image: Some(path), ..
        } => {
            let image = image::read(&path).map_err(Failure::arguments)?;
            board.set_image(ImageData {
                width: image.width as usize,
                height: image.height as usize,
                bytes: image.rgba.into(),
            })
        }
        Write { files, .. } if !files.is_empty() => board.set().file_list(&files),
        Write {
            html: Some(html),
            text,
            ..
        } => board.set_html(html, text),
        Write {
            text: Some(text), ..
        } => board.set_text(text),
        _ => board.clear(),
    };
    written.map(|()| Value::Null).map_err(refused)
}

/// Tells of changes from now on, or no more.
fn watch(shared: &Arc<Shared>, on: bool) {
    let mut running = WATCHER.lock().unwrap_or_else(PoisonError::into_inner);
    WATCHED.store(on, Ordering::Release);
    if !on || *running {
        return;
    }
    *running = true;
    let shared = Arc::clone(shared);
    thread::spawn(move || {
        let mut last = system::clipboard::serial();
        while still_watched() {
            thread::sleep(EVERY);
            let now = system::clipboard::serial();
            if now != last && WATCHED.load(Ordering::Acquire) {
                shared.tell(&Event::Service {
                    name: "clipboard.changed",
                    fields: json!({}),
                });
            }
            last = now;
        }
    });
}

/// Whether the watcher goes on; if not, the next `watch` starts another.
fn still_watched() -> bool {
    let mut running = WATCHER.lock().unwrap_or_else(PoisonError::into_inner);
    *running = WATCHED.load(Ordering::Acquire);
    *running
}
